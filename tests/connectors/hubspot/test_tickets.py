"""What becomes of tickets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from latido.schema import Ticket
from tests.connectors.hubspot.builders import listed, record
from tests.desk import Desk, rows

if TYPE_CHECKING:
    from tests.connectors.hubspot.desk import Office


def tickets(desk: Desk, office: Office, *records: Any) -> list[Any]:
    desk.on("tickets", listed(*records), listed())
    return rows(office.pages("tickets"), Ticket)


def test_a_ticket_is_mapped_field_by_field(desk: Desk, office: Office) -> None:
    closed = record(
        901, subject="Help", hs_pipeline="0", hs_pipeline_stage="4", hs_primary_company_id="501", hubspot_owner_id="7",
        hs_ticket_priority="HIGH", hs_ticket_category="BILLING_ISSUE", source_type="EMAIL",
        first_agent_reply_date="2026-01-02T09:00:00Z", closed_date="2026-01-03T00:00:00Z", content="private",
        time_to_close="57600000",
    )  # fmt: skip

    (row,) = tickets(desk, office, closed)

    assert ("901", "Help", "501", "7") == (row.source_id, row.subject, row.account_id, row.assignee_id)
    assert ("closed", "Closed", "high") == (row.status, row.status_raw, row.priority)
    assert ("BILLING_ISSUE", "email") == (row.type, row.channel)
    assert datetime(2026, 1, 2, 8, tzinfo=UTC) == row.created_at
    assert datetime(2026, 1, 2, 9, tzinfo=UTC) == row.first_reply_at
    assert datetime(2026, 1, 3, tzinfo=UTC) == row.solved_at == row.closed_at


def test_what_customers_wrote_is_not_even_asked_for(desk: Desk, office: Office) -> None:
    tickets(desk, office)

    asked = (desk.params("tickets", "properties")[0] or "").split(",")
    assert set() == {"content", "hs_resolution", "time_to_close", "time_to_first_agent_reply"} & set(asked)


def test_a_ticket_is_closed_by_its_stage_alone(desk: Desk, office: Office) -> None:
    """The day of a former closing may remain when a ticket is opened again."""
    (row,) = tickets(desk, office, record(1, hs_pipeline_stage="1", closed_date="2026-01-03T00:00:00Z"))

    assert ("open", "New", None) == (row.status, row.status_raw, row.closed_at)
    assert datetime(2026, 1, 3, tzinfo=UTC) == row.solved_at


def test_a_stage_that_was_deleted_leaves_the_status_unknown(desk: Desk, office: Office) -> None:
    (row,) = tickets(desk, office, record(1, hs_pipeline_stage="4711", closed_date="2026-01-03T00:00:00Z"))

    assert ("unknown", "4711", None) == (row.status, row.status_raw, row.closed_at)


@pytest.mark.parametrize("told", ["2026-01-03T00:00:00Z", "2026-01-03T00:00:00.000Z", "1767398400000", "2026-01-03"])
def test_times_are_understood_however_they_are_told(desk: Desk, office: Office, told: str) -> None:
    (row,) = tickets(desk, office, record(1, closed_date=told))

    assert datetime(2026, 1, 3, tzinfo=UTC) == row.solved_at


def test_a_time_that_is_none_puts_the_ticket_aside(desk: Desk, office: Office) -> None:
    desk.on("tickets", listed(record(1, closed_date="soon"), record(2)), listed())

    pages = office.pages("tickets")

    assert ["2"] == [row.source_id for row in rows(pages, Ticket)]
    (fault,) = [each for page in pages for each in page.rejected]
    assert ("1", True) == (fault.source_id, "solved_at" in fault.reason or "closed_at" in fault.reason)
