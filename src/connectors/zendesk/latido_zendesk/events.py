"""What happened to tickets, for those who ask for it: changes, replies, and service levels met or missed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from latido.connect import Mapping, Page, Source, constant
from latido.schema import TicketEvent
from latido_zendesk import limits
from latido_zendesk.reading import TimeExport, each_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Mapping as Map

    from latido.connect import Context, Cursor, JsonObject

KINDS = {"status": "status", "assignee_id": "assignment", "group_id": "team", "priority": "priority"}
"""The properties whose changes are kept, and what they are called here."""


def actor_role() -> Source:
    """`agent` for one who is an agent today, `system` for Zendesk itself, else `unknown`: the past is not told."""

    def bind(context: Context) -> Any:
        agents = context.reference.get("agents", {})

        def find(event: JsonObject) -> str | None:
            actor = event.get("actor_id")
            if actor is None:
                return None
            return "agent" if str(actor) in agents else "system" if actor <= 0 else "unknown"

        return find

    return Source("agent_today(actor_id)", ("actor_id",), bind)


class TicketEvents(TimeExport):
    """Changes of status, assignee, group and priority, and comments, whose text is not kept."""

    name = "ticket_events"
    entities = (TicketEvent,)
    mappings = (
        Mapping(
            TicketEvent,
            source_id="key",
            created_at="created_at",
            updated_at="created_at",
            ticket_id="ticket_id",
            kind="kind",
            actor_id="actor_id",
            actor_role=actor_role(),
            public="public",
            from_value="from",
            to_value="to",
            occurred_at="created_at",
        ),
    )
    reference = ("agents",)
    optional = True
    on_by_default = False
    path = "/api/v2/incremental/ticket_events"
    key = "ticket_events"
    extra: ClassVar[Map[str, str]] = {"include": "comment_events"}

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        events: list[JsonObject] = []
        unfit = each_of(TicketEvent, records, lambda audit: events.extend(happenings(audit)), {"child_events"})
        page = super().page(events, cursor)
        return Page(page.rows, cursor, len(records), rejected=(*unfit, *page.rejected))


def happenings(audit: Any) -> Iterator[JsonObject]:
    """Yield the changes and comments of one *audit*, flat."""
    for child in audit.get("child_events") or ():
        about = {
            "ticket_id": audit.get("ticket_id"),
            "created_at": child.get("created_at") or audit.get("created_at"),
            "actor_id": child.get("author_id", audit.get("updater_id")),
        }
        if "Comment" in {child.get("event_type"), child.get("type")}:
            yield {**about, "key": f"{child.get('id')}:reply", "kind": "reply", "public": child.get("public")}
            continue
        for changed in KINDS.keys() & child.keys():
            kind, before = KINDS[changed], child.get("previous_value")
            yield {**about, "key": f"{child.get('id')}:{kind}", "kind": kind, "from": before, "to": child[changed]}


class SlaEvents(TimeExport):
    """Service levels met and breached: one row per ticket, metric, instance and outcome.

    A target is met when it is fulfilled with a policy applied and no breach before. Zendesk announces breaches ahead of
    their time, withdraws and repeats events as a ticket changes, and tells of a policy and its outcome days apart. So
    the cursor carries the targets that are open: `open` maps `ticket:metric:instance` to the id of the event that
    applied the policy, and id and second of the announced breach (0 if none is).
    """

    name = "sla_events"
    entities = (TicketEvent,)
    mappings = (
        Mapping(
            TicketEvent,
            source_id="key",
            version="id",
            created_at="time",
            ticket_id="ticket_id",
            kind=constant("sla"),
            actor_role=constant("system"),
            from_value="metric",
            to_value="outcome",
            occurred_at="time",
        ),
    )
    optional = True
    on_by_default = False
    path = "/api/v2/incremental/ticket_metric_events"
    key = "ticket_metric_events"
    bucket = limits.METRIC_EVENTS

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        targets = Targets((cursor or {}).get("open", {}))
        unfit = each_of(TicketEvent, records, targets.take)
        targets.pass_time(self.read_until)
        rows, rejected = self.rows(TicketEvent, targets.outcomes)
        return Page(
            (rows,),
            {**(cursor or {}), "open": targets.open},
            len(records),
            deleted={TicketEvent: dict.fromkeys(targets.withdrawn - {each["key"] for each in targets.outcomes})},
            rejected=(*unfit, *rejected),
        )


class Targets:
    """What becomes of service level targets as events come in."""

    def __init__(self, open_targets: Map[str, Sequence[int]]) -> None:
        self.open = {key: list(state) for key, state in open_targets.items()}
        self.outcomes: list[JsonObject] = []
        self.withdrawn: set[str] = set()

    def take(self, event: Any) -> None:
        target, kind, key_id = (
            f"{event['ticket_id']}:{event['metric']}:{event['instance_id']}",
            event["type"],
            event["id"],
        )
        if event.get("deleted"):
            self._withdraw(target, kind, key_id)
        elif kind in {"apply_sla", "apply_group_sla"}:
            self.open[target] = [key_id, *self.open.get(target, (0, 0, 0))[1:]]
        elif kind == "breach":
            self.open[target] = [self.open.get(target, (0,))[0], key_id, seconds(event["time"])]
        elif kind == "fulfill" and target in self.open:
            self._fulfil(target, event)

    def pass_time(self, until: int) -> None:
        """Let the breaches happen whose time has come: what would have withdrawn them is read up to *until*."""
        for target, (_applied, breach, at) in list(self.open.items()):
            if breach and at <= until:
                self._end(target, "breached", breach, datetime.fromtimestamp(at, UTC))

    def _fulfil(self, target: str, event: JsonObject) -> None:
        _applied, breach, at = self.open[target]
        if breach and at <= seconds(event["time"]):
            self._end(target, "breached", breach, datetime.fromtimestamp(at, UTC))
        else:
            self._end(target, "met", event["id"], event["time"])

    def _withdraw(self, target: str, kind: str, key_id: int) -> None:
        applied, breach, _at = self.open.get(target, (0, 0, 0))
        if kind == "fulfill":
            self.withdrawn.add(f"sla:{target}:met")
        elif kind == "breach":
            self.withdrawn.add(f"sla:{target}:breached")
            if key_id == breach:
                self.open[target] = [applied, 0, 0]
        elif applied and key_id == applied:
            del self.open[target]

    def _end(self, target: str, outcome: str, key_id: int, time: Any) -> None:
        del self.open[target]
        ticket, metric, _instance = target.split(":")
        key = f"sla:{target}:{outcome}"
        self.outcomes.append(
            {"key": key, "id": key_id, "ticket_id": ticket, "metric": metric, "outcome": outcome, "time": time}
        )


def seconds(stamp: str) -> int:
    return int(datetime.fromisoformat(stamp).timestamp())
