"""The first thing that anybody does: `latido demo`, with what is really installed."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from latido.cli import main
from latido.plugins import plugin_manager
from latido.testing import Desk, Period, Truth, World
from latido.testing.truth import Book, buyers, figures, read
from latido.warehouse import Warehouse

if TYPE_CHECKING:
    from collections.abc import Iterator
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
    world = World(business["seed"], end=business["ends_on"], tickets=business["tickets"], traps=True)
    offered = {name: each for name, each in plugin_manager().connectors().items() if each.in_demo}
    apps = {name: each.sandbox(world) for name, each in offered.items()}
    return {name: Desk(list(app.tickets()), app.known, app.world) for name, app in apps.items() if app is not None}


@pytest.fixture(scope="module")
def books(desks: dict[str, Desk]) -> dict[str | None, Book]:
    """Return what each source tells, by its name, and what all of them tell together."""
    return {None: read(desks.values())} | {name: read([desk]) for name, desk in desks.items()}


def settings_of(demo: Path) -> dict[str, Any]:
    return tomllib.loads((demo / "latido.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def periods(demo: Path) -> dict[str, Period]:
    """Return the last full month and the quarter before its own, by how they are written.

    The month is over for two days: of carts that are younger than one nobody can know whether they are left behind.
    """
    settings = settings_of(demo)
    month = first_of(settings["demo"]["ends_on"] - timedelta(days=2), -1)
    quarter = first_of(month, -((month.month - 1) % 3) - 3)
    zone = ZoneInfo(settings["latido"]["timezone"])
    return {
        f"{month:%Y-%m}": Period.of(month, first_of(month, 1), zone),
        f"{quarter.year}-Q{quarter.month // 3 + 1}": Period.of(quarter, first_of(quarter, 3), zone),
    }


def first_of(day: date, months: int) -> date:
    """Return the first of the month that is so many months after that of *day*."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def differences(answers: list[dict[str, Any]], expected: dict[str, Truth]) -> list[str]:
    """Return where Latido says something else than what the business is, as far as its vendors can express it."""
    assert set(expected) == {answer["kpi"] for answer in answers}
    return [
        f"{answer['kpi']}: {name} is {true}, and not {said}"
        for answer in answers
        for name, true, said in compared(answer, expected[answer["kpi"]])
        if said != (true if true is None or isinstance(true, str) else pytest.approx(float(true), rel=1e-9))
    ]


def compared(answer: dict[str, Any], true: Truth) -> Iterator[tuple[str, Any, Any]]:
    """Yield what is true of a KPI and what is said of it."""
    parts = {**true.parts} if true.waiting is None else {**true.parts, "waiting": true.waiting}
    yield "reason", true.reason, answer["reason"]
    yield "n", true.n, answer["n"] or 0
    yield "value", true.value, answer["value"]
    if true.value is not None and true.denominator is not None:
        yield "numerator", true.numerator, answer["numerator"]
        yield "denominator", true.denominator, answer["denominator"]
    for name, part in parts.items():
        yield name, part, (answer["parts"] or {}).get(name)


def test_figures_are_the_truth_of_the_imaginary_business(
    demo: Path, books: dict[str | None, Book], periods: dict[str, Period], capsys: pytest.CaptureFixture[str]
) -> None:
    """Every KPI, through the real connectors over HTTP, all vendors together."""
    for written, period in periods.items():
        answers = said(capsys, "kpis", "--period", written, "--project", str(demo))["answers"]

        assert [] == differences(answers, figures(books[None], period)), written


def test_a_customer_brings_in_a_few_times_what_winning_it_costs(
    books: dict[str | None, Book], periods: dict[str, Period]
) -> None:
    """As in a business that lasts; over a year, since nobody buys twelve times in one."""
    month = next(iter(periods.values()))
    year = Period.of(first_of(month.starts_on, -11), month.ends_on, month.zone)

    assert 3 < float(figures(books[None], year)["ltv_cac_ratio"].value or 0) < 6


def test_figures_of_each_source_are_the_truth_of_its_vendor(
    demo: Path, books: dict[str | None, Book], periods: dict[str, Period], capsys: pytest.CaptureFixture[str]
) -> None:
    """What two vendors get wrong in opposite ways would not show in the sum."""
    sources = settings_of(demo)["sources"]
    for (written, period), name in product(periods.items(), sources):
        answers = said(capsys, "kpis", "--period", written, "--source", name, "--project", str(demo))["answers"]

        assert [] == differences(answers, figures(books[name], period)), (written, name)


def test_customers_are_who_they_are_in_every_source(demo: Path, desks: dict[str, Desk]) -> None:
    """Spelled otherwise, without a tax id, with a domain of several: nobody is taken for another, hardly any missed."""
    world = desks["zendesk"].world
    assert world is not None
    came = {each.created_at: each.number for each in world.customers()}
    with Warehouse(demo / "latido.duckdb").reading() as connection:
        rows = connection.execute(
            """SELECT CAST(FLOOR(EPOCH(a.created_at)) AS BIGINT), l.customer_id FROM accounts AS a
               JOIN account_links AS l ON l.source = a.source AND l.source_id = a.source_id"""
        ).fetchall()

    told = Counter(came[at] for at, _customer in rows)
    found = Counter(customer for _at, customer in rows)
    right = Counter((came[at], customer) for at, customer in rows)
    assert len(came) == world.customer_count == len(told)
    assert pairs(found) == pairs(right)
    assert pairs(right) >= 0.99 * pairs(told) > 4 * len(told)


def pairs(sizes: Counter[Any]) -> int:
    """Return how many pairs there are within groups of such *sizes*."""
    return sum(n * (n - 1) // 2 for n in sizes.values())


def test_predictions_are_made_of_the_true_purchases(
    demo: Path, books: dict[str | None, Book], periods: dict[str, Period], capsys: pytest.CaptureFixture[str]
) -> None:
    """When each customer bought and for how much; there are too few of them to go on from there."""
    written, period = next(iter(periods.items()))
    true = buyers(books[None], period)

    found = said(capsys, "explain", "clv_predictive", "--rows", "--period", written, "--project", str(demo))

    told = [(int(each["numerator"]), int(each["class"]), int(each["denominator"])) for each in found["rows"]]
    means = sorted(each["value"] for each in found["rows"] if each["numerator"])
    assert sorted(told) == [each[:3] for each in true]
    assert means == pytest.approx(sorted(float(each.mean) for each in true if each.mean is not None), rel=1e-9)
    assert ("insufficient_sample", len(true)) == (found["answer"]["reason"], found["answer"]["n"])


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
