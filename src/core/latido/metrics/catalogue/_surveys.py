"""KPIs of what customers answer when they are asked."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from latido.messages import marker
from latido.metrics._folds import Classes, Formula, Mean, Nps, Share
from latido.metrics._kpi import Band, Kpi, Override, Param, Query
from latido.metrics.catalogue._family import facts, family

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latido.metrics._figure import Number, Situation

_ = marker("latido")

_MEAN = Override(fold=Mean())

_kpi = family(
    unit="ratio",
    better="higher",
    fold=Share(),
    needs=("survey_responses",),
    family="answers",
    dimensions=("team", "assignee", "channel", "touchpoint", "survey"),
)


def kpis() -> tuple[Kpi, ...]:
    """Return the KPIs over answers."""
    return (_nps(), _nps_segments(), _csat(), _ces(), _cx_score(), _comment_rate(), _survey_response_rate())


def _nps() -> Kpi:
    first = Override(facts=_turned(facts("nps")))
    return _kpi(
        "nps",
        names={"en": "Net Promoter Score", "es": "Puntuación neta del promotor"},
        formula=_("100 x (promoters - detractors) / people who answered"),
        unit="points",
        fold=Nps(),
        params={
            "dedupe": Param(("last", "first", "none"), overrides={"first": first}),
            "other_scales": Param(("exclude", "linear")),
        },
        bands=(
            Band(_("above 0 acceptable, above 30 good, above 50 excellent, below 0 urgent"), "R0"),
            Band(_("mean of SaaS 41, of hospitality usually higher"), "R0"),
        ),
    )


def _nps_segments() -> Kpi:
    return _kpi(
        "nps_segments",
        names={"en": "Promoters, passives, detractors", "es": "Promotores, pasivos y detractores"},
        formula=_("promoters + passives + detractors"),
        unit="list",
        better="neither",
        fold=Classes(("promoters", "passives", "detractors")),
        shown=("person", "comment"),
    )


def _csat() -> Kpi:
    return _kpi(
        "csat",
        names={"en": "Customer satisfaction score", "es": "Satisfacción del cliente"},
        formula=_("answers in the top quarter of their scale / answers"),
        params={
            "variant": Param(
                ("top_box", "mean_of_max", "mean_normalised"),
                overrides={"mean_of_max": _MEAN, "mean_normalised": _MEAN},
            )
        },
        bands=(Band(_("1 totally unsatisfied, 5 totally satisfied, on 1-5"), "R1"),),
    )


def _ces() -> Kpi:
    mean, much = Override(fold=Mean(), unit="points"), Override(better="lower")
    return _kpi(
        "ces",
        names={"en": "Customer effort score", "es": "Puntuación de esfuerzo del cliente"},
        formula=_("answers in the top quarter of their scale, turned so that higher is easier / answers"),
        params={
            "variant": Param(
                ("low_effort_share", "mean_1_7", "high_effort_share"),
                overrides={"mean_1_7": mean, "high_effort_share": much},
            )
        },
        bands=(Band(_("1-3 high effort, 4-5 moderate, 6-7 low, on 1-7"), "R0"),),
    )


def _cx_score() -> Kpi:
    return Kpi(
        id="cx_score",
        names={"en": "Customer experience score", "es": "Puntuación de la experiencia del cliente"},
        unit="0-100",
        better="higher",
        fold=Formula({"nps": "nps", "csat": "csat", "ces": "ces"}, _experience, "missing_component"),
        formula=_("((nps + 100) / 2 + 100 x csat + 100 x ces) / 3"),
        definition=_("Mean of the net promoter score, satisfaction and effort, each brought to 0-100."),
    )


def _comment_rate() -> Kpi:
    return _kpi(
        "comment_rate",
        names={"en": "Qualitative opinions", "es": "Opiniones de los clientes"},
        formula=_("answers with a comment / answers"),
        on_empty="zero_denominator",
        shown=("comment",),
    )


def _survey_response_rate() -> Kpi:
    return _kpi(
        "survey_response_rate",
        names={"en": "Response rate", "es": "Tasa de respuesta"},
        formula=_("invitations answered / invitations delivered"),
        needs=("survey_invitations",),
        family="invitations",
        dimensions=("kind", "survey"),
    )


def _turned(last: Query) -> Query:
    """Return the query of the last answers as one of the first: the same order, the other way round.

    Both in one query would need twice as many keys to sort by, and half as much time again.
    """
    return replace(last, sql=last.sql.replace(" DESC", ""))


def _experience(parts: Mapping[str, Number], _situation: Situation) -> Number:
    nps, csat, ces = (Fraction(parts[name]) for name in ("nps", "csat", "ces"))
    return float(((nps + 100) / 2 + 100 * csat + 100 * ces) / 3)
