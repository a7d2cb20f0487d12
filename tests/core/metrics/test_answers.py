"""What an answer says, and what it says when there is nothing to say."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from latido.errors import ConfigurationError, UsageError
from latido.metrics import Engine, EngineSettings
from latido.schema import SurveyResponse, Ticket
from latido.warehouse import Warehouse
from tests.core.metrics.loading import answer, engine, replies, reply, solved, ticket, tickets

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def teams(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Return an engine over January's tickets of two teams and of none, and one of December."""
    rows = tickets(
        solved("a1", team="A", csat="good", reopens=0),
        solved("a2", team="A", csat="bad", reopens=1),
        solved("b1", team="B", csat="good", reopens=None),
        solved("x1", csat="good", reopens=0),
        solved("d1", "2023-12-05T10:00Z", created_at="2023-12-01T10:00Z", team="C", csat="bad"),
    )
    return engine(tmp_path_factory.mktemp("teams"), rows)


def test_json_has_the_agreed_shape(teams: Engine) -> None:
    found = json.loads(json.dumps(answer(teams, "ticket_csat").json()))

    assert {
        "kpi": "ticket_csat",
        "variant": "default",
        "period_start": "2024-01-01",
        "period_end": "2024-02-01",
        "time_zone": "Europe/Madrid",
        "segment": None,
        "value": 0.75,
        "unit": "ratio",
        "n": 4,
        "numerator": 3,
        "denominator": 4,
        "lower": pytest.approx(0.300642, abs=1e-6),
        "upper": pytest.approx(0.954413, abs=1e-6),
        "parts": {},
        "reason": None,
        "excluded": {},
        "sources": ["shop"],
        "as_of": "2026-03-01T12:00:00Z",
        "previous": {"value": 0.0, "n": 1},
    } == found
    assert list(found)[:4] == ["kpi", "variant", "period_start", "period_end"]


def test_without_a_figure_in_the_period_before_there_is_no_previous(teams: Engine) -> None:
    assert answer(teams, "ticket_csat", "2023-12").previous is None


def test_left_out_facts_are_counted_by_reason(teams: Engine) -> None:
    found = answer(teams, "ticket_reopen_rate")

    assert (3, {"unknown_reopens": 1}) == (found.n, found.excluded)


def test_the_whole_comes_before_its_segments_and_those_without_last(teams: Engine) -> None:
    found = teams.answers(["ticket_csat"], "2024-01", segment="team")

    assert [None, {"team": "A"}, {"team": "B"}, {"team": "C"}, {"team": None}] == [each.segment for each in found]
    assert [4, 2, 1, 0, 1] == [each.n for each in found]
    assert [0.75, 0.5, 1.0, None, 1.0] == [each.value for each in found]


def test_a_segment_of_the_period_before_is_shown_with_what_it_was(teams: Engine) -> None:
    gone = teams.answers(["ticket_csat"], "2024-01", segment="team")[3]

    assert ("zero_denominator", 1) == (gone.reason, gone.previous and gone.previous.n)


@pytest.mark.parametrize("asked", [["ticket_csat"], []])
def test_an_unknown_segment_is_refused_with_the_nearest(teams: Engine, asked: list[str]) -> None:
    with pytest.raises(UsageError, match="split by teem") as refused:
        teams.answers(asked, "2024-01", segment="teem")

    assert "Did you mean team?" in str(refused.value.hint)


def test_all_kpis_are_answered_that_can_be_split_so(teams: Engine) -> None:
    of_answers = {"ces", "comment_rate", "csat", "cx_score", "nps", "nps_segments"}
    assert of_answers == {each.kpi for each in teams.answers([], "2024-01", segment="touchpoint")}


def test_several_periods_come_in_one_pass(teams: Engine) -> None:
    months = teams.series("2023-11", "2024-01", "month")

    assert [None, 0.0, 0.75] == [each.value for each in teams.answers(["ticket_csat"], months)]


def test_overlapping_periods_are_computed_each_for_itself(teams: Engine) -> None:
    periods = [*teams.series("2024-01", "2024-01", "month"), *teams.series("2023", "2024", "year")]

    assert [4, 1, 4] == [each.n for each in teams.answers(["ticket_csat"], periods)]


@pytest.mark.parametrize(
    ("kpi", "reason"),
    [
        ("csat", "no_rows"),
        ("first_response_time", "no_rows_in_period"),
        ("average_resolution_time", "no_rows_in_period"),
        ("ticket_csat", "zero_denominator"),
        ("first_contact_resolution", "zero_denominator"),
        ("ticket_reopen_rate", "zero_denominator"),
        ("service_quality", "missing_field"),
    ],
)
def test_nothing_to_count_is_null_with_a_reason(teams: Engine, kpi: str, reason: str) -> None:
    found = answer(teams, kpi, "2025-06")

    assert (None, reason) == (found.value, found.reason)
    assert (None, None) == (found.lower, found.upper)


def test_a_field_that_somebody_delivers_is_no_longer_missing(tmp_path: Path) -> None:
    figures = engine(tmp_path, tickets(solved("1", sla_met=True), solved("2", sla_met=False), solved("3")))

    found = answer(figures, "service_quality")

    assert (0.5, 1, 2) == (found.value, found.numerator, found.denominator)
    assert "zero_denominator" == answer(figures, "service_quality", "2025-06").reason


def test_a_true_zero_has_no_reason(tmp_path: Path) -> None:
    found = answer(engine(tmp_path, tickets(solved("1", reopens=0))), "ticket_reopen_rate")

    assert (0.0, None) == (found.value, found.reason)


def test_one_source_can_be_looked_at_alone(tmp_path: Path) -> None:
    sources = {"one": tickets(solved("1", csat="good")), "two": {Ticket: [solved("1", csat="bad")]}}
    figures = engine(tmp_path, sources=sources)

    assert 0.5 == answer(figures, "ticket_csat").value
    alone = answer(figures, "ticket_csat", source="two")
    assert (0.0, ("two",)) == (alone.value, alone.sources)
    with pytest.raises(UsageError, match="Did you mean two"):
        answer(figures, "ticket_csat", source="tow")


def test_a_source_that_delivers_no_such_table_has_no_rows_of_it(tmp_path: Path) -> None:
    figures = engine(tmp_path, sources={"desk": tickets(solved("1")), "survey": replies(reply("1", 5))})

    assert "no_rows" == answer(figures, "csat", source="desk").reason
    assert ("survey",) == answer(figures, "csat").sources


def test_rows_of_a_source_that_is_not_configured_do_not_count(tmp_path: Path) -> None:
    rows = {Ticket: [solved("1", csat="good")], SurveyResponse: [reply("1", 5)]}
    figures = engine(tmp_path, sources={"old": rows, "new": tickets(solved("2", csat="bad"))})
    fewer = Engine(figures.warehouse, EngineSettings(("new",)))

    assert 0.0 == answer(fewer, "ticket_csat").value
    assert "no_rows" == answer(fewer, "csat").reason


def test_before_the_first_sync_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="Nothing has been synced"):
        Engine(Warehouse(tmp_path / "latido.duckdb"), EngineSettings(("shop",))).answers()


def test_freshness_is_that_of_the_oldest_complete_sync_of_those_who_deliver(tmp_path: Path) -> None:
    figures = engine(tmp_path, sources={"desk": tickets(ticket("1")), "survey": replies(reply("1", 5))})
    later, failed = "2026-05-01T00:00:00+00:00", "2026-06-01T00:00:00+00:00"
    with figures.warehouse.writing() as connection:
        connection.execute("UPDATE _latido_runs SET finished_at = ? WHERE source = 'survey'", [later])
        connection.execute(
            "INSERT INTO _latido_runs (source, mode, finished_at, exit_code) VALUES ('desk', 'incremental', ?, 6), "
            "('desk', 'partial', ?, 0)",
            [failed, failed],
        )

    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert noon == answer(figures, "first_response_time").as_of
    assert datetime.fromisoformat(later) == answer(figures, "csat").as_of
    assert {"desk": noon, "survey": datetime.fromisoformat(later)} == figures.freshness()
    assert "2026-02-01" == figures.answers()[0].period.starts_on.isoformat()
