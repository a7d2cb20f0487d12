"""How facts become a figure.

A fold has two halves: SQL that computes only the statistics it needs, per period, segment and reason for exclusion, and
a finish in exact arithmetic that is the same whatever engine ran the SQL.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import sqrt
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from latido.metrics._figure import Figure, Reason, plain
from latido.metrics._statistics import HALF, Z, kaplan_meier, median_rank, wilson

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from latido.metrics._figure import Number, Situation

Column: TypeAlias = Literal["value", "numerator", "denominator"]
_COLUMNS: tuple[Column, ...] = ("value", "numerator", "denominator")
_BEFORE_COUNTING: tuple[Reason, ...] = ("no_rows", "missing_field", "missing_currency", "missing_fx_rate")


@dataclass(slots=True)
class Group:
    """Counted facts of one label (a class, an entity, a rank): how many, and the sums that the fold asked for."""

    n: int
    sums: Mapping[Column, Fraction | None]


@dataclass(slots=True)
class Tally:
    """The statistics of one ask in one period and segment."""

    groups: dict[str | None, Group] = field(default_factory=dict)
    excluded: Counter[str] = field(default_factory=Counter)
    blocked: Reason | None = None

    def sum(self, column: Column) -> Fraction:
        """Return the sum of *column* over all groups, 0 without any."""
        return sum((group.sums.get(column) or Fraction() for group in self.groups.values()), Fraction())


@dataclass(frozen=True, slots=True)
class Relation:
    """Where a fold reads facts from, and which of the optional columns are there."""

    name: str
    number: int = 0
    segmented: bool = False
    blockable: bool = False
    by_entity: bool = False
    counted: bool = False

    @property
    def n(self) -> str:
        """The SQL of how many facts there are: a row may stand for many."""
        return "CAST(SUM(counts) AS BIGINT)" if self.counted else "COUNT(*)"

    @property
    def keys(self) -> list[str]:
        """The columns by which every fold groups."""
        return ["period_id", *(["segment"] if self.segmented else []), "excluded"]

    def select(self, label: str, n: str, sums: Mapping[Column, str]) -> str:
        """Return the SELECT list that every fold has in common: sums travel as text, so that no digit is lost."""
        columns = {
            "ask": str(self.number),
            "period_id": "period_id",
            "segment": "segment" if self.segmented else "CAST(NULL AS VARCHAR)",
            "excluded": "excluded",
            "label": f"CAST({label} AS VARCHAR)",
            "n": n,
            **{str(name): f"CAST({sums.get(name, 'NULL')} AS VARCHAR)" for name in _COLUMNS},
            "blocked": "MIN(blocked)" if self.blockable else "CAST(NULL AS VARCHAR)",
        }
        return ", ".join(f"{expression} AS {name}" for name, expression in columns.items())


class Fold(ABC):
    """One way to make a figure of facts."""

    sums: ClassVar[tuple[Column, ...]] = ()
    by_class: ClassVar[bool] = False

    def statement(self, facts: Relation) -> str:
        """Return the SQL that adds up *facts*."""
        label = "class" if self.by_class else "entity" if facts.by_entity else "NULL"
        keys = facts.keys if label == "NULL" else [*facts.keys, label]
        listed = facts.select(label, facts.n, {name: f"SUM({name})" for name in self.sums})
        return f"SELECT {listed} FROM {facts.name} GROUP BY {', '.join(keys)}"

    def given(self, values: Mapping[str, str]) -> Fold:
        """Return this fold as the *values* of the KPI's parameters make it."""
        del values
        return self

    def count(self, tally: Tally) -> int:
        """Return how many facts were counted."""
        return sum(group.n for group in tally.groups.values())

    @abstractmethod
    def finish(self, tally: Tally, scale: int) -> Figure:
        """Return the figure of a tally with at least one fact; durations are divided by *scale*."""


@dataclass(frozen=True, slots=True)
class Share(Fold):
    """The share of facts with numerator 1; `sampled` adds its interval."""

    sampled: bool = True
    sums: ClassVar[tuple[Column, ...]] = ("numerator",)

    def finish(self, tally: Tally, scale: int) -> Figure:
        del scale
        n, numerator = self.count(tally), tally.sum("numerator")
        lower, upper = wilson(float(numerator), n) if self.sampled else (None, None)
        return Figure(float(numerator / n), n, plain(numerator), n, lower, upper)


@dataclass(frozen=True, slots=True)
class Ratio(Fold):
    """The sum of numerators by the sum of denominators, which may be of other facts."""

    sums: ClassVar[tuple[Column, ...]] = ("numerator", "denominator")

    def finish(self, tally: Tally, scale: int) -> Figure:
        del scale
        above, below = tally.sum("numerator"), tally.sum("denominator")
        value = float(above / below) if below else None
        reason: Reason | None = None if below else "zero_denominator"
        return Figure(value, self.count(tally), plain(above), plain(below), reason=reason)


@dataclass(frozen=True, slots=True)
class Sum(Fold):
    """The sum of values."""

    sums: ClassVar[tuple[Column, ...]] = ("value",)

    def finish(self, tally: Tally, scale: int) -> Figure:
        return Figure(plain(tally.sum("value") / scale), self.count(tally))


@dataclass(frozen=True, slots=True)
class Count(Fold):
    """How many facts there are."""

    def finish(self, tally: Tally, scale: int) -> Figure:
        del scale
        return Figure(self.count(tally), self.count(tally))


@dataclass(frozen=True, slots=True)
class Mean(Fold):
    """The mean of values."""

    sums: ClassVar[tuple[Column, ...]] = ("value",)

    def finish(self, tally: Tally, scale: int) -> Figure:
        n = self.count(tally)
        return Figure(float(tally.sum("value") / (n * scale)), n)


@dataclass(frozen=True, slots=True)
class Quantile(Fold):
    """The *share*-quantile of values, interpolated; `enclosed` adds the interval of a median."""

    share: Fraction
    enclosed: bool = False
    sums: ClassVar[tuple[Column, ...]] = ("value",)

    def statement(self, facts: Relation) -> str:
        """Return the SQL that ranks values and keeps the few that the finish may need; it counts what is left out."""
        partition = ", ".join(facts.keys)
        sums: dict[Column, str] = {"value": "value"}
        return f"""SELECT {facts.select("turn", "n", sums)} FROM (
            SELECT {partition}, value, COUNT(*) OVER (PARTITION BY {partition}) AS n,
                   ROW_NUMBER() OVER (PARTITION BY {partition} ORDER BY value) AS turn
            FROM {facts.name} WHERE excluded IS NULL) AS ranked
            WHERE {self._wanted()}
            UNION ALL
            SELECT {facts.select("NULL", "COUNT(*)", {})} FROM {facts.name}
            WHERE excluded IS NOT NULL GROUP BY {partition}"""

    def _wanted(self) -> str:
        near = [f"ABS(turn - 1 - (n - 1) * CAST({float(self.share)!r} AS DOUBLE)) <= 1"]
        if self.enclosed:
            reach = f"(n - CAST({Z!r} AS DOUBLE) * SQRT(n)) / 2"
            near += [f"ABS(turn - {reach}) <= 2", f"ABS(n + 1 - turn - {reach}) <= 2"]
        return " OR ".join(near)

    def count(self, tally: Tally) -> int:
        return max((group.n for group in tally.groups.values()), default=0)

    def finish(self, tally: Tally, scale: int) -> Figure:
        n = self.count(tally)
        place = (n - 1) * self.share
        low = place.numerator // place.denominator
        first = self._at(tally, low + 1)
        above = self._at(tally, low + 2) if place != low else first
        value = (first + (above - first) * (place - low)) / scale
        k = median_rank(n) if self.enclosed else 0
        ends = (float(self._at(tally, turn) / scale) for turn in (k, n + 1 - k)) if k else (None, None)
        return Figure(float(value), n, None, None, *ends)

    def _at(self, tally: Tally, turn: int) -> Fraction:
        return tally.groups[str(turn)].sums["value"] or Fraction()


@dataclass(frozen=True, slots=True)
class Survival(Fold):
    """The median of values after Kaplan and Meier: facts excluded as *waiting* count for as long as they waited.

    While more than half of all are still waiting there is no median: `not_mature`.
    """

    waiting: str = "waiting"
    sums: ClassVar[tuple[Column, ...]] = ("value",)

    def statement(self, facts: Relation) -> str:
        """Return the SQL that says, for each value, how many reached it and how many still might have."""
        keys, place = ", ".join(facts.keys), ", ".join(key for key in facts.keys if key != "excluded")
        sums: dict[Column, str] = {"value": "reached", "denominator": "MAX(at_risk)"}
        return f"""SELECT {facts.select("reached", "COUNT(*)", sums)} FROM (
            SELECT {keys}, CASE WHEN excluded IS NULL THEN value END AS reached,
                   SUM(CASE WHEN excluded IS NULL OR excluded = '{self.waiting}' THEN 1 ELSE 0 END) OVER (
                       PARTITION BY {place} ORDER BY value DESC NULLS LAST
                       RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS at_risk
            FROM {facts.name}) AS ranked
            GROUP BY {keys}, reached"""

    def finish(self, tally: Tally, scale: int) -> Figure:
        n = self.count(tally)
        for reached, waits in kaplan_meier(sorted(map(_step, tally.groups.values()))):
            if waits <= HALF:
                return Figure(float(reached / scale), n)
        return Figure(n=n, reason="not_mature")


@dataclass(frozen=True, slots=True)
class Nps(Fold):
    """Promoters minus detractors per hundred facts; the facts' class says which they are."""

    by_class: ClassVar[bool] = True

    def finish(self, tally: Tally, scale: int) -> Figure:
        del scale
        n = self.count(tally)
        parts: dict[str, Number] = {name: _size(tally, name) for name in ("promoters", "passives", "detractors")}
        promoters, detractors = Fraction(_size(tally, "promoters"), n), Fraction(_size(tally, "detractors"), n)
        value = 100 * (promoters - detractors)
        figure = Figure(float(value), n, _size(tally, "promoters") - _size(tally, "detractors"), n, parts=parts)
        if n < 2:  # noqa: PLR2004 - one answer says nothing about spread
            return figure
        error = 100 * sqrt(promoters + detractors - (promoters - detractors) ** 2)
        error /= sqrt(n)
        parts["standard_error"] = error
        if not error:
            parts["degenerate"] = 1
        lower, upper = max(-100.0, float(value) - Z * error), min(100.0, float(value) + Z * error)
        return Figure(figure.value, n, figure.numerator, n, lower, upper, parts)


@dataclass(frozen=True, slots=True)
class Classes(Fold):
    """Facts by class: how many there are of each of *names*, all together the figure.

    With *combine*, the parts are the sums of values per class and the figure is what *combine* makes of them.
    """

    names: tuple[str, ...]
    combine: Callable[[Mapping[str, Number]], Number] | None = None
    by_class: ClassVar[bool] = True
    sums: ClassVar[tuple[Column, ...]] = ("value",)

    def finish(self, tally: Tally, scale: int) -> Figure:
        n = self.count(tally)
        if self.combine is None:
            return Figure(n, n, parts={name: _size(tally, name) for name in self.names})
        sums = {name: plain(_total(tally, name) / scale) for name in self.names}
        return Figure(self.combine(sums), n, parts=sums)


@dataclass(frozen=True, slots=True)
class Formula:
    """A figure over other figures.

    *parts* names the asks; *combine* is called when all of them have a value. Else the reason is *reason*, or that of
    the first part without value; that something was never delivered, or has no rate, goes before both.
    """

    parts: Mapping[str, str]
    combine: Callable[[Mapping[str, Number], Situation], Number | Reason | Figure]
    reason: Reason | None = None

    def finish(self, figures: Mapping[str, Figure], situation: Situation) -> Figure:
        """Return the figure of the *figures* of the parts."""
        parts = {name: figure.value for name, figure in figures.items() if figure.value is not None}
        lacking = [figure.reason for figure in figures.values() if figure.value is None]
        excluded = sum((Counter(figure.excluded) for figure in figures.values()), Counter[str]())
        if lacking:
            return Figure(parts=parts, reason=self._reason(lacking), excluded=excluded)
        found = self.combine(parts, situation)
        if isinstance(found, str):
            return Figure(parts=parts, reason=found, excluded=excluded)
        if isinstance(found, Figure):
            return replace(found, parts={**parts, **found.parts}, excluded=excluded)
        return Figure(found, parts=parts, excluded=excluded)

    def _reason(self, lacking: Sequence[Reason | None]) -> Reason | None:
        return next((each for each in _BEFORE_COUNTING if each in lacking), self.reason or lacking[0])


def _step(group: Group) -> tuple[Fraction, int, int]:
    """Return a value, how many had not reached less, and how many reached it."""
    return group.sums["value"] or Fraction(), int(group.sums["denominator"] or 0), group.n


def _size(tally: Tally, label: str) -> int:
    group = tally.groups.get(label)
    return group.n if group else 0


def _total(tally: Tally, label: str) -> Fraction:
    group = tally.groups.get(label)
    return (group.sums.get("value") if group else None) or Fraction()
