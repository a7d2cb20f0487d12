"""The conversation of a ticket as logged e-mails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.testing.world import iso, prose
from latido_hubspot.sandbox._book import Record
from latido_hubspot.sandbox._people import owner_id, user_id
from latido_hubspot.sandbox._stamps import noted

if TYPE_CHECKING:
    from latido.testing.world import Comment, Ticket, World

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
