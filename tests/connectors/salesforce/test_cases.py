"""What becomes of cases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from latido.schema import Ticket
from tests.connectors.salesforce.builders import key
from tests.connectors.salesforce.desk import found
from tests.connectors.salesforce.service import ADA, QUEUE, case, opened
from tests.desk import rows

if TYPE_CHECKING:
    from tests.connectors.salesforce.desk import Office, SalesforceDesk

CLOSED = "2026-01-05T11:00:00.000+0000"


def read(desk: SalesforceDesk, office: Office, *cases: Any, **settings: Any) -> list[Any]:
    opened(desk).rows("Case", found(*cases))
    return rows(office.pages("cases", **settings), Ticket)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 1, 5, hour, minute, tzinfo=UTC)


def test_a_case_is_a_ticket(desk: SalesforceDesk, office: Office) -> None:
    (row,) = read(desk, office, case())

    assert ("It does not work", "open", "Working", "High", "Problem", "Email") == (
        row.subject, row.status, row.status_raw, row.priority, row.type, row.channel,
    )  # fmt: skip
    assert (key("001", 1), key("003", 1), "ana@hoth.example") == (row.account_id, row.contact_id, row.requester_email)
    assert (at(9), at(12), False) == (row.created_at, row.updated_at, row.is_deleted)
    assert f"{desk.url}/500000000000001AAA" == row.url


@pytest.mark.parametrize(
    ("said", "closed", "expected"),
    [
        ("Working", False, "open"),
        ("New", False, "new"),
        ("Parked", False, "open"),
        ("Closed, not really", False, "open"),
        ("Done", True, "closed"),
        ("Gone from the list", True, "closed"),
        ("Gone from the list", False, "open"),
        ("Working", True, "closed"),
    ],
)
def test_flags_tell_whether_a_case_is_closed(
    desk: SalesforceDesk, office: Office, said: str, closed: bool, expected: str
) -> None:
    """The word for a status is anything; what it says in a flag of the case counts more than any list."""
    (row,) = read(desk, office, case(Status=said, IsClosed=closed))

    assert (expected, said) == (row.status, row.status_raw)


def test_settings_say_what_flags_do_not(desk: SalesforceDesk, office: Office) -> None:
    words = {"Working": "pending", "Done": "solved"}

    found_rows = read(
        desk, office, case(1), case(2, Status="Done", IsClosed=True), case(3, IsClosed=True), case_statuses=words
    )

    assert ["pending", "solved", "closed"] == [each.status for each in found_rows]


def test_other_words_for_a_status_are_read_again(office: Office) -> None:
    plain = office.stream("cases").fingerprint()

    assert plain != office.stream("cases", case_statuses={"Working": "pending"}).fingerprint()


def test_a_case_belongs_to_a_person_or_to_a_queue(desk: SalesforceDesk, office: Office) -> None:
    persons, queued = read(desk, office, case(1), case(2, OwnerId=QUEUE, Owner={"Name": "Second level"}))

    assert (ADA, None) == (persons.assignee_id, persons.team)
    assert (None, "Second level") == (queued.assignee_id, queued.team)


def test_the_last_close_is_known_until_a_case_is_reopened(desk: SalesforceDesk, office: Office) -> None:
    closed, reopened = read(desk, office, case(1, IsClosed=True, ClosedDate=CLOSED), case(2))

    assert (at(11), at(11)) == (closed.solved_at, closed.closed_at)
    assert (None, None) == (reopened.solved_at, reopened.closed_at)
    assert (None, None, None) == (closed.first_solved_at, closed.reopens, closed.agent_replies)


def test_a_case_that_was_closed_by_its_creation_took_one_contact(desk: SalesforceDesk, office: Office) -> None:
    """A call that was settled at once leaves no history. One that was closed again later was reopened."""
    settled, later = read(
        desk,
        office,
        case(1, IsClosedOnCreate=True, IsClosed=True, ClosedDate="2026-01-05T09:00:01.000+0000"),
        case(2, IsClosedOnCreate=True, IsClosed=True, ClosedDate=CLOSED),
    )

    assert (0, 0, at(9)) == (settled.reopens, settled.agent_replies, settled.first_solved_at.replace(second=0))
    assert (None, None, None) == (later.reopens, later.agent_replies, later.first_solved_at)


def test_what_somebody_wrote_into_a_form_goes_before_the_contact(desk: SalesforceDesk, office: Office) -> None:
    (row,) = read(desk, office, case(SuppliedEmail="form@hoth.example"))

    assert "form@hoth.example" == row.requester_email


def test_a_case_that_was_merged_names_the_one_it_went_into(desk: SalesforceDesk, office: Office) -> None:
    (loser,) = read(desk, office, case(2, IsDeleted=True, MasterRecordId=key("500", 1)))

    assert (True, key("500", 1), at(12)) == (loser.is_deleted, loser.merged_into, loser.deleted_at)


def test_an_org_without_entitlements_or_queues_is_read_all_the_same(desk: SalesforceDesk, office: Office) -> None:
    """A field that is not described is not asked for: to name it would fail the whole query."""
    opened(desk).has("Case", "Status", "IsClosed").rows("Case", found(case()))

    (row,) = rows(office.pages("cases"), Ticket)

    assert ("open", None) == (row.status, row.assignee_id)
    assert ["Id, SystemModstamp, CreatedDate, IsClosed, IsDeleted, Status"] == [
        each.removeprefix("SELECT ").partition(" FROM")[0] for each in desk.queries("Case")
    ]


def test_a_field_of_the_users_own_may_tell_of_the_first_response(desk: SalesforceDesk, office: Office) -> None:
    opened(desk).has("Case", "Status", First_Response_Time__c="datetime")
    desk.rows("Case", found(case(First_Response_Time__c="2026-01-05T09:30:00.000+0000")))
    mapped = {"tickets": {"first_reply_at": "First_Response_Time__c"}}

    (row,) = rows(office.pages("cases", fields=mapped), Ticket)

    assert at(9, 30) == row.first_reply_at
