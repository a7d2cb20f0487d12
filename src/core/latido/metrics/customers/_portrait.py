"""Making a portrait of one customer: KPIs over its facts alone, and the records behind them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from latido.metrics import _periods
from latido.metrics._answer import Answer
from latido.metrics._figure import Figure
from latido.metrics._run import create_periods
from latido.metrics._settings import HEALTH_PARTS
from latido.metrics._statement import Cut
from latido.metrics.customers._customer import Customer, Health, HealthPart
from latido.metrics.customers._found import found
from latido.metrics.customers._narrowed import Narrowed
from latido.metrics.customers._records import LATEST, Records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from latido.metrics._asks import Ask
    from latido.metrics._periods import Period
    from latido.metrics._run import Run
    from latido.metrics._statement import Statement
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

INACTIVE = "inactive"
"""Why nothing is said of the health, segment, stage and risk of a customer who pays nothing."""

_CLASSES = {"segment": "customer_segments", "stage": "lifecycle_stage"}
_DECIMALS = 6
_MOST_MONTHS = 36
_RISKS: dict[str | None, tuple[Risk, ...]] = {
    "detractor": ("detractor",),
    "unwell": ("unwell",),
    "both": ("detractor", "unwell"),
}


_Fact: TypeAlias = "dict[str, Any]"


def portrait(run: Run, name: str, period: Period) -> Customer:
    """Return the customer that *name* means, at the end of *period*; raises UsageError for nobody, or several."""
    with run.warehouse.reading() as connection:
        customer_id = found(connection, name)
        alone = Narrowed(run.warehouse, connection)
        maker = _Portrait(replace(run, warehouse=alone, cut=Cut(customer=customer_id)), period)
        classes = maker.classes()  # Customers are ranked among all others.
        alone.narrow(customer_id)
        stored = _stored(Records(connection, customer_id, period.ends_on, _midnight(run, period)), run)
        return maker.of(stored, classes)


def _midnight(run: Run, period: Period) -> Any:
    return _periods.midnight(period.ends_on, run.settings.time_zone).replace(tzinfo=None)


def _stored(records: Records, run: Run) -> dict[str, Any]:
    """Return the fields of the customer that are records."""
    every = {
        "purchases": records.purchases(),
        "tickets": records.tickets(),
        "opinions": records.opinions(),
    }
    desks = bool(run.state.delivered.get("tickets"))
    counts = {name: len(rows) for name, rows in every.items()}
    return {
        **records.who(),
        "acquired_on": records.acquired_on(),
        "accounts": records.accounts(),
        "people": records.people(),
        "contracts": records.contracts(),
        "milestones": records.milestones(),
        **{name: rows[:LATEST] for name, rows in every.items()},
        "counts": {**counts, "unsolved_tickets": records.unsolved() if desks else None},
        "last_visit_at": records.last_visit_at(),
    }


@dataclass(frozen=True, slots=True)
class _Portrait:
    """What KPIs say of the one customer to whom *run* is narrowed."""

    run: Run
    period: Period

    def of(self, stored: dict[str, Any], classes: Mapping[str, _Fact]) -> Customer:
        """Return the portrait, of what is *stored* of the customer and the *classes* that it is in."""
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
            segment=self._class("segment", classes, lacking),
            stage=self._class("stage", classes, lacking),
            **self._risk(lacking),
            lacking=lacking,
            fresh={source: self.run.state.finished.get(source) for source in settings.sources},
        )

    def classes(self) -> dict[str, _Fact]:
        """Return the fact that each KPI with classes of customers has of this one, by what is said of it."""
        asks = {name: ask for name, kpi in _CLASSES.items() if not self._reason(ask := self.run.catalogue.ask(kpi))}
        statement = self.run.statement()
        selects = [
            f"""SELECT '{name}' AS name, class, blocked FROM {statement.facts(ask)}
                WHERE customer_id = $only_customer AND excluded IS NULL"""
            for name, ask in asks.items()
        ]
        rows = self._rows(statement, "\nUNION ALL\n".join(selects)) if selects else []
        return {row["name"]: row for row in rows}

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
        weights = self.run.settings.bound
        parts = (_part(name, weights[f"health_{name}"], fact[name], fact["coverage"]) for name in HEALTH_PARTS)
        return Health(_float(fact["value"]), _float(fact["coverage"]), tuple(parts))

    def _class(self, name: str, classes: Mapping[str, _Fact], lacking: dict[str, str]) -> str | None:
        fact = classes.get(name)
        if fact is None or fact["blocked"] is not None:
            ask = self.run.catalogue.ask(_CLASSES[name])
            lacking[name] = fact["blocked"] if fact else self._reason(ask) or INACTIVE
            return None
        return str(fact["class"])

    def _risk(self, lacking: dict[str, str]) -> dict[str, Any]:
        """Return whether it is at risk and why; a customer of whom nothing speaks against staying is not."""
        said: dict[str, str] = {}
        fact = self._fact("at_risk_customers", "risk", said)
        if fact is None and said["risk"] == INACTIVE and "health" not in lacking:
            return {"at_risk": False, "risks": ()}
        if fact is None or fact["excluded"] is not None:
            lacking.update(said)
            return {"at_risk": None, "risks": ()}
        return {"at_risk": True, "risks": _RISKS[fact["class"]]}

    def _fact(self, kpi: str, name: str, lacking: dict[str, str]) -> _Fact | None:
        """Return the one fact that *kpi* has of the customer; note under *name* why there is none, or no value."""
        ask = self.run.catalogue.ask(kpi)
        if reason := self._reason(ask):
            lacking[name] = reason
            return None
        statement = self.run.statement()
        facts = self._rows(statement, f"SELECT * FROM {statement.facts(ask)}")
        if not facts or facts[0]["excluded"] is not None:
            lacking[name] = facts[0]["excluded"] if facts else INACTIVE
        return facts[0] if facts else None

    def _rows(self, statement: Statement, select: str) -> list[_Fact]:
        sql = statement.sql(select)
        with self.run.warehouse.reading() as connection:
            create_periods(connection, [self.period], self.run.settings.time_zone)
            cursor = connection.execute(sql, statement.values)
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _reason(self, ask: Ask) -> str | None:
        return self.run.state.reason(ask.kpi)


def _part(name: str, weight: Any, points: Any, coverage: Any) -> HealthPart:
    """Return a part of health with what its *points* were before they were weighed."""
    if points is None or not weight:
        return HealthPart(name, None, float(weight), None)
    value = float(points) * float(coverage) / float(weight)
    return HealthPart(name, round(value, _DECIMALS), float(weight), float(points))


def _float(number: Any) -> float | None:
    return None if number is None else float(number)
