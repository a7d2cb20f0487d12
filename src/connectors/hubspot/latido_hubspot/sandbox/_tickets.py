"""Tickets as HubSpot tells them: stages instead of statuses, and what the stage was before."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from latido.testing.world import iso, prose
from latido_hubspot.sandbox._book import Record
from latido_hubspot.sandbox._people import owner_id, team_id, user_id
from latido_hubspot.sandbox._stamps import noted, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latido.testing.world import Author, Instant, Ticket
    from latido_hubspot.sandbox._book import Version

PIPELINE = "0"
THREADS = 8_000_000_001
"""The id of the first ticket's thread in the inbox."""
NEW, WITH_CONTACT, WITH_US, CLOSED = "1", "2", "3", "4"
_STAGES = {
    "new": NEW, "open": WITH_US, "pending": WITH_CONTACT, "on_hold": WITH_US, "solved": CLOSED, "closed": CLOSED,
}  # fmt: skip
_CHANNELS = {"email": "EMAIL", "web": "FORM", "chat": "CHAT", "phone": "PHONE", "api": None}
_PRIORITIES = {"low": "LOW", "normal": "MEDIUM", "high": "HIGH", "urgent": "URGENT"}
_CATEGORIES = {"question": "GENERAL_INQUIRY", "incident": "PRODUCT_ISSUE", "problem": "PRODUCT_ISSUE", "task": None}
_MS = 1000


class Stay(NamedTuple):
    """A ticket came into a stage."""

    at: Instant
    stage: str
    by: Author


class Around(NamedTuple):
    """The ids of what a ticket has to do with."""

    company: str | None
    first_email: str | None
    thread: str | None
    merged: str | None = None


def stays(ticket: Ticket) -> list[Stay]:
    """Return the stages that a ticket went through; two statuses of one stage are no change."""
    found: list[Stay] = []
    for step in ticket.steps:
        stage = _STAGES[step.status]
        if not found or found[-1].stage != stage:
            found.append(Stay(step.at, stage, step.by))
    return found


def ticket_record(ticket: Ticket, around: Around) -> Record:
    """Return a ticket. Its dates of replies and of closing are HubSpot's own reckoning, durations milliseconds."""
    went = stays(ticket)
    given: dict[str, str | None] = {
        "subject": ticket.subject,
        "content": prose(*ticket.prose),
        "hs_pipeline": PIPELINE,
        "hs_pipeline_stage": went[-1].stage,
        "hs_ticket_priority": None if ticket.priority is None else _PRIORITIES[ticket.priority],
        "hs_ticket_category": None if ticket.kind is None else _CATEGORIES[ticket.kind],
        "source_type": _CHANNELS[ticket.channel],
        "hubspot_owner_id": owner_id(ticket.agent),
        "hubspot_team_id": team_id(ticket.team),
        "hs_primary_company_id": around.company,
        "hs_originating_email_engagement_id": around.first_email,
        "hs_conversations_originating_thread_id": around.thread,
        "hs_num_associated_conversations": "1",
        "hs_merged_object_ids": around.merged,
        "hs_object_source": "CONVERSATIONS",
        "hs_object_source_label": "CONVERSATIONS",
        "hs_helpdesk_sort_timestamp": iso(ticket.created_at),
        "producto": ticket.details.product,
        "funciones": ";".join(ticket.details.features) or None,
        "importe_pedido": ticket.details.order_total,
        "fecha_limite": ticket.details.due_on,
    }
    gone = None if ticket.gone_at is None else noted(ticket.gone_at, ticket.number)
    history = {"hs_pipeline_stage": stage_versions(went), "hubspot_owner_id": _owner_versions(ticket)}
    return Record(
        given | _reckoned(ticket) | _talked(ticket) | entered([(stay.at, stay.stage) for stay in went]),
        ticket.created_at * _MS,
        noted(ticket.written_at, ticket.number),
        gone,
        history,
    )


def stage_versions(went: Sequence[Stay]) -> list[Version]:
    """Return what a stage was and is, newest first."""
    return [_version(stay.stage, stay.at, stay.by) for stay in reversed(went)]


def entered(went: Sequence[tuple[Instant, str]]) -> dict[str, str | None]:
    """Return the properties that say when each stage was entered and left; of several times the last one."""
    dates: dict[str, str | None] = {}
    for at, stage in went:
        dates[f"hs_v2_date_entered_{stage}"] = iso(at)
    for (_, left), (at, _) in pairwise(went):
        dates[f"hs_v2_date_exited_{left}"] = iso(at)
    current = iso(went[-1][0])
    return dates | {"hs_v2_date_entered_current_stage": current, "hs_v2_time_in_current_stage": current}


def _reckoned(ticket: Ticket) -> dict[str, str | None]:
    """A ticket that was opened again has no date of closing any more."""
    replied = ticket.first_reply_at
    solved = ticket.solves[-1] if ticket.is_solved and ticket.solves else None
    return {
        "closed_date": told(solved),
        "time_to_close": None if solved is None else str((solved - ticket.created_at) * _MS),
        "first_agent_reply_date": told(replied),
        "time_to_first_agent_reply": None if replied is None else str((replied - ticket.created_at) * _MS),
        "hs_first_agent_message_sent_at": told(replied),
        "hubspot_owner_assigneddate": told(next((each.at for each in ticket.assignments if each.agent), None)),
    }


def _talked(ticket: Ticket) -> dict[str, str | None]:
    said = [each for each in ticket.comments if each.public]
    ours = [each.at for each in said if each.author.role == "agent"]
    theirs = [each.at for each in said if each.author.role == "requester"]
    return {
        "hs_last_message_sent_at": told(max(ours, default=None)),
        "hs_last_message_received_at": told(max(theirs, default=None)),
        "last_reply_date": told(max(ours, default=None)),
        "hs_last_message_from_visitor": "true" if said and said[-1].author.role == "requester" else "false",
        "hs_num_times_contacted": str(len(ours)),
        "num_contacted_notes": str(len(ours)),
        "num_notes": str(len(ticket.comments)),
    }


def _owner_versions(ticket: Ticket) -> list[Version]:
    found: list[Version] = []
    for each in ticket.assignments:
        if not found or found[-1]["value"] != owner_id(each.agent):
            found.append(_plain(owner_id(each.agent), each.at, "AUTOMATION_PLATFORM", f"enrollmentId:{ticket.number}"))
    return found[::-1]


def _version(value: str, at: Instant, by: Author) -> Version:
    match by.role:
        case "agent":
            user = user_id(by.number)
            return _plain(value, at, "CRM_UI", f"userId:{user}") | {"updatedByUserId": user}
        case "requester":
            return _plain(value, at, "CONVERSATIONS", "HelpDeskAutomation")
        case _:
            return _plain(value, at, "AUTOMATION_PLATFORM", "enrollmentId:1")


def _plain(value: str, at: Instant, source: str, identity: str) -> Version:
    return {"value": value, "timestamp": iso(at), "sourceType": source, "sourceId": identity}
