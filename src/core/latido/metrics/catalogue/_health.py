"""KPIs of how customers are: how well, how valuable, how far, and who may leave."""

from __future__ import annotations

from latido.messages import marker
from latido.metrics._folds import Classes, Mean
from latido.metrics._kpi import Kpi, Override, Param, Query
from latido.metrics._settings import HEALTH_PARTS
from latido.metrics.catalogue._family import facts, family

_ = marker("latido")

_SHOWN = (*HEALTH_PARTS, "coverage")
_PERIODS_AT_ONCE = 13
"""Every customer has a row in every period: more at once would take more memory than there may be."""

_kpi = family(
    unit="class",
    better="neither",
    needs=("deals|contracts",),
    family="contracts",
    on_empty=0,
)


def kpis() -> tuple[Kpi, ...]:
    """Return the KPIs over customers as a whole."""
    return (
        _kpi(
            "customer_health_score",
            names={"en": "Customer health score", "es": "Salud del cliente"},
            formula=_("sum of weight x part / sum of the weights of the parts that are known"),
            unit="0-100",
            better="higher",
            fold=Mean(),
            family="health",
            on_empty="insufficient_coverage",
            promote={"insufficient_coverage": "without_score"},
            shown=_SHOWN,
            periods_at_once=_PERIODS_AT_ONCE,
        ),
        _kpi(
            "at_risk_customers",
            names={"en": "Customers at risk", "es": "Clientes en riesgo"},
            formula=_("active customers with a detractor or a health score below 50"),
            unit="list",
            better="lower",
            fold=Classes(("detractor", "unwell", "both")),
            needs=("deals|contracts", "survey_responses|tickets|web_sessions"),
            family="health",
            promote={"insufficient_coverage": "without_score"},
            shown=_SHOWN,
            periods_at_once=_PERIODS_AT_ONCE,
        ),
        _kpi(
            "customer_segments",
            names={"en": "Value segments", "es": "Segmentos de valor"},
            formula=_("the top fifth, the next three tenths and the rest of the customers by what they pay"),
            fold=Classes(("high", "middle", "volume")),
            blockable=True,
            params={"fx_policy": Param(("frozen", "spot"), overrides={"spot": Override(facts=_at_spot_rates())})},
        ),
        _kpi(
            "lifecycle_stage",
            names={"en": "Lifecycle stage", "es": "Etapa del ciclo de vida"},
            formula=_("active customers by first moment of value and segment"),
            fold=Classes(("onboarding", "ongoing", "support")),
            needs=("milestones", "deals|contracts"),
            blockable=True,
        ),
    )


def _at_spot_rates() -> Query:
    return facts("customer_segments").reading("spot_states", instead_of="states")
