"""Tickets as tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido.testing.world import prose
from latido_bitrix24.sandbox._book import Row
from latido_bitrix24.sandbox._dialogs import GUESTS
from latido_bitrix24.sandbox._people import user_id
from latido_bitrix24.sandbox._requests import letters

if TYPE_CHECKING:
    from latido.testing.world import Ticket
    from latido_bitrix24.sandbox._sales import Parties
    from latido_bitrix24.sandbox._stamps import PortalTime

ROBOT = "2"
"""Who makes tasks of what comes in: nobody of the staff."""
WAITING, IN_PROGRESS, DONE = "2", "3", "5"
_STATUSES = {
    "new": WAITING, "open": IN_PROGRESS, "pending": "4", "on_hold": "6", "solved": DONE, "closed": DONE,
}  # fmt: skip


def task_row(time: PortalTime, ticket: Ticket, parties: Parties) -> Row:
    """Return a task; its CRM links are texts such as `CO_3`, its numbers texts too."""
    done = ticket.is_solved and bool(ticket.solves)
    closed = time.stamp(ticket.solves[-1]) if done else None
    user = str(user_id(ticket.agent))
    told = {
        "parentId": None,
        "title": ticket.subject,
        "description": prose(*ticket.prose),
        # A manager's opinion of who did it, not the client's.
        "mark": (None, "P", "N")[ticket.number % 3] if done else None,
        "priority": "2" if ticket.priority in {"high", "urgent"} else "1",
        "status": DONE if done else IN_PROGRESS if ticket.replies else WAITING,
        "groupId": "0",
        "responsibleId": user,
        "createdBy": str(_outside(ticket)),
        "createdDate": time.stamp(ticket.created_at),
        "changedDate": time.stamp(ticket.written_at),
        "changedBy": user,
        "closedDate": closed,
        "closedBy": user if done else None,
        "deadline": None,
        "commentsCount": str(len(letters(ticket)) - 1),
        "timeEstimate": "0",
        "ufCrmTask": [
            *([f"CO_{parties.company}"] if parties.company else []),
            *([f"C_{parties.contact}"] if parties.contact else []),
        ]
        or False,
    }
    return Row(told, ticket.written_at)


def _outside(ticket: Ticket) -> int:
    """Return who set a task: the requester, who is let in by e-mail."""
    return GUESTS + ticket.requester


def history(time: PortalTime, ticket: Ticket) -> list[dict[str, Any]]:
    """Return what became of a task: how its status changed, among other things that did."""
    found = [_entry(time, ticket, 0, "NEW", None, None)]
    for turn, step in enumerate(ticket.steps[1:], 1):
        before, after = (_STATUSES[each.status] for each in (ticket.steps[turn - 1], step))
        if before != after:
            found.append(_entry(time, ticket, turn, "STATUS", before, after))
    return found


def _entry(
    time: PortalTime, ticket: Ticket, turn: int, field: str, before: str | None, after: str | None
) -> dict[str, Any]:
    step = ticket.steps[turn]
    user = user_id(step.by.number if step.by.role == "agent" else None)
    return {
        "id": ticket.number * 100 + turn,
        "createdDate": time.stamp(step.at),
        "field": field,
        "value": {"from": before, "to": after},
        "user": {"id": user, "name": "", "lastName": "", "secondName": "", "login": ""},
    }


def comments(time: PortalTime, ticket: Ticket) -> list[dict[str, Any]]:
    """Return what was written below a task by its agents, and by whoever set it."""
    return [
        {
            "ID": str(ticket.number * 100 + turn),
            "AUTHOR_ID": str(user_id(each.author.number) if each.author.role == "agent" else _outside(ticket)),
            "AUTHOR_NAME": "",
            "AUTHOR_EMAIL": "",
            "POST_DATE": time.stamp(each.at),
            "POST_MESSAGE": "",
        }
        for turn, each in enumerate(letters(ticket)[1:], 1)
    ]
