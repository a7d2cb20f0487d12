"""KPIs of what recurs: who stays, what they pay each month, and how that moves."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from latido.messages import marker
from latido.metrics._folds import Classes, Count, Formula, Ratio, Sum
from latido.metrics._kpi import Band, Kpi, Override, Param
from latido.metrics.catalogue._family import facts, family

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latido.metrics._figure import Number, Situation

_ = marker("latido")

MOVEMENTS = ("opening", "new", "reactivation", "expansion", "contraction", "churn", "closing")
_DAILY_SPOT = {"grain": "daily", "fx_policy": "spot"}
_CHURN_VARIANTS = ("opening", "event", "exposed", "over_acquired", "over_average", "net_count")

_kpi = family(
    unit="ratio",
    better="higher",
    fold=Ratio(),
    needs=("deals|contracts",),
    family="contracts",
    on_empty="zero_denominator",
)


def kpis() -> tuple[Kpi, ...]:
    """Return the KPIs over contracts."""
    return (*_customers(), *_money())


def _customers() -> tuple[Kpi, ...]:
    return (
        _kpi(
            "customer_churn_rate",
            names={"en": "Customer churn", "es": "Tasa de abandono de clientes"},
            formula=_("customers active before the period and not at its end / customers active before it"),
            better="lower",
            params={"variant": Param(_CHURN_VARIANTS)},
            bands=(Band(_("from 10% on it points at a serious problem of the service"), "R3"),),
        ),
        _kpi(
            "customer_retention_rate",
            names={"en": "Customer retention", "es": "Tasa de retención de clientes"},
            formula=_("customers active before the period and at its end / customers active before it"),
        ),
        _kpi(
            "customer_growth_rate",
            names={"en": "Customer growth", "es": "Crecimiento de clientes"},
            formula=_("(customers at the end - customers before) / customers before"),
        ),
        _kpi(
            "active_customers",
            names={"en": "Active customers", "es": "Clientes activos"},
            formula=_("customers with a recurring amount in force on the last day"),
            unit="count",
            fold=Count(),
            on_empty=0,
        ),
    )


def _money() -> tuple[Kpi, ...]:
    return (
        _mrr(),
        _arr(),
        _movements(),
        _expansion(),
        *_rates(),
    )


def _rates() -> tuple[Kpi, ...]:
    return (
        _rate("mrr_growth_rate", {"en": "MRR growth", "es": "Crecimiento del MRR"}, _("(closing - opening) / opening")),
        _rate(
            "mrr_churn_rate",
            {"en": "Gross MRR churn", "es": "Pérdida bruta de MRR"},
            _("(churn + contraction) / opening MRR"),
            better="lower",
            params={"variant": Param(("gross", "churn_only", "net_change"))},
        ),
        _rate(
            "net_mrr_churn_rate",
            {"en": "Net MRR churn", "es": "Pérdida neta de MRR"},
            _("(churn + contraction - expansion) / opening MRR"),
            better="lower",
            params={"variant": Param(("cohort", "with_reactivation"))},
        ),
        _rate(
            "net_revenue_retention",
            {"en": "Net revenue retention", "es": "Retención neta de ingresos"},
            _("closing MRR of the opening customers / opening MRR"),
            aliases=("nrr",),
        ),
        _rate(
            "gross_revenue_retention",
            {"en": "Gross revenue retention", "es": "Retención bruta de ingresos"},
            _("sum of the lesser of opening and closing MRR / opening MRR"),
            aliases=("grr",),
        ),
        _rate(
            "expansion_mrr_rate",
            {"en": "Expansion MRR rate", "es": "Tasa de expansión del MRR"},
            _("expansion / opening MRR"),
        ),
        _rate(
            "arpa",
            {"en": "Recurring revenue per account", "es": "Ingreso recurrente por cuenta"},
            _("closing MRR / active customers"),
            unit="money/month",
        ),
    )


def _mrr() -> Kpi:
    return _kpi(
        "mrr",
        names={"en": "Monthly recurring revenue", "es": "Ingresos recurrentes mensuales"},
        moved_by="mrr_movements",
        formula=_("sum of the recurring monthly amounts in force on the last day"),
        unit="money/month",
        fold=Sum(),
        on_empty=0,
        blockable=True,
        dimensions=("owner", "team", "pipeline", "product"),
        params={"fx_policy": Param(("frozen", "spot"), overrides={"spot": Override(facts=facts("spot_mrr"))})},
    )


def _arr() -> Kpi:
    return Kpi(
        id="arr",
        names={"en": "Annual recurring revenue", "es": "Ingresos recurrentes anuales"},
        unit="money",
        better="higher",
        fold=Formula({"mrr": "mrr"}, _twelvefold),
        formula=_("12 x mrr"),
        definition=_("Twelve times the recurring monthly amount in force on the last day of the period."),
        params={"fx_policy": Param(("frozen", "spot"))},
    )


def _movements() -> Kpi:
    return _kpi(
        "mrr_movements",
        names={"en": "MRR movements", "es": "Movimientos del MRR"},
        formula=_("opening + new + reactivation + expansion - contraction - churn = closing"),
        unit="money/month",
        better="neither",
        fold=Classes(MOVEMENTS, _net),
        on_empty=0,
        blockable=True,
        never=(_DAILY_SPOT,),
        params={
            "grain": Param(("net", "daily"), overrides={"daily": Override(facts=facts("daily_mrr_movements"))}),
            "fx_policy": _fx_policy("mrr_movements", Classes((*MOVEMENTS, "fx"), _net)),
        },
    )


def _expansion() -> Kpi:
    return _kpi(
        "expansion_mrr",
        names={"en": "Expansion MRR", "es": "MRR de expansión"},
        formula=_("what customers active at both ends pay more"),
        unit="money/month",
        fold=Sum(),
        on_empty=0,
        blockable=True,
        never=(_DAILY_SPOT,),
        params={
            "grain": Param(("net", "daily"), overrides={"daily": Override(facts=facts("daily_expansion_mrr"))}),
            "fx_policy": Param(("frozen", "spot"), overrides={"spot": Override(facts=facts("spot_expansion_mrr"))}),
        },
    )


def _rate(name: str, names: Mapping[str, str], formula: Any, **said: Any) -> Kpi:
    """Return a ratio of amounts."""
    params = {**said.pop("params", {}), "fx_policy": _fx_policy(name)}
    return _kpi(name, names=names, formula=formula, blockable=True, params=params, **said)


def _fx_policy(name: str, fold: Classes | None = None) -> Param:
    """Return the choice between the rates of booking and those of the two days themselves."""
    spot = facts(name).reading("spot_states", instead_of="states")
    return Param(("frozen", "spot"), overrides={"spot": Override(facts=spot, fold=fold)})


def _net(sums: Mapping[str, Number]) -> Number:
    return Decimal(sums["closing"]) - Decimal(sums["opening"])


def _twelvefold(parts: Mapping[str, Number], _situation: Situation) -> Number:
    return 12 * parts["mrr"]
