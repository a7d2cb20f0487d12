"""Replies by e-mail: that agents and customers wrote about a ticket, and when, without a word of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from latido.connect import Mapping, Page, computed, constant
from latido.schema import TicketEvent
from latido_hubspot.associations import associated
from latido_hubspot.reading import ObjectStream
from latido_hubspot.records import ids_of
from latido_hubspot.transforms import moment, named
from latido_hubspot.unfolding import unfolded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latido.connect import Count, Cursor, JsonObject
    from latido.schema import Record
    from latido_hubspot.associations import Link

ROLES = {"EMAIL": "agent", "INCOMING_EMAIL": "requester"}
"""Who writes, by direction. A mail that was forwarded (FORWARDED_EMAIL) is a copy of another and no reply."""

NOT_SENT = frozenset({"BOUNCED", "FAILED", "SCHEDULED", "SENDING"})

DIRECTION, STATUS, OWNER = "hs_email_direction", "hs_email_status", "hubspot_owner_id"


def writer(direction: str | None, status: str | None) -> str | None:
    """Return the role of who wrote a mail; None for what is no reply, or did not get there."""
    return None if status in NOT_SENT else ROLES.get(direction or "")


def agent(direction: str | None, owner: str | None) -> str | None:
    """Return who wrote a mail, if an agent did: a mail that came in has an owner too."""
    return owner if direction == "EMAIL" else None


class EmailReplies(ObjectStream):
    """One reply per e-mail, and one more for each further ticket that it is associated with.

    The replies have the key of their e-mail (`email:<id>`) as `external_id`: those to a ticket that the e-mail no
    longer belongs to go, and all of them with the e-mail.
    """

    name = "email_replies"
    entities = (TicketEvent,)
    object_type = "emails"
    prefix = "email:"
    together = 10
    losers = ()
    deletions = "reported"
    optional = True
    reference = ("properties_emails",)
    mappings = (
        Mapping(
            TicketEvent,
            source_id="key",
            external_id="email",
            created_at="createdAt",
            updated_at="updatedAt",
            ticket_id="ticket",
            kind=constant("reply"),
            actor_id=computed("agent", agent, named(DIRECTION), named(OWNER)),
            actor_role=computed("writer", writer, named(DIRECTION), named(STATUS)),
            public=constant(True),
            occurred_at=moment(named("hs_timestamp")),
        ),
    )

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        for page in super().pages(cursor):
            gone = page.deleted.get(TicketEvent)
            yield replace(page, replaces={TicketEvent: ("external_id", list(gone))}) if gone else page

    def count(self) -> Count | None:
        """Return nothing: how many e-mails are about tickets HubSpot does not count."""
        return None

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        sent, unfit = unfolded(TicketEvent, records, self._sent)
        tickets = associated(self.connector, self.object_type, "tickets", ids_of(sent))
        replies = [reply for each in sent for reply in replies_to(each, tickets[str(each["id"])])]
        rows, rejected = self.rows(TicketEvent, replies)
        # What is put aside keeps what is stored of it.
        aside = {*(self.key(each.source_id) for each in unfit), *(each.source_id for each in rejected)}
        emails = [key for each in ids_of(records) if (key := self.key(each)) not in aside]
        replaces: dict[type[Record], tuple[str, Sequence[str]]] = {TicketEvent: ("external_id", emails)}
        return Page((rows,), cursor, len(records), replaces=replaces, rejected=(*unfit, *rejected))

    def _sent(self, record: JsonObject) -> Iterator[JsonObject]:
        told = record["properties"]
        if writer(told.get(DIRECTION), told.get(STATUS)):
            yield {**record, "email": self.key(record["id"])}


def replies_to(email: JsonObject, tickets: Sequence[Link]) -> Iterator[JsonObject]:
    """Yield the replies that *email* is; the first has its key, by which alone an e-mail is known that was deleted."""
    for place, ticket in enumerate(sorted(link.id for link in tickets)):
        yield {**email, "key": f"{email['email']}:{ticket}" if place else email["email"], "ticket": ticket}
