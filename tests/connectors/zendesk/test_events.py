"""What becomes of changes, replies and service levels."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from latido.schema import TicketEvent
from latido_zendesk.reading import SETTLING
from tests.connectors.zendesk.builders import NOON_SECONDS, list_page, metric_event, time_page
from tests.connectors.zendesk.desk import Office, recorded
from tests.desk import Desk, last_cursor, rows

if TYPE_CHECKING:
    from latido.connect import Page
    from latido.testing import ManualClock

CHANGES = "incremental/ticket_events"
METRICS = "incremental/ticket_metric_events"
SOONER, LATER, FUTURE = "2026-01-05T09:00:00Z", "2026-01-05T10:00:00Z", "2026-01-10T13:00:00Z"
JUST_IN_TIME = "2026-01-10T12:59:59Z"


def changes(desk: Desk, office: Office, *children: Any, **audit: Any) -> list[Any]:
    whole = {
        "id": 50, "ticket_id": 1, "timestamp": NOON_SECONDS, "created_at": "2026-01-05T12:00:00Z", "updater_id": 7001,
        "event_type": "Audit", "child_events": children, **audit,
    }  # fmt: skip
    desk.on(CHANGES, time_page("ticket_events", whole, end_time=NOON_SECONDS))
    return rows(office.pages("ticket_events"), TicketEvent)


def read(desk: Desk, office: Office, *events: Any, cursor: Any = None) -> list[Page]:
    desk.on(METRICS, time_page("ticket_metric_events", *events, end_time=NOON_SECONDS))
    return office.pages("sla_events", cursor)


def outcomes(pages: list[Page]) -> list[tuple[str, str]]:
    return [(row.source_id, row.to_value) for row in rows(pages, TicketEvent)]


def test_a_change_says_from_what_to_what(desk: Desk, office: Office) -> None:
    desk.on("users", list_page("users", {"id": 7001, "role": "agent"}))

    (event,) = changes(desk, office, {"id": 1, "event_type": "Change", "status": "open", "previous_value": "new"})

    assert ("1:status", "1", "status", "new", "open") == (
        event.source_id, event.ticket_id, event.kind, event.from_value, event.to_value,
    )  # fmt: skip
    assert ("7001", "agent") == (event.actor_id, event.actor_role)
    assert datetime(2026, 1, 5, 12, tzinfo=UTC) == event.occurred_at


def test_an_audit_that_does_not_fit_is_no_event_of_its_own(desk: Desk, office: Office) -> None:
    """Not even when quarantine is tried again: what happened in it is not known."""
    desk.on(CHANGES, time_page("ticket_events", {"id": 50, "ticket_id": 1, "child_events": "?"}, end_time=NOON_SECONDS))
    stream = office.stream("ticket_events")
    (page,) = stream.pages(stream.start(None))

    (put_aside,) = page.rejected
    found, again = stream.rows(TicketEvent, [put_aside.payload])

    assert (0, 1) == (len(found), len(again))


def test_a_comment_is_a_reply_without_its_text(desk: Desk, office: Office) -> None:
    said = {"id": 2, "event_type": "Comment", "public": True, "author_id": 9001, "body": "Dear Ana"}

    (event,) = changes(desk, office, said)

    assert ("reply", True, "9001", "unknown") == (event.kind, event.public, event.actor_id, event.actor_role)
    assert "Ana" not in repr(event)
    assert ["comment_events"] == desk.params(CHANGES, "include")


def test_what_zendesk_does_itself_is_done_by_the_system(desk: Desk, office: Office) -> None:
    (event,) = changes(desk, office, {"id": 1, "event_type": "Change", "status": "closed"}, updater_id=-1)

    assert "system" == event.actor_role


def test_a_creation_may_tell_several_things_and_the_rest_is_left_out(desk: Desk, office: Office) -> None:
    created = {"id": 3, "event_type": "Create", "status": "new", "assignee_id": 7001, "subject": "private"}

    found = changes(desk, office, created, {"id": 4, "event_type": "Notification"})

    assert {("3:status", "new"), ("3:assignment", "7001")} == {(each.source_id, each.to_value) for each in found}


def test_events_that_make_no_sense_are_put_aside(desk: Desk, office: Office) -> None:
    desk.on(CHANGES, time_page("ticket_events", {"id": 5, "child_events": ["Dear Ana"]}, None, end_time=NOON_SECONDS))

    (page,) = office.pages("ticket_events")
    (measured,) = read(desk, office, {"id": 6, "type": "breach"}, metric_event(7, "breach", "soon"))

    assert [("5", {"id": 5}), (None, None)] == [(each.source_id, each.payload) for each in page.rejected]
    assert ["6", "7"] == [each.source_id for each in measured.rejected]


def test_a_target_that_is_reached_in_time_is_met(desk: Desk, office: Office) -> None:
    pages = read(
        desk,
        office,
        metric_event(1, "activate", SOONER),
        metric_event(2, "apply_sla", SOONER),
        metric_event(3, "breach", FUTURE),
        metric_event(4, "fulfill", LATER),
        metric_event(3, "breach", FUTURE, deleted=True),
    )

    assert [("sla:1:reply_time:1:met", "met")] == outcomes(pages)
    (event,) = rows(pages, TicketEvent)
    assert ("sla", "1", "reply_time", datetime(2026, 1, 5, 10, tzinfo=UTC)) == (
        event.kind, event.ticket_id, event.from_value, event.occurred_at,
    )  # fmt: skip
    assert {} == last_cursor(pages)["open"]


def test_a_measure_without_a_policy_is_no_target(desk: Desk, office: Office) -> None:
    pages = read(desk, office, metric_event(1, "activate", SOONER), metric_event(4, "fulfill", LATER))

    assert [] == outcomes(pages)


def test_a_target_that_is_reached_too_late_is_breached(desk: Desk, office: Office) -> None:
    pages = read(
        desk,
        office,
        metric_event(2, "apply_sla", SOONER),
        metric_event(3, "breach", "2026-01-05T09:30:00Z"),
        metric_event(4, "fulfill", LATER),
    )

    assert [("sla:1:reply_time:1:breached", "breached")] == outcomes(pages)
    assert [datetime(2026, 1, 5, 9, 30, tzinfo=UTC)] == [row.occurred_at for row in rows(pages, TicketEvent)]


def test_a_breach_in_the_future_has_not_happened(desk: Desk, office: Office, clock: ManualClock) -> None:
    """Zendesk announces it once, ahead of its time: the cursor remembers it until then."""
    first = read(desk, office, metric_event(2, "apply_sla", SOONER), metric_event(3, "breach", FUTURE))
    clock.sleep(3601 + SETTLING)
    second = read(desk, office, cursor=last_cursor(first))

    assert [] == outcomes(first)
    assert [("sla:1:reply_time:1:breached", "breached")] == outcomes(second)


def test_a_breach_waits_for_what_the_export_leaves_out_yet(desk: Desk, office: Office, clock: ManualClock) -> None:
    """The target may have been reached in the last minute, of which nothing is told."""
    first = read(desk, office, metric_event(2, "apply_sla", SOONER), metric_event(3, "breach", FUTURE))
    clock.sleep(3601)
    second = read(desk, office, cursor=last_cursor(first))
    clock.sleep(SETTLING)
    third = read(desk, office, metric_event(4, "fulfill", JUST_IN_TIME), cursor=last_cursor(second))

    assert [] == outcomes(second)
    assert [("sla:1:reply_time:1:met", "met")] == outcomes(third)


def test_a_breach_waits_for_the_pages_that_follow(desk: Desk, office: Office, clock: ManualClock) -> None:
    """That the target was reached stands behind a page that ends before."""
    first = read(desk, office, metric_event(2, "apply_sla", SOONER), metric_event(3, "breach", FUTURE))
    clock.sleep(86_400)
    others = (metric_event(key, "activate", SOONER, ticket_id=key) for key in (7, 8))
    desk.on(
        METRICS,
        time_page("ticket_metric_events", *others, end_time=NOON_SECONDS + 60, end=False),
        time_page("ticket_metric_events", metric_event(4, "fulfill", JUST_IN_TIME), end_time=NOON_SECONDS + 120),
    )
    pages = office.pages("sla_events", last_cursor(first))

    assert [("sla:1:reply_time:1:met", "met")] == outcomes(pages)
    assert {} == last_cursor(pages)["open"]


def test_an_announced_breach_that_is_withdrawn_never_happens(desk: Desk, office: Office, clock: ManualClock) -> None:
    first = read(desk, office, metric_event(2, "apply_sla", SOONER), metric_event(3, "breach", FUTURE))
    clock.sleep(3601)
    second = read(desk, office, metric_event(3, "breach", FUTURE, deleted=True), cursor=last_cursor(first))

    assert [] == outcomes(second)
    assert [{TicketEvent: {"sla:1:reply_time:1:breached": None}}] == [page.deleted for page in second]


def test_a_policy_and_its_outcome_may_come_in_different_runs(desk: Desk, office: Office) -> None:
    first = read(desk, office, metric_event(2, "apply_group_sla", SOONER))
    second = read(desk, office, metric_event(4, "fulfill", LATER), cursor=last_cursor(first))

    assert [("sla:1:reply_time:1:met", "met")] == outcomes(second)


def test_an_outcome_that_is_withdrawn_is_deleted_until_it_is_told_again(desk: Desk, office: Office) -> None:
    pages = read(
        desk,
        office,
        metric_event(4, "fulfill", LATER, deleted=True),
        metric_event(8, "apply_sla", SOONER),
        metric_event(9, "fulfill", LATER),
        metric_event(5, "fulfill", LATER, ticket_id=2, deleted=True),
    )

    assert [("sla:1:reply_time:1:met", "met")] == outcomes(pages)
    assert [{TicketEvent: {"sla:2:reply_time:1:met": None}}] == [page.deleted for page in pages]


def test_a_policy_that_is_withdrawn_leaves_no_target(desk: Desk, office: Office) -> None:
    pages = read(
        desk,
        office,
        metric_event(2, "apply_sla", SOONER),
        metric_event(2, "apply_sla", SOONER, deleted=True),
        metric_event(4, "fulfill", LATER),
    )

    assert ([], {}) == (outcomes(pages), last_cursor(pages)["open"])


def test_each_instance_of_a_metric_is_a_target_of_its_own(desk: Desk, office: Office) -> None:
    pages = read(
        desk,
        office,
        *(metric_event(n, "apply_sla", SOONER, instance_id=n) for n in (1, 2)),
        *(metric_event(10 + n, "fulfill", LATER, instance_id=n) for n in (1, 2)),
    )

    assert [("sla:1:reply_time:1:met", "met"), ("sla:1:reply_time:2:met", "met")] == outcomes(pages)


def test_events_read_again_say_the_same(desk: Desk, office: Office) -> None:
    """The last hour is read again in each run."""
    events = (
        metric_event(2, "apply_sla", SOONER),
        metric_event(3, "breach", "2026-01-05T09:30:00Z"),
        metric_event(4, "fulfill", LATER),
    )
    first = read(desk, office, *events)
    again = read(desk, office, *events, cursor=last_cursor(first))

    assert rows(first, TicketEvent) == rows(again, TicketEvent)
    assert last_cursor(first) == last_cursor(again)


def test_recorded_metric_events_tell_of_the_breach_alone(desk: Desk, office: Office) -> None:
    """Without a policy applied nothing is met; the breach of ticket 101 needs none to be known."""
    desk.on(METRICS, recorded("synthetic/ticket_metric_events.json"))

    pages = office.pages("sla_events")

    assert [("sla:101:reply_time:1:breached", "breached")] == outcomes(pages)
    assert 5 == sum(page.fetched for page in pages)


def test_events_are_off_by_default(office: Office) -> None:
    """They cost requests that no standard figure needs."""
    chosen = {each.name for each in office.connector().chosen()}

    assert chosen.isdisjoint({"ticket_events", "sla_events", "nps_responses"})
