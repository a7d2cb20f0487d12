"""What is really sold: who buys, how much and how often, what winning a customer costs, and what one is worth."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from latido.testing.truth._book import NEVER
from latido.testing.truth._figure import UNKNOWN, Truth, count, ratio, share

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from latido.testing.truth._book import Book, Owner, Payment, Sale
    from latido.testing.truth._figure import Period, Truths

OF_DEALS = ("arpu", "repeat_purchase_rate", "clv_historical", "clv_formula", "win_rate")
KPIS = (*OF_DEALS, "new_customers", "cac", "ltv_cac_ratio", "lead_conversion_rate")

_YEAR = 365.25


def of_sales(book: Book, period: Period) -> Truths:
    """Return the KPIs over purchases, deals, spend and leads."""
    found = _of_deals(book, period) if "deals" in book.tables else dict.fromkeys(OF_DEALS, UNKNOWN)
    cac = _cac(book, period)
    return {
        **found,
        "new_customers": count(len(_new(book, period))) if book.has_customers else UNKNOWN,
        "cac": cac,
        "ltv_cac_ratio": _to_cost(found["clv_formula"], cac),
        "lead_conversion_rate": _lead_conversion(book, period),
    }


class Buyer(NamedTuple):
    """On how many days a customer bought after the first, how many days later last, since when, and for how much.

    From the first day to the last one of the period it has been watched for `age_days`; `mean` is what it bought on a
    day after the first.
    """

    frequency: int
    recency_days: int
    age_days: int
    mean: Decimal | None


def buyers(book: Book, period: Period) -> list[Buyer]:
    """Return those who ever bought, as predictions see them."""
    days: dict[Owner, dict[date, Decimal]] = {}
    for each in book.purchases:
        if each.closed_on is not None and each.closed_on < period.ends_on:
            spent = days.setdefault(each.owner, {})
            spent[each.closed_on] = spent.get(each.closed_on, Decimal(0)) + each.value
    found = (_buyer(spent, period.ends_on - timedelta(days=1)) for spent in days.values())
    return sorted(found, key=lambda each: each[:3])


def _buyer(spent: Mapping[date, Decimal], today: date) -> Buyer:
    first, *later = sorted(spent)
    mean = sum((spent[day] for day in later), Decimal(0)) / len(later) if later else None
    return Buyer(len(later), (max(spent) - first).days, (today - first).days, mean)


def _of_deals(book: Book, period: Period) -> Truths:
    bought = [each for each in book.purchases if period.includes(each.closed_on)]
    ever = [each for each in book.purchases if each.closed_on is not None and each.closed_on < period.ends_on]
    closed = [each for each in book.sales if each.status != "open" and period.includes(each.closed_on)]
    turns = Counter(each.owner for each in bought)
    sold, buyers = sum(each.value for each in ever), len({each.owner for each in ever})
    return {
        "arpu": _arpu(book, bought, period),
        "repeat_purchase_rate": share([n > 1 for n in turns.values()], "zero_denominator"),
        "clv_historical": ratio(sold, buyers, len(ever)) if ever else _nothing(),
        "clv_formula": _by_formula(book, bought, period),
        "win_rate": share([each.status == "won" for each in closed], "zero_denominator"),
    }


def _arpu(book: Book, bought: list[Sale], period: Period) -> Truth:
    under_contract = {
        each.owner
        for each in book.stretches
        if each.starts_on < period.ends_on and each.until_on > period.starts_on and each.starts_on < each.until_on
    }
    present = under_contract | {each.owner for each in bought}
    return (
        ratio(sum(each.value for each in bought), len(present), len(bought) + len(present)) if present else _nothing()
    )


def _by_formula(book: Book, bought: list[Sale], period: Period) -> Truth:
    if not bought:
        return Truth(None, 0, reason="zero_denominator")
    average = float(sum(each.value for each in bought)) / len(bought)
    a_year = len(bought) / len({each.owner for each in bought}) / (period.days / _YEAR)
    spans = _lifespans(book, period)
    years = sum(spans.values()) / len(spans)
    alive = sum(_last_day(book, owner) >= period.ends_on for owner in spans) / len(spans)
    parts = {
        "average_purchase_value": average,
        "purchases_per_year": a_year,
        "lifespan_years": years,
        "share_alive": alive,
    }
    return Truth(average * a_year * years, 0, parts=parts)


def _lifespans(book: Book, period: Period) -> dict[Owner, float]:
    """Return for how many years each customer has stayed that had bought before the end of the period."""
    firsts: dict[Owner, date] = {}
    for each in book.purchases:
        if each.closed_on is not None and each.closed_on < period.ends_on:
            firsts[each.owner] = min(each.closed_on, firsts.get(each.owner, each.closed_on))
    ends = {owner: min(period.ends_on, _last_day(book, owner)) for owner in firsts}
    return {owner: max(0, (ends[owner] - first).days) / _YEAR for owner, first in firsts.items()}


def _last_day(book: Book, owner: Owner) -> date:
    """Return when the last contract of a customer ends; the end of all days where there is none."""
    ends = [each.until_on for each in book.stretches if each.owner == owner and each.starts_on < each.until_on]
    return max(ends, default=NEVER)


def _new(book: Book, period: Period) -> list[Owner]:
    return [owner for owner, day in book.acquired.items() if period.includes(day)]


def _cac(book: Book, period: Period) -> Truth:
    if "spend" not in book.tables or not book.has_customers:
        return UNKNOWN
    paid = [each for each in book.payments if each.starts_on < period.ends_on and each.until_on > period.starts_on]
    new = len(_new(book, period))
    if not paid:
        return Truth(None, new, reason="no_rows_in_period")
    return ratio(sum(_within(each, period) for each in paid), new, len(paid) + new)


def _within(payment: Payment, period: Period) -> Decimal:
    """Return the part of a payment that falls into the period."""
    days = min(payment.until_on, period.ends_on) - max(payment.starts_on, period.starts_on)
    return payment.value * days.days / (payment.until_on - payment.starts_on).days


def _to_cost(worth: Truth, cac: Truth) -> Truth:
    reasons = [each.reason for each in (worth, cac) if each.value is None]
    if reasons:
        return Truth(None, 0, reason="no_rows" if "no_rows" in reasons else reasons[0])
    return Truth(float(worth.value or 0) / float(cac.value or 1), 0, parts={"cac": cac.value or 0})


def _lead_conversion(book: Book, period: Period) -> Truth:
    if "accounts" not in book.tables or not book.has_customers:
        return UNKNOWN
    created = [each.number for each in book.customers.values() if period.holds(each.created_at)]
    return share([number in book.acquired for number in created], "zero_denominator")


def _nothing() -> Truth:
    return Truth(None, 0, reason="zero_denominator")
