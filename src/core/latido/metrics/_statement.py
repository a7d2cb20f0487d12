"""One SQL statement for several asks: shared views, their facts, and what each fold adds up."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from latido.metrics._folds import Relation
from latido.metrics.catalogue import totals, views

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from latido.metrics._asks import Ask
    from latido.metrics._kpi import Kpi

VALUE_SEGMENT = "segment"
CUSTOMER_DIMENSIONS = ("country", "industry", "owner", "team", VALUE_SEGMENT)
"""What facts can be cut by because their customer has it: where facts have it themselves, theirs counts.

The segment is that of `customer_segments`, at the end of the period; of those who left in it, before it.
"""


_COSTLY = re.compile(r"\bGROUP BY\b|\bOVER\b")


@dataclass(frozen=True, slots=True)
class Cut:
    """What narrows or splits facts: a dimension, and the one source, or the one customer, that counts.

    *only* is the one segment of the dimension that counts: `("A",)`, `(None,)` what is in none, `()` each of them.
    """

    segment: str | None = None
    source: str | None = None
    customer: str | None = None
    only: tuple[str | None, ...] = ()

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

    *known* holds what any SQL may mention, *read* says up to when the sources of a KPI were read. Where only totals are
    wanted (*in_total*), a row of facts that have `counts` may stand for many; where facts are added up (*folding*),
    DuckDB is told what to keep.
    """

    known: Mapping[str, Any]
    read: Callable[[Kpi], Mapping[str, Any]]
    in_total: bool = False
    folding: bool = False
    tables: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    _facts: dict[str, str] = field(default_factory=dict)

    def facts(self, ask: Ask) -> str:
        """Return the name under which the facts of *ask* can be read; asks with the same facts share them."""
        query = ask.kpi.counted()[0]
        sql, instead = query.sql, {name: views()[other] for name, other in query.instead.items()}
        offered = {**ask.bound, **self.read(ask.kpi)}
        bound = {name: value for name, value in offered.items() if mentions(sql, name)}
        key = f"{sql} {query.instead} {bound}"
        if key not in self._facts:
            self._facts[key] = self._added(sql, bound, instead)
        return self._facts[key]

    def sql(self, body: str) -> str:
        """Return the whole statement with *body* as its SELECT; binds what that and the facts mention."""
        body = self._viewed(body, {})
        kept = {name: self._kept(name, body) if self.folding else "" for name in self.tables}
        ctes = ",\n".join(f"{name} AS {kept[name]}(\n{sql}\n)" for name, sql in self.tables.items())
        whole = f"WITH {ctes}\n{body}"
        self.values |= {name: value for name, value in self.known.items() if mentions(whole, name)}
        return whole

    def _added(self, sql: str, bound: Mapping[str, Any], instead: Mapping[str, str]) -> str:
        number = len(self._facts)
        sql = self._viewed(sql, {**totals(), **instead} if self.in_total and counts(sql) else instead)
        for parameter, value in bound.items():
            name = f"{parameter}_{number}" if number else parameter
            sql = re.sub(rf"\${parameter}\b", f"${name}", sql)
            self.values[name] = value
        self.tables[f"facts_{number}"] = sql
        return f"facts_{number}"

    def _kept(self, name: str, body: str) -> str:
        """Return whether the rows of a table are kept rather than found again by each of its readers.

        Facts are many, and what is only filtered and joined is soon read again. A view that is grouped comes first.
        """
        readers = sum(len(re.findall(rf"\b{name}\b", sql)) for sql in (*self.tables.values(), body))
        costly = _COSTLY.search(self.tables[name])
        if costly and (readers > 1 or name in views()):
            return "MATERIALIZED "
        return "NOT MATERIALIZED " if readers > 1 else ""

    def _viewed(self, sql: str, instead: Mapping[str, str]) -> str:
        """Add the views that *sql* reads, some as *instead* has them; return it with the names that they have here."""
        for name, view in views().items():
            if re.search(rf"\b{name}\b", sql):
                text = self._viewed(instead.get(name, view), instead)
                here = name
                while self.tables.setdefault(here, text) != text:
                    here += "_too"
                sql = re.sub(rf"\b{name}\b", here, sql)
        return sql


def counts(sql: str) -> bool:
    """Whether a row of the facts of *sql* may stand for several: `counts` says for how many."""
    return re.search(r"\bcounts\b", sql) is not None


def mentions(sql: str, parameter: str) -> bool:
    """Whether *sql* has a place for *parameter*."""
    return re.search(rf"\${parameter}\b", sql) is not None


def folded(statement: Statement, asks: Sequence[Ask], cut: Cut) -> str:
    """Return *statement* with the facts of *asks*, which are no formulas, folded.

    Its rows are (number of the ask, period_id, segment, excluded, label, n, three sums, blocked).
    """
    statement.folding, statement.in_total = True, cut.segment is None and cut.customer is None
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
        counted=counts(kpi.counted()[0].sql),
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
    if counts(kpi.counted()[0].sql):
        yield "counts"


def _narrowed(kpi: Kpi, facts: str, cut: Cut) -> str:
    listed = ", ".join(f"f.{name}" for name in ("period_id", "excluded", *columns(kpi)))
    segment = f", {dimension(kpi, cut.segment)} AS segment" if cut.segment else ""
    return f"(SELECT {listed}{segment} FROM {counting(kpi, facts, cut)}) AS narrowed"


def counting(kpi: Kpi, facts: str, cut: Cut) -> str:
    """Return *facts* of *kpi*, called f, without those that do not count in *cut*: what stands behind FROM."""
    member = [in_segment(kpi, cut.segment)] if cut.segment and cut.only else []
    conditions = [*cut.conditions, *member]
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"{facts} AS f {joined(kpi, cut.segment)} {where}".rstrip()


def dimension(kpi: Kpi, name: str) -> str:
    """Return the SQL of a dimension of the facts of *kpi*, called f; its name was looked up among those it has."""
    return f"CAST({_table_of(kpi, name)}.{name} AS VARCHAR)"


def in_segment(kpi: Kpi, name: str) -> str:
    """Return the condition that facts of *kpi* are in the `$segment` of the dimension *name*."""
    return f"{dimension(kpi, name)} IS NOT DISTINCT FROM $segment"


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
