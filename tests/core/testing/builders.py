"""Tickets made by hand, each stating only what a test is about."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from latido.testing.world import SYSTEM, Assignment, Author, Comment, Details, Step, Ticket
from latido.testing.world import Status as TicketStatus

REQUESTER, AGENT = Author("requester", 1), Author("agent", 2)
CREATED = "2024-01-02T10:00:00Z"


def at(stamp: str) -> int:
    """Return the instant of an ISO stamp."""
    return int(datetime.fromisoformat(stamp).timestamp())


def said(stamp: str, author: Author = AGENT, *, public: bool = True) -> Comment:
    return Comment(at(stamp), author, public)


def became(stamp: str, status: TicketStatus) -> Step:
    return Step(at(stamp), status, SYSTEM)


def a_ticket(
    *then: Comment | Step | Assignment, created: str = CREATED, opened_by: Author = REQUESTER, **more: Any
) -> Ticket:
    """Return a ticket opened at *created*, and what happened *then*."""
    opening: tuple[Comment | Step | Assignment, ...] = (said(created, opened_by), became(created, "new"))
    happened = (*opening, *then)
    fields: dict[str, Any] = {
        "number": 0,
        "requester": 1,
        "customer": 1,
        "channel": "email",
        "language": "es",
        "subject": "No puedo entrar",
        "prose": (1, 2),
        "priority": None,
        "kind": None,
        "tags": (),
        "details": Details("portal"),
        "comments": tuple(each for each in happened if isinstance(each, Comment)),
        "steps": tuple(each for each in happened if isinstance(each, Step)),
        "assignments": tuple(each for each in happened if isinstance(each, Assignment)),
    }
    return Ticket(**fields | more)
