"""What was asked, answered at one state of the warehouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from latido.metrics import _periods
from latido.metrics._answer import Answer, Previous
from latido.metrics._figure import Figure
from latido.metrics._periods import Period
from latido.metrics._run import Run
from latido.metrics._statistics import interval_of_difference

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from latido.metrics._asks import Ask
    from latido.metrics._engine import Engine
    from latido.metrics._run import Segment
    from latido.metrics._state import State
    from latido.metrics._statement import Cut

Periods: TypeAlias = "str | Period | Sequence[Period] | None"
"""A period as it is written, one, several, or None for the last full month."""


@dataclass(frozen=True, slots=True)
class View:
    """What was asked, at one state of the warehouse."""

    engine: Engine
    asks: Sequence[Ask]
    state: State
    as_of: datetime | None

    def periods(self, wanted: Periods) -> Sequence[Period]:
        """Return the periods that are *wanted*; by default the last full month before the oldest of the syncs."""
        if isinstance(wanted, Period):
            return [wanted]
        today = self.engine.today(self.as_of or self.state.as_of(ask.kpi for ask in self.asks))
        if isinstance(wanted, str):
            return [_periods.parsed(wanted, today, self.engine.settings.fiscal_year_start)]
        return wanted or [_periods.last_full_month(today)]

    def run(self, cut: Cut) -> Run:
        engine = self.engine
        return Run(engine.warehouse, engine.settings, engine.catalogue, self.state, cut, self.as_of, engine.clock.now())

    def answers(self, cut: Cut, periods: Sequence[Period], compare: str = "before") -> Iterator[Answer]:
        """Yield the answers in the order of the asks, then periods, then segments."""
        before = {period: _periods.compared(period, compare) for period in periods}
        figures = self.run(cut).figures(self.asks, list(dict.fromkeys((*periods, *before.values()))))
        segments = list(dict.fromkeys(segment for _, _, segment in figures))
        for ask in self.asks:
            for period in periods:
                for segment in segments:
                    figure, earlier = (figures[ask.text, each, segment] for each in (period, before[period]))
                    yield self._answer(ask, period, segment, cut, figure, _previous(figure, earlier, before[period]))

    def _answer(
        self, ask: Ask, period: Period, segment: Segment, cut: Cut, figure: Figure, previous: Previous | None
    ) -> Answer:
        return Answer(
            kpi=ask.kpi.id,
            variant=ask.variant,
            period=period,
            time_zone=self.engine.settings.time_zone,
            unit=ask.kpi.unit,
            multiple=ask.kpi.multiple,
            segment={cut.segment: segment[0]} if cut.segment and segment else None,
            sources=self.state.sources(ask.kpi),
            as_of=self.as_of or self.state.as_of([ask.kpi]),
            previous=previous,
            **{name: getattr(figure, name) for name in Figure.__slots__},
        )


def _previous(figure: Figure, earlier: Figure, period: Period) -> Previous | None:
    if earlier.value is None:
        return None
    one, other = figure.estimate, earlier.estimate
    if one is None or other is None or not (one[1] < one[2] or other[1] < other[2]):
        return Previous(earlier.value, earlier.n, period)
    return Previous(earlier.value, earlier.n, period, interval_of_difference(one, other))
