"""Deals, and the stages that they went through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido.connect import Mapping, Source, computed, constant, first, local_date, lookup
from latido.schema import Association, Contact, Deal, DealStage
from latido_bitrix24.chain import Listing
from latido_bitrix24.links import LINKS, LinkedStream
from latido_bitrix24.reading import LegacyStream
from latido_bitrix24.references import CURRENCY, DEAL, DEAL_STAGES, STATUSES, WORDS
from latido_bitrix24.transforms import calendar_day, flag, linked, moment, number, own_fields, record_url, text, word

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping as Map

    from latido.connect import Context, JsonObject

CLOSED = {"won", "lost"}


def status(stage: str, semantics: str) -> Source:
    """What a stage means: its funnel says it, and the record itself where the stage is gone."""
    return first(lookup(stage, DEAL_STAGES, "status"), lookup(semantics, STATUSES), constant("unknown"))


def closed_on() -> Source:
    """The day on which a closed deal was closed, which is that of its last step; else the day that is planned.

    The planned day stays in the field when a deal closes, if somebody has written it there.
    """
    meaning, moved, planned = (
        status("stageId", "stageSemanticId"),
        local_date(moment("movedTime")),
        calendar_day("closedate"),
    )

    def bind(context: Context) -> Callable[[JsonObject], Any]:
        means, step, plan = meaning.bind(context), moved.bind(context), planned.bind(context)
        return lambda record: (step(record) if means(record) in CLOSED else None) or plan(record)

    return Source(
        f"{moved.description} if closed, else {planned.description}",
        (*meaning.paths, *moved.paths, *planned.paths),
        bind,
    )


def lost_reason() -> Source:
    """The stage in which a deal was lost: a funnel has several, one for each reason."""
    label = lookup("stageId", DEAL_STAGES, "label")
    return computed(
        "stage if lost", lambda meaning, name: name if meaning == "lost" else None,
        status("stageId", "stageSemanticId"), label,
    )  # fmt: skip


def share(told: Any) -> float | None:
    """Return a probability, which Bitrix24 tells in percent."""
    return None if told in (None, "") else float(told) / 100


class Deals(LinkedStream):
    """Deals, but for the templates from which recurring ones are made. Their stages say what is won and lost."""

    name = "deals"
    entity_type_id = DEAL
    entities = (Deal, Association)
    needs = ("portal", DEAL_STAGES, WORDS, CURRENCY)
    main, several, linked_to = "contactId", "contactIds", Contact
    mappings = (
        Mapping(
            Deal,
            source_id="id",
            external_id=text("originId"),
            url=record_url("deal"),
            created_at=moment("createdTime"),
            updated_at=moment("updatedTime"),
            custom=own_fields(DEAL),
            name=text("title"),
            account_id=linked("companyId"),
            contact_id=linked("contactId"),
            owner_id=linked("assignedById"),
            pipeline=lookup("stageId", DEAL_STAGES, "pipeline"),
            stage=lookup("stageId", DEAL_STAGES, "label"),
            stage_raw=text("stageId"),
            status=status("stageId", "stageSemanticId"),
            lost_reason=lost_reason(),
            amount=number("opportunity"),
            currency=text("currencyId"),
            close_date=closed_on(),
            probability=computed("share", share, "probability"),
            lead_source=word("sourceId", "SOURCE"),
        ),
        LINKS,
    )

    @property
    def extra(self) -> tuple[str, ...]:  # type: ignore[override] # for others it is a constant
        return (*super().extra, "isRecurring")

    def wanted(self, record: JsonObject) -> bool:
        return record.get("isRecurring") != "Y"

    @property
    def effective_mappings(self) -> tuple[Mapping, ...]:
        mapping, links = super().effective_mappings
        if "deal_class" in mapping.fields:
            return mapping, links
        own = deal_class(self.connector.settings.deal_classes)
        return Mapping(Deal, **mapping.fields, deal_class=own), links


def deal_class(classes: Map[str, str]) -> Source:
    """What the settings say of a deal's type; else whether its customer had bought before."""
    told = computed("returning", {True: "expansion", False: "new"}.get, flag("isReturnCustomer"))
    named = Source(
        f"type in {sorted(classes.items())}",
        ("typeId",),
        lambda _context: lambda record: classes.get(str(record.get("typeId"))),
    )
    return first(named, told)


class DealStages(LegacyStream):
    """The steps of deals, in the order in which they were taken: nothing there ever changes.

    When a stage was left the next step tells.
    """

    name = "deal_stages"
    optional = True
    entities = (DealStage,)
    listing = Listing("crm.stagehistory.list", ("items",), "ID")
    created = "CREATED_TIME"
    reference = (DEAL_STAGES,)
    mappings = (
        Mapping(
            DealStage,
            source_id="ID",
            created_at=moment("CREATED_TIME"),
            updated_at=moment("CREATED_TIME"),
            deal_id=linked("OWNER_ID"),
            stage=first(lookup("STAGE_ID", DEAL_STAGES, "label"), "STAGE_ID"),
            status=status("STAGE_ID", "STAGE_SEMANTIC_ID"),
            entered_at=moment("CREATED_TIME"),
        ),
    )

    def params(self) -> dict[str, Any]:
        return {"entityTypeId": DEAL}
