"""Replies in the inbox."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from latido.schema import TicketEvent
from tests.connectors.hubspot.builders import listed
from tests.desk import Desk, last_cursor, rows

if TYPE_CHECKING:
    from latido.connect import Page
    from tests.connectors.hubspot.desk import Office

THREADS = "/conversations/v3/conversations/threads"
REPLIES = "conversation_replies"


def thread(key: Any = 1, last: str = "2026-01-05T12:00:00Z", **more: Any) -> dict[str, Any]:
    told = {"id": str(key), "status": "OPEN", "createdAt": "2026-01-05T09:00:00Z", "spam": False, "archived": False}
    return {**told, "latestMessageTimestamp": last, "threadAssociations": {"associatedTicketId": "7"}, **more}


def message(key: Any, actor: str, direction: str, **more: Any) -> dict[str, Any]:
    return {
        "id": str(key), "type": "MESSAGE", "createdAt": "2026-01-05T10:00:00Z", "direction": direction,
        "channelId": "1000", "senders": [{"actorId": actor, "senderField": None}], **more,
    }  # fmt: skip


def read(desk: Desk, office: Office, *messages: Any, **settings: Any) -> list[Page]:
    desk.on(THREADS, listed(thread()))
    desk.on(f"{THREADS}/1/messages", listed(*messages))
    return office.pages(REPLIES, **settings)


def test_messages_are_replies_by_agents_and_requesters(desk: Desk, office: Office) -> None:
    agent, visitor = rows(
        read(desk, office, message("a", "A-7", "OUTGOING"), message("b", "V-9", "INCOMING")), TicketEvent
    )

    assert ("message:a", "7", "reply", "agent", "A-7", True) == (
        agent.source_id, agent.ticket_id, agent.kind, agent.actor_role, agent.actor_id, agent.public,
    )  # fmt: skip
    assert ("message:b", "requester") == (visitor.source_id, visitor.actor_role)
    assert datetime(2026, 1, 5, 10, tzinfo=UTC) == agent.occurred_at


def test_a_bot_is_nobody(desk: Desk, office: Office) -> None:
    """What a bot says first is no first reply."""
    said = message("a", "B-1", "OUTGOING"), message("b", "L-1", "OUTGOING"), message("c", "S-1", "INCOMING")

    assert [] == rows(read(desk, office, *said), TicketEvent)


def test_comments_and_changes_are_no_replies(desk: Desk, office: Office) -> None:
    said = (message(kind, "A-7", "OUTGOING", type=kind) for kind in ("COMMENT", "ASSIGNMENT", "THREAD_STATUS_CHANGE"))

    assert [] == rows(read(desk, office, *said), TicketEvent)


def test_a_mail_in_a_thread_is_left_to_the_mails(desk: Desk, office: Office) -> None:
    """It would count twice, unless nobody reads the e-mails."""
    mail = message("a", "A-7", "OUTGOING", channelId="1002")

    both = read(desk, office, mail, streams=["email_replies", REPLIES])
    alone = read(desk, office, mail)

    assert [] == rows(both, TicketEvent)
    assert ["message:a"] == [row.source_id for row in rows(alone, TicketEvent)]


def test_a_thread_is_read_again_once_the_mails_come_otherwise(office: Office) -> None:
    """Replies that were stored as messages would count beside the e-mails."""
    alone, beside = office.stream(REPLIES), office.stream(REPLIES, streams=["email_replies", REPLIES])

    assert alone.fingerprint() != beside.fingerprint()


def test_a_reply_that_a_thread_no_longer_has_goes(desk: Desk, office: Office) -> None:
    desk.on(THREADS, listed(thread(1), thread(2)))
    desk.on(f"{THREADS}/1/messages", listed(message("a", "A-7", "OUTGOING")))
    desk.on(f"{THREADS}/2/messages", listed(None))

    (page,) = office.pages(REPLIES)

    assert ["thread:1"] == [row.external_id for row in rows([page], TicketEvent)]
    assert {TicketEvent: ("external_id", ["thread:1"])} == page.replaces, "a thread that was put aside is left alone"


def test_only_threads_about_a_ticket_cost_a_request(desk: Desk, office: Office) -> None:
    desk.on(THREADS, listed(thread(1, threadAssociations=None), thread(2, spam=True), thread(3)))
    desk.on(f"{THREADS}/3/messages", listed())

    office.pages(REPLIES)

    assert [f"{THREADS}/3/messages"] == [each.path for each in desk.asked if each.path.endswith("messages")]
    assert ["TICKET"] == desk.params(THREADS, "association")


def test_threads_come_in_the_order_of_their_last_message(desk: Desk, office: Office) -> None:
    desk.on(THREADS, listed(thread(1), after=2), listed(thread(2, "2026-01-06T12:00:00Z")))
    for key in (1, 2):
        desk.on(f"{THREADS}/{key}/messages", listed())

    pages = office.pages(REPLIES)
    office.pages(REPLIES, last_cursor(pages))

    assert {"latestMessageTimestamp"} == set(desk.params(THREADS, "sort"))
    assert ["2026-01-05T12:00:00Z", "2026-01-06T12:00:00Z"] == [(page.cursor or {})["after"] for page in pages]
    assert "2026-01-06T11:45:00+00:00" == desk.params(THREADS, "latestMessageTimestampAfter")[-1]


def test_a_long_thread_is_read_page_by_page(desk: Desk, office: Office) -> None:
    desk.on(THREADS, listed(thread()))
    desk.on(
        f"{THREADS}/1/messages",
        listed(message("a", "A-7", "OUTGOING"), after="x"),
        listed(message("b", "V-1", "INCOMING")),
    )

    assert ["message:a", "message:b"] == [row.source_id for row in rows(office.pages(REPLIES), TicketEvent)]


def test_conversations_are_read_for_those_who_ask_for_them(office: Office) -> None:
    assert REPLIES not in {each.name for each in office.connector().chosen()}
