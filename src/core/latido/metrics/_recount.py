"""Counting two periods segment by segment, and mixtures of both: some segments as they are now, the rest as before."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from latido.metrics._folds import Classes, Count, Relation, Sum, Tally
from latido.metrics._run import add, create_periods
from latido.metrics._statement import columns, dimension, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from latido.metrics._asks import Ask
    from latido.metrics._effects import Label
    from latido.metrics._folds import Fold
    from latido.metrics._periods import Period
    from latido.metrics._run import Run
    from latido.metrics._statement import Statement

CUSTOMER = "customer"
"""Splits by what became of customers: whether they have facts in one of the two periods only, and which."""


@dataclass(frozen=True, slots=True)
class Recount:
    """Counts the facts of two periods, *earlier* and *later*, *by* a dimension or by `CUSTOMER`."""

    run: Run
    earlier: Period
    later: Period
    by: str

    def tallies(self, leaf: Ask) -> tuple[dict[Label, Tally], dict[Label, Tally]]:
        """Return what each segment had in the earlier period, and has in the later one."""
        found: tuple[dict[Label, Tally], dict[Label, Tally]] = defaultdict(Tally), defaultdict(Tally)
        statement = self.run.statement()
        relation = _relation(leaf, f"{self._labelled(leaf, statement)} AS labelled", segmented=True)
        for _number, period, segment, *row in self._rows(leaf, statement, relation, None):
            add(found[period][segment], *row)
        return dict(found[0]), dict(found[1])

    def mixtures(
        self, leaf: Ask, mixtures: Sequence[frozenset[Label]], labels: Sequence[Label]
    ) -> dict[frozenset[Label], Tally]:
        """Return the tally of each of *mixtures*: of its *labels* the later facts, of the others the earlier ones."""
        found: dict[frozenset[Label], Tally] = {mixture: Tally() for mixture in mixtures}
        statement = self.run.statement()
        listed = ", ".join(f"n.{name}" for name in ("excluded", *columns(leaf.kpi)))
        mixed = f"""(SELECT x.mixture AS period_id, {listed} FROM {self._labelled(leaf, statement)} AS n
                     JOIN mixtures AS x ON x.period_id = n.period_id AND x.segment IS NOT DISTINCT FROM n.segment)"""
        taken = [(number, int(label in mixture), label) for number, mixture in enumerate(mixtures) for label in labels]
        for _number, mixture, _segment, *row in self._rows(
            leaf, statement, _relation(leaf, f"{mixed} AS mixed"), taken
        ):
            add(found[mixtures[mixture]], *row)
        return found

    def _rows(
        self,
        leaf: Ask,
        statement: Statement,
        relation: Relation,
        taken: Sequence[tuple[int, int, Label]] | None,
    ) -> list[tuple[Any, ...]]:
        sql = statement.sql(leaf.kpi.counted()[1].statement(relation))
        with self.run.warehouse.reading() as connection:
            create_periods(connection, [self.earlier, self.later], self.run.settings.time_zone)
            if taken is not None:
                _create_mixtures(connection, taken)
            return connection.execute(sql, statement.values).fetchall()

    def _labelled(self, leaf: Ask, statement: Statement) -> str:
        facts, kpi, conditions = statement.facts(leaf), leaf.kpi, self.run.cut.conditions
        listed = ", ".join(f"f.{name}" for name in ("period_id", "excluded", *columns(kpi)))
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        if self.by == CUSTOMER:
            kept = _kept(kpi.counted()[1], facts, conditions)
            label, links = "k.label", f"LEFT JOIN {kept} AS k ON k.customer_id = f.customer_id"
        else:
            label, links = dimension(kpi, self.by), joined(kpi, self.by)
        return f"(SELECT {listed}, {label} AS segment FROM {facts} AS f {links} {where})"


def _kept(fold: Fold, facts: str, conditions: Sequence[str]) -> str:
    """Return the SQL of the customers of either period: new, lost, or stayed, of a sum with more or with less."""
    amount = "f.value" if isinstance(fold, Sum) else "1" if isinstance(fold, Count | Classes) else "0"
    stayed = "CASE WHEN more > 0 THEN 'up' WHEN more < 0 THEN 'down' ELSE 'stayed' END"
    where = " AND ".join(("f.excluded IS NULL", *conditions))
    return f"""(SELECT customer_id, CASE WHEN was = 0 THEN 'new' WHEN is_now = 0 THEN 'lost' ELSE {stayed} END AS label
                FROM (SELECT f.customer_id, SUM(CASE WHEN f.period_id = 0 THEN 1 ELSE 0 END) AS was,
                             SUM(CASE WHEN f.period_id = 1 THEN 1 ELSE 0 END) AS is_now,
                             SUM(CASE WHEN f.period_id = 1 THEN {amount} ELSE -{amount} END) AS more
                      FROM {facts} AS f WHERE {where} GROUP BY f.customer_id) AS counted)"""


def _relation(leaf: Ask, name: str, *, segmented: bool = False) -> Relation:
    kpi = leaf.kpi
    return Relation(name, segmented=segmented, blockable=kpi.blockable, by_entity=bool(kpi.requires))


def _create_mixtures(connection: duckdb.DuckDBPyConnection, taken: Sequence[tuple[int, int, Label]]) -> None:
    numbers, periods, segments = (list(column) for column in zip(*taken, strict=True))
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE mixtures AS
           SELECT CAST(UNNEST($numbers) AS BIGINT) AS mixture, CAST(UNNEST($periods) AS BIGINT) AS period_id,
                  CAST(UNNEST($segments) AS VARCHAR) AS segment""",
        {"numbers": numbers, "periods": periods, "segments": segments},
    )
