"""KPIs that a plugin brings, over the model layer, as those of the catalogue are made."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from latido.metrics import Formula, Kpi, Mean, Override, Param, PluginKpis, Query, Share, Sum
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


def changed(before: str, after: str, **said: Any) -> Kpi:
    """Return a KPI of a plugin in whose query something is said otherwise."""
    assert DELIGHT.facts is not None
    return replace(DELIGHT, facts=Query.parsed(DELIGHT.facts.sql.replace(before, after)), **said)


def twice(part: str, name: str = "twice") -> Kpi:
    """Return a formula of a plugin."""
    fold = Formula({"part": part}, lambda parts, _situation: 2 * parts["part"])
    return replace(DELIGHT, id=name, fold=fold, facts=None, params={})


@pytest.mark.parametrize(
    ("kpi", "problem"),
    [
        (changed("FROM m_answers", "FROM answers"), "delight, line 5: answers is no table that KPIs read."),
        (changed("a.score AS value", "MEDIAN(a.score) AS value"), "MEDIAN(a.score) does not mean the same on every"),
        (changed("a.source_id,", ""), "delight, line 1: the query has no column source_id."),
        (changed("$silent", "$silence"), "delight, line 2: there is no value $silence. Did you mean $silent?"),
        (changed(" AS value", " AS worth"), "delight, line 1: the query has no column value."),
        (changed("a.comment\n", "a.comment AS said\n"), "delight: the query has no column comment."),
        (changed("a.kind = 'csat'", "a.kind = 'csat'; DROP TABLE deals"), "delight, line 7: DROP does more than read."),
        (replace(DELIGHT, blockable=True), "delight, line 1: the query has no column blocked."),
        (replace(DELIGHT, needs=("answers",)), "delight: there is no table answers."),
        (replace(DELIGHT, facts=None), "delight: it has no facts."),
        (replace(DELIGHT, id="csat"), "csat: the id csat is taken: the catalogue has it."),
        (replace(DELIGHT, id="Very glad"), "Very glad: Very glad cannot be an id."),
        (twice("delights"), "twice: its part delights is no KPI."),
        (twice("twice"), "twice: its part twice is no KPI."),
        ("delight", "it offers 'delight', which is no KPI."),
    ],
)
def test_a_kpi_of_a_plugin_is_refused_for_what_one_of_a_file_would_be(kpi: Any, problem: str) -> None:
    sound = replace(DELIGHT, id="sound")

    used, (wrong,) = PluginKpis().fitting("acme", [kpi, sound])

    assert problem in str(wrong)
    assert ["sound"] == [each.id for each in used]


def test_kpis_of_a_plugin_may_be_made_of_each_other() -> None:
    used, wrong = PluginKpis().fitting("acme", [twice("twice", "fourfold"), twice("delight"), DELIGHT])

    assert (["delight", "twice", "fourfold"], []) == ([each.id for each in used], wrong)


def test_every_variant_of_a_kpi_of_a_plugin_is_looked_into() -> None:
    odd = Param(("share", "sum"), overrides={"sum": Override(fold=Sum(), facts=Query("SELECT 1 AS value"))})

    _used, (wrong,) = PluginKpis().fitting("acme", [replace(DELIGHT, params={**DELIGHT.params, "stat": odd})])

    assert "its KPI delight, line 1: the query has no column period_id." in str(wrong)
    of_what = Param(("delight", "joy"), overrides={"joy": Override(fold=twice("joy").fold)})
    _used, (missing,) = PluginKpis().fitting("acme", [DELIGHT, replace(twice("delight"), params={"of": of_what})])
    assert "its KPI twice: its part joy is no KPI." in str(missing)


def test_of_two_plugins_the_first_keeps_an_id() -> None:
    checking = PluginKpis()
    checking.fitting("first", [DELIGHT])

    _used, (wrong,) = checking.fitting("second", [DELIGHT])

    assert "the id delight is taken: the plugin first has it." in str(wrong)


def test_what_was_found_out_is_remembered_of_all_plugins(tmp_path: Path) -> None:
    checking = PluginKpis(tmp_path)
    checking.fitting("first", [DELIGHT])
    checking.fitting("second", [changed("'csat'", "'nps'", id="joy")])

    checking.keep()

    assert 2 == len(orjson.loads((tmp_path / ".latido" / "plugin_kpis.json").read_bytes()))
