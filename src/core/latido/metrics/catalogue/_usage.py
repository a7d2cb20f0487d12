"""KPIs of what people do: on the site, in the shop, and until they see what it is good for."""

from __future__ import annotations

from fractions import Fraction

from latido.messages import marker
from latido.metrics._folds import Mean, Quantile, Ratio, Share, Survival
from latido.metrics._kpi import Band, Kpi, Override, Param
from latido.metrics.catalogue._family import facts, family

_ = marker("latido")

_kpi = family(
    unit="ratio",
    better="higher",
    fold=Ratio(),
    needs=("web_sessions",),
    family="visits",
    on_empty="zero_denominator",
)


def kpis() -> tuple[Kpi, ...]:
    """Return the KPIs over visits, carts and milestones."""
    return (
        _conversion_rate(),
        _kpi(
            "direct_traffic_share",
            names={"en": "Direct traffic", "es": "Tráfico directo"},
            formula=_("direct visits / visits"),
            better="neither",
        ),
        _kpi(
            "pages_per_visit",
            names={"en": "Pages per visit", "es": "Páginas por visita"},
            formula=_("pages seen / visits whose pages were counted"),
            unit="pages",
            better="neither",
            dimensions=("traffic_source", "traffic_medium"),
        ),
        _kpi(
            "cart_abandonment_rate",
            names={"en": "Cart abandonment", "es": "Tasa de abandono del carrito"},
            formula=_("1 - carts paid for in time / carts filled"),
            better="lower",
            fold=Share(sampled=False),
            needs=("carts",),
            family="carts",
            params={"window_hours": Param(("24",), "number")},
        ),
        _kpi(
            "usage_frequency",
            names={"en": "Frequency of use", "es": "Frecuencia de uso"},
            formula=_("days with a visit of the last 30 / 30, on average over customers"),
            needs=("web_sessions", "deals|contracts"),
            family="contracts",
            on_empty="no_rows_in_period",
        ),
        _ttfv(),
    )


def _conversion_rate() -> Kpi:
    per_visit = Override(facts=facts("conversion_rate_per_visit"))
    return _kpi(
        "conversion_rate",
        names={"en": "Conversion rate", "es": "Tasa de conversión"},
        formula=_("visitors who did what was wanted / visitors"),
        dimensions=("traffic_source", "traffic_medium"),
        blockable=True,
        params={
            "variant": Param(
                ("visitors", "actions_per_visitor", "actions_per_visit"), overrides={"actions_per_visit": per_visit}
            )
        },
        bands=(Band(_("mean of e-commerce 2.5-3%"), "R3"),),
    )


def _ttfv() -> Kpi:
    median = Quantile(Fraction(1, 2), enclosed=True)
    stats = {"median": median, "mean": Mean(), "survival": Survival()}
    return _kpi(
        "ttfv",
        names={"en": "Time to first value", "es": "Tiempo hasta el primer valor"},
        formula=_("median of (first value - sign-up)"),
        unit="days",
        better="lower",
        fold=median,
        needs=("milestones",),
        family="milestones",
        on_empty="no_rows_in_period",
        promote={"waiting": "waiting"},
        params={"stat": Param(tuple(stats), overrides={name: Override(fold=fold) for name, fold in stats.items()})},
    )
