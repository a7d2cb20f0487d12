"""Tickets as sessions of an open channel: an activity for each, the rest by dialog and session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido_bitrix24.sandbox._activities import INCOMING, activity
from latido_bitrix24.sandbox._book import Row
from latido_bitrix24.sandbox._kinds import COMPANY, CONTACT, LEAD
from latido_bitrix24.sandbox._people import user_id
from latido_bitrix24.sandbox._requests import letters

if TYPE_CHECKING:
    from latido.testing.world import Comment, Ticket
    from latido_bitrix24.sandbox._sales import Parties
    from latido_bitrix24.sandbox._stamps import PortalTime

LINE = 22
SESSIONS, CHATS, GUESTS = 301, 1_701, 50_001
"""The ids of the first session, chat and guest; each requester has one chat."""


def session_id(number: int) -> int:
    return SESSIONS + number


def user_code(ticket: Ticket) -> str:
    return f"livechat|{LINE}|{CHATS + ticket.requester}|{GUESTS + ticket.requester}"


def session_row(time: PortalTime, ticket: Ticket, parties: Parties) -> Row:
    """Return the activity that a session leaves in the CRM."""
    done = ticket.is_solved and bool(ticket.solves)
    owner = (CONTACT, parties.contact) if parties.contact else (COMPANY, parties.company)
    if not owner[1]:
        owner = (LEAD, 250)
    told = activity(
        time,
        owner,
        ticket.created_at,
        user_id(ticket.agent),
        PROVIDER_ID="IMOPENLINES_SESSION",
        PROVIDER_TYPE_ID=str(LINE),
        PROVIDER_PARAMS={"USER_CODE": user_code(ticket)},
        ASSOCIATED_ENTITY_ID=str(session_id(ticket.number)),
        DIRECTION=INCOMING,
        SUBJECT=ticket.subject,
        COMPLETED="Y" if done else "N",
        END_TIME=time.stamp(ticket.solves[-1]) if done else "",
        LAST_UPDATED=time.stamp(ticket.written_at),
    )
    return Row(told, ticket.written_at, owner[1])


def dialog_json(time: PortalTime, ticket: Ticket, latest: int) -> dict[str, Any]:
    """Return a dialog. The sixth part of `entity_data_1` is its latest session; older ones it does not tell."""
    chat = CHATS + ticket.requester
    return {
        "id": chat,
        "name": f"Guest - {ticket.subject}",
        "owner": user_id(ticket.agent),
        "extranet": False,
        "type": "lines",
        "message_count": len(letters(ticket)),
        "entity_type": "LINES",
        "entity_id": user_code(ticket),
        "entity_data_1": f"Y|CONTACT|{ticket.requester}|N|N|{session_id(latest)}|{ticket.created_at}|0|0|0",
        "entity_data_2": f"LEAD|0|COMPANY|0|CONTACT|{ticket.requester}|DEAL|0",
        "entity_data_3": "N",
        "date_create": time.stamp(ticket.created_at),
        "message_type": "L",
        "dialog_id": f"chat{chat}",
    }


def history_json(time: PortalTime, ticket: Ticket) -> dict[str, Any]:
    """Return what was said in a session: messages and users by their ids, the channel's own words among them."""
    said = {str(each["id"]): each for each in _messages(time, ticket)}
    senders = {each["senderid"] for each in said.values()}
    return {
        "chatId": CHATS + ticket.requester,
        "canJoin": "Y",
        "canVoteAsHead": "Y",
        "sessionId": session_id(ticket.number),
        # The supervisor's vote; that of the customer is not told.
        "sessionVoteHead": 0,
        "sessionCommentHead": "",
        "userId": str(GUESTS + ticket.requester),
        "message": said or [],
        "usersMessage": {f"chat{CHATS + ticket.requester}": list(said)},
        "users": {sender: _user(sender) for sender in sorted(senders) if sender != "0"},
        "chat": {},
        "files": [],
    }


def _messages(time: PortalTime, ticket: Ticket) -> list[dict[str, Any]]:
    first = 80_000 + ticket.number * 100
    greeting = _message(first + 1, "0", time.stamp(ticket.created_at), "Gracias por escribirnos.")
    said = [_message(first + 2 * turn, _sender(ticket, each), time.stamp(each.at), "…") for turn, each in
            enumerate(letters(ticket))]  # fmt: skip
    return [*said[:1], greeting, *said[1:]]


def _message(identity: int, sender: str, stamp: str, text: str) -> dict[str, Any]:
    return {"id": str(identity), "senderid": sender, "recipientid": "0", "date": stamp, "text": text, "params": []}


def _sender(ticket: Ticket, comment: Comment) -> str:
    if comment.author.role == "agent":
        return str(user_id(comment.author.number))
    return str(GUESTS + ticket.requester)


def _user(identity: str) -> dict[str, Any]:
    outside = int(identity) >= GUESTS
    return {"id": identity, "name": "", "active": True, "connector": outside, "extranet": outside, "bot": False}
