"""The stages of deals and the statuses of tickets, as HubSpot remembers them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from latido.schema import DealStage, TicketEvent
from tests.connectors.hubspot.builders import found, listed, record
from tests.desk import Desk, last_cursor, rows

if TYPE_CHECKING:
    from latido.testing import ManualClock
    from tests.connectors.hubspot.desk import Office


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, tzinfo=UTC)


def remembered(key: Any, name: str, *steps: tuple[str, str]) -> dict[str, Any]:
    """Return a record that went through *steps* (stage and day), told with the newest first."""
    told = [{"value": stage, "timestamp": f"2026-01-{day}Z", "sourceType": "CRM_UI"} for stage, day in reversed(steps)]
    return {**record(key), "propertiesWithHistory": {name: told}}


def deal(key: Any, *steps: tuple[str, str]) -> dict[str, Any]:
    return remembered(key, "dealstage", *steps)


def ticket(key: Any, *steps: tuple[str, str]) -> dict[str, Any]:
    return remembered(key, "hs_pipeline_stage", *steps)


def stages(desk: Desk, office: Office, *deals: Any) -> list[Any]:
    desk.on("deals", listed(*deals))
    return rows(office.pages("deal_stages"), DealStage)


def statuses(desk: Desk, office: Office, *tickets: Any) -> list[tuple[str | None, str | None, datetime | None]]:
    desk.on("tickets", listed(*tickets))
    return [
        (row.from_value, row.to_value, row.occurred_at) for row in rows(office.pages("ticket_statuses"), TicketEvent)
    ]


def test_a_deal_has_a_row_per_stay_in_a_stage(desk: Desk, office: Office) -> None:
    open_, won = stages(desk, office, deal(6, ("qualifiedtobuy", "02T09:00:00"), ("closedwon", "05T00:00:00")))

    assert ("6", "qualifiedtobuy", "open") == (open_.deal_id, open_.stage, open_.status)
    assert (at(2, 9), at(5)) == (open_.entered_at, open_.left_at)
    assert ("closedwon", "won", at(5), None) == (won.stage, won.status, won.entered_at, won.left_at)


def test_a_stage_that_is_entered_again_is_another_stay(desk: Desk, office: Office) -> None:
    """Computed properties would tell the latest entry only."""
    steps = ("qualifiedtobuy", "02T00:00:00"), ("closedlost", "03T00:00:00"), ("qualifiedtobuy", "04T00:00:00")

    told = stages(desk, office, deal(6, *steps))

    assert [at(2), at(3), at(4)] == [row.entered_at for row in told]
    assert 3 == len({row.source_id for row in told})


def test_a_stage_that_was_set_to_what_it_was_is_one_stay(desk: Desk, office: Office) -> None:
    (row,) = stages(desk, office, deal(6, ("closedwon", "02T00:00:00"), ("closedwon", "03T00:00:00")))

    assert (at(2), None) == (row.entered_at, row.left_at)


def test_a_deal_that_never_had_a_stage_has_no_stay(desk: Desk, office: Office) -> None:
    assert [] == stages(desk, office, record(6), deal(7))
    assert [] == [each for page in office.pages("deal_stages") for each in page.rejected]


def test_a_stage_that_was_deleted_has_an_unknown_status(desk: Desk, office: Office) -> None:
    """It still stands in histories, and nobody knows any more what it meant."""
    gone, won = stages(desk, office, deal(6, ("5b1f-old", "02T00:00:00"), ("closedwon", "03T00:00:00")))

    assert ("5b1f-old", "unknown", at(3)) == (gone.stage, gone.status, gone.left_at)
    assert "won" == won.status


def test_a_history_that_makes_no_sense_is_put_aside_and_the_others_go_on(desk: Desk, office: Office) -> None:
    desk.on("deals", listed(deal(6, ("closedwon", "not a time")), deal(7, ("closedwon", "02T00:00:00"))))

    pages = office.pages("deal_stages")

    assert ["7"] == [row.deal_id for row in rows(pages, DealStage)]
    assert [("deal_stages", "6")] == [(each.table, each.source_id) for page in pages for each in page.rejected]


def test_a_deal_without_history_has_no_stages(desk: Desk, office: Office) -> None:
    assert [] == stages(desk, office, record(6), {**record(7), "propertiesWithHistory": {"dealstage": []}})


def test_fifty_histories_come_on_a_page(desk: Desk, office: Office) -> None:
    stages(desk, office)

    assert ["50"] == desk.params("deals", "limit")
    assert ["dealstage"] == desk.params("deals", "propertiesWithHistory")


def test_only_the_histories_of_what_changed_are_read_again(desk: Desk, office: Office, clock: ManualClock) -> None:
    """The search does not tell histories: it finds who changed, and those are read by id."""
    cursor = last_cursor(office.pages("deal_stages"))
    desk.on("deals/search", found(record(6)))
    desk.on("deals/batch/read", {"status": "COMPLETE", "results": [deal(6, ("closedwon", "02T00:00:00"))]})
    clock.sleep(600)

    pages = office.pages("deal_stages", cursor)

    assert ["6"] == [row.deal_id for row in rows(pages, DealStage)]
    assert 1 == len(desk.requests("deals"))
    (asked,) = (each.body for each in desk.requests("deals/batch/read"))
    assert ([{"id": "6"}], ["dealstage"]) == (asked["inputs"], asked["propertiesWithHistory"])


def test_a_reopening_is_seen(desk: Desk, office: Office) -> None:
    """The date of closing does not tell it: it is overwritten, or emptied."""
    steps = ("1", "01T00:00:00"), ("4", "02T00:00:00"), ("1", "02T12:00:00"), ("4", "03T00:00:00")

    assert [
        (None, "open", at(1)), ("open", "closed", at(2)), ("closed", "open", at(2, 12)), ("open", "closed", at(3)),
    ] == statuses(desk, office, ticket(7, *steps))  # fmt: skip


def test_a_ticket_in_a_stage_that_was_deleted_keeps_the_status_it_had(desk: Desk, office: Office) -> None:
    steps = ("1", "01T00:00:00"), ("old", "02T00:00:00"), ("4", "03T00:00:00"), ("old", "04T00:00:00")

    assert [(None, "open", at(1)), ("open", "closed", at(3))] == statuses(desk, office, ticket(7, *steps))


def test_a_status_is_an_event_of_its_ticket(desk: Desk, office: Office) -> None:
    desk.on("tickets", listed(ticket(7, ("1", "01T00:00:00"))))

    (row,) = rows(office.pages("ticket_statuses"), TicketEvent)

    assert ("7", "status", None, None) == (row.ticket_id, row.kind, row.actor_role, row.public)


def test_what_a_history_no_longer_tells_is_kept(desk: Desk, office: Office) -> None:
    """HubSpot cuts histories off; that a stage is not told any more does not mean that it was never entered."""
    desk.on("deals", listed(deal(6, ("closedwon", "02T00:00:00"))))

    assert [{}] == [page.replaces for page in office.pages("deal_stages") if page.fetched]
