"""Requests: the smart process in which this portal's support works, and who wrote when."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from latido.testing.world import prose
from latido_bitrix24.sandbox import _histories as histories
from latido_bitrix24.sandbox._activities import INCOMING, NEITHER, OUTGOING, activity
from latido_bitrix24.sandbox._book import Row
from latido_bitrix24.sandbox._kinds import CHANNELS, KINDS, PRIORITIES, REQUEST
from latido_bitrix24.sandbox._people import base, closing, origin, user_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.testing.world import Comment, Instant, Ticket
    from latido_bitrix24.sandbox._sales import Parties
    from latido_bitrix24.sandbox._stamps import PortalTime

CATEGORY = 15
_STAGES = {
    "new": "NEW", "open": "PREPARATION", "pending": "CLIENT", "on_hold": "PREPARATION", "solved": "SUCCESS",
    "closed": "SUCCESS",
}  # fmt: skip
_PRIORITY, _CHANNEL = 81, 91


class Stay(NamedTuple):
    """A request came into a stage."""

    at: Instant
    stage: str


def stays(ticket: Ticket) -> list[Stay]:
    """Return the stages that a request went through; two statuses of one stage are no change."""
    found: list[Stay] = []
    for step in ticket.steps:
        stage = f"DT{REQUEST}_{CATEGORY}:{_STAGES[step.status]}"
        if not found or found[-1].stage != stage:
            found.append(Stay(step.at, stage))
    return found


def request_row(time: PortalTime, ticket: Ticket, parties: Parties) -> Row:
    went, changed = stays(ticket), ticket.written_at
    told = {
        **base(time, ticket.created_at, changed, ticket.agent),
        "xmlId": "",
        "title": ticket.subject,
        "categoryId": CATEGORY,
        "movedBy": user_id(ticket.agent),
        "movedTime": time.stamp(went[-1].at),
        "stageId": went[-1].stage,
        "previousStageId": went[-2].stage if len(went) > 1 else "",
        **parties.told,
        **origin("EMAIL"),
        **closing(REQUEST, time, changed, ticket.agent),
        "ufCrm4_1712074666": None if ticket.priority is None else _PRIORITY + PRIORITIES.index(ticket.priority),
        "ufCrm4Canal": _CHANNEL + CHANNELS.index(ticket.channel),
        "ufCrm4_DESCRIPCION": prose(*ticket.prose),
        "ufCrm4Etiquetas": list(ticket.tags) or False,
    }
    return Row(told, changed)


def history(time: PortalTime, ticket: Ticket) -> Iterator[Row]:
    owner = KINDS["requests"].identity(ticket.number)
    for turn, stay in enumerate(stays(ticket)):
        yield histories.row(time, owner, stay.at, CATEGORY, stay.stage, first=not turn)


def letters(ticket: Ticket) -> list[Comment]:
    """Return what went to and fro: neither notes nor what machines said."""
    return [each for each in ticket.comments if each.public and each.author.role in {"agent", "requester"}]


def letter_row(time: PortalTime, ticket: Ticket, comment: Comment) -> Row:
    """Return one e-mail as an activity of its request."""
    ours = comment.author.role == "agent"
    user = user_id(comment.author.number if ours else ticket.agent)
    owner = KINDS["requests"].identity(ticket.number)
    kind = {"PROVIDER_ID": "CRM_EMAIL", "PROVIDER_TYPE_ID": "EMAIL", "TYPE_ID": "4"}
    told = activity(time, (REQUEST, owner), comment.at, user, **kind, DIRECTION=OUTGOING if ours else INCOMING)
    return Row({**told, "SUBJECT": ticket.subject}, comment.at, owner)


def strays(time: PortalTime, ticket: Ticket) -> Iterator[Row]:
    """Yield what stands among the activities of some requests and is no reply: something to do, a call that came in."""
    owner, at = KINDS["requests"].identity(ticket.number), ticket.created_at + 45
    user = user_id(ticket.agent)
    if ticket.number % 5 == 2:  # noqa: PLR2004 - some
        kind = {"PROVIDER_ID": "CRM_TODO", "PROVIDER_TYPE_ID": "TODO", "TYPE_ID": "6"}
        yield Row(activity(time, (REQUEST, owner), at, user, **kind, DIRECTION=NEITHER), at, owner)
    if ticket.number % 7 == 3:  # noqa: PLR2004 - some
        kind = {"PROVIDER_ID": "VOXIMPLANT_CALL", "PROVIDER_TYPE_ID": "CALL", "TYPE_ID": "2"}
        yield Row(activity(time, (REQUEST, owner), at, user, **kind, DIRECTION=INCOMING), at, owner)
