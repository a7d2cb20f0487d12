"""KPIs that a plugin brings, over the model layer, as those of the catalogue are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from latido.metrics import Kpi, Mean, Override, Param, Query, Share
from tests.core.metrics.loading import answer, engine, replies, reply

if TYPE_CHECKING:
    from pathlib import Path

    from latido.metrics import Engine

DELIGHT = Kpi(
    id="delight",
    names={"en": "Delight"},
    unit="ratio",
    better="higher",
    fold=Share(),
    facts=Query.parsed(
        """-- Share of the satisfaction answers at the very top of their scale.
        SELECT p.period_id, a.customer_id, 'survey_responses' AS entity, a.source, a.source_id,
               COALESCE(a.excluded, a.invalid, CASE WHEN a.comment IS NULL AND $silent = 'exclude' THEN 'silent' END)
                   AS excluded,
               CASE WHEN a.score = a.scale_max THEN 1 ELSE 0 END AS numerator, a.score AS value, a.comment
        FROM m_answers AS a
        JOIN periods AS p ON a.answered_at >= p.starts_at AND a.answered_at < p.ends_at
        WHERE a.kind = 'csat'"""
    ),
    needs=("survey_responses",),
    family="answers",
    params={
        "silent": Param(("include", "exclude")),
        "stat": Param(("share", "mean"), overrides={"mean": Override(fold=Mean())}),
    },
    shown=("comment",),
)


@pytest.fixture
def figures(tmp_path: Path) -> Engine:
    rows = replies(reply("1", 5, comment="bien"), reply("2", 4), reply("3", 9), reply("4", 2, comment="mal"))
    return engine(tmp_path, rows, kpis=[DELIGHT])


def test_a_kpi_of_a_plugin_is_computed_like_any_other(figures: Engine) -> None:
    found = answer(figures, "delight")

    assert pytest.approx((1 / 3, 3)) == (found.value, found.n)
    assert {"out_of_range": 1} == found.excluded
    said = figures.explain("delight", "2024-01").definition
    assert "Share of the satisfaction answers at the very top of their scale." == str(said)


def test_its_parameters_are_bound_and_change_its_fold(figures: Engine) -> None:
    assert 0.5 == answer(figures, "delight(silent=exclude)").value
    assert 3.5 == answer(figures, "delight(silent=exclude,stat=mean)").value


def test_its_facts_show_what_it_says(figures: Engine) -> None:
    assert ["bien", None, "mal", None] == [fact.shown["comment"] for fact in figures.facts("delight", "2024-01")]
