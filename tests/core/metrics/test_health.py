"""What the worked examples leave open of the KPIs about customers as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from latido.config import HealthSettings, SegmentSettings
from latido.schema import Account, Contract, Milestone, SurveyResponse, Ticket, WebSession
from tests.core.metrics.loading import accounts, contract, figure, poured, reply, ticket

if TYPE_CHECKING:
    from pathlib import Path

    from latido.metrics import Engine


def paying(*amounts: int) -> dict[Any, list[dict[str, Any]]]:
    """Return customers c0, c1 … who pay *amounts* per month."""
    rows = [contract(f"c{n}", str(amount)) for n, amount in enumerate(amounts)]
    return {Account: accounts(*(f"c{n}" for n in range(len(amounts)))), Contract: rows}


def health(**said: Any) -> HealthSettings:
    return HealthSettings.model_validate(said)


TIED = (500, 300, 300, 100, 100, 100, 100, 50, 50, 50)


def test_segments_hold_at_the_rates_of_the_day_too(tmp_path: Path) -> None:
    figures = poured(tmp_path, paying(*TIED))

    assert [10, 3, 4, 3] == figure(figures, "customer_segments(fx_policy=spot)", "value", "high", "middle", "volume")


def test_without_a_rate_nobody_knows_the_segment(tmp_path: Path) -> None:
    foreign = {Account: accounts("M"), Contract: [contract("M", "10", currency="CHF")]}

    found = figure(poured(tmp_path, foreign), "customer_segments", "value", "reason")

    assert [None, "missing_fx_rate"] == found


def test_how_many_are_of_high_value_stands_in_the_settings(tmp_path: Path) -> None:
    few = SegmentSettings.model_validate({"high": "0.1", "middle": "0"})
    figures = poured(tmp_path, paying(*TIED), segments=few)

    assert [1, 0, 9] == figure(figures, "customer_segments", "high", "middle", "volume")


def nps(source_id: str, score: float, **columns: Any) -> dict[str, Any]:
    """Return an answer of H about recommending, of June 2023."""
    known = {"kind": "nps", "account_id": "H", "answered_at": "2023-06-10T12:00Z"}
    return reply(source_id, score, (0, 10), **{**known, **columns})


PAIR = {
    Account: accounts("H", "I"),
    Contract: [contract("H", "100"), contract("I", "100")],
    SurveyResponse: [
        nps("1", 9, respondent_email="ana@h.example"),
        nps("2", 6, respondent_email="luis@h.example"),
        reply("3", 5, account_id="H"),
        reply("4", 2, account_id="H"),
    ],
    Ticket: [ticket("1", "2024-01-20T10:00Z", account_id="H")],
    WebSession: [
        {"source_id": str(day), "account_id": "H", "visitor_id": "v", "started_at": f"2024-01-{day}T12:00Z"}
        for day in range(10, 25)
    ],
}


@pytest.fixture
def pair(tmp_path: Path) -> Engine:
    return poured(tmp_path, PAIR)


def test_health_shows_what_each_part_adds(pair: Engine) -> None:
    scored, unscored = pair.facts("customer_health_score", "2024-01")

    assert {"nps": 22.058824, "csat": 11.764706, "ces": None, "support": 17.647059, "usage": 11.764706} == {
        name: value and round(float(value), 6) for name, value in scored.shown.items() if name != "coverage"
    }
    assert [0.85, 0.2] == [float(each.shown["coverage"] or 0) for each in (scored, unscored)]
    assert [None, "insufficient_coverage"] == [scored.excluded, unscored.excluded]


def test_weights_of_health_count_against_each_other(tmp_path: Path) -> None:
    """Support alone: 75 points for H, who has a ticket open, and 100 for I."""
    alone = health(nps=0, csat=0, ces=0, usage=0, support="0.1")

    assert [87.5, 2] == figure(poured(tmp_path, PAIR, health=alone), "customer_health_score", "value", "n")


def test_bar_and_deduction_of_health_stand_in_the_settings(tmp_path: Path) -> None:
    lenient = health(coverage="0.1", points_per_ticket=60)  # H has 55 points then, I has all of them.

    found = figure(poured(tmp_path, PAIR, health=lenient), "customer_health_score", "value", "n", "without_score")

    assert [77.5, 2, 0] == found


def test_nobody_of_whom_enough_is_known_has_no_score(tmp_path: Path) -> None:
    figures = poured(tmp_path, {Account: accounts("I"), Contract: [contract("I", "10")]})

    found = figure(figures, "customer_health_score", "value", "reason", "without_score")

    assert [None, "insufficient_coverage", 1] == found


def test_a_person_counts_for_health_by_their_last_answer(tmp_path: Path) -> None:
    again = nps("5", 0, respondent_email="ana@h.example", answered_at="2024-01-05T12:00Z")
    late = nps("6", 10, respondent_email="ana@h.example", answered_at="2024-02-05T12:00Z")
    old = nps("7", 0, respondent_email="eva@h.example", answered_at="2023-01-20T12:00Z")
    figures = poured(tmp_path, {**PAIR, SurveyResponse: [*PAIR[SurveyResponse], again, late, old]})

    (found, _) = figures.facts("customer_health_score", "2024-01")

    assert round(30 * 0.25 / 0.85, 6) == round(float(found.shown["nps"] or 0), 6)


def test_customers_at_risk_have_a_detractor_or_are_unwell(tmp_path: Path) -> None:
    """A score that is missing is no risk by itself."""
    figures = poured(tmp_path, PAIR)

    assert [1, 1, 0, 0, 1] == figure(
        figures, "at_risk_customers", "value", "detractor", "unwell", "both", "without_score"
    )


def test_a_last_answer_on_another_scale_takes_no_detractor_back(tmp_path: Path) -> None:
    rows = [
        nps("1", 3, respondent_email="ana@h.example"),
        reply("2", 5, (1, 5), kind="nps", account_id="H", respondent_email="ana@h.example"),
    ]
    figures = poured(tmp_path, {**PAIR, SurveyResponse: rows})

    assert [1] == figure(figures, "at_risk_customers", "detractor")


def test_the_bar_of_risk_stands_in_the_settings(tmp_path: Path) -> None:
    figures = poured(tmp_path, PAIR, health=health(at_risk_below=64))

    assert [1, 1] == figure(figures, "at_risk_customers", "value", "both")


def test_who_has_exactly_the_score_of_the_bar_is_no_risk(tmp_path: Path) -> None:
    """90, 25 and 25 with the weights 25, 20 and 20: half of a hundred, though no part of it is a short number."""
    rows = {
        Account: accounts("H"),
        Contract: [contract("H", "100")],
        SurveyResponse: [nps("1", 9), *(reply(str(n), 5 if n == 2 else 1, account_id="H") for n in range(2, 6))],
        Ticket: [ticket(str(n), "2024-01-20T10:00Z", account_id="H") for n in range(3)],
    }

    assert [0, 0, 0] == figure(poured(tmp_path, rows), "at_risk_customers", "value", "unwell", "without_score")


def test_customers_who_left_are_no_longer_at_risk(tmp_path: Path) -> None:
    gone = [contract("H", "100", ends_on="2024-01-31")]
    figures = poured(tmp_path, {**PAIR, Contract: gone})

    assert [0, None] == figure(figures, "at_risk_customers", "value", "reason")


def test_customers_are_onboarding_until_their_first_value(tmp_path: Path) -> None:
    moments = [("c0", "2024-01-10T12:00Z"), ("c1", "2023-05-10T12:00Z"), ("c2", "2024-02-01T12:00Z")]
    rows = [
        {"source_id": account, "account_id": account, "milestone": "first_value", "occurred_at": at}
        for account, at in moments
    ]
    figures = poured(tmp_path, {**paying(500, 100, 100, 50, 50), Milestone: rows})

    found = figure(figures, "lifecycle_stage", "value", "onboarding", "ongoing", "support")

    assert [5, 3, 1, 1] == found


def test_without_milestones_nobody_knows_the_stage(tmp_path: Path) -> None:
    assert [None, "no_rows"] == figure(poured(tmp_path, paying(500)), "lifecycle_stage", "value", "reason")
