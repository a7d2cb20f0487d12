"""What a project adds to the figures: KPIs and bands of its own, and its SQL in another engine's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from latido import hookimpl
from latido.metrics import Kpi, Query, Share
from latido.plugins import Plugins, plugin_manager
from tests.core.cli.conftest import TOML, Desk
from tests.core.metrics.test_kpi_files import HEADER, HOW_TO, QUERY, sql_of

if TYPE_CHECKING:
    from tests.core.cli.conftest import Terminal

MARCH = ("--period", "2026-03")
BANDS = """
[metrics.bands.fast_replies]
poor = "below 50%"
fair = "50% to 80%"
good = "from 80%"
"""


def ticket(number: int, minutes: int) -> dict[str, Any]:
    day = "2026-03-03T10"
    return {"id": number, "opened": f"{day}:00:00Z", "answered": f"{day}:{minutes:02}:00Z", "status": "open"}


@pytest.fixture
def march(project: Terminal) -> Terminal:
    """Return a terminal in a project with the KPI of the how-to, and bands for it."""
    own: type[Desk] = type("OwnDesk", (Desk,), {})
    own.tickets = [ticket(1, 10), ticket(2, 20), ticket(3, 30)]
    project.connectors = [own]
    (project.folder / "latido.toml").write_text(TOML + BANDS, encoding="utf-8")
    (project.folder / "kpis").mkdir()
    (project.folder / "kpis" / "fast_replies.sql").write_text(sql_of(HOW_TO), encoding="utf-8")
    assert 0 == project("sync", "--quiet").code
    return project


def test_own_kpi_is_told_like_any_other(march: Terminal) -> None:
    every = march("kpis", *MARCH, "--format", "json").json["answers"]
    row = next(each for each in march("catalog", "--format", "json").json["kpis"] if each["id"] == "fast_replies")

    assert [1] == [each["value"] for each in every if each["kpi"] == "fast_replies"]
    assert ("Fast first replies", True) == (row["name"], row["computable"])
    assert "Primeras respuestas rápidas" in march("kpis", "fast_replies", *MARCH, "--lang", "es").out


def test_own_bands_are_shown_with_where_the_figure_lies(march: Terminal) -> None:
    said = march("explain", "fast_replies", *MARCH).out

    assert "Yours: fair (50% to 80%)\n" in said
    assert "Yours: good (from 80%) \N{LEFTWARDS ARROW}\n" in said
    assert "As published, not a target: mean of SaaS 41" in march("explain", "nps", *MARCH).out


def test_record_that_keeps_a_figure_from_being_one_says_why(march: Terminal) -> None:
    blocked = QUERY.replace("SELECT ", "SELECT 'missing_fx_rate' AS blocked, ", 1)
    (march.folder / "kpis" / "fast_replies.sql").write_text(f"{HEADER}{blocked}", encoding="utf-8")

    said = march("explain", "fast_replies", *MARCH, "--rows").out

    assert 1 + 3 == said.count("an exchange rate is missing")


def test_broken_kpi_stops_with_the_place_and_what_to_do(march: Terminal) -> None:
    (march.folder / "kpis" / "worse.sql").write_text(f"{HEADER}DROP TABLE m_tickets;\n{QUERY}", encoding="utf-8")

    said, checked = march("kpis"), march("check", "--format", "json")

    assert 3 == said.code
    assert "Traceback" not in said.err
    assert "kpis/worse.sql, line 7: " in said.err
    assert (3, True) == (checked.code, "kpis/worse.sql" in checked.out)


def test_sql_is_shown_in_another_dialect_and_said_to_be_best_effort(march: Terminal) -> None:
    said = march("explain", "fast_replies", *MARCH, "--dialect", "spark").out
    (sql,) = march("explain", "fast_replies", *MARCH, "--dialect", "postgres", "--format", "json").json["sql"].values()
    unknown = march("explain", "fast_replies", *MARCH, "--sql", "--dialect", "postgresql")

    assert "-- transpiled from duckdb to spark, best effort\n" in said
    assert "DATEDIFF(MICROSECOND, t.created_at, t.first_reply_at)" in said
    assert sql.startswith("-- transpiled from duckdb to postgres, best effort\n")
    assert (2, True) == (unknown.code, "no dialect postgresql. Did you mean postgres?" in unknown.err)


def offering(march: Terminal, **queries: str) -> None:
    """Install a plugin called acme that brings a KPI with each of *queries*."""
    common: dict[str, Any] = {"unit": "ratio", "better": "higher", "fold": Share(), "needs": ("tickets",)}

    class Offer:
        @hookimpl
        def latido_connectors(self) -> Any:
            return march.connectors

        @hookimpl
        def latido_kpis(self) -> list[Kpi]:
            return [Kpi(id=name, names={}, facts=Query.parsed(sql), **common) for name, sql in queries.items()]

    def installed() -> Plugins:
        return plugin_manager(installed=[], in_memory={"acme": Offer()})

    march.patch.setattr(march, "installed", installed)


def test_kpi_of_a_plugin_that_is_no_good_is_named_and_the_others_go_on(march: Terminal) -> None:
    offering(march, sound=QUERY, worse=QUERY.replace("m_tickets", "tickets"))

    for _turn in range(2):
        said = march("kpis", "sound", *MARCH, "--format", "json")
        assert [1] == [each["value"] for each in said.json["answers"]]
        assert "Something of plugin acme (acme) is left out: its KPI worse, line 3: tickets is no table" in said.err
    assert 2 == march("kpis", "worse").code
    assert "its KPI worse, line 3" in march("plugins").out


def test_kpi_of_a_plugin_that_cannot_be_run_is_named(march: Terminal) -> None:
    offering(march, odd=QUERY.replace("t.excluded", "t.moon AS excluded"))

    said = march("kpis", "odd", *MARCH)

    assert 3 == said.code
    assert said.err.startswith("acme/odd, line 1: the query cannot be run: ")
