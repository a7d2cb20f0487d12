"""One customer over all sources."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import UsageError
from latido.schema import Account, Contact, Contract, Deal, Milestone, SurveyResponse, Ticket, WebSession
from tests.core.metrics.loading import JANUARY, answer, engine, reply, solved, ticket

if TYPE_CHECKING:
    from latido.metrics import Customer, Engine


def contract(source_id: str, account: str, monthly: str, **columns: Any) -> dict[str, Any]:
    known = {"account_id": account, "recurring_monthly_amount": monthly, "currency": "EUR", "starts_on": "2023-06-01"}
    return {"source_id": source_id, **known, **columns}


def deal(source_id: str, account: str | None, amount: str) -> dict[str, Any]:
    known = {"status": "won", "currency": "EUR", "close_date": "2023-12-05"}
    return {"source_id": source_id, "account_id": account, "amount": amount, **known}


CRM = {
    Account: [
        {"source_id": "a", "name": "Acme", "domain": "acme.example", "country": "ES", "url": "https://crm.example/a"},
        {"source_id": "b", "name": "Bold", "domain": "bold.example"},
        {"source_id": "c", "name": "Acme"},
        {"source_id": "d", "name": "Dorm"},
    ],
    Contact: [{"source_id": "ana", "name": "Ana", "email": "Ana@acme.example", "account_id": "a", "title": "CTO"}],
    Contract: [
        contract("k1", "a", "90"),
        contract("k2", "a", "10", starts_on="2024-01-10"),
        contract("k3", "a", "-5"),
        contract("k4", "b", "40"),
        contract("k5", "d", "7", ends_on="2023-09-01"),
    ],
    Deal: [deal("d1", "a", "300"), deal("lonely", None, "50")],
    Milestone: [{"source_id": "m1", "account_id": "a", "milestone": "first_value", "occurred_at": "2023-07-01T10:00Z"}],
}
DESK = {
    Account: [{"source_id": "9", "name": "ACME Ltd", "domain": "acme.example"}],
    Ticket: [
        solved("t1", account_id="9", first_reply_at="2024-01-02T12:00Z"),
        ticket("t2", "2024-01-20T10:00Z", requester_email="who@acme.example", subject="Help"),
        ticket("t3", is_spam=True, account_id="9"),
    ],
    SurveyResponse: [
        reply("nps", 6, (0, 10), kind="nps", respondent_email="ana@acme.example", comment="slow"),
        reply("csat", 5, respondent_email="ana@acme.example"),
        reply("off", 9, respondent_email="ana@acme.example"),
    ],
    WebSession: [{"source_id": "v", "visitor_id": "x", "account_id": "9", "started_at": "2024-01-15T08:00Z"}],
}


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return engine(tmp_path_factory.mktemp("known"), sources={"crm": CRM, "desk": DESK})


@pytest.fixture(scope="module")
def acme(figures: Engine) -> Customer:
    return figures.customer("crm:a", JANUARY)


def test_accounts_of_all_sources_are_one_customer_with_what_joined_them(acme: Customer) -> None:
    accounts = [(each.source, each.source_id, each.rule, each.evidence, each.url) for each in acme.accounts]

    assert [
        ("crm", "a", "domain", "acme.example", "https://crm.example/a"),
        ("desk", "9", "domain", "acme.example", None),
    ] == accounts
    assert ("Acme", "acme.example", "ES", ("crm", "desk")) == (acme.name, acme.domain, acme.country, acme.sources)
    assert [("Ana", "ana@acme.example", "CTO", ("crm",))] == [
        (each.name, each.email, each.title, each.sources) for each in acme.people
    ]


@pytest.mark.parametrize("name", ["desk:9", "ANA@acme.example", "who@acme.example", "acme.example", " acme ltd "])
def test_whoever_names_a_customer_finds_it(figures: Engine, acme: Customer, name: str) -> None:
    assert acme.customer_id == figures.customer(name, JANUARY).customer_id


def test_several_of_one_name_are_named_with_what_to_type(figures: Engine, acme: Customer) -> None:
    with pytest.raises(UsageError, match=r"Acme may be any of 2 customers\.") as raised:
        figures.customer("Acme")

    assert f"latido customer {acme.customer_id}  (Acme, acme.example, crm, desk)" in str(raised.value.hint)


def test_nobody_is_not_guessed(figures: Engine) -> None:
    with pytest.raises(UsageError, match="There is no customer bol") as raised:
        figures.customer("bol")

    assert "(Bold, bold.example, crm)" in str(raised.value.hint)


def test_figures_are_those_of_the_kpis_over_its_facts_alone(figures: Engine, acme: Customer) -> None:
    found = {name: each.value for name, each in acme.figures.items()}

    assert (100, 300, -100.0, 1.0, 2.0, 24.0) == tuple(
        found[name]
        for name in ("mrr", "clv_historical", "nps", "csat", "first_response_time", "average_resolution_time")
    )
    assert {"negative_amount": 1} == acme.figures["mrr"].excluded
    assert ("no_rows_in_period", None) == (acme.figures["ces"].reason, acme.figures["ces"].value)
    others = figures.customer("crm:b", JANUARY).figures["mrr"].value
    assert answer(figures, "mrr").value == Decimal(140) == acme.figures["mrr"].value + others  # type: ignore[operator]


def test_what_it_pays_is_told_by_month(figures: Engine) -> None:
    months = figures.customer("crm:a", "2023-Q4").mrr_by_month
    paid = figures.customer("crm:a", "2023-12-15/2024-02-10").mrr_by_month

    assert [90, 90, 90] == [each.value for each in months]
    assert [(date(2023, 12, 1), 90), (date(2024, 1, 1), 100)] == [(each.period.starts_on, each.value) for each in paid]


def test_health_says_what_each_part_adds(acme: Customer) -> None:
    assert acme.health is not None
    parts = {each.name: (each.value, each.weight, each.contribution) for each in acme.health.parts}

    assert (None, 0.15, None) == parts["ces"]
    assert (60.0, 0.25) == parts["nps"][:2]
    assert (75.0, 0.2) == parts["support"][:2]
    assert pytest.approx(0.85) == acme.health.coverage
    assert pytest.approx(60 * 0.25 / 0.85) == parts["nps"][2]
    assert pytest.approx(acme.health.score) == sum(adds or 0 for _value, _weight, adds in parts.values())


def test_it_says_whether_it_may_leave_and_why(figures: Engine, acme: Customer) -> None:
    bold = figures.customer("crm:b", JANUARY)

    assert (True, ("detractor",), "high", "support") == (acme.at_risk, acme.risks, acme.segment, acme.stage)
    assert (None, (), "volume", "onboarding") == (bold.at_risk, bold.risks, bold.segment, bold.stage)
    assert {"health": "insufficient_coverage", "risk": "insufficient_coverage"} == bold.lacking


def test_who_pays_nothing_has_no_health_and_says_so(figures: Engine) -> None:
    dorm = figures.customer("crm:d", JANUARY)

    assert (0, None, None) == (dorm.figures["mrr"].value, dorm.health, dorm.at_risk)
    assert dict.fromkeys(("health", "segment", "stage", "risk"), "inactive") == dorm.lacking


def test_records_stand_behind_the_figures_those_left_out_with_the_reason(acme: Customer) -> None:
    assert [("t2", None), ("t1", None), ("t3", "spam")] == [(each.source_id, each.excluded) for each in acme.tickets]
    assert {"csat": None, "nps": None, "off": "out_of_range"} == {e.source_id: e.excluded for e in acme.opinions}
    assert {"k1": None, "k2": None, "k3": "negative_amount"} == {e.source_id: e.excluded for e in acme.contracts}
    assert (1, 3, 3, 1) == tuple(acme.counts[name] for name in ("unsolved_tickets", "tickets", "opinions", "purchases"))
    assert datetime(2024, 1, 15, 8, tzinfo=UTC) == acme.last_visit_at
    assert [("first_value", 1, None)] == [(each.milestone, each.times, each.excluded) for each in acme.milestones]


def test_a_deal_without_account_is_a_customer_that_can_be_shown(figures: Engine) -> None:
    lonely = figures.customer("crm:deal:lonely", JANUARY)

    assert (None, (), 50) == (lonely.name, lonely.accounts, lonely.figures["clv_historical"].value)


def test_it_is_plain_json(acme: Customer) -> None:
    told = acme.json()

    assert ("2024-01-01", "2024-02-01") == (told["period_start"], told["period_end"])
    assert "2024-01-20T10:00:00Z" == told["tickets"][0]["created_at"]
    assert 90.0 == told["contracts"][0]["monthly"]
    assert {"name": "nps", "value": 60.0} == {name: told["health"]["parts"][0][name] for name in ("name", "value")}
