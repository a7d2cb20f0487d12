"""One SQL statement for several asks: shared views, their facts, and what each fold adds up."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from latido.metrics._folds import Relation
from latido.metrics.catalogue import views

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from latido.metrics._asks import Ask
    from latido.metrics._kpi import Kpi

VALUE_SEGMENT = "segment"
CUSTOMER_DIMENSIONS = ("country", "industry", "owner", "team", VALUE_SEGMENT)
"""What facts can be cut by because their customer has it: where facts have it themselves, theirs counts.

The segment is that of `customer_segments`, at the end of the period.
"""


@dataclass(frozen=True, slots=True)
class Cut:
    """What narrows or splits facts: a dimension, and the one source, or the one customer, that counts."""

    segment: str | None = None
    source: str | None = None
    customer: str | None = None

    @property
    def conditions(self) -> list[str]:
        """What facts, called f, must be to count."""
        return [
            *(["f.source = $only_source"] if self.source else []),
            *(["f.customer_id = $only_customer"] if self.customer else []),
        ]


@dataclass(slots=True)
class Statement:
    """SQL that grows by the facts of each ask; every value in it is bound.

    *known* holds what any SQL may mention, *as_of* returns up to when the sources of a KPI were read.
    """

    known: Mapping[str, Any]
    as_of: Callable[[Kpi], str]
    tables: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    _facts: dict[str, str] = field(default_factory=dict)

    def facts(self, ask: Ask) -> str:
        """Return the name under which the facts of *ask* can be read; asks with the same facts share them."""
        sql = ask.kpi.counted()[0].sql
        offered = {**ask.bound, "as_of": self.as_of(ask.kpi)}
        bound = {name: value for name, value in offered.items() if mentions(sql, name)}
        key = f"{sql} {bound}"
        if key not in self._facts:
            self._facts[key] = self._added(sql, bound)
        return self._facts[key]

    def sql(self, body: str) -> str:
        """Return the whole statement with *body* as its SELECT; binds what that and the facts mention."""
        self._add_views(body)
        ctes = ",\n".join(f"{name} AS (\n{sql}\n)" for name, sql in self.tables.items())
        whole = f"WITH {ctes}\n{body}"
        self.values |= {name: value for name, value in self.known.items() if mentions(whole, name)}
        return whole

    def _added(self, sql: str, bound: Mapping[str, Any]) -> str:
        number = len(self._facts)
        self._add_views(sql)
        for parameter, value in bound.items():
            name = f"{parameter}_{number}" if number else parameter
            sql = re.sub(rf"\${parameter}\b", f"${name}", sql)
            self.values[name] = value
        self.tables[f"facts_{number}"] = sql
        return f"facts_{number}"

    def _add_views(self, sql: str) -> None:
        for name, view in views().items():
            if name not in self.tables and re.search(rf"\b{name}\b", sql):
                self._add_views(view)
                self.tables[name] = view


def mentions(sql: str, parameter: str) -> bool:
    """Whether *sql* has a place for *parameter*."""
    return re.search(rf"\${parameter}\b", sql) is not None


def folded(statement: Statement, asks: Sequence[Ask], cut: Cut) -> str:
    """Return *statement* with the facts of *asks*, which are no formulas, folded.

    Its rows are (number of the ask, period_id, segment, excluded, label, n, three sums, blocked).
    """
    selects = [_select(number, ask.kpi, statement.facts(ask), cut) for number, ask in enumerate(asks)]
    return statement.sql("\nUNION ALL\n".join(selects))


def _select(number: int, kpi: Kpi, facts: str, cut: Cut) -> str:
    fold = kpi.counted()[1]
    relation = Relation(
        facts,
        number=number,
        segmented=cut.segment is not None,
        blockable=kpi.blockable,
        by_entity=bool(kpi.requires),
    )
    if cut != Cut():
        relation = replace(relation, name=_narrowed(kpi, facts, cut))
    return fold.statement(relation)


def columns(kpi: Kpi) -> Iterable[str]:
    """Yield what the fold of *kpi* reads of facts, besides period and exclusion."""
    fold = kpi.counted()[1]
    yield from fold.sums
    if fold.by_class:
        yield "class"
    if kpi.requires:
        yield "entity"
    if kpi.blockable:
        yield "blocked"


def _narrowed(kpi: Kpi, facts: str, cut: Cut) -> str:
    listed = ", ".join(f"f.{name}" for name in ("period_id", "excluded", *columns(kpi)))
    segment = f", {dimension(kpi, cut.segment)} AS segment" if cut.segment else ""
    where = f"WHERE {' AND '.join(cut.conditions)}" if cut.conditions else ""
    return f"(SELECT {listed}{segment} FROM {facts} AS f {joined(kpi, cut.segment)} {where}) AS narrowed"


def dimension(kpi: Kpi, name: str) -> str:
    """Return the SQL of a dimension of the facts of *kpi*, called f; its name was looked up among those it has."""
    return f"CAST({_table_of(kpi, name)}.{name} AS VARCHAR)"


def joined(kpi: Kpi, *names: str | None) -> str:
    """Return what the facts of *kpi*, called f, are joined with for the dimensions *names*."""
    tables = {_table_of(kpi, name) for name in names if name}
    return " ".join(join for table, join in _JOINS.items() if table in tables)


def _table_of(kpi: Kpi, name: str) -> str:
    if name in kpi.dimensions or name not in CUSTOMER_DIMENSIONS:
        return "f"
    return "v" if name == VALUE_SEGMENT else "c"


_JOINS = {
    "c": "LEFT JOIN m_customers AS c ON c.customer_id = f.customer_id",
    "v": "LEFT JOIN value_segments AS v ON v.period_id = f.period_id AND v.customer_id = f.customer_id",
}
