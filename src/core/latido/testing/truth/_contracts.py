"""What really recurs: who stays, what they pay each month, and how that moves."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from latido.testing.truth._figure import UNKNOWN, Truth, count, ratio, share

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from latido.testing.truth._book import Book
    from latido.testing.truth._figure import Period, Truths

KPIS = (
    "customer_churn_rate", "customer_retention_rate", "customer_growth_rate", "active_customers", "mrr", "arr",
    "mrr_movements", "mrr_growth_rate", "mrr_churn_rate", "net_mrr_churn_rate", "net_revenue_retention",
    "gross_revenue_retention", "expansion_mrr", "expansion_mrr_rate", "arpa", "clv_subscription", "customer_segments",
)  # fmt: skip

_DAY = timedelta(days=1)


class Payer(NamedTuple):
    """What a customer paid on the day before a period and on its last one, and whether it was one before at all."""

    opening: Decimal
    closing: Decimal
    is_known: bool

    @property
    def movement(self) -> str | None:
        if not self.opening:
            return "reactivation" if self.is_known else "new"
        if not self.closing:
            return "churn"
        if self.opening == self.closing:
            return None
        return "expansion" if self.closing > self.opening else "contraction"

    @property
    def moved(self) -> Decimal:
        return abs(self.closing - self.opening)


def of_contracts(book: Book, period: Period) -> Truths:
    """Return the KPIs over what recurs."""
    if not book.has_customers:
        return dict.fromkeys(KPIS, UNKNOWN)
    payers = list(_payers(book, period))
    return {**_of_customers(payers, period), **_of_money(payers), **_mrr(book, period), **_segments(book, period)}


def segment(amount: Decimal, amounts: list[Decimal]) -> str:
    """Return how valuable a customer is who pays *amount*, among those who pay *amounts*."""
    paying_more = sum(each > amount for each in amounts)
    if 5 * paying_more < len(amounts):
        return "high"
    return "middle" if 2 * paying_more < len(amounts) else "volume"


def _payers(book: Book, period: Period) -> Iterator[Payer]:
    """Yield those who were customers on the day before the period, or are on its last one."""
    opening = book.paid_on(period.starts_on - _DAY)
    closing = book.paid_at_the_end_of(period)
    known = {each.owner for each in book.stretches if each.starts_on < period.starts_on}
    for owner in opening.keys() | closing.keys():
        yield Payer(opening.get(owner, Decimal(0)), closing.get(owner, Decimal(0)), owner in known)


def _of_customers(payers: list[Payer], period: Period) -> Truths:
    before = [each for each in payers if each.opening]
    after = [each for each in payers if each.closing]
    churn = share([not each.closing for each in before], "zero_denominator")
    arpa = ratio(sum(each.closing for each in after), len(after), len(after))
    return {
        "customer_churn_rate": churn,
        "customer_retention_rate": share([bool(each.closing) for each in before], "zero_denominator"),
        "customer_growth_rate": ratio(len(after) - len(before), len(before), len(payers)),
        "active_customers": count(len(after)),
        "arpa": arpa,
        "clv_subscription": _by_subscription(arpa, churn, period),
    }


def _by_subscription(arpa: Truth, churn: Truth, period: Period) -> Truth:
    if arpa.value is None or churn.value is None:
        return Truth(None, 0, reason="zero_denominator")
    monthly = 1 - (1 - float(churn.value)) ** (1 / period.months)
    parts = {"arpa": arpa.value, "monthly_churn": monthly}
    if not monthly:
        return Truth(None, 0, reason="unbounded", parts=parts)
    return Truth(float(arpa.value) / monthly, 0, parts=parts)


def _of_money(payers: list[Payer]) -> Truths:
    before = [each for each in payers if each.opening]
    opening, closing = sum(each.opening for each in payers), sum(each.closing for each in payers)
    moved = _movements(payers)
    lost, n = moved["churn"] + moved["contraction"], len(before)
    kept = sum(each.closing for each in before)
    held = sum(min(each.opening, each.closing) for each in before)
    return {
        "mrr_movements": Truth(
            closing - opening, _told_in_movements(payers), parts={"opening": opening, **moved, "closing": closing}
        ),
        "mrr_growth_rate": ratio(closing - opening, opening, len(payers)),
        "mrr_churn_rate": ratio(lost, opening, n),
        "net_mrr_churn_rate": ratio(lost - moved["expansion"], opening, n),
        "net_revenue_retention": ratio(kept, opening, n),
        "gross_revenue_retention": ratio(held, opening, n),
        "expansion_mrr": Truth(moved["expansion"], sum(each.movement == "expansion" for each in payers)),
        "expansion_mrr_rate": ratio(moved["expansion"], opening, n),
    }


def _movements(payers: list[Payer]) -> Mapping[str, Decimal]:
    names = ("new", "reactivation", "expansion", "contraction", "churn")
    return {name: sum((each.moved for each in payers if each.movement == name), Decimal(0)) for name in names}


def _told_in_movements(payers: list[Payer]) -> int:
    """Return how many amounts movements are made of: what was, what moved, what is."""
    return sum(bool(each.opening) + bool(each.movement) + bool(each.closing) for each in payers)


def _mrr(book: Book, period: Period) -> Truths:
    amounts = [each.monthly for each in book.stretches if each.is_in_force(period.ends_on - _DAY)]
    mrr = sum(amounts, Decimal(0))
    return {"mrr": Truth(mrr, len(amounts)), "arr": Truth(12 * mrr, 0, parts={"mrr": mrr})}


def _segments(book: Book, period: Period) -> Truths:
    paid = list(book.paid_at_the_end_of(period).values())
    classes = [segment(each, paid) for each in paid]
    parts = {name: classes.count(name) for name in ("high", "middle", "volume")}
    return {"customer_segments": Truth(len(paid), len(paid), parts=parts)}
