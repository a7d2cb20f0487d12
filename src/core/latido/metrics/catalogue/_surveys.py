"""KPIs of what customers answer when they are asked."""

from __future__ import annotations

from latido.messages import marker
from latido.metrics._folds import Mean, Share
from latido.metrics._kpi import Band, Kpi, Override, Param, Query

_ = marker("latido")


def kpis() -> tuple[Kpi, ...]:
    """Return the KPIs over answers."""
    return (_csat(),)


def _csat() -> Kpi:
    mean = Override(fold=Mean())
    return Kpi(
        id="csat",
        names={"en": "Customer satisfaction score", "es": "Satisfacción del cliente"},
        unit="ratio",
        better="higher",
        fold=Share(),
        facts=Query.read("latido.metrics.catalogue", "csat.sql"),
        formula=_("answers in the top quarter of their scale / answers"),
        needs=("survey_responses",),
        family="answers",
        params={
            "variant": Param(
                ("top_box", "mean_of_max", "mean_normalised"), overrides={"mean_of_max": mean, "mean_normalised": mean}
            )
        },
        dimensions=("team", "channel", "touchpoint", "survey"),
        bands=(Band(_("1 totally unsatisfied, 5 totally satisfied, on 1-5"), "R1"),),
    )
