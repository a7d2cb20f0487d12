"""Which exchange rates a figure of money was converted at: whose, and of which days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from latido.metrics._run import create_periods
from latido.metrics._statement import counting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from decimal import Decimal

    from latido.metrics._asks import Ask
    from latido.metrics._periods import Period
    from latido.metrics._run import Run


@dataclass(frozen=True, slots=True)
class RatesUsed:
    """The rates of one `currency` by one `provider`: of which days they are, and how many records they converted.

    Without a provider there is no rate, and the days are those on which one was needed. `rate` is known where all
    records were converted at the same one: 1 currency = rate of the reporting currency.
    """

    currency: str
    provider: str | None
    first_on: date | None
    last_on: date | None
    rate: Decimal | None
    records: int

    def json(self) -> dict[str, Any]:
        """Return them as JSON prints them."""
        days = {name: day and day.isoformat() for name, day in (("first_on", self.first_on), ("last_on", self.last_on))}
        rate = None if self.rate is None else float(self.rate)
        return {"currency": self.currency, "provider": self.provider, **days, "rate": rate, "records": self.records}


_SPENT = """
    SELECT UPPER(TRIM(x.currency)) AS currency, x.spend_date AS day
    FROM {facts} AS f
    JOIN marketing_spend AS x ON f.entity = 'marketing_spend' AND x.source = f.source AND x.source_id = f.source_id
    WHERE f.excluded IS NULL"""

_BOUGHT = """
    SELECT d.currency, d.closed_on AS day
    FROM {facts} AS f
    JOIN m_deals AS d ON f.entity = 'deals' AND d.source = f.source AND d.source_id = f.source_id
    WHERE f.excluded IS NULL"""

_RECURRING = """
    SELECT k.currency, {day} AS day
    FROM {facts} AS f
    JOIN periods AS p ON p.period_id = f.period_id
    JOIN m_contracts AS k ON k.entity = f.entity AND k.source = f.source AND k.source_id = f.source_id
    WHERE f.excluded IS NULL
    UNION ALL
    SELECT k.currency, {day}
    FROM {facts} AS f
    JOIN periods AS p ON p.period_id = f.period_id
    JOIN m_contracts AS k
      ON f.entity = 'customers' AND k.customer_id = f.customer_id AND k.excluded IS NULL
     AND k.starts_on < p.ends_on AND k.until_on > p.opening_on AND ($scope = '' OR k.source = $scope)
    WHERE f.excluded IS NULL"""

_GROUPED = """
    SELECT u.currency, r.provider, MIN(COALESCE(r.starts_on, u.day)), MAX(COALESCE(r.starts_on, u.day)),
           CASE WHEN MIN(r.rate) = MAX(r.rate) THEN MIN(r.rate) END, COUNT(*)
    FROM ({used}) AS u
    LEFT JOIN m_rates AS r ON r.currency = u.currency AND r.starts_on <= u.day AND r.until_on > u.day
    WHERE u.currency <> $currency
    GROUP BY u.currency, r.provider
    ORDER BY u.currency, r.provider NULLS LAST"""


def rates_used(ask: Ask, period: Period, run: Run) -> Iterator[RatesUsed]:
    """Yield at which rates the facts of *ask* in *period* were converted; none for what is no money."""
    leaves = {leaf.text: leaf for _part, leaf in run.catalogue.named_leaves(ask)}
    for leaf in leaves.values():
        if leaf.kpi.blockable and run.state.reason(leaf.kpi) is None:
            yield from _of_leaf(leaf, period, run)


def _of_leaf(leaf: Ask, period: Period, run: Run) -> Iterator[RatesUsed]:
    used = _used(leaf)
    if used is None:
        return
    statement = run.statement()
    day = "p.closing_on" if leaf.values.get("fx_policy") == "spot" else "k.booked_on"
    facts = f"(SELECT f.* FROM {counting(leaf.kpi, statement.facts(leaf), run.cut)})"
    sql = statement.sql(_GROUPED.format(used=used.format(facts=facts, day=day)))
    with run.warehouse.reading() as connection:
        create_periods(connection, [period], run.settings.time_zone)
        rows = connection.execute(sql, statement.values).fetchall()
    yield from (RatesUsed(*row) for row in rows)


def _used(leaf: Ask) -> str | None:
    """Return the query of what was converted, and for which day."""
    if "marketing_spend" in leaf.kpi.needs:
        return _SPENT
    if "deals" in leaf.kpi.needs:
        return _BOUGHT
    return _RECURRING if "deals|contracts" in leaf.kpi.needs else None
