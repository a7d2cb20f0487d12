"""What stands behind a figure: its meaning, its SQL, and every fact that was counted or left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from latido.metrics._folds import Share
from latido.metrics._inputs import read_if_there
from latido.metrics._kpi import SCALES
from latido.metrics._rates import rates_used
from latido.metrics._run import create_periods
from latido.metrics._statement import CUSTOMER_DIMENSIONS, VALUE_SEGMENT, counting, dimension, joined
from latido.metrics.own import blaming
from latido.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from latido.messages import Message
    from latido.metrics._answer import Answer
    from latido.metrics._asks import Ask
    from latido.metrics._figure import Number
    from latido.metrics._kpi import Kpi
    from latido.metrics._periods import Period
    from latido.metrics._rates import RatesUsed
    from latido.metrics._run import Run
    from latido.metrics._statement import Cut


ARTICLES: Mapping[str, str] = MappingProxyType(
    {
        "R0": "Más allá del NPS: las métricas de éxito que todo equipo de Customer Success debe monitorear, 2024",
        "R1": "Las principales métricas y KPI de customer success, 2022",
        "R2": "Principales 7 métricas de éxito del cliente",
        "R3": "12 KPI de experiencia del cliente",
        "R4": "¿Qué es el éxito del cliente? Pasos y métricas, 2021",
    }
)
"""The titles of the articles that bands are from."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was counted, or left out with the reason in `excluded`; `blocked` makes the figure null.

    `entity` is its table, `url` opens it in the vendor; `customer` is the name of its customer. `value` is in the unit
    of the KPI. `part` names the part of a formula that counts it. `shown` is what else the KPI shows of it.
    """

    entity: str
    source: str | None
    source_id: str | None
    url: str | None
    customer_id: str | None
    customer: str | None
    value: Number | None
    numerator: Number | None
    denominator: Number | None
    excluded: str | None
    blocked: str | None
    class_: str | None
    dimensions: Mapping[str, str | None]
    part: str | None = None
    shown: Mapping[str, str | Number | None] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        """Return the fact as JSON prints it."""
        numbers = {name: getattr(self, name) for name in ("value", "numerator", "denominator")}
        return {
            "part": self.part,
            "entity": self.entity,
            "source": self.source,
            "source_id": self.source_id,
            "url": self.url,
            "customer_id": self.customer_id,
            "customer": self.customer,
            "class": self.class_,
            **{name: float(number) if isinstance(number, Decimal) else number for name, number in numbers.items()},
            "excluded": self.excluded,
            "blocked": self.blocked,
            **self.dimensions,
            **{name: float(each) if isinstance(each, Decimal) else each for name, each in self.shown.items()},
        }


@dataclass(frozen=True, slots=True)
class Entry:
    """A KPI of the catalogue: `lacking` names the tables and fields that nobody delivers of what it needs."""

    kpi: Kpi
    lacking: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def computable(self) -> bool:
        return not self.lacking


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a figure means and rests on.

    `sql` has the facts query of each part (one, called like the KPI, unless it is a formula), `bound` the values of
    the parameters in each. `inputs` are the tables that it needs and that some source delivers, with these sources;
    `optional` are those that it reads if they are there, with no source where nobody delivers one. `fresh` is the last
    complete sync of each source of both. `rates` are those at which its money was converted.
    """

    kpi: Kpi
    definition: Message | str
    parameters: Mapping[str, str]
    answer: Answer
    sql: Mapping[str, str]
    bound: Mapping[str, Mapping[str, Any]]
    lacking: tuple[str, ...]
    inputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    optional: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fresh: Mapping[str, datetime | None] = field(default_factory=dict)
    rates: tuple[RatesUsed, ...] = ()


def explanation(ask: Ask, answer: Answer, run: Run) -> Explanation:
    """Return what stands behind *answer*, which answers *ask*."""
    statements = {part or ask.kpi.id: _statement(leaf, run) for part, leaf in run.catalogue.named_leaves(ask)}
    also = read_if_there(ask.kpi, (leaf.kpi for leaf in run.catalogue.leaves(ask)))
    optional = {table: tuple(sorted(run.state.delivered.get(table, ()))) for table in also}
    sources = sorted({*answer.sources, *(name for names in optional.values() for name in names)})
    return Explanation(
        kpi=ask.kpi,
        definition=ask.kpi.meaning,
        parameters={name: ask.values.get(name, param.default) for name, param in ask.kpi.params.items()},
        answer=answer,
        sql={name: sql for name, (sql, _) in statements.items()},
        bound={name: values for name, (_, values) in statements.items()},
        lacking=tuple(run.state.lacking(ask.kpi)),
        inputs=run.state.inputs(ask.kpi),
        optional=optional,
        fresh={name: run.state.finished.get(name) for name in sources},
        rates=tuple(rates_used(ask, answer.period, run)),
    )


def _statement(leaf: Ask, run: Run) -> tuple[str, dict[str, Any]]:
    """Return the query of the facts that the figure is folded from, and the values in it."""
    statement = run.statement()
    facts = counting(leaf.kpi, statement.facts(leaf), run.cut)
    return statement.sql(f"SELECT f.* FROM {facts}"), statement.values


def listed(ask: Ask, period: Period, run: Run) -> Iterator[Fact]:
    """Yield the facts of *ask* in *period*, those counted first, then by source and id."""
    for part, leaf in run.catalogue.named_leaves(ask):
        if run.state.reason(leaf.kpi) is None:
            for row in _rows(leaf, period, run):
                yield _fact(leaf.kpi, part, row, _dimensions(leaf.kpi, run.cut))


def _rows(leaf: Ask, period: Period, run: Run) -> Iterator[dict[str, Any]]:
    statement = run.statement()
    facts = counting(leaf.kpi, statement.facts(leaf), run.cut)
    tables = [name for group in leaf.kpi.tables for name in group if name in TABLES]
    urls = ", ".join(f"{name}.url" for name in tables)
    links = " ".join(
        f"LEFT JOIN {name} ON f.entity = '{name}' AND {name}.source = f.source AND {name}.source_id = f.source_id"
        for name in tables
    )
    extra = [name for name in _dimensions(leaf.kpi, run.cut) if name not in leaf.kpi.dimensions]
    listed = ", ".join(f"{dimension(leaf.kpi, name)} AS {name}" for name in extra)
    sql = statement.sql(
        f"""SELECT f.*, {listed}, COALESCE({urls}) AS url, named.name AS customer_name
            FROM (SELECT f.* FROM {facts}) AS f {links} {joined(leaf.kpi, *extra)}
            LEFT JOIN customers AS named ON named.customer_id = f.customer_id
            ORDER BY f.excluded NULLS FIRST, f.entity, f.source, f.source_id"""
    )
    with run.warehouse.reading() as connection, blaming([leaf], sql):
        create_periods(connection, [period], run.settings.time_zone)
        found = connection.execute(sql, statement.values)
        names = [column[0] for column in found.description or ()]
        rows = found.fetchall()
    for row in rows:
        yield dict(zip(names, row, strict=True))


def _dimensions(kpi: Kpi, cut: Cut) -> list[str]:
    """Return by what facts are described: what they have, what their customer has, and what they are *cut* by.

    The segment of a customer is not told unasked, since it takes all of them to tell it.
    """
    known = [*kpi.dimensions, *(name for name in CUSTOMER_DIMENSIONS if name != VALUE_SEGMENT), cut.segment]
    return list(dict.fromkeys(name for name in known if name and name != "source"))


def _fact(kpi: Kpi, part: str | None, row: Mapping[str, Any], dimensions: Sequence[str]) -> Fact:
    value, scale = row.get("value"), SCALES.get(kpi.unit)
    return Fact(
        entity=row["entity"],
        source=row["source"],
        source_id=row["source_id"],
        url=row["url"],
        customer_id=row["customer_id"],
        customer=row["customer_name"],
        numerator=row.get("numerator"),
        value=value if value is None or scale is None else float(Fraction(value) / scale),
        denominator=1 if isinstance(kpi.fold, Share) else row.get("denominator"),
        excluded=row["excluded"],
        blocked=row.get("blocked"),
        class_=row.get("class"),
        dimensions={name: row[name] for name in dimensions},
        part=part,
        shown={name: row[name] for name in kpi.shown},
    )
