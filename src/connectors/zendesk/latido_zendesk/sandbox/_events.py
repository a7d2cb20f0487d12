"""What happened to tickets: audits, and the comings and goings of what Zendesk measures."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import orjson

from latido.testing import Log
from latido.testing.world import SYSTEM, iso, promises, prose
from latido_zendesk.sandbox._account import AGENTS, GROUPS, POLICY, USERS, author_id, zendesk_status
from latido_zendesk.sandbox._tickets import ticket_id
from latido_zendesk.sandbox._timed import TimedExport, timed_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.responses import Response

    from latido.testing.world import Author, Instant, Promise, Ticket
    from latido_zendesk.sandbox._service import Service

_EVENTS_EACH = 1000
_AUDITS, _METRIC_EVENTS = 700_000_000_000, 800_000_000_000
_OF_A_PROMISE = ("activate", "apply_sla", "breach", "fulfill", "update_status")
_PROMISES, _WORK = 10, 500
"""Where the ids of events about promises and about work begin, among those of a ticket: they stay as it goes on."""
_PAUSES = ("pending",)


class Events:
    """Two exports by time, of events that are derived from tickets when they are first asked for."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._records = service.records
        self._switches = service.switches

    @cached_property
    def audit_log(self) -> Log:
        return Log(
            (at, ticket.number)
            for ticket in self._records.all_tickets()
            if ticket.fate == "live"
            for at in moments(ticket)
        )

    @cached_property
    def metric_log(self) -> Log:
        return Log(
            (at, ticket.number)
            for ticket in self._records.all_tickets()
            if ticket.fate == "live"
            for at, _ in metric_events(ticket)
        )

    def changed(self, ticket: Ticket) -> None:
        """Take up what happened to a ticket that was written to, if anybody has asked for events yet.

        What has no events at first, a deleted ticket say, gets none by being written to.
        """
        self._cached.cache_clear()
        if ticket.fate != "live":
            return
        happened = {"audit_log": moments(ticket), "metric_log": [at for at, _ in metric_events(ticket)]}
        for name in happened.keys() & self.__dict__.keys():
            for at in happened[name]:
                getattr(self, name).add(at, ticket.number)

    def ticket_events(self, request: Request) -> Response:
        """Answer with audits of live tickets; with comments where `include=comment_events` asks for them."""
        comments = "comment_events" in request.query_params.get("include", "").split(",")

        def rows(at: Instant, number: int) -> list[bytes]:
            return [
                orjson.dumps(each)
                for each in audits(self._cached(number), comments=comments)
                if each["timestamp"] == at
            ]

        export = TimedExport("ticket_events", self.audit_log, rows, self._switches.lag)
        return timed_page(request, self._service, export)

    def metric_events(self, request: Request) -> Response:
        """Answer with metric events by when they were written: a breach long before its time."""

        def rows(at: Instant, number: int) -> list[bytes]:
            return [orjson.dumps(each) for written, each in metric_events(self._cached(number)) if written == at]

        return timed_page(request, self._service, TimedExport("ticket_metric_events", self.metric_log, rows, 1))

    @cached_property
    def _cached(self) -> Any:
        return lru_cache(maxsize=4096)(self._records.ticket)


def moments(ticket: Ticket) -> list[Instant]:
    """Return when something happened to a ticket that its history keeps."""
    comments, steps, assignments = ticket.comments, ticket.steps, ticket.assignments
    return sorted({*(each.at for each in comments), *(each.at for each in steps), *(each.at for each in assignments)})


def audits(ticket: Ticket, *, comments: bool) -> Iterator[dict[str, Any]]:
    """Yield one audit for each moment, with a child for each thing that changed in it."""
    children: dict[Instant, list[dict[str, Any]]] = defaultdict(list)
    actors: dict[Instant, Author] = {}
    for at, actor, child in _children(ticket, comments=comments):
        children[at].append(child)
        if actors.get(at, SYSTEM).role == "system":
            actors[at] = actor
    base = _AUDITS + ticket.number * _EVENTS_EACH
    for turn, at in enumerate(moments(ticket)):
        identity = base + turn * 20
        shown = [{"id": identity + 1 + place, **child} for place, child in enumerate(children[at])]
        yield {
            "id": identity,
            "ticket_id": ticket_id(ticket.number),
            "timestamp": at,
            "created_at": iso(at),
            "updater_id": author_id(actors.get(at, SYSTEM)),
            "via": "Rule" if actors.get(at, SYSTEM).role == "system" else "Web form",
            "system": {"client": None, "location": None, "latitude": None, "longitude": None},
            "metadata": {},
            "event_type": "Audit",
            "child_events": shown,
        }


def metric_events(ticket: Ticket) -> Iterator[tuple[Instant, dict[str, Any]]]:
    """Yield (when it was written, metric event) as things stand now.

    What was announced and then did not happen is still told, as deleted, written when that became clear.
    """
    if ticket.fate != "live":
        return
    for place, written, event in _metric_events(ticket):
        identity = _METRIC_EVENTS + ticket.number * _EVENTS_EACH + place
        yield written, {"id": identity, "ticket_id": ticket_id(ticket.number), **event}


def _metric_events(ticket: Ticket) -> Iterator[tuple[int, Instant, dict[str, Any]]]:
    for place, metric in enumerate(("agent_work_time", "pausable_update_time", "reply_time", "requester_wait_time")):
        yield place, ticket.created_at, _event(metric, 0, "measure", ticket.created_at)
    for turn, promise in enumerate(promises(ticket)):
        for written, event in _promised(promise, ticket):
            yield _PROMISES + turn * len(_OF_A_PROMISE) + _OF_A_PROMISE.index(event["type"]), written, event
    for turn, (written, event) in enumerate(_work(ticket)):
        yield _WORK + turn, written, event


def _promised(promise: Promise, ticket: Ticket) -> Iterator[tuple[Instant, dict[str, Any]]]:
    metric, instance, given = promise.metric, promise.instance, promise.given_at
    yield given, _event(metric, instance, "activate", given)
    sla = {
        "target": promise.target // 60,
        "target_in_seconds": promise.target,
        "business_hours": False,
        "policy": {"id": POLICY, "title": f"Promesa {ticket.priority}", "description": None},
    }
    yield given, _event(metric, instance, "apply_sla", given, sla=sla)
    if promise.due_at is not None:
        in_time = promise.kept_at is not None and not promise.broken
        written = promise.kept_at if in_time and promise.kept_at is not None else given
        yield written, _event(metric, instance, "breach", promise.due_at, deleted=in_time)
    if promise.kept_at is not None:
        kept, minutes = promise.kept_at, (promise.kept_at - given) // 60
        yield kept, _event(metric, instance, "fulfill", kept)
        spent = {"calendar": minutes, "business": minutes}
        yield kept, _event(metric, instance, "update_status", kept, status=spent)


def _work(ticket: Ticket) -> Iterator[tuple[Instant, dict[str, Any]]]:
    """Yield how agents' work went on and paused; nothing is promised about it."""
    kinds = {"pending": "pause", "on_hold": "pause", "solved": "fulfill"}
    for step in ticket.steps:
        if step.status != "closed":
            yield step.at, _event("agent_work_time", 1, kinds.get(step.status, "activate"), step.at)


def _event(metric: str, instance: int, kind: str, at: Instant, **more: Any) -> dict[str, Any]:
    return {"metric": metric, "instance_id": instance, "type": kind, "time": iso(at), **more}


def _children(ticket: Ticket, *, comments: bool) -> Iterator[tuple[Instant, Author, dict[str, Any]]]:
    yield from _created(ticket)
    for turn, comment in enumerate(ticket.comments):
        if comments:
            body = prose(*ticket.prose) if turn == 0 else prose(ticket.prose[0] + turn, 2)
            yield (
                comment.at,
                comment.author,
                {
                    "type": "Comment",
                    "event_type": "Comment",
                    "author_id": author_id(comment.author),
                    "public": comment.public,
                    "body": body,
                    "via": "Web form",
                    "created_at": iso(comment.at),
                },
            )
        else:
            yield (
                comment.at,
                comment.author,
                {"event_type": "Comment", "comment_present": True, "public": comment.public},
            )
    for before, step in zip(ticket.steps, ticket.steps[1:], strict=False):
        yield step.at, step.by, _change("status", zendesk_status(step.status), zendesk_status(before.status))
    team = agent = None
    for given in ticket.assignments:
        if given.team != team:
            yield given.at, SYSTEM, _change("group_id", GROUPS + given.team, None if team is None else GROUPS + team)
        if given.agent != agent:
            new, old = (None if each is None else AGENTS + each for each in (given.agent, agent))
            yield given.at, SYSTEM, _change("assignee_id", new, old)
        team, agent = given.team, given.agent


def _created(ticket: Ticket) -> Iterator[tuple[Instant, Author, dict[str, Any]]]:
    first: dict[str, Any] = {
        "subject": ticket.subject,
        "requester_id": USERS + ticket.requester,
        "status": zendesk_status(ticket.steps[0].status),
        "priority": ticket.priority,
    }
    for name, value in first.items():
        yield ticket.created_at, ticket.opened_by, {"event_type": "Create", name: value}


def _change(name: str, value: Any, previous: Any) -> dict[str, Any]:
    return {"event_type": "Change", name: value, "previous_value": previous}
