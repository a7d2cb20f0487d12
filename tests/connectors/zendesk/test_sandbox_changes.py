"""Records of the sandbox change as those of Zendesk do, also while they are being read."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from latido.testing import Desk, Period, World, truth
from latido_zendesk.sandbox import ZendeskSandbox
from tests.asking import ask
from tests.connectors.zendesk.visiting import SECONDS, Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.testing.world import Ticket


@pytest.fixture
def visitor() -> Visitor:
    return Visitor(300)


def some(visitor: Visitor, *statuses: str) -> Iterator[Ticket]:
    """Yield live tickets that have one of *statuses*."""
    return (each for each in visitor.sandbox.tickets() if each.status in statuses and each.fate == "live")


def exported(visitor: Visitor, number: int) -> Any:
    """Return a ticket as the export tells it a minute later, its metrics inside."""
    visitor.clock.sleep(61)
    page = visitor.get(
        "incremental/tickets/cursor", start_time=SECONDS - 60, include="metric_sets", support_type_scope="all"
    )
    measured = {each["ticket_id"]: each for each in page["metric_sets"]}
    found = [each for each in page["tickets"] if each["id"] == number + 1]
    assert 1 == len(found)
    return found[0] | {"metric_set": measured.get(number + 1)}


def test_a_reply_is_measured(visitor: Visitor) -> None:
    [number] = visitor.sandbox.deed.add_tickets()
    visitor.clock.sleep(300)
    visitor.sandbox.deed.reply(number)

    measured = exported(visitor, number)["metric_set"]

    assert (1, 5) == (measured["replies"], measured["reply_time_in_minutes"]["calendar"])


def test_a_note_is_no_reply(visitor: Visitor) -> None:
    number = next(some(visitor, "new")).number
    before = len(visitor.sandbox.records.ticket(number).replies)
    visitor.sandbox.deed.reply(number, public=False)

    assert before == exported(visitor, number)["metric_set"]["replies"]


def test_solving_and_reopening_are_measured(visitor: Visitor) -> None:
    number = next(some(visitor, "solved")).number
    before = visitor.sandbox.records.ticket(number)
    visitor.sandbox.deed.reopen(number)
    visitor.clock.sleep(60)
    visitor.sandbox.deed.solve(number)

    ticket = exported(visitor, number)

    assert ("solved", before.reopens + 1) == (ticket["status"], ticket["metric_set"]["reopens"])
    assert "2026-11-01T12:01:00Z" == ticket["metric_set"]["solved_at"] == ticket["updated_at"]


def test_a_deleted_ticket_comes_back_when_it_is_restored(visitor: Visitor) -> None:
    number = next(some(visitor, "open", "pending")).number
    visitor.sandbox.deed.delete(number)
    deleted = exported(visitor, number)
    gone = visitor.ask(f"tickets/{number + 1}").status_code
    visitor.sandbox.deed.restore(number)
    restored = exported(visitor, number)

    assert ("deleted", None, 404) == (deleted["status"], deleted["metric_set"], gone)
    assert restored["status"] in {"open", "pending"}
    assert 200 == visitor.ask(f"tickets/{number + 1}").status_code


def test_erasing_moves_only_the_clock_of_the_export(visitor: Visitor) -> None:
    number = next(some(visitor, "open", "pending")).number
    visitor.sandbox.deed.delete(number)
    deleted = exported(visitor, number)
    visitor.sandbox.deed.erase(number)
    erased = exported(visitor, number)

    assert ("SCRUBBED", "X") == (erased["subject"], erased["description"])
    assert deleted["updated_at"] == erased["updated_at"]
    assert deleted["generated_timestamp"] < erased["generated_timestamp"]


def test_a_merge_closes_one_and_touches_the_other(visitor: Visitor) -> None:
    one, other = (each.number for each, _ in zip(some(visitor, "new", "open", "pending"), range(2), strict=False))
    visitor.sandbox.deed.merge(one, into=other)

    assert ("closed", ["closed_by_merge"]) == (
        (ticket := exported(visitor, one))["status"],
        [tag for tag in ticket["tags"] if tag == "closed_by_merge"],
    )
    assert exported(visitor, other)["generated_timestamp"] >= SECONDS


def test_nobody_writes_to_a_closed_ticket(visitor: Visitor) -> None:
    with pytest.raises(ValueError, match="closed or deleted"):
        visitor.sandbox.deed.reply(next(some(visitor, "closed")).number)


def test_many_tickets_may_be_written_in_one_second(visitor: Visitor) -> None:
    visitor.sandbox.deed.touch_all(first=0, count=250)
    visitor.clock.sleep(61)
    rows, where = [], {"start_time": SECONDS - 60}
    while where:
        page = visitor.get("incremental/tickets/cursor", per_page=100, support_type_scope="all", **where)
        rows += page["tickets"]
        where = {} if page["end_of_stream"] else {"cursor": page["after_cursor"]}

    assert {SECONDS} == {each["generated_timestamp"] for each in rows}
    assert list(range(1, 251)) == [each["id"] for each in rows]


def test_people_and_organizations_change_too(visitor: Visitor) -> None:
    one, other = [each.number for each in visitor.world.people() if each.left_at is None][:2]
    visitor.sandbox.deed.rename(one, "Ñandú")
    visitor.sandbox.deed.part(other)
    visitor.sandbox.deed.move_house(1, "neu.example")
    visitor.sandbox.deed.close_down(2)
    visitor.clock.sleep(61)
    users = visitor.get("incremental/users/cursor", start_time=SECONDS)["users"]
    companies = visitor.get("incremental/organizations", start_time=SECONDS)["organizations"]

    assert [True, False] == [each["active"] for each in users]
    assert users[0]["name"].endswith("Ñandú")
    assert users[1]["email"] is None
    assert ["neu.example"] == companies[0]["domain_names"]
    assert "2026-11-01T12:00:00Z" == companies[1]["deleted_at"]


def test_writes_go_on_while_the_export_is_read(visitor: Visitor) -> None:
    """A ticket that is written to behind the cursor comes again; none is lost."""
    visitor.switches.writes_per_second = 2
    rows, where = [], {"start_time": 0}
    for _ in range(60):
        page = visitor.get("incremental/tickets/cursor", per_page=20, support_type_scope="all", **where)
        rows += page["tickets"]
        where = {"cursor": page["after_cursor"]} if page["after_cursor"] else where
        visitor.clock.sleep(5)
    visitor.switches.writes_per_second = 0
    visitor.clock.sleep(61)
    rows += visitor.get("incremental/tickets/cursor", support_type_scope="all", **where)["tickets"]

    latest = {each["id"]: each["generated_timestamp"] for each in rows}

    assert visitor.sandbox.records.ticket_count > visitor.world.ticket_count
    assert {each.number + 1: each.written_at for each in visitor.sandbox.tickets()} == latest


def test_something_else_is_written_each_time(visitor: Visitor) -> None:
    for _ in range(200):
        visitor.sandbox.deed.something()

    assert 20 == visitor.sandbox.records.ticket_count - visitor.world.ticket_count
    assert 100 < len(visitor.sandbox.records.changed)


def test_deeds_can_be_asked_for_from_outside(visitor: Visitor) -> None:
    done = ask(visitor.sandbox, "POST", "/_sandbox/do", json={"what": "add_tickets", "count": 2})

    assert {"done": [300, 301]} == done.json()


def test_the_truth_follows_what_happened() -> None:
    visitor = Visitor(300)
    day = datetime.fromtimestamp(visitor.world.end, UTC).date()
    today = Period.of(day, day + timedelta(days=1), ZoneInfo("UTC"))
    [number] = visitor.sandbox.deed.add_tickets()
    visitor.clock.sleep(90)
    visitor.sandbox.deed.reply(number)
    visitor.sandbox.deed.solve(number)

    answers = truth([Desk(visitor.sandbox.tickets(), visitor.sandbox.known)], today)

    chat = visitor.sandbox.records.ticket(number).channel == "chat"
    assert (90 if chat else 60) / 3_600 == answers["first_response_time"].value
    assert (1, 90 / 3_600) == (answers["average_resolution_time"].n, answers["average_resolution_time"].value)
    assert 1.0 == answers["first_contact_resolution"].value


def test_two_sandboxes_of_one_world_tell_the_same() -> None:
    one, other = (Visitor(150).export("tickets", include="metric_sets") for _ in range(2))

    assert one == other


def test_memory_does_not_grow_with_what_tickets_say() -> None:
    """Some numbers of each ticket and caches that do not grow stay in memory, not the 4 kB that are served."""

    def held(tickets: int) -> int:
        world = World("acme", end=date(2026, 11, 1), tickets=tickets, people=50)
        tracemalloc.start()
        sandbox = ZendeskSandbox(world)
        ask(sandbox, "GET", "/api/v2/groups")
        found = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        return found

    held(1_500)  # fills the caches

    assert held(1_500) - held(150) < 500_000, "1,350 tickets that were held would take 5 MB"
