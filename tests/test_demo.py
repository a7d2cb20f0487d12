"""The first thing that anybody does: `latido demo`, with what is really installed."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from latido.cli import main
from latido.plugins import plugin_manager
from latido.testing import Period, World, truth

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a demo that was just made."""
    folder = tmp_path_factory.mktemp("demo") / "project"
    environ = {"HOME": str(folder.parent), "TZ": "Europe/Madrid", "LANG": "en_US.UTF-8"}
    assert 0 == main(["demo", str(folder), "--quiet", "--format", "json"], environ=environ)
    return folder


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    """Return what `latido` prints as JSON."""
    capsys.readouterr()
    assert code == main([*arguments, "--format", "json", "--quiet"], environ={})
    return json.loads(capsys.readouterr().out)


def test_figures_are_the_truth_of_the_imaginary_business(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Through the real connector over HTTP, as far as the vendor can express it."""
    settings = tomllib.loads((demo / "latido.toml").read_text(encoding="utf-8"))
    business = settings["demo"]
    world = World(business["seed"], end=business["ends_on"], tickets=business["tickets"])
    app = plugin_manager().connector("zendesk").sandbox(world)
    assert app is not None

    answers = said(capsys, "kpis", "--project", str(demo))["answers"]

    (start, end) = {(answer["period_start"], answer["period_end"]) for answer in answers}.pop()
    period = Period.of(date.fromisoformat(start), date.fromisoformat(end), ZoneInfo(settings["latido"]["timezone"]))
    expected = truth(app.tickets(), period, app.known)
    assert set(expected) == {answer["kpi"] for answer in answers}
    for answer in answers:
        true = expected[answer["kpi"]]
        assert (true.n, true.reason) == (answer["n"] or 0, answer["reason"]), answer["kpi"]
        if true.reason is None:
            assert pytest.approx(answer["value"], rel=1e-9) == true.value, answer["kpi"]


def test_rows_of_a_figure_fold_to_it(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = said(capsys, "explain", "first_contact_resolution", "--rows", "--project", str(demo))

    counted = [row for row in found["rows"] if row["excluded"] is None]
    assert found["answer"]["n"] == len(counted)
    assert found["answer"]["value"] == sum(row["numerator"] for row in counted) / len(counted)
    assert all(row["url"].startswith(("https://", "http://")) for row in counted)


def test_sync_and_check_start_the_sandboxes_again(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    receipts = said(capsys, "sync", "--project", str(demo))["receipts"]
    findings = said(capsys, "check", "--project", str(demo))["findings"]

    assert 0 == sum(each["inserted"] + each["updated"] for each in receipts)
    assert {"ok"} == {each["state"] for each in findings}


def test_demo_leaves_no_secret_in_latido_toml(demo: Path) -> None:
    written = tomllib.loads((demo / "latido.toml").read_text(encoding="utf-8"))

    assert written["latido"]["demo"]
    assert "env:ZENDESK_CLIENT_SECRET" == written["sources"]["zendesk"]["client_secret"]
    assert 0o600 == (demo / ".env").stat().st_mode & 0o777


def test_demo_in_a_folder_that_holds_something_else_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")

    code = main(["demo", str(tmp_path)], environ={"LANG": "C"})

    assert 2 == code
    assert f"{tmp_path} is not empty.\n  Choose another: latido demo DIR\n" == capsys.readouterr().err
    assert [tmp_path / "thesis.txt"] == list(tmp_path.iterdir())


def test_demo_without_any_connector_says_what_to_install(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["demo", str(tmp_path / "demo")], environ={"LANG": "C"}, installed=lambda: plugin_manager(installed=[]))

    assert 3 == code
    assert capsys.readouterr().err.startswith("No connector is installed that has a sandbox.\n")
