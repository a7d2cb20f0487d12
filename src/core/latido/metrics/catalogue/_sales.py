"""KPIs of sales: who buys, how much and how often, what winning a customer costs, and what one is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.messages import marker
from latido.metrics._figure import Figure
from latido.metrics._folds import Count, Formula, Mean, Ratio, Share
from latido.metrics._kpi import Kpi, Override, Param
from latido.metrics._predicted import Predicted
from latido.metrics.catalogue._family import facts, family

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latido.metrics._figure import Number, Reason, Situation

_ = marker("latido")

_COUNTED = Share(sampled=False)
"""Everybody is counted, nobody sampled: such a share has no interval."""

_DAYS_IN_MONTH = 365.25 / 12

_kpi = family(
    unit="ratio",
    better="higher",
    fold=Ratio(),
    needs=("deals",),
    family="sales",
    on_empty="zero_denominator",
)


def kpis() -> tuple[Kpi, ...]:
    """Return the KPIs over purchases, deals and spend."""
    return (*_purchases(), *_values(), *_parts(), *_winning())


def _purchases() -> tuple[Kpi, ...]:
    return (
        _kpi(
            "arpu",
            names={"en": "Average revenue per user", "es": "Ingreso promedio por usuario"},
            formula=_("sum of the purchases of the period / customers with a purchase or a contract in it"),
            unit="money",
            blockable=True,
        ),
        _kpi(
            "repeat_purchase_rate",
            names={"en": "Repeat purchase rate", "es": "Tasa de repetición de compra"},
            formula=_("buyers with at least two purchases / buyers"),
            fold=_COUNTED,
            params={"variant": Param(("in_period", "returning"))},
        ),
    )


def _values() -> tuple[Kpi, ...]:
    return (_historical(), _by_formula(), _by_subscription(), _predictive())


def _historical() -> Kpi:
    return _kpi(
        "clv_historical",
        names={"en": "Historical lifetime value", "es": "Valor de vida histórico"},
        formula=_("sum of all purchases so far / customers who bought"),
        unit="money",
        blockable=True,
    )


def _by_formula() -> Kpi:
    return Kpi(
        id="clv_formula",
        names={"en": "Lifetime value by formula", "es": "Valor de vida del cliente"},
        unit="money",
        better="higher",
        fold=Formula(
            {name: name for name in ("average_purchase_value", "purchases_per_year", "lifespan_years", "share_alive")},
            _value_by_formula,
        ),
        formula=_("average purchase x purchases per buyer and year x mean lifespan in years"),
        definition=_(
            "What a customer is worth over its whole life: what a purchase of the period was worth, how often its "
            "buyers buy in a year at that pace, and how many years customers stay. The lifespan counts every "
            "customer who ever bought, from the first purchase to the end of the last contract or of the period; "
            "those who are still there, `share_alive`, are cut short, so it is a lower bound. Ask for a year or more: "
            "in a month, whoever buys at all buys at a pace of at least twelve times a year."
        ),
        aliases=("clv",),
    )


def _by_subscription() -> Kpi:
    return Kpi(
        id="clv_subscription",
        names={"en": "Subscription lifetime value", "es": "Valor de vida por suscripción"},
        unit="money",
        better="higher",
        fold=Formula({"arpa": "arpa", "monthly_churn": "monthly_churn"}, _value_by_subscription),
        formula=_("arpa x gross margin / monthly churn"),
        definition=_(
            "What a customer will have left before it leaves: what customers pay per month, times the share of it "
            "that is margin, by the share of customers lost per month. The churn of a period that is not one month "
            "is brought to one. Without `gross_margin` in the settings all of it counts as margin, and "
            "`margin_unset` says so."
        ),
        params={"fx_policy": Param(("frozen", "spot"))},
    )


def _predictive() -> Kpi:
    return _kpi(
        "clv_predictive",
        names={"en": "Predictive lifetime value", "es": "Valor de vida predictivo"},
        formula=_("expected purchases (BG/NBD) x expected amount (gamma-gamma), discounted"),
        unit="money",
        fold=Predicted(),
        family="predicted",
        on_empty="insufficient_sample",
        blockable=True,
        on_request=True,
        params={
            "horizon_months": Param(("12",), others="number"),
            "discount": Param(("0.1", "0"), others="number"),
        },
    )


def _parts() -> tuple[Kpi, ...]:
    """Return what formulas are made of and nobody asks for by itself."""
    return (
        _kpi(
            "average_purchase_value",
            names={"en": "Average purchase", "es": "Compra promedio"},
            formula=_("sum of the purchases of the period / purchases"),
            unit="money",
            blockable=True,
            hidden=True,
        ),
        _kpi(
            "purchases_per_year",
            names={"en": "Purchases per buyer and year", "es": "Compras por comprador y año"},
            formula=_("purchases / buyers / years of the period"),
            unit="count",
            hidden=True,
        ),
        _kpi(
            "lifespan_years",
            names={"en": "Mean lifespan in years", "es": "Vida media en años"},
            formula=_("sum of the lifespans of all customers / customers"),
            unit="count",
            hidden=True,
        ),
        _kpi(
            "share_alive",
            names={"en": "Share of customers still there", "es": "Proporción de clientes que siguen"},
            formula=_("customers whose lifespan has not ended / customers"),
            facts=facts("lifespan_years"),
            fold=Mean(),
            hidden=True,
        ),
        Kpi(
            id="monthly_churn",
            names={"en": "Customer churn per month", "es": "Abandono de clientes por mes"},
            unit="ratio",
            better="lower",
            fold=Formula({"churn": "customer_churn_rate"}, _per_month),
            formula=_("1 - (1 - churn) ^ (1 / months)"),
            definition=_("The share of customers lost per month, at the pace of the period."),
            hidden=True,
        ),
    )


def _winning() -> tuple[Kpi, ...]:
    return (
        _kpi(
            "new_customers",
            names={"en": "New customers", "es": "Clientes nuevos"},
            formula=_("customers won in the period"),
            unit="count",
            fold=Count(),
            dimensions=("pipeline", "lead_source"),
            needs=("deals|contracts",),
            on_empty=0,
        ),
        _kpi(
            "cac",
            names={"en": "Customer acquisition cost", "es": "Costo de adquisición de clientes"},
            formula=_("spend of the period / customers won in it"),
            unit="money",
            better="lower",
            needs=("marketing_spend", "deals|contracts"),
            requires=("marketing_spend",),
            blockable=True,
            params={"categories": Param(("all",), others="list")},
        ),
        Kpi(
            id="ltv_cac_ratio",
            multiple=True,
            names={"en": "LTV to CAC", "es": "Relación LTV:CAC"},
            unit="ratio",
            better="higher",
            fold=_by_cost("clv_formula"),
            formula=_("lifetime value / cac"),
            definition=_(
                "How many times over a customer earns back what winning it costs. The parameter says which lifetime "
                "value is meant; by formula, ask for a year or more."
            ),
            params={"clv": _lifetime_values("clv_formula", "clv_historical", "clv_subscription")},
        ),
        _kpi(
            "lead_conversion_rate",
            names={"en": "Lead conversion", "es": "Conversión de prospecto a cliente"},
            formula=_("accounts created in the period that became customers / accounts created in it"),
            fold=_COUNTED,
            needs=("accounts", "deals|contracts"),
        ),
        _kpi(
            "win_rate",
            names={"en": "Win rate", "es": "Tasa de cierre de oportunidades"},
            formula=_("won / (won + lost)"),
            fold=_COUNTED,
            dimensions=("owner", "team", "pipeline", "deal_class", "lead_source"),
        ),
    )


def _lifetime_values(*names: str) -> Param:
    return Param(names, overrides={name: Override(fold=_by_cost(name)) for name in names})


def _by_cost(value: str) -> Formula:
    """Return the ratio of a lifetime value to what winning a customer costs."""
    return Formula({"clv": value, "cac": "cac"}, _ratio_to_cost)


def _value_by_formula(parts: Mapping[str, Number], _situation: Situation) -> Number:
    return float(parts["average_purchase_value"]) * float(parts["purchases_per_year"]) * float(parts["lifespan_years"])


def _value_by_subscription(parts: Mapping[str, Number], situation: Situation) -> Figure | Reason:
    if not parts["monthly_churn"]:
        return "unbounded"
    margin = situation.settings.gross_margin
    value = float(parts["arpa"]) * float(1 if margin is None else margin) / float(parts["monthly_churn"])
    return Figure(value, parts={"margin_unset": 1} if margin is None else {"gross_margin": margin})


def _per_month(parts: Mapping[str, Number], situation: Situation) -> Number:
    period = situation.period
    months = period.months or period.days / _DAYS_IN_MONTH
    return parts["churn"] if months == 1 else 1 - (1 - float(parts["churn"])) ** (1 / months)


def _ratio_to_cost(parts: Mapping[str, Number], _situation: Situation) -> Number | Reason:
    return float(parts["clv"]) / float(parts["cac"]) if parts["cac"] else "zero_denominator"
