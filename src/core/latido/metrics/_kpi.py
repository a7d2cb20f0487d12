"""What a KPI is: facts, a fold, and what is said about both."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias

from latido.messages import Message
from latido.metrics._folds import Formula

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latido.metrics._figure import Number, Reason
    from latido.metrics._folds import Fold

Unit: TypeAlias = Literal[
    "ratio", "points", "0-100", "hours", "days", "money", "money/month", "count", "pages", "class", "list"
]
Better: TypeAlias = Literal["higher", "lower", "neither"]

SCALES: Mapping[Unit, int] = MappingProxyType({"hours": 3_600_000_000, "days": 86_400_000_000})
"""Durations are facts in microseconds; what they are divided by to come out in a unit."""


@dataclass(frozen=True, slots=True)
class Query:
    """The SQL of facts, with what its header says: the definition that a customer success lead would sign.

    *instead* says which view stands in for another, in the facts and in the views that they read. Of a project's own
    KPI, `file` is where it stands, and `line` where the SQL begins in it.
    """

    sql: str
    definition: str = ""
    domain: str = "latido"
    file: str = ""
    line: int = 1
    instead: Mapping[str, str] = field(default_factory=dict)

    @property
    def meaning(self) -> Message:
        """The definition as a sentence that the package of the query may have a translation of."""
        return Message(self.domain, self.definition.replace("{", "{{").replace("}", "}}"))

    def reading(self, view: str, *, instead_of: str) -> Query:
        """Return the same query over another view."""
        return replace(self, instead={**self.instead, instead_of: view})

    @classmethod
    def read(cls, package: str, file: str) -> Query:
        """Return the query in a file beside the modules of *package*."""
        found = cls.parsed((resources.files(package) / file).read_text(encoding="utf-8"))
        return replace(found, domain=package.partition(".")[0])

    @classmethod
    def parsed(cls, text: str) -> Query:
        """Return the query in *text*; the comment that it begins with is its definition."""
        lines = text.strip().splitlines()
        header = next((at for at, line in enumerate(lines) if not line.startswith("--")), len(lines))
        said = " ".join(line.removeprefix("--").strip() for line in lines[:header])
        return cls("\n".join(lines[header:]), said)


@dataclass(frozen=True, slots=True)
class Override:
    """What the value of a parameter changes about a KPI."""

    fold: Fold | Formula | None = None
    facts: Query | None = None
    unit: Unit | None = None
    better: Better | None = None


@dataclass(frozen=True, slots=True)
class Param:
    """A choice that a KPI offers: *values*, the default first, and what *others* may be written besides.

    The value is bound as `$name` in the facts; `overrides` says what else it changes, under "*" for any of the others.
    """

    values: tuple[str, ...]
    others: Literal["schedule", "number", "list"] | None = None
    overrides: Mapping[str, Override] = field(default_factory=dict)

    @property
    def default(self) -> str:
        return self.values[0]

    def override(self, value: str) -> Override:
        """Return what *value* changes."""
        return self.overrides.get(value if value in self.values else "*", Override())


@dataclass(frozen=True, slots=True)
class Band:
    """A range with what it is called: by an article, shown as published and not as a target, or by the project itself.

    The project's own have no article; a figure lies in them from `lower` on, up to `upper` and without it.
    """

    text: Message | str
    article: str | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None

    def holds(self, value: Number | None) -> bool:
        """Whether *value* lies in this band; of a published one, and of no value, nobody says."""
        if value is None or self.article is not None:
            return False
        number = Decimal(str(value))
        above = self.lower is None or number >= self.lower
        return above and (self.upper is None or number < self.upper)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """A query that returns facts, and a fold that makes a figure of them.

    Facts have one row per thing counted: `period_id, customer_id, entity, source, source_id, excluded`, the columns
    that the fold adds up (`value`, `numerator`, `denominator`), `class` where the fold asks for it, `blocked` where
    the KPI is *blockable*, and the *dimensions*.

    *needs* names tables, `deals|contracts` where either will do, and fields (`tickets.sla_met`, as the model layer
    has it) that somebody must deliver. *on_empty* is the reason, or the 0, when nothing is left to count; *requires*
    names entities that must be among the facts; *promote* makes reasons for exclusion into parts of the answer. KPIs
    of one *family* are computed in one statement, at most *periods_at_once*. A *hidden* one is only part of others, one
    *on_request* is left out where all are asked for. *never* lists values of parameters that do not go together.
    *shown* are further columns of a list of the facts. A ratio that is a *multiple* says how many times over, and is
    shown to people as such, not as a share. *moved_by* names the KPI whose movements lead from the end of one period to
    that of another.
    """

    id: str
    names: Mapping[str, str]
    unit: Unit
    better: Better
    fold: Fold | Formula
    facts: Query | None = None
    definition: Message | str = ""
    formula: Message | str = ""
    needs: tuple[str, ...] = ()
    family: str = ""
    on_empty: Reason | Literal[0] = "no_rows_in_period"
    requires: tuple[str, ...] = ()
    promote: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, Param] = field(default_factory=dict)
    dimensions: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    blockable: bool = False
    periods_at_once: int | None = None
    bands: tuple[Band, ...] = ()
    aliases: tuple[str, ...] = ()
    never: tuple[Mapping[str, str], ...] = ()
    multiple: bool = False
    moved_by: str = ""
    hidden: bool = False
    on_request: bool = False

    def chosen(self, values: Mapping[str, str]) -> Kpi:
        """Return this KPI as *values* of its parameters make it."""
        kpi, given = self, {name: values.get(name, param.default) for name, param in self.params.items()}
        for name, param in self.params.items():
            change = param.override(given[name])
            kpi = replace(
                kpi,
                fold=change.fold or kpi.fold,
                facts=change.facts or kpi.facts,
                unit=change.unit or kpi.unit,
                better=change.better or kpi.better,
            )
        return kpi if isinstance(kpi.fold, Formula) else replace(kpi, fold=kpi.fold.given(given))

    def counted(self) -> tuple[Query, Fold]:
        """Return the facts and the fold of a KPI that is no formula."""
        if self.facts is None or isinstance(self.fold, Formula):
            raise TypeError(f"{self.id} has no facts of its own")
        return self.facts, self.fold

    def named(self, language: str) -> str:
        """Return its name in *language*, else in English."""
        return self.names.get(language, self.names.get("en", self.id))

    @property
    def meaning(self) -> Message | str:
        """The definition: its own, else that of its facts."""
        return self.definition or (self.facts.meaning if self.facts else "")

    @property
    def tables(self) -> tuple[tuple[str, ...], ...]:
        """The tables that it needs: of each group, one."""
        return tuple(tuple(need.split("|")) for need in self.needs if "." not in need)

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """The fields that somebody must deliver, as (table, field)."""
        return tuple((table, name) for need in self.needs if "." in need for table, name in [need.split(".")])
