"""The sandbox's exports behave as the vendor sheet says, oddities included."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from tests.connectors.zendesk.visiting import SECONDS, Visitor

TICKETS = "incremental/tickets/cursor"


@pytest.fixture(scope="module")
def visitor() -> Visitor:
    return Visitor(1_200)


@pytest.fixture
def fresh() -> Visitor:
    """One that a test may change."""
    return Visitor(300)


def test_the_export_is_in_the_order_of_writing_and_each_ticket_comes_once(visitor: Visitor) -> None:
    tickets = visitor.export("tickets", support_type_scope="all", per_page=500)
    order = [(each["generated_timestamp"], each["id"]) for each in tickets]

    assert sorted(order) == order
    assert list(range(1, 1_201)) == sorted(number for _, number in order)


def test_a_ticket_may_be_written_long_after_it_was_updated(visitor: Visitor) -> None:
    stale = [
        each
        for each in visitor.export("tickets")
        if each["generated_timestamp"] > datetime.fromisoformat(each["updated_at"]).timestamp() + 86_400
    ]

    assert stale


def test_the_stream_ends_on_a_page_that_is_not_full(visitor: Visitor) -> None:
    whole = visitor.get(TICKETS, start_time=0, support_type_scope="all", per_page=1_000)
    rest = visitor.get(TICKETS, cursor=whole["after_cursor"], support_type_scope="all", per_page=1_000)

    assert (False, True) == (whole["end_of_stream"], rest["end_of_stream"])
    assert (1_000, 200) == (len(whole["tickets"]), len(rest["tickets"]))


def test_a_full_last_page_is_followed_by_an_empty_one_without_cursor(visitor: Visitor) -> None:
    last = visitor.get(TICKETS, start_time=visitor.world.start, support_type_scope="all", per_page=1_000)
    last = visitor.get(TICKETS, cursor=last["after_cursor"], support_type_scope="all", per_page=200)
    empty = visitor.get(TICKETS, cursor=last["after_cursor"], support_type_scope="all")

    assert (200, False) == (len(last["tickets"]), last["end_of_stream"])
    assert ([], None, None, True) == tuple(
        empty[key] for key in ("tickets", "after_cursor", "after_url", "end_of_stream")
    )


def test_links_lead_to_the_canonical_host_and_forget_parameters(visitor: Visitor) -> None:
    url = visitor.get(TICKETS, start_time=0, include="metric_sets", per_page=10)["after_url"]

    assert url.startswith("https://acme.zendesk.com/api/v2/incremental/tickets/cursor.json?cursor=")
    assert "per_page=10" in url
    assert "metric_sets" not in url


def test_tickets_of_bots_come_only_when_asked_for(visitor: Visitor) -> None:
    every, human, bots = (
        {each["id"] for each in visitor.export("tickets", **scope)}
        for scope in ({"support_type_scope": "all"}, {}, {"support_type_scope": "ai_agent"})
    )

    assert bots
    assert every == human | bots
    assert set() == human & bots


def test_deleted_tickets_come_with_that_status_and_without_metrics(visitor: Visitor) -> None:
    page = visitor.get(TICKETS, start_time=0, include="metric_sets")
    deleted = {each["id"] for each in page["tickets"] if each["status"] == "deleted"}

    assert deleted
    assert {each["id"] for each in page["tickets"]} - deleted == {each["ticket_id"] for each in page["metric_sets"]}


def test_deleted_tickets_can_be_left_out(visitor: Visitor) -> None:
    assert "deleted" not in {each["status"] for each in visitor.export("tickets", exclude_deleted="true")}


def test_a_scrubbed_ticket_has_lost_its_content(visitor: Visitor) -> None:
    scrubbed = [each for each in visitor.export("tickets") if each["subject"] == "SCRUBBED"]

    assert {("deleted", "X", (), ())} == {
        (each["status"], each["description"], tuple(each["custom_fields"]), tuple(each["tags"])) for each in scrubbed
    }


def test_a_merged_ticket_is_closed_and_tagged(visitor: Visitor) -> None:
    merged = [each for each in visitor.export("tickets") if "closed_by_merge" in each["tags"]]

    assert merged
    assert {"closed"} == {each["status"] for each in merged}


def test_metric_sets_may_lie_in_the_ticket(fresh: Visitor) -> None:
    fresh.switches.embedded_metric_sets = True
    page = fresh.get(TICKETS, start_time=0, include="metric_sets")

    assert "metric_sets" not in page
    assert {True} == {(each["metric_set"] is None) == (each["status"] == "deleted") for each in page["tickets"]}


def test_durations_are_null_until_both_ends_are_known(visitor: Visitor) -> None:
    measured = visitor.get(TICKETS, start_time=0, include="metric_sets")["metric_sets"]
    unanswered = [each for each in measured if each["replies"] == 0]

    assert {None} == {each["reply_time_in_minutes"]["calendar"] for each in unanswered}
    assert {None} == {
        each["full_resolution_time_in_minutes"]["business"] for each in measured if each["solved_at"] is None
    }


def test_business_minutes_are_fewer_than_the_calendar_has(visitor: Visitor) -> None:
    measured = visitor.get(TICKETS, start_time=0, include="metric_sets")["metric_sets"]
    replies = [each["reply_time_in_minutes"] for each in measured if each["replies"]]

    assert all(each["business"] <= each["calendar"] for each in replies)
    assert sum(each["business"] for each in replies) < 0.6 * sum(each["calendar"] for each in replies)


def test_seconds_are_told_of_messaging_only(visitor: Visitor) -> None:
    page = visitor.get(TICKETS, start_time=0, include="metric_sets")
    messaging = {each["id"] for each in page["tickets"] if each["from_messaging_channel"]}
    told = {each["ticket_id"] for each in page["metric_sets"] if each["reply_time_in_seconds"]["calendar"] is not None}

    assert told
    assert set() == told - messaging


@pytest.mark.parametrize("path", [TICKETS, "incremental/users/cursor", "incremental/organizations"])
def test_a_start_within_the_last_minute_is_too_recent(visitor: Visitor, path: str) -> None:
    assert [200, 422] == [visitor.ask(path, start_time=SECONDS - ago).status_code for ago in (60, 59)]


def test_the_last_minute_is_left_out(fresh: Visitor) -> None:
    before = fresh.get(TICKETS, start_time=SECONDS - 3_600)
    fresh.sandbox.deed.touch(5)
    fresh.clock.sleep(59)
    not_yet = fresh.get(TICKETS, start_time=SECONDS - 60)
    fresh.clock.sleep(1)
    there = fresh.get(TICKETS, start_time=SECONDS - 60)

    assert ([], [], [6]) == tuple([each["id"] for each in page["tickets"]] for page in (before, not_yet, there))


def test_heavy_pages_time_out(fresh: Visitor) -> None:
    fresh.switches.heavy_above = 250

    assert [504, 504, 200] == [
        fresh.ask(TICKETS, start_time=0, per_page=size).status_code for size in (1_000, 500, 250)
    ]


def test_a_cursor_may_be_refused(fresh: Visitor) -> None:
    cursor = fresh.get(TICKETS, start_time=0, per_page=5)["after_cursor"]
    fresh.switches.bad_cursors = True

    assert [422, 200] == [fresh.ask(TICKETS, **where).status_code for where in ({"cursor": cursor}, {"start_time": 0})]
    assert 422 == fresh.ask(TICKETS, cursor="nonsense").status_code


def test_users_are_exported_agents_and_left_ones_too(visitor: Visitor) -> None:
    users = visitor.export("users", per_page=100)

    assert visitor.world.agent_count + visitor.world.person_count == len({each["id"] for each in users})
    assert sorted(each["updated_at"] for each in users) == [each["updated_at"] for each in users]


def organizations(visitor: Visitor, **params: Any) -> list[dict[str, Any]]:
    """Return the pages of the export by time; raises if it does not move on."""
    start, pages = 0, []
    while True:
        page = visitor.get("incremental/organizations", start_time=start, **params)
        pages.append(page)
        if page["end_of_stream"]:
            return pages
        assert page["end_time"] > start
        start = page["end_time"]


def test_the_last_second_of_a_page_by_time_comes_again(visitor: Visitor) -> None:
    pages = organizations(visitor, per_page=10)
    borders = [(one["organizations"][-1]["id"], [each["id"] for each in other["organizations"]])
               for one, other in pairwise(pages)]  # fmt: skip

    assert len(pages) > 2
    assert all(last in following for last, following in borders)
    assert all(page["next_page"] is not None for page in pages)


def test_a_page_of_one_second_is_stretched_and_ends_behind_it(fresh: Visitor) -> None:
    fresh.sandbox.deed.add_organizations(1_500)
    fresh.clock.sleep(120)
    stretched = fresh.get("incremental/organizations", start_time=SECONDS)

    assert (1_500, SECONDS + 1, False) == tuple(stretched[key] for key in ("count", "end_time", "end_of_stream"))
    assert 1_500 + fresh.world.customer_count == len(
        {each["id"] for page in organizations(fresh) for each in page["organizations"]}
    )


def test_a_page_may_be_stuck_in_its_second(fresh: Visitor) -> None:
    """What Zendesk's documentation still warns of."""
    fresh.switches.stuck_seconds = True
    fresh.sandbox.deed.add_organizations(1_500)
    fresh.clock.sleep(120)
    stuck = fresh.get("incremental/organizations", start_time=SECONDS)

    assert (1_000, SECONDS, False) == tuple(stuck[key] for key in ("count", "end_time", "end_of_stream"))


def test_an_export_by_time_without_news_is_at_its_end(visitor: Visitor) -> None:
    now = int(datetime(2026, 11, 1, 11, tzinfo=UTC).timestamp())
    page = visitor.get("incremental/organizations", start_time=now)

    assert ([], 0, True) == tuple(page[key] for key in ("organizations", "count", "end_of_stream"))
