"""Rows that make no sense: they are counted and shown, and what nobody knows never becomes nought."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from latido.schema import (
    Account,
    Cart,
    Contract,
    Deal,
    FxRate,
    MarketingSpend,
    Milestone,
    SurveyInvitation,
    SurveyResponse,
    Ticket,
    WebSession,
)
from tests.core.metrics.loading import JANUARY, answer, poured, reply, solved, ticket

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from latido.metrics import Engine


def won(source_id: str, amount: str, **columns: Any) -> dict[str, Any]:
    known = {"account_id": source_id, "status": "won", "currency": "EUR", "close_date": "2024-01-05"}
    return {"source_id": source_id, "amount": amount, **known, **columns}


def contract(source_id: str, monthly: str, **columns: Any) -> dict[str, Any]:
    known = {"account_id": source_id, "currency": "EUR", "starts_on": "2023-06-01"}
    return {"source_id": source_id, "recurring_monthly_amount": monthly, **known, **columns}


def rate(currency: str, value: str) -> dict[str, Any]:
    return {"source_id": currency + value, "currency": currency, "rate_date": "2023-01-01", "rate": value}


def spend(source_id: str, amount: str | None, **columns: Any) -> dict[str, Any]:
    return {"source_id": source_id, "amount": amount, "currency": "EUR", "spend_date": "2024-01-10", **columns}


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Return an engine over rows of which most make no sense, each beside one that does."""
    return poured(
        tmp_path_factory.mktemp("odd"),
        {
            Account: [{"source_id": "lead", "created_at": "2024-01-05T10:00Z"}, {"source_id": "ageless lead"}],
            Deal: [
                won("good", "100"),
                won("back", "-40"),
                won("free", "0"),
                won("sometime", "70", close_date=None),
                won("begun", "70", close_date=None, contract_start="2024-02-01"),
                won("lost", "5", close_date=None, status="lost"),
            ],
            Contract: [
                contract("steady", "10"),
                contract("owed", "-10"),
                contract("backwards", "10", ends_on="2023-01-01"),
                contract("at once", "10", ends_on="2023-06-01"),
                contract("unstarted", "10", starts_on=None),
                contract("briefly owed", "-5", starts_on="2024-01-10", ends_on="2024-01-20"),
            ],
            Milestone: [
                {
                    "source_id": "1",
                    "account_id": "steady",
                    "milestone": "first_value",
                    "occurred_at": "2023-06-02T10:00Z",
                },
                {"source_id": "2", "account_id": "lead", "milestone": "signup"},
                {"source_id": "3", "account_id": "lead", "milestone": "first_value"},
            ],
            Ticket: [
                solved("fine", first_reply_at="2024-01-02T12:00Z", agent_replies=1, reopens=0),
                solved("before it was", "2024-01-01T10:00Z", first_reply_at="2024-01-01T09:00Z"),
                solved("ageless", created_at=None),
                solved("sometime", solved_at=None, csat="good", sla_met=True),
                ticket("waiting for ever", created_at=None),
                ticket("to come", "2031-05-02T10:00Z", first_reply_at="2031-05-02T11:00Z"),
            ],
            SurveyResponse: [
                reply("fine", 5),
                reply("scaleless", 5, None),
                reply("flat", 5, (5, 5)),
                reply("upside down", 3, (5, 1)),
                reply("off", 7),
                reply("silent", None),
                reply("to come", 1, answered_at="2031-05-02T10:00Z"),
                *(reply(kind, 1, (1, 10), kind=kind, answered_at=None) for kind in ("csat", "nps", "ces")),
            ],
            MarketingSpend: [
                spend("fine", "600"),
                spend("backwards", "1", spend_end="2024-01-01"),
                spend("dateless", "1", spend_date=None),
                spend("nothing", None),
            ],
            Cart: [
                {"source_id": "fine", "created_at": "2024-01-03T10:00Z", "item_count": 1},
                {
                    "source_id": "paid first",
                    "created_at": "2024-01-03T10:00Z",
                    "completed_at": "2024-01-03T09:00Z",
                    "item_count": 1,
                },
                {"source_id": "ageless", "item_count": 1},
            ],
            WebSession: [
                {"source_id": "fine", "started_at": "2024-01-03T10:00Z", "pageviews": 2, "visitor_id": "ana"},
                {"source_id": "sometime", "pageviews": 9, "visitor_id": "ana", "conversions": 1},
                {"source_id": "some other time", "pageviews": 9, "visitor_id": "ana"},
            ],
            SurveyInvitation: [
                {"source_id": "fine", "kind": "nps", "sent_at": "2024-01-03T10:00Z"},
                {"source_id": "unsent", "kind": "nps", "responded_at": "2024-01-03T10:00Z"},
                {"source_id": "lost", "kind": "nps", "delivered": False},
            ],
        },
    )


@pytest.mark.parametrize(
    ("ask", "value", "excluded"),
    [
        ("arpu", 50, {"negative_amount": 1, "no_closed_at": 2}),
        ("clv_historical", 100, {"negative_amount": 1, "no_closed_at": 2}),
        ("repeat_purchase_rate", 0, {"negative_amount": 1, "no_closed_at": 2}),
        ("mrr", 10, {"negative_amount": 1, "empty_interval": 2, "no_start": 1}),
        ("average_resolution_time", 24, {"negative_duration": 1, "no_created_at": 1, "no_solved_at": 1}),
        ("first_response_time", 2, {"negative_duration": 1, "no_created_at": 1}),
        ("first_contact_resolution", 1, {"unknown_replies": 2, "no_solved_at": 1}),
        ("ticket_reopen_rate", 0, {"unknown_reopens": 2, "no_solved_at": 1}),
        ("csat", 1, {"unknown_scale": 3, "out_of_range": 1, "null_score": 1, "no_answered_at": 1}),
        ("cac", 600, {"empty_interval": 1, "no_start": 2, "no_amount": 1, "no_closed_at": 1}),
        ("cart_abandonment_rate", 1, {"negative_duration": 1, "no_created_at": 1}),
        ("win_rate", 1, {"no_closed_at": 3}),
        ("new_customers", 1, {"no_closed_at": 1, "no_start": 1}),
        ("lead_conversion_rate", 0, {"no_created_at": 1}),
        ("conversion_rate", 0, {"no_start": 2}),
        ("pages_per_visit", 2, {"no_start": 2}),
        ("survey_response_rate", 0, {"no_sent_at": 1}),
    ],
)
def test_nonsense_is_left_out_counted_and_named(
    odd: Engine, ask: str, value: float, excluded: Mapping[str, int]
) -> None:
    found = answer(odd, ask)

    assert (value, None, excluded) == (found.value, found.reason, found.excluded)
    left_out = [fact.excluded for fact in odd.facts(ask, JANUARY) if fact.excluded in excluded]
    assert sum(excluded.values()) == len(left_out)


LEFT_OUT_AT_THE_END = ("at once", "backwards", "owed", "unstarted")
OF_THE_LAST_DAY = (
    *("mrr", "mrr(fx_policy=spot)", "arr", "arpa", "arpa(fx_policy=spot)", "active_customers"),
    *("customer_segments", "customer_segments(fx_policy=spot)", "lifecycle_stage"),
)
OF_ALL_DAYS = (
    *("mrr_movements", "mrr_movements(grain=daily)", "mrr_movements(fx_policy=spot)"),
    *("expansion_mrr", "expansion_mrr(grain=daily)", "expansion_mrr(fx_policy=spot)"),
    *("mrr_growth_rate", "mrr_growth_rate(fx_policy=spot)", "expansion_mrr_rate", "expansion_mrr_rate(fx_policy=spot)"),
    *("mrr_churn_rate", "mrr_churn_rate(variant=net_change)", "mrr_churn_rate(fx_policy=spot)"),
    *("net_mrr_churn_rate", "net_mrr_churn_rate(variant=with_reactivation)", "net_mrr_churn_rate(fx_policy=spot)"),
    *("net_revenue_retention", "gross_revenue_retention", "customer_retention_rate", "customer_growth_rate"),
    *("net_revenue_retention(fx_policy=spot)", "gross_revenue_retention(fx_policy=spot)", "customer_churn_rate"),
    *(f"customer_churn_rate(variant={name})" for name in ("event", "exposed", "over_acquired", "over_average")),
    "customer_churn_rate(variant=net_count)",
)
LEFT_OUT = {
    **dict.fromkeys(OF_THE_LAST_DAY, LEFT_OUT_AT_THE_END),
    **dict.fromkeys(OF_ALL_DAYS, (*LEFT_OUT_AT_THE_END, "briefly owed")),
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Return an engine over the one contract of `odd` that makes sense."""
    milestone = {"account_id": "steady", "milestone": "first_value", "occurred_at": "2023-06-02T10:00Z"}
    return poured(
        tmp_path_factory.mktemp("sound"),
        {Contract: [contract("steady", "10")], Milestone: [{"source_id": "1", **milestone}]},
    )


@pytest.mark.parametrize("ask", LEFT_OUT)
def test_a_contract_that_makes_no_sense_is_shown_once_by_all_that_recurs(odd: Engine, ask: str) -> None:
    left_out = [fact for fact in odd.facts(ask, JANUARY) if fact.excluded]

    assert sorted(LEFT_OUT[ask]) == sorted(str(fact.source_id) for fact in left_out)
    assert {"contracts"} == {fact.entity for fact in left_out}
    assert Counter(fact.excluded for fact in left_out) == answer(odd, ask).excluded


@pytest.mark.parametrize("segment", [None, "source", "country"])
def test_what_is_left_out_touches_no_figure(odd: Engine, sound: Engine, segment: str | None) -> None:
    shown = [
        [
            (each.kpi, each.segment, each.value, each.n, each.numerator, each.denominator, each.reason, each.parts)
            for each in figures.answers(list(LEFT_OUT), JANUARY, segment=segment)
        ]
        for figures in (sound, odd)
    ]

    assert shown[0] == shown[1]


def test_a_contract_is_left_out_of_no_period_but_its_own(odd: Engine) -> None:
    for month in ("2023-12", "2024-02"):
        assert 1 == answer(odd, "mrr_movements", month).excluded["negative_amount"]


def test_a_source_leaves_out_its_own_contracts_alone(tmp_path: Path) -> None:
    rows = {Contract: [contract("steady", "10"), contract("owed", "-10", source="crm")]}
    figures = poured(tmp_path, rows)

    assert {} == answer(figures, "net_revenue_retention", source="shop").excluded
    assert {"negative_amount": 1} == answer(figures, "net_revenue_retention", source="crm").excluded
    assert "customer" == figures.change("active_customers", JANUARY).by


def test_a_contract_that_is_left_out_puts_its_customer_in_no_segment(tmp_path: Path) -> None:
    contracts = [contract("steady", "10"), contract("lent", "-10", account_id="steady"), contract("owed", "-10")]
    figures = poured(tmp_path, {Account: [{"source_id": "steady"}, {"source_id": "owed"}], Contract: contracts})

    assert "high" == figures.customer("shop:steady", JANUARY).segment
    assert None is figures.customer("shop:owed", JANUARY).segment
    assert "inactive" == figures.customer("shop:owed", JANUARY).lacking["segment"]


@pytest.mark.parametrize("ask", ["nps", "nps(dedupe=first)", "nps_segments", "ces", "csat", "comment_rate", "cx_score"])
def test_an_answer_without_a_date_is_shown_in_every_period_and_counts_in_none(odd: Engine, ask: str) -> None:
    undated = {"comment_rate": 3, "cx_score": 3}.get(ask, 1)

    for month in (JANUARY, "2020-01"):
        assert undated == answer(odd, ask, month).excluded["no_answered_at"]
    assert (0, "no_rows_in_period") == (answer(odd, "ces").n, answer(odd, "ces").reason)
    assert {None} == {fact.numerator for fact in odd.facts(ask, JANUARY) if fact.excluded == "no_answered_at"}


EVER = "2020-01"
UNDATED = {
    "arpu": {"no_closed_at": 2},
    "repeat_purchase_rate": {"no_closed_at": 2},
    "clv_historical": {"no_closed_at": 2},
    "clv_predictive": {"no_closed_at": 2},
    "win_rate": {"no_closed_at": 3},
    "new_customers": {"no_closed_at": 1, "no_start": 1},
    "cac": {"no_closed_at": 1, "no_start": 2},
    "lead_conversion_rate": {"no_created_at": 1},
    "average_resolution_time": {"no_solved_at": 1},
    "average_resolution_time(which=first)": {"no_solved_at": 1},
    "ticket_csat": {"no_solved_at": 1},
    "service_quality": {"no_solved_at": 1},
    "first_contact_resolution(variant=over_received)": {"no_created_at": 2},
    "first_response_time": {"no_created_at": 2},
    "conversion_rate": {"no_start": 2},
    "conversion_rate(variant=actions_per_visit)": {"no_start": 2},
    "direct_traffic_share": {"no_start": 2},
    "survey_response_rate": {"no_sent_at": 1},
    "cart_abandonment_rate": {"no_created_at": 1},
    "ttfv": {"no_occurred_at": 2},
    "ttfv(stat=survival)": {"no_occurred_at": 2},
}


def test_what_has_no_date_is_shown_in_every_period_and_counts_in_none(odd: Engine) -> None:
    for ask, found in zip(UNDATED, odd.answers(list(UNDATED), EVER), strict=True):
        assert (ask, 0, UNDATED[ask]) == (ask, found.n, found.excluded)
        assert UNDATED[ask] == Counter(fact.excluded for fact in odd.facts(ask, EVER)), ask


def test_a_purchase_that_several_parts_of_a_formula_leave_out_is_one(odd: Engine) -> None:
    assert {"negative_amount": 1, "no_closed_at": 2} == answer(odd, "clv_formula").excluded
    assert 3 == len([fact for fact in odd.facts("clv_formula", JANUARY) if fact.excluded])


def test_a_ticket_without_a_date_waits_for_no_answer_once_it_had_one(odd: Engine) -> None:
    """It may have waited in each period that ended before it was solved."""
    assert [2, 1] == [
        answer(odd, "first_response_time", month).excluded["no_created_at"] for month in ("2023-12", JANUARY)
    ]


def test_spend_without_an_amount_is_shown_in_its_own_period(odd: Engine) -> None:
    assert [1, 0] == [answer(odd, "cac", month).excluded.get("no_amount", 0) for month in (JANUARY, "2024-02")]


def test_a_stamp_of_the_future_counts_in_the_period_that_it_names(odd: Engine) -> None:
    assert [(1.0, 1), (0.0, 1)] == [
        (found.value, found.n) for found in (answer(odd, ask, "2031-05") for ask in ("first_response_time", "csat"))
    ]
    assert 1 == answer(odd, "csat").n


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Return an engine over money in currencies that nobody knows the worth of."""
    return poured(
        tmp_path_factory.mktemp("foreign"),
        {
            Account: [{"source_id": "a"}, {"source_id": "b"}],
            Deal: [won("a", "100"), won("b", "50", currency="XXZ"), won("b2", "9", account_id="b", currency="usd")],
            Contract: [contract("a", "10", currency="USD")],
            MarketingSpend: [spend("s", "5", currency="GBP")],
            FxRate: [rate("USD", "0"), rate("XXZ", "-2"), rate("EUR", "3")],
        },
        by_hand=("shop",),
    )


@pytest.mark.parametrize("ask", ["mrr", "arr", "arpu", "arpa", "clv_historical", "clv_formula", "cac", "mrr_movements"])
def test_money_of_unknown_worth_is_unknown_and_no_part_of_a_sum(foreign: Engine, ask: str) -> None:
    found = answer(foreign, ask)

    assert (None, "missing_fx_rate") == (found.value, found.reason)


@pytest.mark.parametrize(
    ("ask", "value"),
    [("active_customers", 1), ("new_customers", 1), ("repeat_purchase_rate", 0.5), ("customer_churn_rate", 0)],
)
def test_what_only_counts_needs_no_rate(foreign: Engine, ask: str, value: float) -> None:
    assert value == answer(foreign, ask).value


SAID: dict[Any, dict[str, Any]] = {
    Account: {},
    Deal: {"status": "won", "amount": "1", "close_date": "2020-01-01"},
    Contract: {"recurring_monthly_amount": "1"},
    Ticket: {"csat": "good", "sla_met": True},
    SurveyResponse: {},
    SurveyInvitation: {},
    MarketingSpend: {},
    WebSession: {},
    Cart: {},
    Milestone: {},
}
EMPTY = {entity: [{"source_id": "gone", "is_deleted": True, **columns}] for entity, columns in SAID.items()}
TRUE_ZEROS = {
    *("active_customers", "new_customers", "mrr", "arr", "mrr_movements", "expansion_mrr"),
    *("customer_segments", "lifecycle_stage", "at_risk_customers"),
}


def test_nothing_becomes_nought_that_is_unknown(tmp_path: Any) -> None:
    """With every table delivered and nothing in it that counts, only what counts or adds up customers is a true 0."""
    answers = poured(tmp_path, EMPTY).answers((), JANUARY)

    assert TRUE_ZEROS == {each.kpi for each in answers if each.value is not None}
    assert {0} == {each.value for each in answers if each.value is not None}
    unknown = {each.kpi: each.reason for each in answers if each.value is None}
    assert {"zero_denominator", "no_rows_in_period", "missing_component", "insufficient_coverage"} == {
        *unknown.values()
    }
    assert "zero_denominator" == unknown["win_rate"] == unknown["customer_churn_rate"]
