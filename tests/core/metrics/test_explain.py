"""What stands behind a figure: every record that was counted or left out, with a link to it."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import UsageError
from latido.metrics import Engine, EngineSettings
from latido.metrics._run import create_periods
from latido.schema import Account, SurveyResponse, Ticket
from latido.warehouse import Warehouse
from tests.core.metrics.loading import JANUARY, engine, reply, solved, ticket

if TYPE_CHECKING:
    from pathlib import Path

    from latido.metrics import Explanation


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    link = "https://desk.example/{}"
    rows = {
        Account: [{"source_id": "acme", "name": "Acme S.L.", "country": "ES"}],
        Ticket: [
            solved("1", team="A", account_id="acme", agent_replies=1, reopens=0, url=link.format(1)),
            solved("2", team="A", agent_replies=4, reopens=0, url=link.format(2)),
            solved("3", team="B", url=link.format(3)),
            solved("4", team="B", agent_replies=1, reopens=0, is_spam=True),
            ticket("5", team="B", first_reply_at="2024-01-02T10:30Z"),
            ticket("6"),
        ],
        SurveyResponse: [reply("r", 5, url=link.format("r"))],
    }
    return engine(tmp_path_factory.mktemp("explain"), rows)


def ran(figures: Engine, found: Explanation) -> list[dict[str, Any]]:
    """Return the rows that the SQL of an explanation finds."""
    (sql,), (bound,) = found.sql.values(), found.bound.values()
    with figures.warehouse.reading() as connection:
        create_periods(connection, [found.answer.period], found.answer.time_zone)
        answer = connection.execute(sql, bound)
        names = [column[0] for column in answer.description or ()]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def test_every_ticket_is_listed_with_what_it_counts_for_or_why_not(figures: Engine) -> None:
    listed = {
        fact.source_id: (fact.numerator, fact.denominator, fact.excluded)
        for fact in figures.facts("first_contact_resolution", JANUARY)
    }

    assert {"1": (1, 1, None), "2": (0, 1, None), "3": (0, 1, "unknown_replies"), "4": (1, 1, "spam")} == listed


def test_a_fact_leads_to_its_record_and_customer(figures: Engine) -> None:
    fact = next(figures.facts("first_contact_resolution", JANUARY))

    assert ("tickets", "shop", "1", "https://desk.example/1") == (fact.entity, fact.source, fact.source_id, fact.url)
    assert hashlib.md5(b"shop:acme").hexdigest()[:16] == fact.customer_id  # noqa: S324 - a name, no secret
    assert "Acme S.L." == fact.customer
    assert "A" == fact.dimensions["team"]
    assert "https://desk.example/r" == next(figures.facts("csat", JANUARY)).url


def test_times_are_in_the_unit_of_the_kpi_and_waiting_tickets_are_listed(figures: Engine) -> None:
    listed = [(fact.source_id, fact.value, fact.excluded) for fact in figures.facts("first_response_time", JANUARY)]

    assert [("5", 0.5, None), ("6", None, "waiting")] == listed


def test_facts_of_one_segment(figures: Engine) -> None:
    def of(**segment: str | None) -> list[str | None]:
        return [fact.source_id for fact in figures.facts("first_contact_resolution", JANUARY, segment=segment)]

    assert ["1", "2"] == of(team="A")
    assert ["1"] == of(country="ES")
    assert ["2", "4", "3"] == of(country=None)
    with pytest.raises(UsageError, match="split by teams"):
        of(teams="A")


def test_facts_are_plain_json(figures: Engine) -> None:
    (fact,) = json.loads(json.dumps([fact.json() for fact in figures.facts("csat", JANUARY)]))

    assert ("survey_responses", "r", 1, None) == (fact["entity"], fact["source_id"], fact["numerator"], fact["class"])


def test_an_explanation_says_what_it_means_and_rests_on(figures: Engine) -> None:
    found = figures.explain("average_resolution_time(which=first)", JANUARY)

    assert str(found.definition).startswith("Mean time from the creation of a ticket to its last solve")
    assert {"stat": "mean", "which": "first", "schedule": "none"} == found.parameters
    assert {"shop": datetime(2026, 3, 1, 12, tzinfo=UTC)} == found.fresh
    assert () == found.lacking
    assert 2 == found.answer.n
    assert {"average_resolution_time": {"which": "first"}} == found.bound
    assert {"tickets": ("shop",)} == found.inputs
    assert "$which" in found.sql["average_resolution_time"]


def test_each_part_of_a_formula_has_its_own_values(figures: Engine) -> None:
    bound = figures.explain("cx_score", JANUARY).bound

    assert {"variant": "top_box"} == bound["csat"]
    assert {"variant": "low_effort_share"} == bound["ces"]


def test_the_sql_of_an_explanation_can_be_run(figures: Engine) -> None:
    found = figures.explain("first_contact_resolution", JANUARY)

    assert 4 == len(ran(figures, found))


@pytest.mark.parametrize(
    ("segment", "source", "ids"),
    [
        ({"team": "A"}, None, ["1", "2"]),
        ({"country": None}, None, ["2", "3", "4"]),
        ({"team": "B"}, "shop", ["3", "4"]),
    ],
)
def test_the_sql_of_one_segment_finds_its_facts_alone(
    figures: Engine, segment: dict[str, str | None], source: str | None, ids: list[str]
) -> None:
    found = figures.explain("first_contact_resolution", JANUARY, segment=segment, source=source)

    assert ids == sorted(row["source_id"] for row in ran(figures, found))


def test_a_variant_explains_itself(figures: Engine) -> None:
    said = figures.explain("first_contact_resolution(variant=over_received)", JANUARY).definition

    assert str(said).startswith("Share of the tickets created in the period")


@pytest.mark.parametrize(
    ("ask", "optional"),
    [
        ("csat", {}),
        ("cx_score", {}),
        ("mrr(fx_policy=spot)", {}),
        ("arpu", {"contracts": ()}),
        ("customer_health_score", {"survey_responses": ("shop",), "web_sessions": (), "tickets": ("shop",)}),
        ("ltv_cac_ratio", {}),
        ("ttfv", {"deals": (), "contracts": ()}),
    ],
)  # fmt: skip
def test_what_a_kpi_reads_only_if_it_is_there_is_told_apart(
    figures: Engine, ask: str, optional: dict[str, tuple[str, ...]]
) -> None:
    assert optional == figures.explain(ask, JANUARY).optional


@pytest.mark.parametrize("ask", ["first_contact_resolution", "first_response_time", "cx_score", "csat"])
@pytest.mark.parametrize("name", ["team", "source", "country"])
def test_one_segment_is_explained_as_it_is_told_beside_the_others(figures: Engine, ask: str, name: str) -> None:
    told = [each for each in figures.answers([ask], JANUARY, segment=name) if each.segment is not None]

    assert told == [figures.explain(ask, JANUARY, segment=each.segment).answer for each in told]


def test_a_segment_that_nothing_is_in_has_no_figure(figures: Engine) -> None:
    found = figures.explain("csat", JANUARY, segment={"team": "Z"}).answer

    assert ({"team": "Z"}, None, 0, "no_rows_in_period") == (found.segment, found.value, found.n, found.reason)


def test_the_catalogue_says_what_nobody_delivers(figures: Engine) -> None:
    lacking = {entry.kpi.id: entry.lacking for entry in figures.catalog()}

    assert () == lacking["csat"]
    assert ("tickets.sla_met",) == lacking["service_quality"]


def test_before_the_first_sync_the_catalogue_lacks_everything(tmp_path: Path) -> None:
    entries = Engine(Warehouse(tmp_path / "latido.duckdb"), EngineSettings(("shop",))).catalog()

    assert not any(entry.computable for entry in entries)
    assert ("tickets",) == next(entry.lacking for entry in entries if entry.kpi.id == "service_quality")
