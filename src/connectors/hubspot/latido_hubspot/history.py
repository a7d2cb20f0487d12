"""What HubSpot remembers of a property: the stages that deals went through, and the statuses of tickets.

Histories are cut off at the far end, so nothing that is stored is deleted because it is no longer told.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from latido.connect import Mapping, Page, constant, first, lookup
from latido.schema import DealStage, TicketEvent
from latido_hubspot.reading import ObjectStream
from latido_hubspot.references import DEAL_PIPELINES, TICKET_PIPELINES
from latido_hubspot.transforms import instant
from latido_hubspot.unfolding import unfolded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from latido.connect import Cursor, JsonObject


class HistoryStream(ObjectStream):
    """What the history of one property of a record says: the record's own row and deletion are another stream's."""

    deletions = "none"
    losers = ()

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        entity = self.entities[0]
        told, unfit = unfolded(entity, records, self.told)
        rows, rejected = self.rows(entity, told)
        return Page((rows,), cursor, len(records), rejected=(*unfit, *rejected))

    @abstractmethod
    def told(self, record: JsonObject) -> Iterator[JsonObject]:
        """Yield what the history of *record* says."""


class DealStages(HistoryStream):
    """One row per stay of a deal in a stage."""

    name = "deal_stages"
    entities = (DealStage,)
    object_type = "deals"
    prefix = "stage:"
    history = ("dealstage",)
    reference = (DEAL_PIPELINES, "properties_deals")
    mappings = (
        Mapping(
            DealStage,
            source_id="key",
            created_at="since",
            updated_at="updatedAt",
            deal_id="id",
            stage="stage",
            status=first(lookup("stage", DEAL_PIPELINES, "status"), constant("unknown")),
            entered_at="since",
            left_at="until",
        ),
    )

    def told(self, record: JsonObject) -> Iterator[JsonObject]:
        taken = steps(record, self.history[0])
        left = [since for _stage, since in taken[1:]]
        for (stage, entered), until in zip(taken, [*left, None], strict=False):  # A deal may never have had a stage.
            yield {**entry(record, self.prefix, stage, entered), "stage": stage, "until": until}


class TicketStatuses(HistoryStream):
    """The changes of a ticket's status, reopenings among them: its stages in the common words.

    What a stage meant that was deleted since nobody knows any more: the ticket then keeps the status that it had.
    """

    name = "ticket_statuses"
    entities = (TicketEvent,)
    object_type = "tickets"
    prefix = "status:"
    history = ("hs_pipeline_stage",)
    reference = (TICKET_PIPELINES, "properties_tickets")
    mappings = (
        Mapping(
            TicketEvent,
            source_id="key",
            created_at="since",
            updated_at="updatedAt",
            ticket_id="id",
            kind=constant("status"),
            from_value="before",
            to_value="status",
            occurred_at="since",
        ),
    )

    def told(self, record: JsonObject) -> Iterator[JsonObject]:
        statuses: Any = self.connector.context().reference.get(TICKET_PIPELINES, {})
        before: str | None = None
        for stage, since in steps(record, self.history[0]):
            status = (statuses.get(stage) or {}).get("status", "unknown")
            if status != "unknown":
                yield {**entry(record, self.prefix, stage, since), "before": before, "status": status}
                before = status


def steps(record: JsonObject, name: str) -> list[tuple[str, datetime]]:
    """Return the values that property *name* of *record* took on, oldest first, each with the moment.

    HubSpot tells the newest first, and tells a value again when somebody sets it to what it is.
    """
    told = (record.get("propertiesWithHistory") or {}).get(name) or ()
    found: list[tuple[str, datetime]] = []
    for value, since in sorted(map(step, reversed(told)), key=lambda taken: taken[1]):
        if value and (not found or found[-1][0] != value):
            found.append((value, since))
    return found


def step(told: JsonObject) -> tuple[str | None, datetime]:
    since = instant(told.get("timestamp"))
    if since is None:
        raise ValueError("timestamp: missing")
    return told.get("value"), since


def entry(record: JsonObject, prefix: str, stage: str, since: datetime) -> dict[str, Any]:
    return {**record, "key": f"{prefix}{record['id']}:{since:%Y%m%dT%H%M%S%f}:{stage}", "since": since}
