"""The fold that predicts: what customers will still buy, from what all of them bought so far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from math import ceil, fsum
from typing import TYPE_CHECKING, ClassVar

from latido.metrics._figure import Figure
from latido.metrics._folds import Fold
from latido.metrics._lifetimes import Buyer, Buying, Spending

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from latido.metrics._figure import Number
    from latido.metrics._folds import Column, Relation, Tally

_DAYS_IN_WEEK = 7
_WEEKS_IN_MONTH = 365.25 / 12 / _DAYS_IN_WEEK
_FEWEST_REPEAT_BUYERS = 100
_MOST_FITTED = 25_000
"""More customers make the models slower to find and no better."""


@dataclass(frozen=True, slots=True)
class Predicted(Fold):
    """The mean of what each customer will buy within *horizon_months*, discounted by the yearly rate *discount*.

    Each fact is a customer: its numerator is on how many days it bought after the first, its class how many days after
    that the last of them was, its denominator how many it has been watched, its value what it bought on these days on
    average. Fewer than a hundred customers who bought again say nothing: `insufficient_sample`.
    """

    horizon_months: float = 12
    discount: float = 0.1
    by_class: ClassVar[bool] = True
    sums: ClassVar[tuple[Column, ...]] = ("value", "numerator", "denominator")

    def given(self, values: Mapping[str, str]) -> Predicted:
        horizon, discount = values.get("horizon_months"), values.get("discount")
        return replace(
            self,
            horizon_months=self.horizon_months if horizon is None else float(horizon),
            discount=self.discount if discount is None else float(discount),
        )

    def statement(self, facts: Relation) -> str:
        """Return the SQL that counts customers alike."""
        keys = ", ".join(facts.keys)
        blocked = ", blocked" if facts.blockable else ""
        words = [f"CAST({name} AS VARCHAR)" for name in ("numerator", "class", "denominator", "COALESCE(value, 0)")]
        return f"""SELECT {facts.select("alike", "COUNT(*)", {})} FROM (
            SELECT {keys}{blocked}, {" || ' ' || ".join(words)} AS alike FROM {facts.name}) AS customers
            GROUP BY {keys}, alike"""

    def finish(self, tally: Tally, scale: int) -> Figure:
        del scale
        buyers = sorted(map(_buyer, tally.groups, (group.n for group in tally.groups.values())), key=_order)
        n, again = self.count(tally), sum(each.n for each in buyers if each.frequency)
        parts: dict[str, Number] = {"repeat_buyers": again}
        lacking = Figure(n=n, parts=parts, reason="insufficient_sample")
        if again < _FEWEST_REPEAT_BUYERS:
            return lacking
        enough = list(_thinned(buyers, n))
        buying, spending = Buying.fitted(enough), Spending.fitted(enough)
        if buying is None or spending is None:
            return lacking
        parts |= {name: getattr(buying, name) for name in ("r", "alpha", "a", "b")}
        parts |= {name: getattr(spending, name) for name in ("p", "q", "v")}
        if spending.q <= 1:
            return replace(lacking, reason="unbounded")
        return Figure(self._mean(buyers, buying, spending) / n, n, parts=parts)

    def _mean(self, buyers: list[Buyer], buying: Buying, spending: Spending) -> float:
        """Return what all *buyers* together will buy."""

        @cache
        def if_still_there(frequency: int, age: float) -> float:
            months = [min(float(month), self.horizon_months) for month in range(ceil(self.horizon_months) + 1)]
            so_far = [
                buying.if_still_there(frequency, age, month * _WEEKS_IN_MONTH) if month else 0 for month in months
            ]
            return fsum(
                (later - earlier) / (1 + self.discount) ** (month / 12)
                for month, (earlier, later) in zip(months[1:], pairwise(so_far), strict=True)
            )

        return fsum(
            each.n
            * if_still_there(each.frequency, each.age)
            * buying.still_there(each)
            * spending.typical(each.frequency, each.mean)
            for each in buyers
        )


def _buyer(alike: str | None, n: int) -> Buyer:
    frequency, recency, age, mean = (alike or "").split(" ")
    return Buyer(int(frequency), int(recency) / _DAYS_IN_WEEK, int(age) / _DAYS_IN_WEEK, float(mean), n)


def _thinned(buyers: list[Buyer], n: int) -> Iterator[Buyer]:
    """Yield one of so many of the *n* customers, who stand in order: all kinds stay as frequent as they are."""
    step, before = -(-n // _MOST_FITTED), 0
    for each in buyers:
        taken = -(-(before + each.n) // step) - -(-before // step)
        before += each.n
        if taken:
            yield replace(each, n=taken)


def _order(buyer: Buyer) -> tuple[int, float, float, float]:
    return buyer.frequency, buyer.recency, buyer.age, buyer.mean
