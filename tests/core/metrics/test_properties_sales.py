"""What holds for any business: money and customers add up, whichever way they are cut or come in."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from latido.metrics import Classes, Count, Formula, Mean, Ratio
from latido.schema import (
    Account,
    Contract,
    Deal,
    FxRate,
    MarketingSpend,
    Milestone,
    SurveyResponse,
    Ticket,
    WebSession,
)
from tests.core.metrics.loading import poured

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from latido.metrics import Engine, Fact

    Business = dict[Any, list[dict[str, Any]]]

FEW = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MONTHS = ("2024-01", "2024-02", "2024-03")
NAMES = ("a1", "a2", "a3", "a4", "a5")
COUNTED = (
    "arpu",
    "repeat_purchase_rate",
    "repeat_purchase_rate(variant=returning)",
    "clv_historical",
    "new_customers",
    "cac",
    "lead_conversion_rate",
    "win_rate",
    "customer_health_score",
    "at_risk_customers",
    "customer_segments",
    "customer_segments(fx_policy=spot)",
    "lifecycle_stage",
)
ASKS = (*COUNTED, "clv_formula", "clv_subscription", "ltv_cac_ratio")

days = st.one_of(st.integers(370, 460), st.integers(395, 424), st.integers(0, 480)).map(
    lambda n: str(date(2023, 1, 1) + timedelta(days=n))
)
noons = days.map(lambda day: f"{day}T12:00Z")
names = st.sampled_from([*NAMES, *NAMES, None])
currencies = st.sampled_from([*["EUR"] * 40, "USD", "USD", "CHF"])
amounts = st.sampled_from(["10", "99.99", "100", "250", "1000.0001", "10", "300", "0", "-20"])
whether = st.sampled_from([False, False, False, True])


def columns(**said: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(said)


deals = columns(
    account_id=names,
    status=st.sampled_from(["won", "won", "won", "lost", "open"]),
    amount=amounts,
    currency=currencies,
    close_date=st.one_of(days, days, days, st.none()),
    is_deleted=whether,
    recurring_monthly_amount=st.none() | amounts,
)
contracts = columns(
    account_id=names,
    recurring_monthly_amount=amounts,
    currency=currencies,
    starts_on=days,
    ends_on=st.one_of(st.none(), days),
)
spend = columns(amount=st.none() | amounts, currency=currencies, spend_date=days, spend_end=st.none() | days)
answers = columns(
    account_id=names,
    kind=st.sampled_from(["nps", "csat", "ces"]),
    score=st.integers(0, 10),
    scale_min=st.just(0),
    scale_max=st.sampled_from([5, 10]),
    respondent_email=st.sampled_from(["ana@x.example", "luis@x.example", None]),
    answered_at=st.one_of(noons, noons, st.none()),
)
tickets = columns(account_id=names, status=st.sampled_from(["open", "solved"]), created_at=noons, solved_at=noons)
visits = columns(account_id=names, started_at=noons)
milestones = columns(account_id=names, milestone=st.just("first_value"), occurred_at=noons)
leads = columns(
    created_at=st.one_of(noons, noons, st.none()), is_test=whether, country=st.sampled_from(["ES", "PT", None])
)


def numbered(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"source_id": f"{n:02}", **row} for n, row in enumerate(rows)]


def some(strategy: st.SearchStrategy[dict[str, Any]], most: int) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(strategy, min_size=most // 2, max_size=most).map(numbered)


business = st.fixed_dictionaries(
    {
        Account: st.lists(leads, min_size=len(NAMES), max_size=len(NAMES)).map(
            lambda rows: [{"source_id": name, **row} for name, row in zip(NAMES, rows, strict=True)]
        ),
        Deal: some(deals, 24),
        Contract: some(contracts, 12),
        MarketingSpend: some(spend, 6),
        SurveyResponse: some(answers, 20),
        Ticket: some(tickets, 6),
        WebSession: some(visits, 12),
        Milestone: some(milestones, 4),
        FxRate: st.just([{"source_id": "1", "currency": "USD", "rate_date": "2022-01-01", "rate": "0.9"}]),
    }
)


def opened(folder: str, rows: Business, **more: Any) -> Engine:
    return poured(Path(folder), rows, by_hand=("shop",), **more)


def total(facts: Sequence[Fact], column: str) -> Fraction:
    return sum((Fraction(getattr(fact, column) or 0) for fact in facts), Fraction())


def folded(fold: Any, facts: Sequence[Fact]) -> float | None:
    """Return the figure of *facts*, by the book."""
    if any(fact.blocked for fact in facts):
        return None
    if isinstance(fold, Classes | Count):
        return len(facts)
    if isinstance(fold, Mean):
        return float(total(facts, "value") / len(facts)) if facts else None
    below = total(facts, "denominator") if isinstance(fold, Ratio) else len(facts)
    return float(total(facts, "numerator") / below) if below else None


def spend_is_known(ask: str, facts: Sequence[Fact]) -> bool:
    return ask != "cac" or any(fact.entity == "marketing_spend" for fact in facts)


@FEW
@given(rows=business)
def test_listed_facts_fold_to_exactly_the_figure(rows: Business) -> None:
    with TemporaryDirectory() as folder:
        figures = opened(folder, rows)
        for ask, answer in zip(COUNTED, figures.answers(COUNTED, "2024-02"), strict=True):
            listed = list(figures.facts(ask, "2024-02"))
            counted = [fact for fact in listed if fact.excluded is None]
            left_out = Counter(fact.excluded for fact in listed if fact.excluded is not None)
            unscored = left_out.pop("insufficient_coverage", 0)

            expected = folded(figures.ask(ask).kpi.fold, counted) if spend_is_known(ask, counted) else None
            assert (expected, len(counted)) == (answer.value, answer.n), ask
            assert (left_out, unscored) == (answer.excluded, answer.parts.get("without_score", 0)), ask


@FEW
@given(rows=business)
def test_every_active_customer_is_in_one_segment_one_stage_and_scored_or_not(rows: Business) -> None:
    with TemporaryDirectory() as folder:
        figures = opened(folder, rows)
        for month in MONTHS:
            asks = ["active_customers", "mrr", "customer_segments", "lifecycle_stage", "customer_health_score"]
            active, mrr, segments, stages, health = figures.answers(asks, month)

            for found in (segments, stages):
                assert mrr.reason == found.reason
                assert found.value is None or active.value == found.value == sum(found.parts.values())
            assert active.value == (health.n or 0) + health.parts.get("without_score", 0)


@FEW
@given(rows=business)
def test_what_parts_add_is_the_score_of_health_and_lies_on_its_scale(rows: Business) -> None:
    with TemporaryDirectory() as folder:
        for fact in opened(folder, rows).facts("customer_health_score", "2024-02"):
            added = [Fraction(each) for name, each in fact.shown.items() if name != "coverage" and each is not None]

            if fact.excluded is None:
                assert fact.value == sum(added)
                assert 0 <= (fact.value or 0) <= 100
            else:
                assert 0.5 > float(fact.shown["coverage"] or 0)


@FEW
@given(rows=business)
def test_months_add_up_to_their_quarter(rows: Business) -> None:
    """New customers and what winning them cost, to the last decimal."""
    with TemporaryDirectory() as folder:
        figures = opened(folder, rows)
        whole, *months = (figures.answers(["new_customers", "cac"], each) for each in ("2024-Q1", *MONTHS))

        assert whole[0].value == sum(won.value or 0 for won, _cost in months)
        if not any(cost.reason == "missing_fx_rate" for _won, cost in [whole, *months]):
            costs = [Fraction(cost.numerator or 0) for _won, cost in months if cost.reason != "no_rows_in_period"]
            assert whole[1].reason == "no_rows_in_period" or Fraction(whole[1].numerator or 0) == sum(costs)


@FEW
@given(rows=business)
def test_values_are_what_their_formulas_say(rows: Business) -> None:
    with TemporaryDirectory() as folder:
        figures = opened(folder, rows)
        asks = ["clv_formula", "clv_subscription", "ltv_cac_ratio", "cac", "customer_churn_rate"]
        clv, subscription, ratio, cost, churn = figures.answers(asks, "2024-02")

        if clv.value is not None:
            parts = {name: float(each) for name, each in clv.parts.items()}
            product = parts["average_purchase_value"] * parts["purchases_per_year"] * parts["lifespan_years"]
            assert pytest.approx(product) == clv.value
            assert 0 <= parts["share_alive"] <= 1
        if ratio.value is not None:
            assert pytest.approx(float(clv.value or 0)) == float(ratio.value) * float(cost.value or 0)
        if subscription.value is not None:
            parts = {name: float(each) for name, each in subscription.parts.items()}
            assert pytest.approx(parts["arpa"]) == float(subscription.value) * float(churn.value or 0)
        assert (churn.value == 0) == (subscription.reason == "unbounded") or subscription.reason == "missing_fx_rate"


def delivered(rows: Business, order: Any) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    for entity, each in rows.items():
        twice = [*each, *each[::2]]
        order.shuffle(twice)
        yield entity, twice


@FEW
@given(rows=business, order=st.randoms(use_true_random=False), chunk=st.integers(1, 7), workers=st.integers(1, 4))
def test_order_chunks_repetition_and_workers_change_nothing(
    rows: Business, order: Any, chunk: int, workers: int
) -> None:
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        straight, mixed = opened(one, rows), opened(other, dict(delivered(rows, order)), chunk=chunk)
        mixed.warehouse.threads = workers

        found, again = ([each.json() for each in figures.answers(ASKS, "2024-02")] for figures in (straight, mixed))
        assert found == again


def test_every_figure_of_this_page_is_tried() -> None:
    """A formula has its facts elsewhere."""
    with TemporaryDirectory() as folder:
        figures = opened(folder, {})
        families = {"sales", "health"}
        offered = {kpi.id for kpi in figures.catalogue.offered if kpi.family in families}

        assert set() == offered - {figures.ask(ask).kpi.id for ask in COUNTED}
        assert not any(isinstance(figures.ask(ask).kpi.fold, Formula) for ask in COUNTED)
