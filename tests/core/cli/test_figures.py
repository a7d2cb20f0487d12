"""`kpis`, `explain` and `catalog`: the same figure, told to people and to programs."""

from __future__ import annotations

import csv
import io
import shutil
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from latido.cli._figures import Reader
from latido.cli._output import Output
from tests.core.cli.conftest import TOML, Desk

if TYPE_CHECKING:
    from pathlib import Path

    from tests.core.cli.conftest import Terminal

MARCH = ("--period", "2026-03")


def ticket(number: int, opinion: str, *, month: int = 3, hours: int = 2) -> dict[str, Any]:
    """Return a ticket that was opened at 9:00, answered some hours later and solved in the afternoon."""
    day = f"2026-{month:02}-{number % 28 + 1:02}"
    return {
        "id": number,
        "opened": f"{day}T09:00:00Z",
        "answered": f"{day}T{9 + hours:02}:30:00Z",
        "solved": f"{day}T15:00:00Z",
        "status": "solved",
        "opinion": opinion,
        "link": f"https://desk.example/{number}",
    }


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the warehouse of the first `march` is kept for the others: they store the same."""
    return tmp_path_factory.mktemp("march") / "latido.duckdb"


@pytest.fixture
def march(project: Terminal, kept: Path) -> Terminal:
    """Return a terminal in a project with three good tickets of four in March, and two of four in February."""
    own: type[Desk] = type("OwnDesk", (Desk,), {})
    good_and_bad = zip(("good", "good", "good", "bad", "good", "good", "bad", "bad"), range(8), strict=True)
    own.tickets = [ticket(n, opinion, month=3 if n < 4 else 2) for opinion, n in good_and_bad]
    project.connectors = [own]
    if not kept.exists():
        assert 0 == project("sync", "--quiet").code
        shutil.copy(project.folder / kept.name, kept)
    shutil.copy(kept, project.folder)
    return project


def test_answer_in_json_has_the_shape_that_programs_rely_on(march: Terminal) -> None:
    (answer,) = march("kpis", "ticket_csat", *MARCH, "--format", "json").json["answers"]

    as_of = answer.pop("as_of")
    lower, upper = answer.pop("lower"), answer.pop("upper")
    assert {
        "kpi": "ticket_csat",
        "variant": "default",
        "period_start": "2026-03-01",
        "period_end": "2026-04-01",
        "time_zone": "Europe/Madrid",
        "segment": None,
        "value": 0.75,
        "unit": "ratio",
        "n": 4,
        "numerator": 3,
        "denominator": 4,
        "parts": {},
        "reason": None,
        "excluded": {},
        "sources": ["support"],
        "previous": {"value": 0.5, "n": 4},
    } == answer
    assert lower < 0.75 < upper
    assert as_of.endswith("Z")


def test_table_tells_figure_interval_and_change(march: Terminal) -> None:
    said = march("kpis", "ticket_csat", *MARCH)

    header, row, _empty, chance, footer = said.out.splitlines()
    assert ["KPI", "period", "value", "95%", "interval", "n", "before", "change"] == header.split()
    assert "Ticket satisfaction  2026-03  75.0\N{NO-BREAK SPACE}%" in row
    assert row.rstrip().endswith("50.0\N{NO-BREAK SPACE}%  +25.0\N{NO-BREAK SPACE}pp ~")
    assert chance.startswith("~ may be chance")
    assert footer.startswith("Data of support: 20")


def test_table_is_spanish_too(march: Terminal) -> None:
    said = march("kpis", "ticket_csat", *MARCH, "--lang", "es")

    assert "Satisfacción por ticket" in said.out
    assert "75,0\N{NO-BREAK SPACE}%" in said.out
    assert "Datos de support: 20" in said.out


def test_times_are_hours_and_minutes(march: Terminal) -> None:
    assert "2\N{NO-BREAK SPACE}h 30\N{NO-BREAK SPACE}min" in march("kpis", "first_response_time", *MARCH).out


def test_multiple_is_no_percentage() -> None:
    """A lifetime value of 352 times its cost is not 35,195 percent of it."""
    assert "351.95\N{MULTIPLICATION SIGN}" == Reader(Output(), "EUR").number(351.953, "times")


def test_part_that_others_are_multiplied_by_is_not_rounded_away() -> None:
    reader = Reader(Output(), "EUR")

    assert ("1.227", "13") == (reader.number(1.2271, "count"), reader.number(13.0, "count"))


def test_what_rounds_to_nought_is_not_below_it() -> None:
    reader = Reader(Output(), "EUR")

    assert "0.0\N{NO-BREAK SPACE}%" == reader.number(-0.0004, "ratio")
    assert "+0.0\N{NO-BREAK SPACE}pp" == reader.difference(-0.0004, "ratio")
    assert "\N{MINUS SIGN}0.1\N{NO-BREAK SPACE}%" == reader.number(-0.0006, "ratio")


def test_no_figure_is_told_in_words(march: Terminal) -> None:
    assert "none: nothing to divide by" in march("kpis", "ticket_csat", "--period", "2025-01").out
    assert "none: no source delivers this" in march("kpis", "csat", *MARCH).out


def test_csv_has_a_row_per_answer(march: Terminal) -> None:
    said = march("kpis", "ticket_csat", "first_response_time", *MARCH, "--format", "csv")

    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert [("ticket_csat", "0.75"), ("first_response_time", "2.5")] == [(row["kpi"], row["value"]) for row in rows]


def test_series_has_an_answer_per_month(march: Terminal) -> None:
    series = march("kpis", "ticket_csat", "--from", "2026-02", "--to", "2026-03", "--format", "json").json["answers"]
    split = march("kpis", "ticket_csat", "--period", "2026-Q1", "--by", "month", "--format", "json").json["answers"]

    assert [0.5, 0.75] == [answer["value"] for answer in series]
    assert [None, 0.5, 0.75] == [answer["value"] for answer in split]


def test_figures_are_compared_with_the_year_before(march: Terminal) -> None:
    said = march("kpis", "ticket_csat", "--period", "2027-03", "--compare", "year")
    found = march("kpis", "ticket_csat", "--period", "2027-03", "--compare", "year", "--format", "json").json["answers"]

    assert "a year before" in said.out.splitlines()[0]
    assert [{"value": 0.75, "n": 4}] == [answer["previous"] for answer in found]


def test_windows_roll(march: Terminal) -> None:
    windows = march("kpis", "ticket_csat", *MARCH, "--rolling", "2", "--format", "json").json["answers"]
    days = march("kpis", "ticket_csat", *MARCH, "--by", "month", "--rolling", "90d", "--format", "json").json["answers"]

    assert [("2026-02-01", 0.625)] == [(each["period_start"], each["value"]) for each in windows]
    assert [("2026-01-01", 8)] == [(each["period_start"], each["n"]) for each in days]


def test_fiscal_quarters_are_named_after_the_year_that_they_are_in(march: Terminal) -> None:
    march.write(TOML + "\n[metrics]\nfiscal_year_start = 4\n")
    quarters = ("kpis", "ticket_csat", "--period", "2025", "--by", "quarter")
    said = march(*quarters).out.splitlines()[1:5]
    found = march(*quarters, "--format", "json").json["answers"]

    assert ["2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"] == [row.split()[2] for row in said]
    assert ["2025-04-01", "2026-04-01"] == [found[0]["period_start"], found[3]["period_end"]]
    assert [None, None, None, 8] == [each["n"] or None for each in found]


def test_all_kpis_are_answered_when_none_is_named(march: Terminal) -> None:
    answers = march("kpis", *MARCH, "--format", "json").json["answers"]

    assert {"ticket_csat", "csat", "first_response_time"} <= {answer["kpi"] for answer in answers}


def test_variant_is_chosen_by_name_or_by_option(march: Terminal) -> None:
    by_name = march("kpis", "first_response_time(stat=p90)", *MARCH, "--format", "json").json["answers"]
    by_option = march("kpis", "first_response_time", "--variant", "stat=p90", *MARCH, "--format", "json").json[
        "answers"
    ]

    assert ["stat=p90"] == [answer["variant"] for answer in by_name]
    assert by_name == by_option


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["kpis", "csta"], 'There is no KPI "csta". Did you mean csat?\n  See all: latido catalog\n'),
        (["kpis", "NPS"], 'There is no KPI "NPS". Did you mean nps?\n  See all: latido catalog\n'),
        (["explain", "csta"], 'There is no KPI "csta". Did you mean csat?\n  See all: latido catalog\n'),
        (["kpis", "csat", "--period", "yesterday"], '"yesterday" is not a period.\n  Write 2026, 2026-Q3, 2026-11, '),
        (["kpis", "csat", "--period", "2026-13"], '"2026-13" is not a period.\n'),
        (["kpis", "--from", "2026-01"], "--from and --to belong together.\n"),
        (["kpis", "--period", "2026", "--from", "2026-01", "--to", "2026-02"], "--period and --from/--to exclude"),
        (["explain", "csat", "--rows", "--segment", "team"], "--segment team does not name one segment.\n"),
        (["explain", "csat", "--compare", "year"], "--compare is for --change.\n  Add --change."),
        (["kpis", "--by", "month"], "--by needs a period.\n"),
        (["kpis", "--rolling", "3"], "--rolling needs a period.\n"),
        (["kpis", "csat", "--period", "2026", "--rolling", "3 months"], '"3 months" is not a window.\n'),
        (["kpis", "csat", "--compare", "yaer"], 'Nothing is compared with "yaer". Did you mean year?\n'),
        (["kpis", "--period", "2026", "--by", "moth"], '"moth" is not a length of time. Did you mean month?\n'),
        (["kpis", "--variant", "stat=p90"], "--variant is of one KPI: name it.\n"),
        (["kpis", "csat", "--source", "suport"], "There is no source suport. Did you mean support?\n"),
        (["kpis", "csat", "--segment", "teem"], "csat cannot be split by teem.\n  Did you mean team? There is: "),
        (["kpis", "csat", "--as-of", "0001-01-01"], "--as-of: 0001-01-01 is no instant."),
        (["kpis", "csat", "--as-of", "9999-12-31"], "--as-of: 9999-12-31 is no instant."),
        (["kpis", "csat", "--as-of", "now"], "--as-of: now is no instant.\n  Write it as 2026-01-31"),
    ],
)
def test_what_does_not_exist_is_one_sentence(march: Terminal, arguments: list[str], sentence: str) -> None:
    said = march(*arguments)

    assert 2 == said.code
    assert said.err.startswith(sentence)
    assert "" == said.out


def test_unknown_kpi_is_spanish_too(march: Terminal) -> None:
    said = march("kpis", "csta", "--lang", "es")

    assert "No existe el KPI «csta». ¿Querías decir csat?\n  Míralos todos: latido catalog\n" == said.err


def test_variant_in_the_settings_that_does_not_exist_ends_with_3(march: Terminal) -> None:
    march.write(TOML + '\n[metrics]\nvariants = { csat = "variant=best" }\n')

    said = march("kpis", "csat")

    assert 3 == said.code
    assert said.err.startswith("latido.toml, metrics.variants: csat has no variant=best.\n")


def test_what_is_counted_may_be_narrowed_where_it_is_explained(march: Terminal) -> None:
    whole = march("explain", "ticket_csat", *MARCH, "--format", "json").json["answer"]

    assert whole == march("explain", "ticket_csat", *MARCH, "--source", "support", "--format", "json").json["answer"]
    narrowed = march("explain", "ticket_csat", *MARCH, "--as-of", "2026-03-05", "--format", "json").json["answer"]
    assert datetime(2026, 3, 5, tzinfo=ZoneInfo("Europe/Madrid")) == datetime.fromisoformat(narrowed["as_of"])
    assert "There is no source desk." in march("explain", "csat", "--source", "desk").err


def test_figure_is_explained_with_every_record(march: Terminal) -> None:
    found = march("explain", "ticket_csat", *MARCH, "--rows", "--format", "json").json

    counted = [row for row in found["rows"] if row["excluded"] is None]
    assert "good / (good + bad)" == found["formula"]
    assert 4 == len(counted)
    assert found["answer"]["value"] == sum(row["numerator"] for row in counted) / len(counted)
    assert {f"https://desk.example/{n}" for n in range(4)} == {row["url"] for row in counted}


def test_explanation_reads_as_a_page(march: Terminal) -> None:
    said = march("explain", "ticket_csat", *MARCH, "--rows", "--sql")

    for line in (
        "Ticket satisfaction (ticket_csat)",
        "Value: 75.0\N{NO-BREAK SPACE}%",
        "Counted: 4",
        "Needs: tickets, tickets.csat",
    ):
        assert line in said.out.splitlines()
    assert "SELECT" in said.out
    assert "https://desk.example/3" in said.out


def test_change_is_told_with_what_makes_it_up(march: Terminal) -> None:
    said = march("explain", "ticket_csat", *MARCH, "--change", "--segment", "source").out.splitlines()

    told = said[said.index("2026-02: 50.0\N{NO-BREAK SPACE}%") :]
    assert "2026-03: 75.0\N{NO-BREAK SPACE}%" == told[1]
    assert "Change: +25.0\N{NO-BREAK SPACE}pp" == told[2]
    assert told[3].startswith("That may be chance: the 95% interval of the change is \N{MINUS SIGN}32.0")
    assert "Split by source:" == told[5]
    assert ["support", "rate", "+25.0", "pp", "50.0", "%", "75.0", "%"] == told[7].split()


def test_effects_can_be_taken_elsewhere(march: Terminal) -> None:
    change = ("explain", "ticket_csat", *MARCH, "--change", "--segment", "source")
    (effect,) = march(*change, "--format", "json").json["change"]["effects"]
    (row,) = csv.DictReader(io.StringIO(march(*change, "--format", "csv").out))

    assert {"source": "support", "effect": "rate", "value": 0.25, "before": 0.5, "after": 0.75} == effect
    assert {name: str(value) for name, value in effect.items()} == row


def test_without_a_figure_before_it_says_that_nothing_can_be_compared(march: Terminal) -> None:
    said = march("explain", "ticket_csat", "--period", "2026-02", "--change").out

    assert "2026-01: none: nothing to divide by\n" in said
    assert "There is nothing to compare: one of both has no figure.\n" in said


def test_records_of_one_segment_alone(march: Terminal) -> None:
    rows = march("explain", "ticket_csat", *MARCH, "--rows", "--segment", "source=support", "--format", "json").json
    none = march("explain", "ticket_csat", *MARCH, "--rows", "--segment", "team=A", "--format", "json").json

    in_no_team = march("explain", "ticket_csat", *MARCH, "--segment", "team=?", "--format", "json").json

    assert (4, 0, 4) == tuple(len(each["rows"]) for each in (rows, none, in_no_team))
    assert ({"source": "support"}, 0.75) == (rows["answer"]["segment"], rows["answer"]["value"])
    assert ({"team": "A"}, "no_rows_in_period") == (none["answer"]["segment"], none["answer"]["reason"])


def test_what_is_read_only_if_it_is_there_is_told_apart(march: Terminal) -> None:
    said = march("explain", "customer_health_score", *MARCH).out

    assert "Reads, if there: tickets (support)\n" in said
    assert "Reads, if there: web_sessions (nobody delivers it)\n" in said


def test_what_nobody_delivers_leads_to_what_would_unlock_it(march: Terminal) -> None:
    assert "What would unlock it: latido catalog" in march("kpis", "csat", *MARCH).out
    assert "What would unlock it" not in march("kpis", "ticket_csat", "--period", "2026-01").out


def test_rows_can_be_taken_elsewhere_as_csv(march: Terminal) -> None:
    said = march("explain", "ticket_csat", *MARCH, "--rows", "--format", "csv")

    assert ["0", "1", "2", "3"] == [row["source_id"] for row in csv.DictReader(io.StringIO(said.out))]


def test_catalog_says_what_can_be_computed_and_what_is_lacking(march: Terminal) -> None:
    kpis = {each["id"]: each for each in march("catalog", "--format", "json").json["kpis"]}

    assert kpis["ticket_csat"]["computable"]
    assert (False, ["survey_responses"]) == (kpis["csat"]["computable"], kpis["csat"]["lacking"])
    assert ["median", "mean", "p90"] == kpis["first_response_time"]["parameters"]["stat"]


def test_catalog_says_why_a_vendor_that_is_connected_does_not_give_it(
    march: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Desk, "unreadable", {"survey_responses": "Desks ask nobody. Use a questionnaire."})
    kpis = {each["id"]: each for each in march("catalog", "--format", "json").json["kpis"]}

    assert ["Desks ask nobody. Use a questionnaire."] == [each["text"] for each in kpis["csat"]["unlock"]]
    assert [] == kpis["ticket_csat"]["unlock"]
    assert 1 == march("catalog").out.count("Desks ask nobody. Use a questionnaire.")


def test_catalog_needs_no_sync(project: Terminal) -> None:
    said = project("catalog")

    assert 0 == said.code
    assert "First contact resolution" in said.out


def test_figures_before_any_sync_say_what_to_run(project: Terminal) -> None:
    said = project("kpis")

    assert 3 == said.code
    assert "Nothing has been synced yet.\n  Run: latido sync\n" == said.err
