"""Replies by e-mail."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from latido.schema import TicketEvent
from tests.connectors.hubspot.builders import found, gone, listed, record
from tests.connectors.hubspot.links import asked_for, between, linked, links
from tests.desk import Desk, last_cursor, rows

if TYPE_CHECKING:
    from latido.connect import Page
    from latido.testing import ManualClock
    from tests.connectors.hubspot.desk import Office

SENT = "2026-01-05T10:00:00Z"
AT = datetime(2026, 1, 5, 12, tzinfo=UTC)


def email(key: Any = 77, direction: str = "EMAIL", **more: Any) -> dict[str, Any]:
    told = {"hs_timestamp": SENT, "hs_email_direction": direction, "hubspot_owner_id": "7", "hs_email_status": "SENT"}
    return record(key, **{**told, **more})


def about(desk: Desk, *results: dict[str, Any]) -> None:
    """Let e-mails be about tickets."""
    desk.on(between("emails", "tickets"), links(*results))


def read(desk: Desk, office: Office, *emails: Any) -> list[Page]:
    desk.on("emails", listed(*emails), listed())
    return office.pages("email_replies")


def test_an_outgoing_mail_is_a_reply_by_an_agent(desk: Desk, office: Office) -> None:
    about(desk, linked(77, 1))

    (row,) = rows(read(desk, office, email()), TicketEvent)

    assert ("email:77", "1", "reply") == (row.source_id, row.ticket_id, row.kind)
    assert ("agent", "7", True) == (row.actor_role, row.actor_id, row.public)
    assert datetime(2026, 1, 5, 10, tzinfo=UTC) == row.occurred_at


def test_an_incoming_mail_is_a_reply_by_the_requester(desk: Desk, office: Office) -> None:
    """Its owner is who looks after the customer, and did not write it."""
    about(desk, linked(77, 1))

    (row,) = rows(read(desk, office, email(direction="INCOMING_EMAIL")), TicketEvent)

    assert ("requester", None) == (row.actor_role, row.actor_id)


def test_a_forwarded_mail_and_one_that_did_not_get_there_are_no_replies(desk: Desk, office: Office) -> None:
    about(desk, *(linked(key, 1) for key in (1, 2, 3)))
    mails = [
        email(1, direction="FORWARDED_EMAIL"),
        email(2, hs_email_status="BOUNCED"),
        email(3, hs_email_status="FAILED"),
    ]

    assert [] == rows(read(desk, office, *mails), TicketEvent)


def test_a_mail_about_two_tickets_is_a_reply_to_both_and_one_about_none_is_no_reply(desk: Desk, office: Office) -> None:
    about(desk, linked(77, 1, 2))

    replies = rows(read(desk, office, email(77), email(78)), TicketEvent)

    assert [("email:77", "1"), ("email:77:2", "2")] == [(row.source_id, row.ticket_id) for row in replies]


def test_a_mail_that_is_put_aside_keeps_what_is_stored_of_it(desk: Desk, office: Office) -> None:
    about(desk, linked(77, 1), linked(78, 1))

    (page, *_more) = read(
        desk, office, email(77), email(78, hs_timestamp="some day"), record(79) | {"properties": None}
    )

    assert 2 == len(page.rejected)
    assert {TicketEvent: ("external_id", ["email:77"])} == page.replaces


def test_tickets_are_asked_for_a_thousand_mails_at_a_time(desk: Desk, office: Office) -> None:
    pages = [listed(*(email(at + n) for n in range(100)), after=at + 100) for at in range(0, 1900, 100)]
    desk.on("emails", *pages, listed(email(1900)), listed())
    about(desk)

    read_pages = office.pages("email_replies")

    assert [1000, 901] == [len(inputs) for inputs in asked_for(desk, "emails", "tickets")]
    assert 1901 == sum(page.fetched for page in read_pages)


def test_a_mail_that_belongs_to_another_ticket_now_is_no_reply_to_the_first(desk: Desk, office: Office) -> None:
    about(desk, linked(77, 2))

    (page,) = [page for page in read(desk, office, email()) if page.fetched]

    assert {TicketEvent: ("external_id", ["email:77"])} == page.replaces
    assert ["email:77"] == [row.external_id for row in rows([page], TicketEvent)]


def test_the_replies_of_a_deleted_mail_are_deleted(desk: Desk, office: Office) -> None:
    desk.on("emails", listed(), listed(gone(77)))

    pages = office.pages("email_replies")

    assert [("external_id", ["email:77"])] == [each for page in pages for each in page.replaces.values() if each[1]]
    assert [{TicketEvent: {"email:77": AT}}] == [page.deleted for page in pages if page.deleted]


def test_mails_that_changed_are_read_again(desk: Desk, office: Office, clock: ManualClock) -> None:
    about(desk, linked(78, 1))
    cursor = last_cursor(read(desk, office))
    desk.on("emails/search", found(email(78)))
    clock.sleep(600)

    assert ["email:78"] == [row.source_id for row in rows(office.pages("email_replies", cursor), TicketEvent)]


def test_no_text_is_asked_for(desk: Desk, office: Office) -> None:
    read(desk, office)

    assert {
        "hs_email_direction", "hs_email_status", "hs_lastmodifieddate", "hs_timestamp", "hubspot_owner_id",
    } == set((desk.params("emails", "properties")[0] or "").split(","))  # fmt: skip


def test_a_mail_that_makes_no_sense_is_put_aside(desk: Desk, office: Office) -> None:
    about(desk, linked(77, 1))

    pages = read(desk, office, {**email(76), "properties": None}, email(77))

    assert ["email:77"] == [row.source_id for row in rows(pages, TicketEvent)]
    assert ["76"] == [each.source_id for page in pages for each in page.rejected]
