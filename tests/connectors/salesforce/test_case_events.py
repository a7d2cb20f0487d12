"""What happened to cases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import NotOffered
from latido.schema import TicketEvent
from tests.connectors.salesforce.builders import key
from tests.connectors.salesforce.desk import described, found
from tests.connectors.salesforce.service import (
    ADA,
    BOT,
    CASE,
    GUEST,
    QUEUE,
    ROBOT,
    change,
    comment,
    email,
    milestone,
    opened,
)  # fmt: skip
from tests.desk import rows

if TYPE_CHECKING:
    from latido.connect import Page
    from tests.connectors.salesforce.desk import Office, SalesforceDesk

SINCE = {"since": "2026-01-10T11:00:00+00:00"}
DONE: dict[str, Any] = {"IsCompleted": True, "CompletionDate": "2026-01-05T10:30:00.000+0000"}


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 1, 5, hour, minute, tzinfo=UTC)


def pages(desk: SalesforceDesk, office: Office, name: str, *records: Any, **settings: Any) -> list[Page]:
    sobjects = {
        "case_history": "CaseHistory", "email_messages": "EmailMessage", "case_comments": "CaseComment",
        "case_milestones": "CaseMilestone",
    }  # fmt: skip
    opened(desk).rows(sobjects[name], found(*records))
    return office.pages(name, **settings)


def read(desk: SalesforceDesk, office: Office, name: str, *records: Any, **settings: Any) -> list[Any]:
    return rows(pages(desk, office, name, *records, **settings), TicketEvent)


def test_history_outlives_its_case_and_salesforces_own_memory(desk: SalesforceDesk, office: Office) -> None:
    """A case that is restored gets its history back, which nothing stamps; after two years Salesforce forgets it."""
    opened(desk).counts("CaseHistory", 1).rows("CaseHistory", found(change(after="Done", IsDeleted=True)))
    stream = office.stream("case_history")

    read_pages = [*stream.pages(stream.start(None)), *stream.pages(SINCE)]

    assert {False} == {row.is_deleted for row in rows(read_pages, TicketEvent)}
    assert "none" == stream.deletions
    assert [] == desk.requests("sobjects/CaseHistory/deleted/")
    count = stream.count()
    assert count is not None
    assert count.least


def test_a_change_of_status_is_told_in_common_words(desk: SalesforceDesk, office: Office) -> None:
    """History holds labels or API names, as they were displayed at that time."""
    opened_again, by_label = read(
        desk, office, "case_history", change(1, before="Done", after="Working"), change(2, before="Neu", after="Done")
    )

    assert (CASE, "status", "closed", "open", ADA, "agent", at(9)) == (
        opened_again.ticket_id, opened_again.kind, opened_again.from_value, opened_again.to_value,
        opened_again.actor_id, opened_again.actor_role, opened_again.occurred_at,
    )  # fmt: skip
    assert ("new", "closed") == (by_label.from_value, by_label.to_value)


def test_a_status_that_was_renamed_is_not_known_until_the_settings_say_it(desk: SalesforceDesk, office: Office) -> None:
    records = (change(1, before="Working", after="Settled"),)

    (unsaid,) = read(desk, office, "case_history", *records)
    (said,) = read(desk, office, "case_history", *records, case_statuses={"Settled": "solved"})

    assert ("unknown", "solved") == (unsaid.to_value, said.to_value)


def test_of_the_two_rows_about_an_owner_the_one_with_ids_is_kept(desk: SalesforceDesk, office: Office) -> None:
    read_pages = pages(
        desk, office, "case_history", change(1, "Owner", QUEUE, ADA), change(2, "Owner", "Second level", "Ada Lovelace")
    )

    assert [("assignment", QUEUE, ADA)] == [
        (each.kind, each.from_value, each.to_value) for each in rows(read_pages, TicketEvent)
    ]
    assert 2 == sum(page.fetched for page in read_pages)


def test_a_priority_is_told_as_it_is(desk: SalesforceDesk, office: Office) -> None:
    (row,) = read(desk, office, "case_history", change(1, "Priority", "Low", "High"))

    assert ("priority", "Low", "High") == (row.kind, row.from_value, row.to_value)


def test_history_is_followed_by_creation_and_limited_to_what_is_kept(desk: SalesforceDesk, office: Office) -> None:
    """History has no SystemModstamp; old and new values cannot stand in a condition."""
    tracked = described("Field", CaseId="reference", CreatedById="reference", OldValue="anyType", NewValue="anyType")
    tracked["fields"] = [each for each in tracked["fields"] if each["name"] != "SystemModstamp"]
    opened(desk).on("sobjects/CaseHistory/describe", tracked)

    office.pages("case_history", SINCE)

    (query,) = desk.queries("CaseHistory")
    assert "(Field IN ('Status', 'Owner', 'ownerAssignment', 'ownerAccepted', 'ownerEscalated', 'Priority'))" in query
    assert "CreatedDate >= 2026-01-10T10:45:00Z" in query
    assert query.endswith("ORDER BY CreatedDate, Id")


def test_an_outgoing_message_is_a_reply_of_its_sender(desk: SalesforceDesk, office: Office) -> None:
    (row,) = read(desk, office, "email_messages", email())

    assert (f"email:{key('02s', 1)}", CASE, "reply", ADA, "agent", True, at(10)) == (
        row.source_id, row.ticket_id, row.kind, row.actor_id, row.actor_role, row.public, row.occurred_at,
    )  # fmt: skip


def test_an_incoming_message_is_the_requesters_whoever_saved_it(desk: SalesforceDesk, office: Office) -> None:
    (row,) = read(desk, office, "email_messages", email(Incoming=True, CreatedById=ROBOT))

    assert ("requester", None) == (row.actor_role, row.actor_id)


def test_what_nobody_wrote_is_no_reply_of_an_agent(desk: SalesforceDesk, office: Office) -> None:
    """An automatic answer must not count as the first response."""
    automatic = (email(1, CreatedById=ROBOT), email(2, CreatedById=BOT))

    by_type, plain = read(desk, office, "email_messages", *automatic)
    _, by_name = read(desk, office, "email_messages", *automatic, automated_users=["bot@acme"])
    _, by_id = read(desk, office, "email_messages", *automatic, automated_users=[BOT])

    assert ["system", "agent", "system", "system"] == [each.actor_role for each in (by_type, plain, by_name, by_id)]


def test_drafts_and_messages_about_something_else_are_not_asked_for(desk: SalesforceDesk, office: Office) -> None:
    pages(desk, office, "email_messages")

    assert "(ParentId != null AND Status != '5')" in desk.queries("EmailMessage")[0]


def test_a_message_without_a_date_was_sent_when_it_was_saved(desk: SalesforceDesk, office: Office) -> None:
    (row,) = read(desk, office, "email_messages", email(MessageDate=None))

    assert at(9) == row.occurred_at


@pytest.mark.parametrize(
    ("author", "published", "role"),
    [(ADA, True, "agent"), (ADA, False, "agent"), (GUEST, True, "requester"), (key("005", 9), True, "unknown")],
)
def test_a_comment_is_by_whom_its_author_is_and_public_if_it_was_published(
    desk: SalesforceDesk, office: Office, author: str, published: bool, role: str
) -> None:
    (row,) = read(desk, office, "case_comments", comment(CreatedById=author, IsPublished=published))

    assert (f"comment:{key('00a', 1)}", "reply", role, published) == (
        row.source_id, row.kind, row.actor_role, row.public,
    )  # fmt: skip


def test_without_a_list_of_users_nobody_is_known_to_be_an_agent(desk: SalesforceDesk, office: Office) -> None:
    opened(desk).rows("User", found()).rows("CaseComment", found(comment()))

    (row,) = rows(office.pages("case_comments"), TicketEvent)

    assert "unknown" == row.actor_role


def test_a_milestone_that_is_completed_in_time_is_met(desk: SalesforceDesk, office: Office) -> None:
    (row,) = read(desk, office, "case_milestones", milestone(**DONE))

    assert (f"milestone:{key('555', 1)}", "sla", "First Response", "met", "system", at(10, 30)) == (
        row.source_id, row.kind, row.from_value, row.to_value, row.actor_role, row.occurred_at,
    )  # fmt: skip


@pytest.mark.parametrize("more", [{}, DONE])
def test_a_violated_milestone_is_breached_when_it_was_due(desk: SalesforceDesk, office: Office, more: Any) -> None:
    """Completed afterwards or not."""
    (row,) = read(desk, office, "case_milestones", milestone(**{**more, "IsViolated": True}))

    assert ("breached", at(13)) == (row.to_value, row.occurred_at)


def test_an_open_milestone_is_no_event_and_one_that_is_open_again_is_none_any_more(
    desk: SalesforceDesk, office: Office
) -> None:
    (page, _last) = pages(desk, office, "case_milestones", milestone())

    assert [] == rows([page], TicketEvent)
    assert {f"milestone:{key('555', 1)}", f"first_reply:{key('555', 1)}"} == page.deleted[TicketEvent].keys()


def test_the_milestone_that_the_settings_name_tells_of_the_first_reply(desk: SalesforceDesk, office: Office) -> None:
    told = (milestone(1, **DONE), milestone(2, "Resolution", **DONE))

    found_rows = read(desk, office, "case_milestones", *told, first_response_milestone="First Response")

    assert [("sla", "met"), ("first_reply", None), ("sla", "met")] == [(e.kind, e.to_value) for e in found_rows]
    reply = found_rows[1]
    assert (f"first_reply:{key('555', 1)}", "agent", True, at(10, 30)) == (
        reply.source_id, reply.actor_role, reply.public, reply.occurred_at,
    )  # fmt: skip


def test_a_target_that_has_passed_is_looked_up_though_nothing_touched_it(desk: SalesforceDesk, office: Office) -> None:
    opened(desk).rows("CaseMilestone", found(milestone(IsViolated=True)), found())

    read_pages = office.pages("case_milestones", SINCE)

    assert ["breached"] == [each.to_value for each in rows(read_pages, TicketEvent)]
    due, changed = desk.queries("CaseMilestone")
    assert "(IsCompleted = false) AND (TargetDate >= 2026-01-10T10:45:00Z AND TargetDate < 2026-01-10T12:05:00Z)" in due
    assert "SystemModstamp >= 2026-01-10T10:45:00Z" in changed


def test_an_org_without_entitlements_has_no_milestones(office: Office) -> None:
    stream = office.stream("case_milestones")

    with pytest.raises(NotOffered, match="CaseMilestone"):
        list(stream.pages({}))

    assert stream.optional


@pytest.mark.parametrize("name", ["case_history", "email_messages", "case_comments", "case_milestones"])
def test_a_record_that_is_none_is_put_aside(desk: SalesforceDesk, office: Office, name: str) -> None:
    read_pages = pages(desk, office, name, {"Id": None, "Field": "Status", "IsCompleted": True, "CreatedDate": "soon"})

    assert 1 == len([fault for page in read_pages for fault in page.rejected])
    assert [] == rows(read_pages, TicketEvent)


@pytest.mark.parametrize("name", ["case_history", "email_messages", "case_comments", "case_milestones"])
def test_what_is_no_record_at_all_is_put_aside(desk: SalesforceDesk, office: Office, name: str) -> None:
    read_pages = pages(desk, office, name, None)

    assert 1 == len([fault for page in read_pages for fault in page.rejected])
    assert [] == rows(read_pages, TicketEvent)
