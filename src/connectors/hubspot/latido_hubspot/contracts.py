"""What recurs: the line items of deals that were won, or the subscriptions of those who are paid through HubSpot."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from latido.connect import Mapping, Source, computed, first, lookup
from latido.errors import NotOffered
from latido.schema import Contract
from latido_hubspot.associations import associated
from latido_hubspot.carts import chosen
from latido_hubspot.lists import SIZE, Batch, joined, parts
from latido_hubspot.reading import ObjectStream
from latido_hubspot.records import ids_of, parted
from latido_hubspot.references import DEAL_PIPELINES
from latido_hubspot.search import Search
from latido_hubspot.transforms import (
    calendar_day,
    company_currency,
    day,
    local_day,
    lower,
    named,
    own_properties,
    prefixed,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from latido.connect import Count, Cursor, JsonObject, Page
    from latido_hubspot.search import Found

SUBSCRIPTION = "subscription:"

FREQUENCY = "recurringbillingfrequency"

MONTHLY = {
    "weekly": Fraction(52, 12),
    "biweekly": Fraction(26, 12),
    "monthly": Fraction(1),
    "quarterly": Fraction(1, 3),
    "per_six_months": Fraction(1, 6),
    "annually": Fraction(1, 12),
    "per_two_years": Fraction(1, 24),
    "per_three_years": Fraction(1, 36),
    "per_four_years": Fraction(1, 48),
    "per_five_years": Fraction(1, 60),
}
"""The part of what is billed at once that falls on a month."""

TRIAL = "trialing"
"""The status of a subscription that nobody pays for yet."""

STATUSES = {
    "active": "active",
    "past_due": "active",
    "unpaid": "active",
    "paused": "active",
    TRIAL: "active",
    "scheduled": "active",
    "canceled": "cancelled",
    "cancelled": "cancelled",
    "expired": "ended",
    "ended": "ended",
    "completed": "ended",
}

DEAL_PROPERTIES = ("closedate", "deal_currency_code", "dealstage", "hs_primary_associated_company")

_PERIOD = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")


def monthly(mrr: str | None, amount: str | None, frequency: str | None) -> Any:
    """Return what HubSpot says that recurs per month, else its share of *amount*, which is billed at *frequency*."""
    if mrr is not None:
        return mrr
    share = MONTHLY.get((frequency or "").lower())
    if amount is None or share is None:
        return None
    return Decimal(amount) * share.numerator / share.denominator


def recurring(mrr: str, amount: str, frequency: str) -> Source:
    return computed("monthly", monthly, named(mrr), named(amount), named(frequency))


def over(status: str, changed: str) -> Source:
    """When something last changed that is over by its status."""
    now = lookup(lower(named(status)), STATUSES)
    return computed("changed if over", lambda now, at: at if now in {"cancelled", "ended"} else None, now, changed)


def unless_on_trial(status: str | None, amount: Any) -> Any:
    return Decimal(0) if status == TRIAL else amount


def end(start: Any, period: str | None, told: Any) -> date | None:
    """Return the first day that is no longer covered: *period* (ISO 8601) after *start*, else the day that is *told*.

    HubSpot does not say whether the day that it tells is the last or the one after it, so the period goes first.
    """
    begin, length = day(start), _PERIOD.fullmatch(period or "")
    if begin is None or length is None or not any(length.groups()):
        return day(told)
    years, months, weeks, days = (int(each or 0) for each in length.groups())
    return months_later(begin, 12 * years + months) + timedelta(weeks=weeks, days=days)


def months_later(begin: date, months: int) -> date:
    """Return *begin* so many months later, on the month's last day at the latest."""
    year, month = divmod(begin.year * 12 + begin.month - 1 + months, 12)
    return date(year, month + 1, min(begin.day, monthrange(year, month + 1)[1]))


class LineItems(ObjectStream):
    """The recurring line items of won deals. When a deal is won its items need not change: so its own changes count.

    A line item that no longer recurs, or whose deal is no longer won, is deleted; so is that of a deal which is paid by
    a subscription, where those are read too.
    """

    name = "line_items"
    object_type = "line_items"
    together = 10
    entities = (Contract,)
    reference = ("account", DEAL_PIPELINES, "properties_line_items")
    mappings = (
        Mapping(
            Contract,
            source_id="id",
            created_at="createdAt",
            updated_at="updatedAt",
            custom=own_properties("line_items"),
            account_id="deal.hs_primary_associated_company",
            deal_id="deal_id",
            product=named("name"),
            recurring_monthly_amount=recurring("hs_mrr", "amount", FREQUENCY),
            currency=first(named("hs_line_item_currency_code"), "deal.deal_currency_code", company_currency()),
            starts_on=calendar_day(named("hs_recurring_billing_start_date")),
            ends_on=computed(
                "start + period, else end",
                end,
                first(named("hs_recurring_billing_start_date"), local_day("deal.closedate")),
                named("hs_recurring_billing_period"),
                named("hs_recurring_billing_end_date"),
            ),
            booked_on=local_day("deal.closedate"),
        ),
    )

    def count(self) -> Count | None:
        """HubSpot cannot count the items of won deals alone."""
        return None

    def ids(self) -> Iterator[list[str]]:
        """Yield the items that are contracts: when a deal is deleted, its items do not change."""
        path = self.connector.paths.objects(self.object_type)
        listed = parts(self.connector, path, {"limit": SIZE, "properties": FREQUENCY})
        for part in joined(listed, self.together):
            yield [self.key(each) for each in ids_of(self._sold(parted(part.records)[0]))]

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        sold = self._sold(records)
        gone = dict.fromkeys(sorted({*ids_of(records)} - {*ids_of(sold)}))
        return replace(super().page(sold, cursor), fetched=len(records), deleted={Contract: gone})

    def found(self, low: int, high: int, begun: Found) -> Iterator[Page]:
        """Yield the items that changed, and those of deals that did."""
        yield from super().found(low, high, begun)
        yield from self.beside(Search(self.connector, "deals", self.changed, ()), low, high, self._items_of)

    def _items_of(self, deals: Sequence[JsonObject]) -> Iterator[str]:
        links = associated(self.connector, "deals", "line_items", ids_of(deals))
        return (link.id for each in links.values() for link in each)

    def _sold(self, items: Sequence[JsonObject]) -> list[JsonObject]:
        """Return the recurring ones among *items* whose deal is won, with that deal."""
        lasting = [each for each in items if _frequency(each)]
        links = associated(self.connector, "line_items", "deals", ids_of(lasting))
        deals = {item: deal for item, each in links.items() if (deal := chosen(each))}
        won = self._won(sorted(set(deals.values()) - self._paid_otherwise(deals.values())))
        return [
            {**each, "deal_id": deal, "deal": won[deal]}
            for each in lasting
            if (deal := deals.get(str(each["id"]))) in won
        ]

    def _paid_otherwise(self, deals: Iterable[str]) -> set[str]:
        """Return which of *deals* have subscriptions, if those are read: they know better what is paid."""
        if not any(isinstance(each, Subscriptions) for each in self.connector.chosen()):
            return set()
        try:
            links = associated(self.connector, "deals", "subscriptions", deals)
        except NotOffered:
            return set()  # Nor can the subscriptions themselves be read then.
        return {deal for deal, each in links.items() if each}

    def _won(self, ids: Sequence[str]) -> dict[str, JsonObject]:
        """Return the properties of those deals among *ids* that are won."""
        stages = self.connector.context().reference.get(DEAL_PIPELINES) or {}
        deals = ((str(each["id"]), each["properties"]) for each in self._deals.read(ids))
        return {
            key: {name: value or None for name, value in told.items()}
            for key, told in deals
            if (stages.get(str(told.get("dealstage"))) or {}).get("status") == "won"
        }

    @cached_property
    def _deals(self) -> Batch:
        return Batch(self.connector, "deals", DEAL_PROPERTIES)


class Subscriptions(ObjectStream):
    """Subscriptions of those who are paid through HubSpot. They go before the line items of their deals.

    One that is over without a day on which it ended, ended when it last changed.
    """

    name = "subscriptions"
    object_type = "subscriptions"
    object_type_id = "0-69"
    prefix = SUBSCRIPTION
    optional = True
    on_by_default = False
    together = 10
    entities = (Contract,)
    reference = ("account", "properties_subscriptions")
    mappings = (
        Mapping(
            Contract,
            source_id=prefixed(SUBSCRIPTION),
            created_at="createdAt",
            updated_at="updatedAt",
            custom=own_properties("subscriptions"),
            account_id="account",
            deal_id="deal_id",
            product=named("hs_name"),
            status=lookup(lower(named("hs_status")), STATUSES),
            recurring_monthly_amount=computed(
                "nothing on trial",
                unless_on_trial,
                lower(named("hs_status")),
                recurring("hs_mrr", "hs_recurring_revenue", "hs_recurring_billing_frequency"),
            ),
            currency=first(named("hs_currency_code"), company_currency()),
            starts_on=calendar_day(named("hs_recurring_billing_start_date")),
            ends_on=first(
                local_day(named("hs_cancelled_date")),
                calendar_day(named("hs_recurring_billing_end_date")),
                local_day(over("hs_status", "updatedAt")),
            ),
            booked_on=local_day("createdAt"),
        ),
    )

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        ids = ids_of(records)
        companies, deals = (associated(self.connector, "subscriptions", to, ids) for to in ("companies", "deals"))
        told = [
            {**each, "account": chosen(companies.get(key)), "deal_id": chosen(deals.get(key))}
            for key, each in zip(ids, records, strict=True)
        ]
        return replace(super().page(told, cursor), fetched=len(records))


def _frequency(item: JsonObject) -> Any:
    return (item.get("properties") or {}).get(FREQUENCY)
