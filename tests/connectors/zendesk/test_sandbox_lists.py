"""The sandbox's lists, counts, searches and small tables."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.connectors.zendesk.visiting import SECONDS, Visitor

SIZE = "page[size]"


@pytest.fixture(scope="module")
def visitor() -> Visitor:
    return Visitor(1_200)


def test_lists_have_neither_archived_nor_deleted_tickets(visitor: Visitor) -> None:
    listed = {each["id"] for each in visitor.walk("tickets", "tickets")}
    exported = {each["id"]: each for each in visitor.export("tickets", support_type_scope="all")}
    missing = [each for key, each in exported.items() if key not in listed]

    assert listed < exported.keys()
    assert {"closed", "deleted"} == {each["status"] for each in missing}


@pytest.mark.parametrize(("sort", "down"), [("updated_at", False), ("-updated_at", True)])
def test_tickets_can_be_walked_by_their_update_both_ways(visitor: Visitor, sort: str, down: bool) -> None:
    walked = [(each["updated_at"], each["id"]) for each in visitor.walk("tickets", "tickets", sort=sort)]

    assert sorted(walked, reverse=down) == walked
    assert len(list(visitor.walk("tickets", "tickets"))) == len(walked)


def test_metric_sets_come_beside_the_list(visitor: Visitor) -> None:
    page = visitor.get("tickets", include="metric_sets", **{SIZE: 50})

    assert [each["id"] for each in page["tickets"]] == [each["ticket_id"] for each in page["metric_sets"]]


@pytest.mark.parametrize("table", ["tickets", "users", "organizations", "groups", "satisfaction_ratings"])
def test_a_page_of_101_rows_is_refused(visitor: Visitor, table: str) -> None:
    answer = visitor.ask(table, **{SIZE: 101})

    assert (400, "InvalidPaginationParameter") == (answer.status_code, answer.json()["error"])


def test_offset_pages_end_at_the_hundredth(visitor: Visitor) -> None:
    assert [200, 400] == [visitor.ask("tickets", page=page, per_page=1).status_code for page in (100, 101)]


def test_a_single_ticket_is_there_even_if_archived_but_not_if_deleted(visitor: Visitor) -> None:
    exported = visitor.export("tickets", support_type_scope="all")
    deleted = next(each["id"] for each in exported if each["status"] == "deleted")

    assert 1 == visitor.get("tickets/1")["ticket"]["id"]
    assert 404 == visitor.ask(f"tickets/{deleted}").status_code


def test_of_many_ids_those_that_are_not_there_are_silently_absent(visitor: Visitor) -> None:
    found = visitor.get("tickets/show_many", ids="3,2,999999", include="metric_sets")

    assert [3, 2] == [each["id"] for each in found["tickets"]] == [each["ticket_id"] for each in found["metric_sets"]]
    assert 413 == visitor.ask("tickets/show_many", ids=",".join(map(str, range(1, 102)))).status_code


def test_deleted_tickets_are_listed_for_thirty_days(visitor: Visitor) -> None:
    rows = list(visitor.walk("deleted_tickets", "deleted_tickets"))
    ages = [SECONDS - datetime.fromisoformat(each["deleted_at"]).timestamp() for each in rows]

    assert rows
    assert max(ages) <= 30 * 86_400


def test_of_users_deleted_long_ago_nothing_personal_is_left(visitor: Visitor) -> None:
    rows = list(visitor.walk("deleted_users", "deleted_users"))

    assert "Permanently Deleted User" in {each["name"] for each in rows}
    assert {None} == {each["email"] for each in rows if each["name"].startswith("Permanently")}


def test_users_can_be_listed_by_role(visitor: Visitor) -> None:
    """A light agent has the role of an agent."""
    admins, agents, ends = (list(visitor.walk("users", "users", role=role)) for role in ("admin", "agent", "end-user"))

    assert {"admin"} == {each["role"] for each in admins}
    assert {"agent"} == {each["role"] for each in agents}
    assert len(list(visitor.walk("users", "users"))) == len(admins) + len(agents) + len(ends)
    assert {True} == {each["active"] for each in (*admins, *agents, *ends)}


def test_counts_are_of_what_lists_show(visitor: Visitor) -> None:
    for table in ("tickets", "users", "organizations"):
        assert len(list(visitor.walk(table, table))) == visitor.get(f"{table}/count")["count"]["value"]


def test_a_search_finds_archived_tickets_last_first_and_no_deleted_ones(visitor: Visitor) -> None:
    found = list(
        visitor.walk("search/export", "results", **{"filter[type]": "ticket", "query": "type:ticket", SIZE: 1_000})
    )
    live = {each["id"] for each in visitor.export("tickets", support_type_scope="all") if each["status"] != "deleted"}

    assert sorted((each["id"] for each in found), reverse=True) == [each["id"] for each in found]
    assert live == {each["id"] for each in found}
    assert len(live) == visitor.get("search/count", query="type:ticket")["count"]


def test_a_search_understands_status_tags_and_times(visitor: Visitor) -> None:
    exported = visitor.export("tickets", support_type_scope="all")

    def count(query: str) -> int:
        found: int = visitor.get("search/count", query=query)["count"]
        return found

    assert sum("closed_by_merge" in each["tags"] for each in exported) == count("tags:closed_by_merge")
    assert sum(each["status"] == "closed" for each in exported) == count("status:closed")
    assert count("type:ticket") == count("status<solved") + count("status>=solved")
    assert count("type:ticket") == count("created>=2026-01-01T00:00:00Z") + count("created<2026-01-01T00:00:00Z")
    assert 422 == visitor.ask("search/count", query="nonsense").status_code


def test_the_search_lags_behind() -> None:
    visitor = Visitor(50)
    visitor.sandbox.deed.add_tickets(3)

    def count() -> int:
        found: int = visitor.get("search/count", query="type:ticket")["count"]
        return found

    before = count()
    visitor.clock.sleep(121)

    assert before + 3 == count()


def test_a_cursor_of_a_search_dies_after_an_hour() -> None:
    visitor = Visitor(50)
    where = {"filter[type]": "ticket", "query": "type:ticket", SIZE: 10}
    cursor = visitor.get("search/export", **where)["meta"]["after_cursor"]
    answers = []
    for pause in (3_600, 1):
        visitor.clock.sleep(pause)
        visitor.enter()
        answers.append(visitor.ask("search/export", **where, **{"page[after]": cursor}).status_code)

    assert [200, 422] == answers


def test_statuses_of_the_account_have_categories(visitor: Visitor) -> None:
    statuses = visitor.get("custom_statuses")["custom_statuses"]
    used = {each["custom_status_id"] for each in visitor.export("tickets")}

    assert {"new", "open", "pending", "hold", "solved"} == {each["status_category"] for each in statuses}
    assert used <= {each["id"] for each in statuses}


def test_what_does_not_exist_is_no_endpoint(visitor: Visitor) -> None:
    answer = visitor.ask("nps/incremental/responses")

    assert (404, "InvalidEndpoint") == (answer.status_code, answer.json()["error"])
