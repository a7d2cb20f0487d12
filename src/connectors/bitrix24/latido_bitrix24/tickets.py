"""Requests for help that are items of a smart process, the stages that they went through, and what was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from latido.connect import Mapping, Source, computed, constant, first, lookup, requested
from latido.schema import Ticket, TicketEvent
from latido_bitrix24 import ticketing
from latido_bitrix24.chain import Listing
from latido_bitrix24.own_mapping import with_own_fields
from latido_bitrix24.reading import ItemStream, KeysetStream, LegacyStream
from latido_bitrix24.ticketing import TICKET_STAGES, UNKNOWN, nowhere, ticket_type
from latido_bitrix24.transforms import fields_of, link, linked, moment, own_fields, prefixed, record_url, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.connect import Cursor, JsonObject, Page

EVENT_DIGITS = 12

MEANT = {"won": "solved", "lost": "closed", "open": "open", "unknown": "unknown"}
"""What a stage means for a request: one that fails is closed, as nobody solved it."""

SEMANTICS = {"S": "solved", "F": "closed", "P": "open"}

SPOKEN = {"1": "requester", "2": "agent"}
"""Who speaks, by the direction of an activity: in or out."""

CALLS = frozenset({"VOXIMPLANT_CALL", "CRM_CALL"})
TALKS = frozenset({"CRM_EMAIL", "CRM_SMS", "CRM_WHATSAPP", "CRM_WEBFORM", "IMOPENLINES_SESSION", *CALLS})
"""What reaches the other side. To-dos and meetings are outgoing, too, and reach nobody."""


def status() -> Source:
    """What the stage means; a first stage is new."""
    meaning = lookup(lookup("stageId", TICKET_STAGES, "status"), MEANT)
    return computed("new in the first stage", said_new, first(meaning, constant("unknown")), "stageId")


def said_new(meaning: str, stage: Any) -> str:
    is_first = str(stage).rpartition(":")[2] == "NEW"
    return "new" if meaning == "open" and is_first else meaning


def in_order(prefix: str, value: str) -> Source:
    """The id with as many digits as all others: what happened in one second is told apart by the ids, as texts."""
    return computed(f"{prefix}<id>", lambda told: f"{prefix}{int(told):0{EVENT_DIGITS}d}", value)


def author(direction: Any, writer: Any, responsible: Any) -> str | None:
    """Return which user an outgoing activity is by."""
    return (link(writer) or link(responsible)) if str(direction) == "2" else None


class OfSpa(KeysetStream):
    """What is about the items of the smart process that holds requests."""

    optional = True

    @property
    def on_by_default(self) -> bool:  # type: ignore[override] # for others it is a constant
        return ticketing.are(self.connector, ticketing.SPA)

    @property
    def reference(self) -> tuple[str, ...]:  # type: ignore[override]
        return () if ticket_type(self.connector) == UNKNOWN else self.named

    named: ClassVar[tuple[str, ...]] = ()
    """The reference tables that are needed where it is known what tickets are."""

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        self.known_type()
        yield from super().pages(cursor)

    def probe(self) -> None:
        self.known_type()
        super().probe()

    def known_type(self) -> int:
        """Return the type of the items. Raises NotOffered where nobody knows it."""
        if (found := ticket_type(self.connector)) == UNKNOWN:
            raise nowhere(self.connector.runtime.source)
        return found


class Tickets(OfSpa, ItemStream):
    """Items of the smart process that holds requests. When they were answered and solved, other streams tell."""

    name = "tickets"
    entities = (Ticket,)
    mappings = (
        Mapping(
            Ticket,
            source_id="id",
            url=record_url("type/<entityTypeId>"),
            created_at=moment("createdTime"),
            updated_at=moment("updatedTime"),
            custom=Source("user-defined fields of the items", (), lambda _context: lambda _record: None),
            subject=text("title"),
            account_id=linked("companyId"),
            contact_id=linked("contactId"),
            assignee_id=linked("assignedById"),
            status=status(),
            status_raw=first(lookup("stageId", TICKET_STAGES, "label"), text("stageId")),
            type=lookup("stageId", TICKET_STAGES, "pipeline"),
            channel=computed("lower", lambda told: str(told).lower() if told else None, "sourceId"),
        ),
    )

    @property
    def entity_type_id(self) -> int:  # type: ignore[override] # for others it is a constant
        return ticket_type(self.connector)

    @property
    def named(self) -> tuple[str, ...]:  # type: ignore[override]
        return ("portal", TICKET_STAGES, fields_of(self.entity_type_id))

    @property
    def effective_mappings(self) -> tuple[Mapping, ...]:
        """What is written down, for the type that the settings name, with the user's own fields on top."""
        kind, (mapping,) = self.entity_type_id, self.mappings
        own = {"custom": own_fields(kind), "url": record_url(f"type/{kind}")}
        there = Mapping(Ticket, **{**mapping.fields, **own})
        return with_own_fields((there,), self.connector.settings.fields, self.types)


class TicketStages(OfSpa, LegacyStream):
    """The stages that requests went through, reopenings among them. Each tells itself what it means."""

    name = "ticket_stages"
    entities = (TicketEvent,)
    listing = Listing("crm.stagehistory.list", ("items",), "ID")
    created = "CREATED_TIME"
    prefix = "stage:"
    named = (TICKET_STAGES,)
    mappings = (
        Mapping(
            TicketEvent,
            source_id=in_order("stage:", "ID"),
            created_at=moment("CREATED_TIME"),
            updated_at=moment("CREATED_TIME"),
            ticket_id=linked("OWNER_ID"),
            kind=constant("status"),
            to_value=first(
                lookup("STAGE_SEMANTIC_ID", SEMANTICS), lookup(lookup("STAGE_ID", TICKET_STAGES, "status"), MEANT)
            ),
            occurred_at=moment("CREATED_TIME"),
        ),
    )

    def key(self, record_id: Any) -> str:
        return f"{self.prefix}{int(record_id):0{EVENT_DIGITS}d}"

    def params(self) -> dict[str, Any]:
        return {"entityTypeId": self.known_type()}

    def fingerprint(self) -> str:
        return f"{super().fingerprint()}+{ticket_type(self.connector)}"


class TicketReplies(OfSpa, LegacyStream):
    """What was written and said about requests: e-mails, messages and calls. Their text is not even asked for."""

    name = "ticket_replies"
    entities = (TicketEvent,)
    listing = Listing("crm.activity.list", (), "ID")
    changed = "LAST_UPDATED"
    prefix = "activity:"
    deletions: ClassVar[Literal["reported", "census", "none"]] = "census"
    mappings = (
        Mapping(
            TicketEvent,
            source_id=prefixed("activity:", "ID"),
            created_at=moment("CREATED"),
            updated_at=moment("LAST_UPDATED"),
            ticket_id=linked("OWNER_ID"),
            kind=constant("reply"),
            actor_id=computed("author if outgoing", author, "DIRECTION", "AUTHOR_ID", "RESPONSIBLE_ID"),
            actor_role=lookup("DIRECTION", SPOKEN),
            public=constant(True),
            occurred_at=moment("CREATED"),
        ),
    )

    def params(self) -> dict[str, Any]:
        told = (*requested(self.mappings), "PROVIDER_ID", "COMPLETED")
        return {"filter": {"OWNER_TYPE_ID": self.known_type()}, "select": sorted({"ID", *told})}

    def wanted(self, record: JsonObject) -> bool:
        """Whether *record* reached anybody. A call that is planned is no reply yet."""
        provider = record.get("PROVIDER_ID")
        if provider not in TALKS or str(record.get("DIRECTION")) not in SPOKEN:
            return False
        return provider not in CALLS or record.get("COMPLETED") == "Y"

    def fingerprint(self) -> str:
        return f"{super().fingerprint()}+{ticket_type(self.connector)}"
