"""How a KPI and its variants are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from latido.config import Schedule
from latido.errors import ConfigurationError, UsageError
from latido.metrics import Engine, EngineSettings
from latido.warehouse import Warehouse
from tests.core.metrics.loading import MADRID

if TYPE_CHECKING:
    from pathlib import Path

DESK = Schedule("desk", MADRID, {}, frozenset())


@pytest.fixture
def figures(tmp_path: Path) -> Engine:
    settings = EngineSettings(("shop",), schedules={"desk": DESK})
    return Engine(Warehouse(tmp_path / "latido.duckdb"), settings)


@pytest.mark.parametrize(
    ("written", "variant"),
    [
        ("first_response_time", "default"),
        ("first_response_time()", "default"),
        ("first_response_time(stat=p90)", "stat=p90"),
        ("average_resolution_time(which=first,stat=p90)", "stat=p90,which=first"),
        (" average_resolution_time ( which = first , stat = p90 ) ", "stat=p90,which=first"),
        ("first_response_time(schedule=desk)", "schedule=desk"),
    ],
)
def test_a_variant_is_named_by_what_was_set_sorted(figures: Engine, written: str, variant: str) -> None:
    assert variant == figures.ask(written).variant


def test_parameters_may_stand_apart(figures: Engine) -> None:
    assert "stat=p90,which=first" == figures.ask("average_resolution_time(which=first)", "stat=p90").variant


@pytest.mark.parametrize(
    ("written", "problem", "hint"),
    [
        ("csta", 'There is no KPI "csta". Did you mean csat?', "See all: latido catalog"),
        ("revenue_of_mars", 'There is no KPI "revenue_of_mars".', "See all: latido catalog"),
        ("csat(", '"csat(" is not a KPI.', "Write it as csat, or with a variant: 'nps(dedupe=none)'"),
        ("csat(variant)", '"csat(variant)" does not name a variant.', "Write it as stat=p90"),
        ("csat(variant=)", '"csat(variant=)" does not name a variant.', "Write it as stat=p90"),
        (
            "csat(variant=mean,variant=top_box)",
            '"csat(variant=mean,variant=top_box)" says a parameter twice.',
            "Leave one",
        ),
        ("csat(varriant=top_box)", "csat has no parameter varriant.", "Did you mean variant?"),
        ("ticket_csat(stat=p90)", "ticket_csat has no parameter stat.", "It has none at all."),
        ("csat(variant=topbox)", "csat has no variant=topbox.", "Did you mean top_box?"),
        ("first_response_time(schedule=dusk)", "first_response_time has no schedule=dusk.", "Did you mean desk?"),
        ("first_response_time(stat=mode)", "first_response_time has no stat=mode.", "median, mean, p90"),
    ],
)
def test_what_does_not_exist_is_refused_with_the_nearest(
    figures: Engine, written: str, problem: str, hint: str
) -> None:
    with pytest.raises(UsageError) as refused:
        figures.ask(written)

    assert problem == str(refused.value.message)
    assert hint in str(refused.value.hint)


def test_the_settings_choose_a_variant_that_the_answer_names(tmp_path: Path) -> None:
    variants = {"average_resolution_time": "stat=p90, which=first"}
    figures = Engine(Warehouse(tmp_path / "latido.duckdb"), EngineSettings((), variants=variants))

    assert "stat=p90,which=first" == figures.ask("average_resolution_time").variant
    assert "stat=mean,which=first" == figures.ask("average_resolution_time(stat=mean)").variant


def test_what_is_asked_for_goes_before_a_setting_that_does_not_go_together_with_it(tmp_path: Path) -> None:
    variants = {"mrr_movements": "fx_policy=spot"}
    figures = Engine(Warehouse(tmp_path / "latido.duckdb"), EngineSettings((), variants=variants))

    assert "fx_policy=spot" == figures.ask("mrr_movements").variant
    assert "fx_policy=spot,grain=net" == figures.ask("mrr_movements(grain=net)").variant
    assert "grain=daily" == figures.ask("mrr_movements(grain=daily)").variant


@pytest.mark.parametrize(
    ("kpi", "variant"),
    [
        ("csta", "variant=top_box"),
        ("csat", "variant=best"),
        ("csat", "top"),
        ("mrr_movements", "grain=daily,fx_policy=spot"),
    ],
)
def test_a_variant_that_does_not_exist_is_a_mistake_in_the_settings(tmp_path: Path, kpi: str, variant: str) -> None:
    with pytest.raises(ConfigurationError, match=r"latido\.toml, metrics\.variants"):
        Engine(Warehouse(tmp_path / "latido.duckdb"), EngineSettings((), variants={kpi: variant}))
