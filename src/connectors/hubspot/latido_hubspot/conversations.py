"""Replies in the inbox, chats above all, for those who ask for them: each thread costs a request."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from latido.connect import Mapping, Page, constant
from latido.schema import TicketEvent
from latido_hubspot.emails import EmailReplies
from latido_hubspot.reading import HubSpotStream
from latido_hubspot.records import ids_of, parted
from latido_hubspot.transforms import instant
from latido_hubspot.unfolding import unfolded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latido.connect import Cursor, JsonObject
    from latido.schema import Record

TOLD_BY = "latestMessageTimestamp"

FIRST_THREADS = datetime(2010, 1, 1, tzinfo=UTC)
"""There was no inbox before."""

EMAIL_CHANNEL = "1002"

AGENT, VISITORS = "A", frozenset({"E", "I", "V"})
"""How the ids of people begin. What bots (B), language models and HubSpot itself write is nobody's reply."""


def writer(message: JsonObject) -> str | None:
    """Return the role of who wrote *message*; None for a bot, and for what nobody outside got to see."""
    if message.get("type") != "MESSAGE":
        return None
    kinds = {str(each.get("actorId") or "").partition("-")[0] for each in message.get("senders") or ()}
    if message.get("direction") == "OUTGOING":
        return "agent" if AGENT in kinds else None
    return "requester" if kinds & VISITORS else None


class ConversationReplies(HubSpotStream):
    """The messages of threads about tickets, without their text.

    Threads come in the order of their last message, and one with a new message is read whole: a reply that it no longer
    has is deleted. E-mails of a thread are left to the stream of e-mails, where that is read too: else they would count
    twice.
    """

    name = "conversation_replies"
    entities = (TicketEvent,)
    optional = True
    on_by_default = False
    overlap = timedelta(minutes=15)
    mappings = (
        Mapping(
            TicketEvent,
            source_id="key",
            external_id="thread",
            created_at="createdAt",
            updated_at="updatedAt",
            ticket_id="ticket",
            kind=constant("reply"),
            actor_id="writer",
            actor_role="role",
            public=constant(True),
            occurred_at="createdAt",
        ),
    )

    def start(self, since: datetime | None) -> Cursor:
        return {"after": (since or FIRST_THREADS).isoformat()}

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        begin = (instant(cursor["after"]) or FIRST_THREADS) - self.overlap
        asked = {"association": "TICKET", "sort": TOLD_BY, f"{TOLD_BY}After": begin.isoformat()}
        for threads in self.listed(self.connector.paths.threads, asked):
            known, _others = parted(threads)
            cursor = {"after": max([cursor["after"], *(each[TOLD_BY] for each in known if each.get(TOLD_BY))])}
            yield self.page(threads, cursor)

    def fingerprint(self) -> str:
        return f"{super().fingerprint()}+{self._mails_come_otherwise}"

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        replies, unfit = unfolded(TicketEvent, records, self._replies)
        rows, rejected = self.rows(TicketEvent, replies)
        # What is put aside keeps what is stored of it.
        threads = [thread_key(key) for key in sorted({*ids_of(records)} - {each.source_id for each in unfit})]
        replaces: dict[type[Record], tuple[str, Sequence[str]]] = {TicketEvent: ("external_id", threads)}
        return Page((rows,), cursor, len(records), replaces=replaces, rejected=(*unfit, *rejected))

    def probe(self) -> None:
        self.connector.get(self.connector.paths.threads, {"limit": 1})

    def _replies(self, thread: JsonObject) -> Iterator[JsonObject]:
        ticket = (thread.get("threadAssociations") or {}).get("associatedTicketId")
        if not ticket or thread.get("spam"):
            return
        for messages in self.listed(f"{self.connector.paths.threads}/{thread['id']}/messages", {}):
            for message in messages:
                if (role := writer(message)) and not (self._mails_come_otherwise and is_mail(message)):
                    yield {**reply(message, str(ticket), role), "thread": thread_key(thread["id"])}

    @cached_property
    def _mails_come_otherwise(self) -> bool:
        return any(isinstance(each, EmailReplies) for each in self.connector.chosen())


def thread_key(thread: Any) -> str:
    """Return what the replies of a thread have in common."""
    return f"thread:{thread}"


def is_mail(message: JsonObject) -> bool:
    return str(message.get("channelId")) == EMAIL_CHANNEL


def reply(message: JsonObject, ticket: str, role: str) -> JsonObject:
    writers = [each.get("actorId") for each in message.get("senders") or ()]
    key = f"message:{message['id']}"
    return {**message, "key": key, "ticket": ticket, "role": role, "writer": next(iter(writers), None)}
