"""Rows of deals that were won: what was sold, of which the settings say what recurs."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from latido.connect import Mapping, Page, first, local_date
from latido.schema import Contract
from latido_bitrix24.answers import contained, having
from latido_bitrix24.chain import PAGE
from latido_bitrix24.churn import deals_among, ended_by, is_refusal, left_on, refusals
from latido_bitrix24.commands import Command
from latido_bitrix24.contracts import HOME, made_of
from latido_bitrix24.deals import status
from latido_bitrix24.declared import BILLED
from latido_bitrix24.declared import ProductRows as Declared
from latido_bitrix24.own_mapping import with_own_fields
from latido_bitrix24.pages import DEAL_PAGE, page
from latido_bitrix24.reading import ItemStream
from latido_bitrix24.references import CURRENCY, DEAL, DEAL_STAGES
from latido_bitrix24.satellites import told
from latido_bitrix24.scores import lists_of, said
from latido_bitrix24.terms import DAY, day, later, per_month, sooner, whole_months
from latido_bitrix24.transforms import PORTAL, filled, linked, moment, prefixed, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Mapping as Map
    from datetime import date

    from latido.connect import Cursor, JsonObject

ROW = "row:"
ROWS = "crm.item.productrow.list"
SERVICE = 7
"""The type of products that are services."""

BEHIND = (
    "id", "companyId", "currencyId", "stageId", "stageSemanticId", "categoryId", "isRecurring", "createdTime",
    "updatedTime", "movedTime", "closedate",
)  # fmt: skip
"""What the deal of a row tells."""


def recurs(row: JsonObject, declared: Declared) -> bool:
    if declared.products is None:
        return row.get("type") == SERVICE
    return int(row.get("productId") or 0) in declared.products


def months(record: JsonObject, declared: Declared) -> int | None:
    """Return how many months the price of a row covers."""
    if declared.billed is not None:
        return BILLED[declared.billed]
    return declared.months if isinstance(declared.months, int) else whole_months(record["deal"].get(declared.months))


def monthly(record: JsonObject, declared: Declared) -> Decimal | None:
    price = filled(record.get("price" if declared.with_tax else "priceExclusive"))
    if price is None:
        return None
    return per_month(Decimal(str(price)) * Decimal(str(record.get("quantity") or 0)), months(record, declared))


def begins(record: JsonObject, declared: Declared) -> date | None:
    return day(said(record["deal"], declared.starts_on, {}))


def ends(record: JsonObject, declared: Declared) -> date | None:
    """Return the first day that is not covered any more, by the deal, by the term, or by what is called churn."""
    deal, begin = record["deal"], begins(record, declared)
    last = day(said(deal, declared.ends_on, {}))
    planned = day(said(deal, declared.renews_on, {})) or (last + DAY if last is not None else None)
    if planned is None and declared.billed is None and begin is not None:
        term = months(record, declared)
        planned = None if term is None else later(begin, "month", term)
    return sooner(planned, record["left_on"], ended_by(record["refused"], begin))


def mapping(declared: Declared) -> Mapping:
    """Return how a contract is made of a row that recurs as *declared*."""
    price = "price" if declared.with_tax else "priceExclusive"
    return Mapping(
        Contract,
        source_id=prefixed(ROW),
        url=page(DEAL_PAGE, "ownerId"),
        created_at=moment("deal.createdTime"),
        updated_at=moment("deal.updatedTime"),
        account_id=linked("deal.companyId"),
        deal_id=linked("ownerId"),
        product=text("productName"),
        recurring_monthly_amount=made_of(
            f"{price} * quantity / {declared.billed or declared.months}", lambda record: monthly(record, declared)
        ),
        currency=first(text("deal.currencyId"), HOME),
        starts_on=made_of(f"deal.{declared.starts_on}", lambda record: begins(record, declared)),
        ends_on=made_of(
            f"deal.{declared.renews_on or declared.ends_on or 'term'}, or churn", lambda record: ends(record, declared)
        ),
        booked_on=local_date(moment("deal.movedTime")),
    )


class ProductRows(ItemStream):
    """The recurring rows of won deals, read where the settings say which recur: one call a deal, fifty a request.

    When a row changes its deal does, mostly. What is gone the daily census finds; what changed alone, only `--full`.
    """

    name = "product_rows"
    entity_type_id = DEAL
    entities = (Contract,)
    prefix = ROW
    optional = True
    needs = (PORTAL, CURRENCY, DEAL_STAGES)
    mappings = (mapping(Declared(billed="month")),)

    @property
    def declared(self) -> Declared:
        return self.connector.settings.product_rows or Declared(billed="month")

    @property
    def on_by_default(self) -> bool:  # type: ignore[override] # for others it is a constant
        return self.connector.settings.product_rows is not None

    @property
    def effective_mappings(self) -> tuple[Mapping, ...]:
        return with_own_fields((mapping(self.declared),), self.connector.settings.fields, self.types)

    def fingerprint(self) -> str:
        return f"{super().fingerprint()}+{self.declared}+{self.connector.settings.churn}"

    @property
    def extra(self) -> tuple[str, ...]:  # type: ignore[override] # for others it is a constant
        chosen = self.declared
        named = (chosen.starts_on, chosen.ends_on, chosen.renews_on, chosen.months)
        own = (each for each in named if isinstance(each, str))
        return (*BEHIND, *own, *self.connector.settings.churn.fields)

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        """Return the rows of *records*, which are deals, and of those that they end. Those of other deals are gone.

        Templates of recurring deals are another stream's.
        """
        sales = (each for each in (*records, *self._ended_by(records)) if each.get("isRecurring") != "Y")
        deals = {str(each["id"]): each for each in sales}
        is_first = cursor is not None and cursor.get("since") is None
        asked = {key: each for key, each in deals.items() if not is_first or self._is_won(each)}
        rows = self._rows(asked)
        sold = [each for each in rows if self._is_won(deals[str(each["ownerId"])]) and recurs(each, self.declared)]
        kept = {str(each["id"]) for each in sold}
        gone = {self.key(each["id"]): None for each in rows if str(each["id"]) not in kept}
        page = super().page(self._with_deals(sold, deals), cursor)
        return replace(page, fetched=len(records), deleted={Contract: gone} if gone else {})

    def ids(self) -> Iterator[list[str]]:
        params = {**self.params(), "filter": {"stageSemanticId": "S"}}
        for records in self.connector.portal.chain(self.listing, params):
            won = {str(each["id"]): each for each in records if each.get("isRecurring") != "Y" and self._is_won(each)}
            yield [self.key(each["id"]) for each in self._rows(won) if recurs(each, self.declared)]

    def _rows(self, deals: Map[str, JsonObject]) -> list[JsonObject]:
        """Return all rows of *deals*: no more than fifty of one deal come at once."""
        found: dict[str, JsonObject] = {}
        waiting, start = list(deals), 0
        while waiting:
            pages = self._pages(waiting, start)
            fresh = {key: [row for row in page if str(row["id"]) not in found] for key, page in pages.items()}
            found.update({str(row["id"]): row for rows in fresh.values() for row in rows})
            waiting, start = [key for key in waiting if len(pages[key]) >= PAGE and fresh[key]], start + PAGE
        return list(found.values())

    def _pages(self, deals: Sequence[str], start: int) -> dict[str, list[Any]]:
        commands = {
            key: Command(ROWS, {"filter": {"=ownerType": "D", "=ownerId": key}, "start": start}) for key in deals
        }
        answered = told(self.connector.portal, commands)
        if answered.why is not None:
            raise answered.why
        pages = {key: contained(each, ("productRows",), ROWS) for key, each in answered.done.items()}
        return {key: list(having(each, "id", ROWS)) for key, each in pages.items()}

    def _ended_by(self, records: Sequence[JsonObject]) -> Iterator[JsonObject]:
        """Yield the won deals of the companies that did not renew, as *records* tell."""
        churn = self.connector.settings.churn
        left = {str(each.get("companyId")) for each in records if churn.lost_in and is_refusal(each, churn)}
        won = {"stageSemanticId": "S"}
        yield from deals_among(self.connector.portal, "@companyId", sorted(left), won, self.select)

    def _with_deals(self, rows: Sequence[JsonObject], deals: dict[str, JsonObject]) -> list[JsonObject]:
        churn, words = self.connector.settings.churn, lists_of(self.connector, DEAL)
        owners = {str(each["ownerId"]): deals[str(each["ownerId"])] for each in rows}
        refused = refusals(self.connector.portal, {str(each.get("companyId")) for each in owners.values()}, churn)
        return [
            {
                **each,
                "deal": (deal := owners[str(each["ownerId"])]),
                "left_on": left_on(deal, churn, words),
                "refused": refused.get(str(deal.get("companyId")), []),
            }
            for each in rows
        ]

    @cached_property
    def _meaning(self) -> Any:
        return status("stageId", "stageSemanticId").bind(self.connector.context())

    def _is_won(self, deal: JsonObject) -> bool:
        return bool(self._meaning(deal) == "won")
