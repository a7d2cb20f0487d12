"""For how long customers stay: the share still there after so many months, counting those who have not left yet."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from latido.metrics._statistics import HALF, kaplan_meier

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from latido.metrics._periods import Period
    from latido.metrics._run import Run

DAYS_IN_MONTH = 30.4375

# A customer stays from its first day with a recurring amount in force to the first day without; a gap ends the stay.
_STAYS = """
    WITH neighbours AS (
        SELECT customer_id, first_on, until_on,
               LEAD(starts_on) OVER (PARTITION BY customer_id ORDER BY starts_on) AS next_on
        FROM m_segments
        WHERE scope = $scope
    ), stays AS (
        SELECT customer_id, MIN(first_on) AS first_on, MIN(until_on) AS until_on
        FROM neighbours
        WHERE next_on IS NULL OR next_on > until_on
        GROUP BY customer_id
    )
    SELECT DATE_DIFF('day', first_on, LEAST(until_on, $ends_on)) AS days,
           CAST(SUM(CASE WHEN until_on < $ends_on THEN 1 ELSE 0 END) AS BIGINT) AS lost, COUNT(*) AS customers
    FROM stays
    WHERE first_on < $ends_on
    GROUP BY 1
    ORDER BY 1"""


@dataclass(frozen=True, slots=True)
class Month:
    """After so many `months`: the share of customers still there, of how many that is known, how many left in it."""

    months: int
    share: float
    at_risk: int
    lost: int


@dataclass(frozen=True, slots=True)
class Staying:
    """How customers stay, after Kaplan and Meier: those who are still there count for as long as they have been.

    `median_days` is when half have left, None while more than half stay. Who leaves and returns has left.
    """

    customers: int
    lost: int
    median_days: int | None
    months: tuple[Month, ...]

    def json(self) -> dict[str, Any]:
        """Return it as JSON prints it."""
        return {**asdict(self), "months": [asdict(each) for each in self.months]}


def staying(run: Run, period: Period) -> Staying:
    """Return how customers stayed up to the end of *period*: nothing is known of what comes after."""
    values = {"scope": run.cut.source or "", "ends_on": period.ends_on}
    with run.warehouse.reading() as connection:
        stays = connection.execute(_STAYS, values).fetchall()
    everybody = left = sum(customers for _days, _lost, customers in stays)
    steps: list[tuple[int, int, int]] = []
    for days, lost, customers in stays:
        steps.append((days, left, lost))
        left -= customers
    curve = list(kaplan_meier(steps))
    median = next((days for days, share in curve if share <= HALF), None)
    return Staying(everybody, sum(lost for _days, _n, lost in steps), median, tuple(_months(steps, curve)))


def _months(steps: Sequence[tuple[int, int, int]], curve: Sequence[tuple[int, Decimal]]) -> Iterator[Month]:
    """Yield the curve at whole months, up to the last that some customer has come to."""
    days, before = [day for day, _share in curve], 0
    for month in range(int(days[-1] / DAYS_IN_MONTH) + 1 if days else 0):
        after = bisect_right(days, month * DAYS_IN_MONTH)
        at_risk = steps[bisect_left(days, month * DAYS_IN_MONTH)][1]
        lost = sum(lost for _day, _n, lost in steps[before:after])
        yield Month(month, float(curve[after - 1][1]) if after else 1.0, at_risk, lost)
        before = after
