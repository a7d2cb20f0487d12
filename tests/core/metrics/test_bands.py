"""What a project calls its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from latido.config import Project
from latido.errors import ConfigurationError
from latido.metrics import Engine, EngineSettings
from latido.warehouse import Warehouse

if TYPE_CHECKING:
    from pathlib import Path

    from latido.metrics import Kpi

BANDS = """
[metrics.bands.nps]
urgent = "below 0"
fair = "0 to 30"
"very good" = "from 30.5"
[metrics.bands.clv]
low = "below -1.5%"
"""


def figures(folder: Path, toml: str) -> Engine:
    (folder / "latido.toml").write_text(toml, encoding="utf-8")
    return Engine(Warehouse(folder / "latido.duckdb"), EngineSettings.of(Project.load(folder)))


def held(kpi: Kpi, value: float) -> list[str]:
    return [str(band.text) for band in kpi.bands if band.holds(value)]


def test_own_bands_stand_beside_those_that_articles_published(tmp_path: Path) -> None:
    kpi = figures(tmp_path, BANDS).ask("nps").kpi

    assert ["R0", "R0", None, None, None] == [band.article for band in kpi.bands]
    assert ["urgent (below 0)"] == held(kpi, -0.1)
    assert ["fair (0 to 30)"] == held(kpi, 0)
    assert [] == held(kpi, 30)
    assert ["very good (from 30.5)"] == held(kpi, 30.5)


def test_a_kpi_may_be_called_by_its_other_name_and_shares_be_written_in_percent(tmp_path: Path) -> None:
    kpi = figures(tmp_path, BANDS).ask("clv_formula").kpi

    assert ["low (below -1.5%)"] == held(kpi, -0.016)
    assert [] == held(kpi, -0.015)


@pytest.mark.parametrize(
    ("toml", "problem"),
    [
        ('nps = "good"', "latido.toml, line 2: bands.nps must be a section of its own, not good."),
        ('nps = { good = "high" }', 'bands.nps.good: high is no band. Write it as "below 0", "0 to 30" or "from 30".'),
        ("nps = { good = 30 }", "bands.nps.good: 30 is no band."),
        ('nps = { good = "30 to 0" }', "bands.nps.good: 30 to 0 ends before it begins."),
        ('nsp = { good = "from 0" }', 'latido.toml, metrics.bands: There is no KPI "nsp". Did you mean nps?'),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, toml: str, problem: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        figures(tmp_path, f"[metrics.bands]\n{toml}\n")

    assert problem in str(refused.value)
