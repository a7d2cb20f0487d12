"""KPIs of support: how fast, how often at the first contact, how well."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from latido.messages import marker
from latido.metrics._folds import Mean, Quantile, Share
from latido.metrics._kpi import Kpi, Override, Param
from latido.metrics.catalogue._family import facts, family

if TYPE_CHECKING:
    from latido.metrics._folds import Fold

_ = marker("latido")

_MEDIAN = Quantile(Fraction(1, 2), enclosed=True)
_STATISTICS: dict[str, Fold] = {"median": _MEDIAN, "mean": Mean(), "p90": Quantile(Fraction(9, 10))}

_kpi = family(
    unit="ratio",
    better="higher",
    fold=Share(),
    needs=("tickets",),
    family="tickets",
    dimensions=("team", "channel", "priority", "type", "assignee"),
)


def kpis() -> tuple[Kpi, ...]:
    """Return the KPIs over tickets."""
    return (_ticket_csat(), *_times(), *_at_once_or_again(), _service_quality())


def _ticket_csat() -> Kpi:
    return _kpi(
        "ticket_csat",
        names={"en": "Ticket satisfaction", "es": "Satisfacción por ticket"},
        formula=_("good / (good + bad)"),
        needs=("tickets", "tickets.csat"),
        on_empty="zero_denominator",
    )


def _times() -> tuple[Kpi, ...]:
    return (
        _kpi(
            "first_response_time",
            names={"en": "First response time", "es": "Tiempo de primera respuesta"},
            formula=_("median of (first public reply of an agent - creation)"),
            unit="hours",
            better="lower",
            fold=_MEDIAN,
            promote={"waiting": "waiting"},
            params={"stat": _statistic("median"), "schedule": _schedule("first_response_time")},
        ),
        _kpi(
            "average_resolution_time",
            names={"en": "Average resolution time", "es": "Tiempo de resolución promedio"},
            formula=_("sum of (last solve - creation) / solved tickets"),
            unit="hours",
            better="lower",
            fold=Mean(),
            params={
                "stat": _statistic("mean"),
                "which": Param(("full", "first")),
                "schedule": _schedule("average_resolution_time"),
            },
        ),
    )


def _at_once_or_again() -> tuple[Kpi, ...]:
    return (
        _kpi(
            "first_contact_resolution",
            names={"en": "First contact resolution", "es": "Resolución en el primer contacto"},
            formula=_("(solved with at most one reply and never reopened) / solved"),
            on_empty="zero_denominator",
            params={"variant": _contact_variants()},
        ),
        _kpi(
            "ticket_reopen_rate",
            names={"en": "Reopen rate", "es": "Tasa de reapertura"},
            formula=_("reopened / solved"),
            better="lower",
            on_empty="zero_denominator",
        ),
    )


def _service_quality() -> Kpi:
    return _kpi(
        "service_quality",
        names={"en": "Quality of service level", "es": "Nivel de calidad del servicio"},
        formula=_("met every target / had a target"),
        needs=("tickets", "tickets.sla_met"),
        on_empty="zero_denominator",
    )


def _statistic(default: str) -> Param:
    names = (default, *(name for name in _STATISTICS if name != default))
    return Param(names, overrides={name: Override(fold=_STATISTICS[name]) for name in names})


def _schedule(name: str) -> Param:
    return Param(("none",), "schedule", {"*": Override(facts=facts(f"{name}_in_hours_of_desk"))})


def _contact_variants() -> Param:
    received = Override(facts=facts("first_contact_resolution_over_received"))
    return Param(("solved", "strict_one_reply", "over_received"), overrides={"over_received": received})
