"""Making a portrait of one customer: KPIs over its facts alone, and the records behind them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from latido.metrics import _periods
from latido.metrics._answer import Answer
from latido.metrics._explain import listed
from latido.metrics._figure import Figure
from latido.metrics._settings import HEALTH_PARTS
from latido.metrics._statement import Cut
from latido.metrics.customers._customer import Customer, Health, HealthPart
from latido.metrics.customers._found import found
from latido.metrics.customers._records import LATEST, Records

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latido.metrics._asks import Ask
    from latido.metrics._explain import Fact
    from latido.metrics._periods import Period
    from latido.metrics._run import Run
    from latido.metrics.customers._customer import Risk

FIGURES = (
    "mrr",
    "clv_historical",
    "nps",
    "csat",
    "ces",
    "first_response_time",
    "average_resolution_time",
    "first_contact_resolution",
    "ticket_reopen_rate",
    "ticket_csat",
    "usage_frequency",
)
"""The KPIs that say something of one customer."""

_DECIMALS = 9
_MOST_MONTHS = 36
_RISKS: dict[str | None, tuple[Risk, ...]] = {
    "detractor": ("detractor",),
    "unwell": ("unwell",),
    "both": ("detractor", "unwell"),
}


def portrait(run: Run, name: str, period: Period) -> Customer:
    """Return the customer that *name* means, at the end of *period*; raises UsageError for nobody, or several."""
    with run.warehouse.reading() as connection:
        customer_id = found(connection, name)
        stored = _stored(Records(connection, customer_id, period.ends_on, _midnight(run, period)), run)
    return _Portrait(replace(run, cut=Cut(customer=customer_id)), period).of(stored)


def _midnight(run: Run, period: Period) -> Any:
    return _periods.midnight(period.ends_on, run.settings.time_zone).replace(tzinfo=None)


def _stored(records: Records, run: Run) -> dict[str, Any]:
    """Return the fields of the customer that are records."""
    every = {
        "purchases": records.purchases(),
        "tickets": records.tickets(),
        "opinions": records.opinions(),
        "milestones": records.milestones(),
    }
    desks = bool(run.state.delivered.get("tickets"))
    counts = {name: len(rows) for name, rows in every.items()}
    return {
        **records.who(),
        "acquired_on": records.acquired_on(),
        "accounts": records.accounts(),
        "people": records.people(),
        "contracts": records.contracts(),
        **{name: rows[:LATEST] for name, rows in every.items()},
        "counts": {**counts, "unsolved_tickets": records.unsolved() if desks else None},
        "last_visit_at": records.last_visit_at(),
    }


@dataclass(frozen=True, slots=True)
class _Portrait:
    """What KPIs say of the one customer to whom *run* is narrowed."""

    run: Run
    period: Period

    def of(self, stored: dict[str, Any]) -> Customer:
        lacking: dict[str, str] = {}
        settings = self.run.settings
        return Customer(
            **stored,
            period=self.period,
            currency=settings.currency,
            time_zone=str(settings.time_zone),
            figures={each.kpi: each for each in self._answers(FIGURES, [self.period])},
            mrr_by_month=tuple(self._answers(("mrr",), self._months())),
            health=self._health(lacking),
            segment=self._class("customer_segments", "segment", lacking),
            stage=self._class("lifecycle_stage", "stage", lacking),
            **self._risk(lacking),
            lacking=lacking,
            fresh={source: self.run.state.finished.get(source) for source in settings.sources},
        )

    def _months(self) -> list[Period]:
        """Return the months whose last day lies in the period."""
        start = _periods.containing(self.period.starts_on, "month")
        months = [start]
        while (following := _periods.containing(months[-1].ends_on, "month")).ends_on <= self.period.ends_on:
            months.append(following)
        return [each for each in months if each.ends_on <= self.period.ends_on][-_MOST_MONTHS:]

    def _answers(self, names: Sequence[str], periods: Sequence[Period]) -> list[Answer]:
        asks = [self.run.catalogue.ask(name) for name in names]
        figures = self.run.figures(asks, periods) if periods else {}
        return [self._answer(ask, period, figures[ask.text, period, ()]) for ask in asks for period in periods]

    def _answer(self, ask: Ask, period: Period, figure: Figure) -> Answer:
        return Answer(
            kpi=ask.kpi.id,
            variant=ask.variant,
            period=period,
            time_zone=self.run.settings.time_zone,
            unit=ask.kpi.unit,
            sources=self.run.state.sources(ask.kpi),
            as_of=self.run.state.as_of([ask.kpi]),
            **{name: getattr(figure, name) for name in Figure.__slots__},
        )

    def _health(self, lacking: dict[str, str]) -> Health | None:
        fact = self._fact("customer_health_score", "health", lacking)
        if fact is None:
            return None
        weights, coverage = self.run.settings.bound, fact.shown["coverage"]
        parts = (_part(name, weights[f"health_{name}"], fact.shown[name], coverage) for name in HEALTH_PARTS)
        return Health(None if fact.value is None else float(fact.value), _float(coverage), tuple(parts))

    def _class(self, kpi: str, name: str, lacking: dict[str, str]) -> str | None:
        fact = self._fact(kpi, name, lacking)
        if fact is not None and fact.blocked is not None:
            lacking[name] = fact.blocked
            return None
        return None if fact is None else fact.class_

    def _risk(self, lacking: dict[str, str]) -> dict[str, Any]:
        """Return whether it is at risk and why; a customer of whom nothing speaks against staying is not."""
        said: dict[str, str] = {}
        fact = self._fact("at_risk_customers", "risk", said)
        if fact is None and said["risk"] == "inactive" and "health" not in lacking:
            return {"at_risk": False, "risks": ()}
        if fact is None or fact.excluded is not None:
            lacking["risk"] = said.get("risk") or str(fact and fact.excluded)
            return {"at_risk": None, "risks": ()}
        return {"at_risk": True, "risks": _RISKS[fact.class_]}

    def _fact(self, kpi: str, name: str, lacking: dict[str, str]) -> Fact | None:
        """Return the one fact that *kpi* has of the customer, else note under *name* why there is none."""
        ask = self.run.catalogue.ask(kpi)
        if reason := self.run.state.reason(ask.kpi):
            lacking[name] = reason
            return None
        fact = next(listed(ask, self.period, self.run, {}), None)
        if fact is None:
            lacking[name] = "inactive"
        elif fact.excluded is not None:
            lacking[name] = fact.excluded
        return fact


def _part(name: str, weight: Any, points: Any, coverage: Any) -> HealthPart:
    """Return a part of health with what its *points* were before they were weighed."""
    if points is None or not weight:
        return HealthPart(name, None, float(weight), None)
    value = float(points) * float(coverage) / float(weight)
    return HealthPart(name, round(value, _DECIMALS), float(weight), float(points))


def _float(number: Any) -> float | None:
    return None if number is None else float(number)
