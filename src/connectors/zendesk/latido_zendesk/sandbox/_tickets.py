"""Tickets and their metric sets in Zendesk's JSON."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from latido.testing.world import MINUTE, REASONS, iso, prose
from latido_zendesk.sandbox import _fields as fields
from latido_zendesk.sandbox._account import (
    AGENTS,
    BRAND,
    FORM,
    GROUPS,
    METRIC_SETS,
    RATINGS,
    USERS,
    author_id,
    custom_status_id,
    stamp,
    zendesk_status,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from latido.testing.world import Instant, Ticket
    from latido_zendesk.sandbox._account import Account

_CHANNELS = {"email": "email", "web": "web", "chat": "native_messaging", "phone": "voice", "api": "api"}
_GOOD = 4
Span: TypeAlias = tuple[int, int]
MERGED_TAG = "closed_by_merge"


def ticket_id(number: int) -> int:
    return number + 1


def ticket_json(account: Account, ticket: Ticket) -> dict[str, Any]:
    """Return the ticket as lists show it; the export adds `generated_timestamp`."""
    identity = ticket_id(ticket.number)
    erased = ticket.erased_at is not None
    subject = "SCRUBBED" if erased else ticket.subject
    custom = [] if erased else fields.values(ticket)
    requester = USERS + ticket.requester
    return {
        "url": account.url(f"tickets/{identity}.json"),
        "id": identity,
        "external_id": None,
        "via": {"channel": "web", "source": _nowhere()} if erased else _via(account, ticket),
        "created_at": iso(ticket.created_at),
        "updated_at": iso(ticket.updated_at),
        "type": ticket.kind,
        "subject": subject,
        "raw_subject": subject,
        "description": "X" if erased else prose(*ticket.prose),
        "priority": ticket.priority,
        "status": "deleted" if ticket.gone_at is not None else zendesk_status(ticket.status),
        "recipient": "ayuda@acme.example" if ticket.channel == "email" else None,
        "requester_id": requester,
        "submitter_id": author_id(ticket.opened_by),
        "assignee_id": None if ticket.agent is None else AGENTS + ticket.agent,
        "organization_id": account.organization_id(ticket.customer),
        "group_id": None if ticket.team is None else GROUPS + ticket.team,
        "collaborator_ids": [],
        "follower_ids": [],
        "email_cc_ids": [],
        "forum_topic_id": None,
        "problem_id": None,
        "has_incidents": False,
        "is_public": True,
        "due_at": None,
        "tags": [] if erased else [*ticket.tags, *([MERGED_TAG] if ticket.fate == "merged" else [])],
        "custom_fields": custom,
        "satisfaction_rating": None if erased else _satisfaction(ticket),
        "sharing_agreement_ids": [],
        "custom_status_id": custom_status_id(ticket.status, ticket.number),
        "fields": custom,
        "followup_ids": [],
        "ticket_form_id": FORM,
        "brand_id": BRAND,
        "satisfaction_probability": None,
        "allow_channelback": False,
        "allow_attachments": True,
        "from_messaging_channel": ticket.channel == "chat",
    }


def metric_set_json(account: Account, ticket: Ticket) -> dict[str, Any]:
    """Return what Zendesk measured. Durations are whole minutes, null until both ends are known."""
    identity = METRIC_SETS + ticket.number
    created, solves, replies, spans = ticket.created_at, ticket.solves, ticket.replies, _spans(ticket)
    reply = replies[0].at if replies else None
    given = [each for each in ticket.assignments if each.agent is not None]
    requester = [each.at for each in ticket.comments if each.author.role == "requester"]
    return {
        "url": account.url(f"ticket_metrics/{identity}.json"),
        "id": identity,
        "ticket_id": ticket_id(ticket.number),
        "created_at": iso(created),
        "updated_at": iso(ticket.updated_at),
        "group_stations": len({each.team for each in ticket.assignments}),
        "assignee_stations": len({each.agent for each in given}),
        "reopens": ticket.reopens,
        "replies": len(replies),
        "assignee_updated_at": stamp(given[-1].at if given else None),
        "requester_updated_at": stamp(requester[-1] if requester else created),
        "status_updated_at": iso(ticket.steps[-1].at),
        "initially_assigned_at": stamp(given[0].at if given else None),
        "assigned_at": stamp(given[-1].at if given else None),
        "solved_at": stamp(solves[-1] if solves else None),
        "latest_comment_added_at": iso(ticket.comments[-1].at),
        "reply_time_in_minutes": _minutes(account, created, reply),
        "first_resolution_time_in_minutes": _minutes(account, created, solves[0] if solves else None),
        "full_resolution_time_in_minutes": _minutes(account, created, solves[-1] if solves else None),
        "agent_wait_time_in_minutes": _spent(account, spans, "pending"),
        "requester_wait_time_in_minutes": _spent(account, spans, "new", "open", "on_hold"),
        "on_hold_time_in_minutes": _spent(account, spans, "on_hold"),
        "custom_status_updated_at": iso(ticket.steps[-1].at),
        "reply_time_in_seconds": {"calendar": reply - created if reply and ticket.channel == "chat" else None},
    }


def _nowhere() -> dict[str, Any]:
    return {"from": {}, "to": {}, "rel": None}


def _via(account: Account, ticket: Ticket) -> dict[str, Any]:
    source = _nowhere()
    if ticket.channel == "email" and ticket.opened_by.role == "requester":
        person = account.person(ticket.requester)
        source["from"] = {"address": person.email, "name": person.name}
        source["to"] = {"name": "Acme", "address": "ayuda@acme.example"}
    return {"channel": _CHANNELS[ticket.channel], "source": source}


def _satisfaction(ticket: Ticket) -> dict[str, Any] | None:
    """Return the thumb. A questionnaire's 1 to 5 are mirrored here as bad (1-3) or good (4-5)."""
    if ticket.rating is not None and ticket.rating.answered_at is not None:
        return satisfaction_answer(ticket, "good" if ticket.rating.good else "bad", ticket.rating.remark)
    if ticket.survey is not None and ticket.survey.satisfaction is not None:
        score = "good" if ticket.survey.satisfaction >= _GOOD else "bad"
        return satisfaction_answer(ticket, score, ticket.survey.remark)
    if ticket.rating is not None or ticket.survey is not None:
        return {"score": "offered"}
    return None if ticket.channel in {"phone", "api"} else {"score": "unoffered"}


def satisfaction_answer(ticket: Ticket, score: str, remark: str | None) -> dict[str, Any]:
    reason = ticket.rating.reason if ticket.rating is not None else None
    return {
        "score": score,
        "id": RATINGS + ticket.number,
        "comment": remark,
        "reason": None if reason is None else REASONS[reason],
        "reason_id": None if reason is None else 40_080 + reason,
    }


def _minutes(account: Account, since: Instant, until: Instant | None) -> dict[str, int | None]:
    if until is None:
        return {"calendar": None, "business": None}
    office = account.world.office.seconds(since, until)
    return {"calendar": (until - since) // MINUTE, "business": office // MINUTE}


def _spent(account: Account, spans: Mapping[str, Sequence[Span]], *statuses: str) -> dict[str, int]:
    """Return the time spent in *statuses*."""
    chosen = [span for status in statuses for span in spans.get(status, ())]
    office = sum(account.world.office.seconds(since, until) for since, until in chosen)
    return {"calendar": sum(until - since for since, until in chosen) // MINUTE, "business": office // MINUTE}


def _spans(ticket: Ticket) -> Mapping[str, Sequence[Span]]:
    """Return from when to when the ticket had each status; the one that it has now does not count yet."""
    spans: dict[str, list[Span]] = {}
    for step, after in pairwise(ticket.steps):
        spans.setdefault(step.status, []).append((step.at, after.at))
    return spans
