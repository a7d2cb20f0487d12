"""Asks in, answers out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from latido.connect import SystemClock
from latido.errors import LockedError, UsageError
from latido.messages import marker
from latido.metrics import _periods
from latido.metrics._asks import Ask, Catalogue
from latido.metrics._change import change
from latido.metrics._explain import Entry, Explanation, explanation, listed
from latido.metrics._periods import Period
from latido.metrics._recount import CUSTOMER
from latido.metrics._state import State, read_finished, read_state
from latido.metrics._statement import CUSTOMER_DIMENSIONS, Cut
from latido.metrics._staying import staying
from latido.metrics._view import View
from latido.metrics.catalogue import built_in
from latido.metrics.customers import portrait
from latido.metrics.model import catch_up, is_built, is_stale
from latido.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from latido.connect import Clock
    from latido.messages import Message
    from latido.metrics._answer import Answer
    from latido.metrics._change import Change
    from latido.metrics._explain import Fact
    from latido.metrics._kpi import Kpi
    from latido.metrics._settings import EngineSettings
    from latido.metrics._staying import Staying
    from latido.metrics._view import Periods
    from latido.metrics.customers import Customer
    from latido.warehouse import Warehouse

_ = marker("latido")

_REFRESH_WAITS_SECONDS = 5.0


class Engine:
    """Computes KPIs over what a warehouse holds. Nothing is held between calls.

    *kpis* are those of plugins. Where rows or settings changed, the model layer is built again first.
    """

    def __init__(
        self,
        warehouse: Warehouse,
        settings: EngineSettings,
        kpis: Iterable[Kpi] = (),
        *,
        clock: Clock | None = None,
    ) -> None:
        self.warehouse = warehouse
        self.settings = settings
        self.clock = clock or SystemClock()
        self.catalogue = Catalogue((*built_in(), *kpis), settings.schedules, settings.variants, settings.bands)

    def ask(self, text: str, variant: str = "") -> Ask:
        """Return what *text* asks for (`nps`, `nps(dedupe=none)`), further parameters in *variant* (`stat=p90`).

        Raises UsageError, with the nearest name, for what does not exist.
        """
        return self.catalogue.ask(text, variant)

    def answers(
        self,
        asks: Sequence[str | Ask] = (),
        periods: Periods = None,
        *,
        variant: str = "",
        segment: str | None = None,
        source: str | None = None,
        as_of: datetime | None = None,
        compare: str = "before",
    ) -> list[Answer]:
        """Return an answer for every ask (without any: for every KPI but those on request) in every period.

        With *segment*, the whole comes first and the answer of each segment after it. *source* counts the facts of that
        one source only. *as_of* decides what is mature, and which month was the last full one. *compare* says what
        `previous` is about: the period `before`, or the same one a `year` earlier.
        """
        chosen = self._chosen(asks, variant, segment)
        cut = Cut(segment, self._known_source(source))
        view = View(self, chosen, self._state(cut.source), as_of)
        return list(view.answers(cut, view.periods(periods), compare))

    def series(self, first: str, last: str, by: str | None = None, rolling: str | None = None) -> list[Period]:
        """Return the periods from *first* to *last*, each *by* long; without *by*, as long as *first*.

        With *rolling*, each is the window that ends with it: of so many of them (`3`), or of so many days (`90d`).
        """
        today = self.today(self._state(None).as_of(self.catalogue.offered))
        start, end = (_periods.parsed(text, today, self.settings.fiscal_year_start) for text in (first, last))
        grain = _periods.grain_named(by) if by else start.grain or "month"
        found = _periods.series(start, end, grain, self.settings.fiscal_year_start)
        return _periods.rolling(found, rolling) if rolling else found

    def explain(
        self,
        ask: str | Ask,
        period: str | Period | None = None,
        *,
        segment: Mapping[str, str | None] | None = None,
        source: str | None = None,
        as_of: datetime | None = None,
    ) -> Explanation:
        """Return what a KPI means, what it rests on, its SQL, and its answer in *period*, of one *segment* if given."""
        view, cut = self._asked_about(ask, segment, source, as_of)
        nothing, *found = view.answers(cut, view.periods(period))
        answer = found[0] if found else nothing.without(segment) if segment else nothing
        return explanation(view.asks[0], answer, view.run(cut))

    def facts(
        self,
        ask: str | Ask,
        period: str | Period | None = None,
        *,
        segment: Mapping[str, str | None] | None = None,
        source: str | None = None,
        as_of: datetime | None = None,
    ) -> Iterator[Fact]:
        """Return every fact that was counted or left out, those counted first; they fold to exactly the figure."""
        view, cut = self._asked_about(ask, segment, source, as_of)
        (wanted,) = view.periods(period)
        return listed(view.asks[0], wanted, view.run(cut))

    def staying(self, period: str | Period | None = None, *, source: str | None = None) -> Staying:
        """Return for how long customers stay, up to the end of *period*: the curve behind churn and retention."""
        cut = Cut(source=self._known_source(source))
        view = View(self, (self.ask("customer_retention_rate"),), self._state(cut.source), None)
        (wanted,) = view.periods(period)
        return staying(view.run(cut), wanted)

    def customer(self, name: str, period: str | Period | None = None) -> Customer:
        """Return one customer over all sources, at the end of *period*: of the year that ends today, if left out.

        *name* is its id, an account as `source:source_id`, an e-mail, its domain or its exact name. Raises UsageError
        for nobody, and for several, who are named.
        """
        view = View(self, (), self._state(None), None)
        today = self.today(None)
        year = Period(today - timedelta(days=364), today + timedelta(days=1))
        (wanted,) = view.periods(period or year)
        return portrait(view.run(Cut()), name, wanted)

    def change(
        self,
        ask: str | Ask,
        period: str | Period | None = None,
        *,
        segment: str | None = None,
        source: str | None = None,
        as_of: datetime | None = None,
        compare: str = "before",
    ) -> Change:
        """Return why the figure of *ask* in *period* is not what it was, in effects that add up to the change exactly.

        *segment* says what it is split by: a dimension, or `customer`, by those who are new, lost, or stayed. Rates and
        means have the effects `mix`, `rate`, `new` and `lost` of each segment, sums what each adds, scores those of
        promoters and detractors; medians are counted again with the segments old and new, formulas with their parts.
        """
        chosen = self._chosen([ask], "", None if segment == CUSTOMER else segment)
        cut = Cut(source=self._known_source(source))
        view = View(self, chosen, self._state(cut.source), as_of)
        (later,) = view.periods(period)
        earlier, answer = view.answers(cut, [_periods.compared(later, compare), later], compare)
        return change(chosen[0], earlier, answer, view.run(cut), segment)

    def catalog(self) -> list[Entry]:
        """Return every KPI with what nobody delivers of what it needs; nothing is delivered before the first sync."""
        state = self._state(None) if self.warehouse.path.exists() else State({}, {}, frozenset())
        return [Entry(kpi, tuple(state.lacking(kpi)), state.sources(kpi)) for kpi in self.catalogue.offered]

    def freshness(self) -> Mapping[str, datetime | None]:
        """Return the end of the last complete sync of each configured source."""
        with self.warehouse.reading() as connection:
            finished = read_finished(connection)
        return {name: finished.get(name) for name in self.settings.sources}

    def _asked_about(
        self, ask: str | Ask, segment: Mapping[str, str | None] | None, source: str | None, as_of: datetime | None
    ) -> tuple[View, Cut]:
        name = next(iter(segment or ()), None)
        cut = Cut(name, self._known_source(source), only=tuple((segment or {}).values()))
        return View(self, self._chosen([ask], "", name), self._state(cut.source), as_of), cut

    def _chosen(self, asks: Sequence[str | Ask], variant: str, segment: str | None) -> list[Ask]:
        chosen = [self.ask(each, variant) if isinstance(each, str) else each for each in asks]
        if not asks:
            return self._every(segment)
        for ask in chosen:
            if segment is not None and segment not in self.dimensions(ask):
                problem = _("{kpi} cannot be split by {name}.", kpi=ask.kpi.id, name=segment)
                raise _no_dimension(problem, segment, self.dimensions(ask))
        return chosen

    def _every(self, segment: str | None) -> list[Ask]:
        """Return all KPIs that can be split by *segment*."""
        every = [self.ask(kpi.id) for kpi in self.catalogue.offered if not kpi.on_request]
        if segment is None:
            return every
        chosen = [ask for ask in every if segment in self.dimensions(ask)]
        if not chosen:
            known = sorted({name for ask in every for name in self.dimensions(ask)})
            raise _no_dimension(_("No KPI can be split by {name}.", name=segment), segment, known)
        return chosen

    def dimensions(self, ask: str | Ask) -> list[str]:
        """Return by what *ask* can be split: what all of its parts can."""
        ask = self.ask(ask) if isinstance(ask, str) else ask
        shared = [set(leaf.kpi.dimensions) for leaf in self.catalogue.leaves(ask)]
        own = sorted(set.intersection(*shared) - {*CUSTOMER_DIMENSIONS})
        return ["source", *own, *CUSTOMER_DIMENSIONS]

    def _known_source(self, name: str | None) -> str | None:
        if name is None or name in self.settings.sources:
            return name
        near = nearest(name, self.settings.sources)
        raise UsageError(
            _("There is no source {name}. Did you mean {near}?", name=name, near=near)
            if near
            else _("There is no source {name}.", name=name),
            _("See all: latido check --config"),
        )

    def _state(self, only_source: str | None) -> State:
        with self.warehouse.reading() as connection:
            if not is_stale(connection, self.settings):
                return read_state(connection, self.catalogue.kpis.values(), only_source)
            usable = is_built(connection, self.settings)
        try:
            catch_up(self.warehouse, self.settings, _REFRESH_WAITS_SECONDS)
        except LockedError:
            # A sync is writing just now: figures of a moment ago are better than none.
            if not usable:
                raise
        with self.warehouse.reading() as connection:
            return read_state(connection, self.catalogue.kpis.values(), only_source)

    def today(self, as_of: datetime | None) -> date:
        """Return the local day of *as_of*, of now without one."""
        return (as_of or self.clock.now()).astimezone(self.settings.time_zone).date()


def _no_dimension(problem: Message, name: str, known: Sequence[str]) -> UsageError:
    near, offered = nearest(name, known), ", ".join(known)
    if near:
        return UsageError(problem, _("Did you mean {near}? There is: {known}", near=near, known=offered))
    return UsageError(problem, _("There is: {known}", known=offered))
