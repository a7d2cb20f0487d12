"""The inbox: a thread for every ticket, and what was said and done in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from latido.testing import json, json_bytes
from latido.testing.world import iso, prose
from latido_hubspot.sandbox import _bodies as bodies
from latido_hubspot.sandbox._people import user_id
from latido_hubspot.sandbox._service import HOST
from latido_hubspot.sandbox._stamps import milliseconds, told
from latido_hubspot.sandbox._tickets import THREADS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.responses import Response

    from latido.testing.world import Author, Comment, Ticket
    from latido_hubspot.sandbox._service import Service

_MOST, _FEW = 500, 100
_INBOX, _EMAIL, _LIVE_CHAT = "151088", "1002", "1000"


class Happening(NamedTuple):
    """Something in a thread, and when."""

    at: int
    told: dict[str, Any]


class Conversations:
    """`/conversations/...`: threads without their messages, and each one's messages."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._records = service.records

    def threads(self, request: Request) -> Response:
        """Answer with threads by id; by their last message if asked to tell only of those after a moment."""
        params = request.query_params
        size, after = params.get("limit", str(_FEW)), params.get("after", "0")
        if not size.isdecimal() or not 1 <= int(size) <= _MOST or not after.isdecimal():
            return bodies.invalid(f"limit must be between 1 and {_MOST}")
        most = self._service.switches.at_most(int(size))
        rows: list[bytes] = []
        ending = None
        for number, shown in self._wanted(params.get("associatedTicketId"), params.get("latestMessageTimestampAfter")):
            if THREADS + number < int(after):
                continue
            if len(rows) == most:
                ending = str(THREADS + number)
                break
            rows.append(orjson.dumps(shown))
        link = None if ending is None else f"{HOST}/conversations/v3/conversations/threads?after={ending}"
        return json_bytes(bodies.page(rows, ending, link))

    def messages(self, request: Request) -> Response:
        """Answer with what was said and done in a thread, the latest first."""
        number = self._number(request.path_params["id"])
        if number is None:
            return bodies.no_object("Thread not found")
        ticket = self._records.ticket(number)
        found = [*_said(ticket), *_done(ticket)]
        return json({"results": [each.told for each in sorted(found, key=lambda each: each.at, reverse=True)]})

    def _wanted(self, ticket_id: str | None, since: str | None) -> Iterator[tuple[int, dict[str, Any]]]:
        book = self._service.book("tickets")
        only = None if ticket_id is None else book.find(ticket_id)
        limit = 0 if since is None else milliseconds(since) or 0
        for number in book.live() if ticket_id is None else [] if only is None else [only]:
            shown = self._thread(self._records.ticket(number))
            if (milliseconds(shown["latestMessageTimestamp"]) or 0) > limit:
                yield number, shown

    def _thread(self, ticket: Ticket) -> dict[str, Any]:
        said = [each for each in ticket.comments if each.public]
        sent = max((each.at for each in said if each.author.role == "agent"), default=None)
        received = max((each.at for each in said if each.author.role == "requester"), default=None)
        return {
            "id": str(THREADS + ticket.number),
            "createdAt": iso(ticket.created_at),
            "closedAt": told(ticket.solves[-1] if ticket.is_solved and ticket.solves else None),
            "status": "CLOSED" if ticket.is_solved else "OPEN",
            "originalChannelId": _channel(ticket),
            "originalChannelAccountId": "201",
            "latestMessageTimestamp": iso(ticket.comments[-1].at),
            "latestMessageSentTimestamp": told(sent),
            "latestMessageReceivedTimestamp": told(received),
            "assignedTo": None if ticket.agent is None else f"A-{user_id(ticket.agent)}",
            "spam": False,
            "inboxId": _INBOX,
            "associatedContactId": self._records.identity("contacts", ticket.requester),
            "threadAssociations": {"associatedTicketId": self._service.book("tickets").identity(ticket.number)},
            "archived": False,
        }

    def _number(self, identity: str) -> int | None:
        number = int(identity) - THREADS if identity.isdecimal() else -1
        return number if 0 <= number < len(self._service.book("tickets")) else None


def _said(ticket: Ticket) -> Iterator[Happening]:
    """Yield messages, and notes among colleagues as comments."""
    for turn, comment in enumerate(ticket.comments):
        yield Happening(comment.at, _message(ticket, turn, comment))


def _message(ticket: Ticket, turn: int, comment: Comment) -> dict[str, Any]:
    incoming = comment.author.role == "requester"
    text = prose(*ticket.prose) if turn == 0 else prose(ticket.prose[0] + turn, 1)
    common = _common(ticket, f"m{turn}", comment.at, "MESSAGE" if comment.public else "COMMENT")
    said = {"text": text, "richText": text, "attachments": [], "truncationStatus": "NOT_TRUNCATED"}
    shown = common | said | {"senders": [{"actorId": _actor(comment.author)}], "recipients": []}
    return shown | ({"direction": "INCOMING" if incoming else "OUTGOING"} if comment.public else {})


def _done(ticket: Ticket) -> Iterator[Happening]:
    """Yield who was put in charge, and when the thread was closed and opened."""
    for turn, given in enumerate(ticket.assignments):
        to = None if given.agent is None else f"A-{user_id(given.agent)}"
        yield Happening(given.at, _common(ticket, f"a{turn}", given.at, "ASSIGNMENT") | {"assignedTo": to})
    for turn, step in enumerate(ticket.steps):
        if step.status == "solved":
            told = _common(ticket, f"s{turn}", step.at, "THREAD_STATUS_CHANGE")
            yield Happening(step.at, told | {"newStatus": "CLOSED"})


def _common(ticket: Ticket, name: str, at: int, kind: str) -> dict[str, Any]:
    return {
        "id": f"{THREADS + ticket.number}-{name}",
        "conversationsThreadId": str(THREADS + ticket.number),
        "createdAt": iso(at),
        "updatedAt": iso(at),
        "createdBy": "S-hubspot",
        "client": {"clientType": "HUBSPOT"},
        "archived": False,
        "type": kind,
        "channelId": _channel(ticket),
        "channelAccountId": "201",
    }


def _actor(author: Author) -> str:
    match author.role:
        case "agent":
            return f"A-{user_id(author.number)}"
        case "requester":
            return f"V-{author.number}"
        case "bot":
            return "B-31"
        case _:
            return "S-hubspot"


def _channel(ticket: Ticket) -> str:
    return _LIVE_CHAT if ticket.channel == "chat" else _EMAIL
