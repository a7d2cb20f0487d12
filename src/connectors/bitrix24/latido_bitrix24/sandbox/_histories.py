"""Which stages a record went through: rows that are only ever added."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido_bitrix24.sandbox._book import Row
from latido_bitrix24.sandbox._kinds import KINDS
from latido_bitrix24.sandbox._people import lead_stage
from latido_bitrix24.sandbox._sales import category_of, stage_of
from latido_bitrix24.sandbox._stages import SEMANTICS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from latido.testing.world import Deal, Instant, Lead
    from latido_bitrix24.sandbox._stamps import PortalTime

CREATED, ON_THE_WAY, FINAL = 1, 2, 3


def row(time: PortalTime, owner: int, at: Instant, category: int, stage: str, *, first: bool) -> Row:
    """Return how an item came into a stage."""
    semantics = SEMANTICS[stage]
    told = {
        "TYPE_ID": _type(semantics, first=first),
        "OWNER_ID": owner,
        "CREATED_TIME": time.stamp(at),
        "CATEGORY_ID": category,
        "STAGE_SEMANTIC_ID": semantics,
        "STAGE_ID": stage,
    }
    return Row(told, at, owner)


def of_deal(time: PortalTime, deal: Deal) -> Iterator[Row]:
    owner = KINDS["deals"].identity(deal.number)
    for turn, move in enumerate(deal.moves):
        yield row(time, owner, move.at, category_of(deal), stage_of(deal, move), first=not turn)


def of_lead(time: PortalTime, lead: Lead) -> Iterator[Row]:
    """Yield the rows of a lead, whose stage is called a status here."""
    owner, (stage, semantics) = KINDS["leads"].identity(lead.number), lead_stage(lead)
    yield _lead_row(time, owner, lead.created_at, "NEW", "P", first=True)
    if stage != "NEW":
        yield _lead_row(time, owner, lead.converted_at or lead.created_at, stage, semantics, first=False)


def first(owner: int, told: Mapping[str, Any]) -> Row:
    """Return the one row of an item that never moved."""
    row = {
        "TYPE_ID": CREATED,
        "OWNER_ID": owner,
        "CREATED_TIME": told["createdTime"],
        "CATEGORY_ID": told["categoryId"],
        "STAGE_SEMANTIC_ID": SEMANTICS[told["stageId"]],
        "STAGE_ID": told["stageId"],
    }
    return Row(row, owner=owner)


def _lead_row(time: PortalTime, owner: int, at: Instant, stage: str, semantics: str, *, first: bool) -> Row:
    told = {
        "TYPE_ID": _type(semantics, first=first),
        "OWNER_ID": owner,
        "CREATED_TIME": time.stamp(at),
        "STATUS_SEMANTIC_ID": semantics,
        "STATUS_ID": stage,
    }
    return Row(told, at, owner)


def _type(semantics: str, *, first: bool) -> int:
    if first:
        return CREATED
    return ON_THE_WAY if semantics == "P" else FINAL
