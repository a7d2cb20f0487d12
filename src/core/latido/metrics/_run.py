"""From asks to figures: the statements that are needed, each in a warehouse opened for it alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from latido.metrics._figure import Figure, Situation, exact
from latido.metrics._folds import Formula, Group, Tally
from latido.metrics._kpi import SCALES
from latido.metrics._periods import midnight
from latido.metrics._statement import Cut, Statement, folded
from latido.metrics.own import blaming

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    import duckdb

    from latido.metrics._asks import Ask, Catalogue
    from latido.metrics._folds import Column
    from latido.metrics._kpi import Kpi
    from latido.metrics._periods import Period
    from latido.metrics._settings import EngineSettings
    from latido.metrics._state import State
    from latido.warehouse import Warehouse

Segment: TypeAlias = tuple[str | None, ...]
"""`()` is the whole, `("A",)` a segment, `(None,)` the facts that are in none."""

Figures: TypeAlias = "dict[tuple[str, Period, Segment], Figure]"

_COLUMNS: tuple[Column, ...] = ("value", "numerator", "denominator")
_LOOKS_BACK_DAYS = (30, 90, 365)
_PERIOD_COLUMNS = {
    "period_id": "BIGINT",
    **dict.fromkeys(("starts_on", "ends_on", "opening_on", "closing_on"), "DATE"),
    "days": "BIGINT",
    **dict.fromkeys(("starts_at", "ends_at", *(f"back_{days}_at" for days in _LOOKS_BACK_DAYS)), "TIMESTAMP"),
}
_PERIOD_DAYS = """
    CREATE OR REPLACE TEMP TABLE period_days AS
    SELECT p.*,
           CAST(UNNEST(RANGE(CAST(p.starts_at AS DATE), CAST(p.ends_at AS DATE) + 1, INTERVAL 1 DAY)) AS DATE) AS day
    FROM periods AS p"""


@dataclass(frozen=True, slots=True)
class Run:
    """The computation of some asks over some periods."""

    warehouse: Warehouse
    settings: EngineSettings
    catalogue: Catalogue
    state: State
    cut: Cut
    as_of: datetime | None
    now: datetime

    def figures(self, asks: Sequence[Ask], periods: Sequence[Period]) -> Figures:
        """Return the figure of every ask in every period: of the whole, and of every segment that has facts.

        Where only one segment counts, the whole is of nothing.
        """
        leaves = {leaf.text: leaf for ask in asks for leaf in self.catalogue.leaves(ask)}
        computable = [leaf for leaf in leaves.values() if self.state.reason(leaf.kpi) is None]
        tallies: dict[tuple[str, Period, Segment], Tally] = {}
        for cut in [self.cut] if self.cut.only else dict.fromkeys((replace(self.cut, segment=None), self.cut)):
            tallies |= self._tallied(computable, periods, cut)
        segments = sorted({segment for _, _, segment in tallies} | {()}, key=lambda s: (len(s), s == (None,), str(s)))
        return {
            (ask.text, period, segment): self.figure(ask, period, segment, tallies)
            for ask in asks
            for period in periods
            for segment in segments
        }

    def _tallied(
        self, asks: Iterable[Ask], periods: Sequence[Period], cut: Cut
    ) -> dict[tuple[str, Period, Segment], Tally]:
        families: dict[tuple[str, int | None], list[Ask]] = defaultdict(list)
        for ask in asks:
            families[ask.kpi.family or ask.kpi.id, ask.kpi.periods_at_once].append(ask)
        tallies: dict[tuple[str, Period, Segment], Tally] = defaultdict(Tally)
        for (_, at_once), family in families.items():
            step = at_once or len(periods)
            for start in range(0, len(periods), step):
                chunk = periods[start : start + step]
                for number, period_id, segment, *row in self._rows(family, chunk, cut):
                    key = (segment,) if cut.segment else ()
                    add(tallies[family[number].text, chunk[period_id], key], *row)
        return dict(tallies)

    def _rows(self, asks: Sequence[Ask], periods: Sequence[Period], cut: Cut) -> list[tuple[Any, ...]]:
        statement = self.statement()
        sql = folded(statement, asks, cut)
        with self.warehouse.reading() as connection, blaming(asks, sql):
            create_periods(connection, periods, self.settings.time_zone)
            rows = connection.execute(sql, statement.values).fetchall()
            if any(row[1] not in range(len(periods)) for row in rows):
                raise LookupError("period_id")
            return rows

    def statement(self, **known: Any) -> Statement:
        """Return a statement without facts; *known* may be mentioned in it, and so may some settings."""
        cut = {"scope": self.cut.source or "", "only_source": self.cut.source, "only_customer": self.cut.customer}
        segment = {"segment": self.cut.only[0]} if self.cut.only else {}
        return Statement({**self.settings.bound, **cut, **segment, **known}, self._read)

    def _read(self, kpi: Kpi) -> dict[str, str]:
        """Return up to which instant, and which local day, the sources of *kpi* were read."""
        instant = self.as_of or self.state.as_of([kpi]) or self.now
        return {"as_of": utc_text(instant), "as_of_day": str(instant.astimezone(self.settings.time_zone).date())}

    def figure(
        self, ask: Ask, period: Period, segment: Segment, tallies: Mapping[tuple[str, Period, Segment], Tally]
    ) -> Figure:
        """Return the figure that *tallies*, of what *ask* is computed from, come to."""
        fold = ask.kpi.fold
        if isinstance(fold, Formula):
            parts = {
                name: self.figure(part, period, segment, tallies) for name, part in self.catalogue.parts(ask).items()
            }
            return fold.finish(parts, Situation(period, self.settings))
        if reason := self.state.reason(ask.kpi):
            return Figure(reason=reason)
        return finished(ask.kpi, tallies.get((ask.text, period, segment), Tally()))


def finished(kpi: Kpi, tally: Tally) -> Figure:
    """Return the figure of *tally*; the reasons for having none are looked for in the order of `Reason`."""
    fold = kpi.counted()[1]
    n = fold.count(tally)
    promoted = {part: tally.excluded.get(reason, 0) for reason, part in kpi.promote.items()}
    excluded = {reason: count for reason, count in tally.excluded.items() if reason not in kpi.promote}
    nothing = Figure(n=n, parts=promoted, excluded=excluded)
    if tally.blocked:
        return replace(nothing, reason=tally.blocked)
    if any(not tally.groups.get(entity) for entity in kpi.requires):
        return replace(nothing, reason="no_rows_in_period")
    if not n and kpi.on_empty != 0:
        return replace(nothing, reason=kpi.on_empty)
    figure = fold.finish(tally, SCALES.get(kpi.unit, 1))
    return replace(figure, parts={**figure.parts, **promoted}, excluded=excluded)


def create_periods(connection: duckdb.DuckDBPyConnection, periods: Sequence[Period], zone: ZoneInfo) -> None:
    """Make the tables `periods` and `period_days` for this connection.

    Periods have dates, and the instants in UTC at which days begin in *zone*. `period_days` has each period once more
    for every day of UTC that it touches: what happened on a day is found there faster than by comparing instants.
    """
    columns = zip(*(_period_row(number, period, zone) for number, period in enumerate(periods)), strict=True)
    values = dict(zip(_PERIOD_COLUMNS, map(list, columns), strict=True))
    listed = ", ".join(f"CAST(UNNEST(${name}) AS {kind}) AS {name}" for name, kind in _PERIOD_COLUMNS.items())
    connection.execute(f"CREATE OR REPLACE TEMP TABLE periods AS SELECT {listed}", values)
    connection.execute(_PERIOD_DAYS)


def utc_text(instant: datetime) -> str:
    """Return an instant as the model layer has it: UTC, without a zone."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def _period_row(number: int, period: Period, zone: ZoneInfo) -> list[Any]:
    starts, ends, day = period.starts_on, period.ends_on, timedelta(days=1)
    instants = [starts, ends, *(ends - days * day for days in _LOOKS_BACK_DAYS)]
    dates = [starts, ends, starts - day, ends - day]
    return [number, *map(str, dates), period.days, *(utc_text(midnight(each, zone)) for each in instants)]


def add(tally: Tally, excluded: str | None, label: str | None, n: int, *rest: Any) -> None:
    """Add a row that a fold selected, from `excluded` on, to *tally*."""
    *sums, blocked = rest
    if excluded is not None:
        tally.excluded[excluded] += n
        return
    try:
        tally.groups[label] = Group(n, {name: exact(text) for name, text in zip(_COLUMNS, sums, strict=True)})
    except OverflowError:
        blocked = blocked or "unbounded"
    if blocked is not None and (tally.blocked is None or blocked < tally.blocked):
        tally.blocked = blocked
