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
from latido.testing import Desk, Period, World, truth

if TYPE_CHECKING:
    from collections.abc import Iterable
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


@pytest.fixture(scope="module")
def desks(demo: Path) -> dict[str, Desk]:
    """Return what each sandbox of the demo holds, by the name of its source."""
    business = settings_of(demo)["demo"]
    world = World(business["seed"], end=business["ends_on"], tickets=business["tickets"])
    offered = {name: each for name, each in plugin_manager().connectors().items() if each.in_demo}
    apps = {name: each.sandbox(world) for name, each in offered.items()}
    return {name: Desk(list(app.tickets()), app.known) for name, app in apps.items() if app is not None}


def settings_of(demo: Path) -> dict[str, Any]:
    return tomllib.loads((demo / "latido.toml").read_text(encoding="utf-8"))


def assert_true(answers: list[dict[str, Any]], desks: Iterable[Desk], zone: str) -> None:
    """Compare what Latido says with what the imaginary business is, as far as its vendors can express it."""
    (start, end) = {(answer["period_start"], answer["period_end"]) for answer in answers}.pop()
    period = Period.of(date.fromisoformat(start), date.fromisoformat(end), ZoneInfo(zone))
    expected = truth(desks, period)
    told = [answer for answer in answers if answer["kpi"] in expected]
    assert set(expected) == {answer["kpi"] for answer in told}
    for answer in told:
        true = expected[answer["kpi"]]
        assert (true.n, true.reason) == (answer["n"] or 0, answer["reason"]), answer["kpi"]
        assert (true.waiting or 0) == (answer["parts"] or {}).get("waiting", 0), answer["kpi"]
        if true.reason is None:
            assert pytest.approx(answer["value"], rel=1e-9) == true.value, answer["kpi"]


def test_figures_are_the_truth_of_the_imaginary_business(
    demo: Path, desks: dict[str, Desk], capsys: pytest.CaptureFixture[str]
) -> None:
    """Through the real connectors over HTTP, all vendors together."""
    answers = said(capsys, "kpis", "--project", str(demo))["answers"]

    assert_true(answers, desks.values(), settings_of(demo)["latido"]["timezone"])


def test_figures_of_each_source_are_the_truth_of_its_vendor(
    demo: Path, desks: dict[str, Desk], capsys: pytest.CaptureFixture[str]
) -> None:
    """What two vendors get wrong in opposite ways would not show in the sum."""
    settings = settings_of(demo)
    assert set(desks) == set(settings["sources"])
    for name, desk in desks.items():
        answers = said(capsys, "kpis", "--source", name, "--project", str(demo))["answers"]

        assert_true(answers, [desk], settings["latido"]["timezone"])


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


def test_nothing_is_missing_and_nothing_in_quarantine(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = said(capsys, "status", "--project", str(demo))

    assert set(settings_of(demo)["sources"]) == {each["source"] for each in status["streams"]}
    assert {0} == {each["exit_code"] for each in status["sources"]}
    for each in status["streams"]:
        assert (True, None, 0) == (each["complete"], each["problem"], each["quarantined"]), each


def test_demo_leaves_no_secret_in_latido_toml(demo: Path) -> None:
    settings = settings_of(demo)
    assert settings["latido"]["demo"]
    for name, source in settings["sources"].items():
        secrets = {key: value for key, value in source.items() if key in secrets_of(name)}

        assert secrets == {key: f"env:{name.upper()}_{key.upper()}" for key in secrets}
    assert {"bitrix24", "hubspot", "salesforce", "zendesk"} <= {
        name for name, source in settings["sources"].items() if secrets_of(name) & source.keys()
    }


def secrets_of(connector: str) -> set[str]:
    """Return the settings of *connector* that are secrets."""
    fields = plugin_manager().connector(connector).Settings.model_fields
    return {name for name, field in fields.items() if "SecretStr" in str(field.annotation)}


def test_the_secrets_of_a_demo_are_for_nobody_else(demo: Path) -> None:
    written = (demo / "latido.toml").read_text(encoding="utf-8")
    values = [line.partition("=")[2] for line in (demo / ".env").read_text(encoding="utf-8").splitlines()]

    assert [] == [value for value in values if value in written]
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
