"""The conversation of a ticket as logged e-mails."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from latido.testing.world import Author, Comment, iso, prose
from latido_hubspot.sandbox._book import Record
from latido_hubspot.sandbox._people import owner_id, user_id
from latido_hubspot.sandbox._stamps import noted

if TYPE_CHECKING:
    from latido.testing.world import Ticket, World

_DESK = "soporte@acme.example"


def letters(ticket: Ticket) -> list[Comment]:
    """Return what went to and fro: neither notes nor what machines said."""
    return [each for each in ticket.comments if each.public and each.author.role in {"agent", "requester"}]


def email_record(world: World, ticket: Ticket, comment: Comment, address: str | None) -> Record:
    """Return one e-mail; the opening, too, is incoming only if the requester wrote it."""
    ours = comment.author.role == "agent"
    agent = comment.author.number if ours else None
    first = comment is ticket.comments[0]
    sender, receiver = (_DESK, address) if ours else (address, _DESK)
    given = {
        "hs_timestamp": iso(comment.at),
        "hs_email_direction": "EMAIL" if ours else "INCOMING_EMAIL",
        "hs_email_status": "SENT" if ours else None,
        "hs_email_subject": ticket.subject if first else f"Re: {ticket.subject}",
        "hs_email_text": prose(*ticket.prose) if first else prose(ticket.prose[0] + comment.at % 97, 1),
        "hs_email_thread_id": f"<{world.seed}-{ticket.number}@acme.example>",
        "hs_email_from_email": sender,
        "hs_email_to_email": receiver,
        "hubspot_owner_id": owner_id(agent),
        "hs_created_by_user_id": None if agent is None else str(user_id(agent)),
        "hs_object_source": "CRM_UI" if ours else "EMAIL_INTEGRATION",
    }
    return Record(given, noted(comment.at, 1), noted(comment.at, 3))


def strays(world: World, ticket: Ticket, address: str | None) -> list[Record]:
    """Return what stands among the e-mails of some tickets and is no reply: one that bounced, a copy passed on."""
    opening = ticket.comments[0]
    agent = Author("agent", ticket.agent or 0)
    found = []
    if ticket.number % 17 == 3:  # noqa: PLR2004 - some
        bounced = email_record(world, ticket, Comment(opening.at + 30, agent, public=True), address)
        found.append(_as(bounced, hs_email_status="BOUNCED"))
    if ticket.number % 13 == 5:  # noqa: PLR2004 - some
        copy = email_record(world, ticket, Comment(opening.at + 45, agent, public=True), address)
        found.append(_as(copy, hs_email_direction="FORWARDED_EMAIL"))
    return found


def is_reply(email: Record) -> bool:
    """Return whether an e-mail went from one to the other."""
    told = email.properties
    return told["hs_email_direction"] != "FORWARDED_EMAIL" and told["hs_email_status"] != "BOUNCED"


def _as(email: Record, **properties: str | None) -> Record:
    return replace(email, properties=email.properties | properties)
