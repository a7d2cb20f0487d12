"""What ends a contract before its time, by what the settings say that churn is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido_bitrix24.chain import Listing
from latido_bitrix24.scores import said
from latido_bitrix24.terms import day, sooner

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import date

    from latido.connect import JsonObject
    from latido_bitrix24.declared import Churn
    from latido_bitrix24.portal import Portal

DEAL = 2
DEALS = Listing("crm.item.list", ("items",))

AT_ONCE = 50
"""Companies, or deals, that are asked for in one request."""

LOST = ("id", "companyId", "categoryId", "stageSemanticId", "movedTime", "closedate")
"""What tells that a customer did not renew."""


def left_on(deal: JsonObject, churn: Churn, words: Mapping[str, Mapping[str, str]]) -> date | None:
    """Return the day on which *deal* itself says that its customer left."""
    since = day(said(deal, churn.since, {}))
    if churn.field is None:
        return since
    told = deal.get(churn.field)
    values = {str(each) for each in (told if isinstance(told, list) else [told])} | {
        str(said(deal, churn.field, words))
    }
    return (since or day(deal.get("updatedTime"))) if values & set(churn.values) else None


def is_refusal(deal: JsonObject, churn: Churn) -> bool:
    """Whether *deal* is a renewal that was lost."""
    return int(deal.get("categoryId") or 0) in churn.lost_in and deal.get("stageSemanticId") == "F"


def refused_on(deal: JsonObject) -> date | None:
    """Return the day on which *deal* was lost: `closedate` is only a plan, until it closes."""
    return day(deal.get("movedTime")) or day(deal.get("closedate"))


def refusals(portal: Portal, companies: Collection[str], churn: Churn) -> dict[str, list[date]]:
    """Return when each of *companies* did not renew."""
    found: dict[str, list[date]] = {}
    if not churn.lost_in:
        return found
    lost = {"@categoryId": list(churn.lost_in), "stageSemanticId": "F"}
    for deal in deals_among(portal, "@companyId", sorted(companies), lost, LOST):
        if is_refusal(deal, churn) and (at := refused_on(deal)) is not None:
            found.setdefault(str(deal["companyId"]), []).append(at)
    return found


def ended_by(refused: Sequence[date], begin: date | None) -> date | None:
    """Return the first of the days *refused* after the contract began: what was sold later is another one."""
    return sooner(*(each for each in refused if begin is None or each > begin))


def deals_among(
    portal: Portal, column: str, keys: Sequence[str], conditions: Mapping[str, Any], fields: Sequence[str]
) -> Iterator[JsonObject]:
    """Yield the deals whose *column* is one of *keys*, and that meet *conditions*."""
    for begin in range(0, len(keys), AT_ONCE):
        some = {**conditions, column: list(keys[begin : begin + AT_ONCE])}
        for page in portal.chain(DEALS, {"entityTypeId": DEAL, "select": list(fields), "filter": some}):
            yield from page
