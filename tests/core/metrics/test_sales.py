"""What the worked examples leave open of the KPIs about sales."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from latido.schema import Account, Contract, Deal, MarketingSpend
from tests.core.metrics.loading import MADRID, accounts, answer, contract, deal, engine, figure, poured, spent

if TYPE_CHECKING:
    from pathlib import Path

    from latido.metrics import Engine


def test_a_purchase_that_was_deleted_is_left_out_visibly(tmp_path: Path) -> None:
    wins = [deal(account, "2024-01-10") for account in "AAABCC"]
    deals = [*wins[:-1], {**wins[-1], "is_deleted": True}, deal("D", "2024-01-11", status="lost")]
    figures = poured(tmp_path, {Account: accounts(*"ABCD"), Deal: deals})

    assert [5, 6] == figure(figures, "win_rate", "numerator", "denominator")
    assert {"deleted": 1} == answer(figures, "repeat_purchase_rate").excluded


@pytest.fixture
def shop(tmp_path: Path) -> Engine:
    bought = [("2023-01-01", "100"), ("2024-03-01", "100"), ("2024-09-01", "200")]
    deals = [*(deal("A", *each) for each in bought), deal("B", "2024-07-01", "300")]
    return poured(tmp_path, {Account: accounts(*"AB"), Deal: deals, MarketingSpend: [spent("250", "2024-05-10")]})


def test_value_by_formula_is_the_lifetime_value_that_is_meant(shop: Engine) -> None:
    assert [375, 1] == figure(shop, "clv", "value", "share_alive", period="2024")
    assert [375, 250] == figure(shop, "ltv_cac_ratio", "clv", "cac", period="2024")


def test_another_lifetime_value_may_be_compared_with_cost(shop: Engine) -> None:
    assert [1.4] == figure(shop, "ltv_cac_ratio(clv=clv_historical)", period="2024")


def test_a_margin_that_nobody_told_is_flagged(tmp_path: Path) -> None:
    rows = [contract(name, "100") for name in "ABC"] + [contract("D", "100", ends_on="2024-01-10")]
    given = {Account: accounts(*"ABCD"), Contract: rows}
    figures = poured(tmp_path / "known", given, gross_margin=0.8)

    assert [320, 0.25, None] == figure(figures, "clv_subscription", "value", "monthly_churn", "margin_unset")
    unset = poured(tmp_path / "unset", given)
    assert [400, 0.25, 1] == figure(unset, "clv_subscription", "value", "monthly_churn", "margin_unset")


def test_spend_of_several_days_is_spread_evenly(tmp_path: Path) -> None:
    """Its months add up to the whole, to the last decimal."""
    spend = [spent("100", "2024-01-30", spend_end="2024-02-06"), spent("5", "2024-03-01", spend_end="2024-03-01")]
    deals = [deal(name, f"2024-0{n}-15") for n, name in ((1, "A"), (2, "B"), (3, "C"))]
    figures = poured(tmp_path, {Account: accounts(*"ABC"), Deal: deals, MarketingSpend: spend})

    months = [answer(figures, "cac", month).numerator for month in ("2024-01", "2024-02")]
    assert 100 == sum(each or 0 for each in months)
    assert 28.571429 == round(float(months[0] or 0), 6)
    march = answer(figures, "cac", "2024-03")
    assert ("no_rows_in_period", {"empty_interval": 1}) == (march.reason, march.excluded)


def test_only_some_categories_of_spend_may_count(tmp_path: Path) -> None:
    spend = [
        spent(each, "2024-01-05", category=name) for each, name in (("70", "Marketing"), ("20", "sales"), ("9", None))
    ]
    figures = poured(tmp_path, {Account: accounts("A"), Deal: [deal("A", "2024-01-02")], MarketingSpend: spend})

    assert [99] == figure(figures, "cac")
    assert [90] == figure(figures, "cac(categories=marketing+sales)")
    assert [None, "no_rows_in_period"] == figure(figures, "cac(categories=fairs)", "value", "reason")


def test_who_bought_before_returns(tmp_path: Path) -> None:
    deals = [deal("A", "2023-05-01"), deal("A", "2024-01-02"), deal("B", "2024-01-03"), deal("B", "2024-02-03")]
    figures = poured(tmp_path, {Account: accounts(*"AB"), Deal: deals})

    assert [0] == figure(figures, "repeat_purchase_rate")
    assert [0.5] == figure(figures, "repeat_purchase_rate(variant=returning)")


def test_what_was_paid_back_is_no_purchase_and_is_shown(tmp_path: Path) -> None:
    deals = [deal("A", "2024-01-02", "80"), deal("A", "2024-01-03", "-30"), deal("A", "2024-01-04", "0")]
    figures = poured(tmp_path, {Account: accounts("A"), Deal: deals})

    assert [80, {"negative_amount": 1}] == figure(figures, "arpu", "value", "excluded")
    assert [80, {"negative_amount": 1}] == figure(figures, "clv_historical", "value", "excluded")


def test_churn_of_a_quarter_is_brought_to_a_month(tmp_path: Path) -> None:
    rows = [contract(name, "100") for name in "ABC"] + [contract("D", "100", ends_on="2024-03-10")]
    figures = poured(tmp_path, {Account: accounts(*"ABCD"), Contract: rows})

    (monthly,) = figure(figures, "clv_subscription", "monthly_churn", period="2024-Q1")
    assert round(1 - 0.75 ** (1 / 3), 6) == monthly


def test_a_lifespan_ends_with_the_last_contract_and_never_before_it_began(tmp_path: Path) -> None:
    rows = [
        contract("A", "1", "2022-01-01", ends_on="2023-01-01"),
        contract("A", "1", "2023-06-01", ends_on="2023-07-01"),
        contract("B", "1", "2022-01-01", ends_on="2023-01-01"),
    ]
    deals = [deal("A", "2022-01-01"), deal("B", "2024-01-31"), deal("C", "2024-01-31"), deal("D", "2024-02-01")]
    figures = poured(tmp_path, {Account: accounts(*"ABCD"), Contract: rows, Deal: deals})

    years, alive = figure(figures, "clv_formula", "lifespan_years", "share_alive")
    assert round((546 + 0 + 1) / 3 / 365.25, 6) == years
    assert 0.333333 == alive


def test_lifetime_value_needs_a_rate_only_where_it_has_an_amount(tmp_path: Path) -> None:
    """A missing currency is said before a missing rate."""
    deals = [deal("A", "2024-01-02", currency="CHF"), deal("A", "2024-01-03", currency=None)]
    figures = poured(tmp_path, {Account: accounts("A"), Deal: deals})

    assert [None, "missing_currency", 365.25 / 31 * 2] == [
        *figure(figures, "clv_formula", "value", "reason"),
        answer(figures, "clv_formula").parts["purchases_per_year"],
    ]
    assert [1] == figure(figures, "new_customers")


def test_a_ratio_to_a_cost_that_is_not_known_says_why(tmp_path: Path) -> None:
    figures = poured(tmp_path, {Account: accounts("A"), Deal: [deal("A", "2024-01-02")]})

    assert [None, "no_rows", 100] == figure(figures, "ltv_cac_ratio(clv=clv_historical)", "value", "reason", "clv")


def test_a_lead_of_several_sources_was_created_where_it_was_first(tmp_path: Path) -> None:
    def known(created_at: str, **columns: Any) -> dict[Any, list[dict[str, Any]]]:
        account = {"source_id": "1", "name": "Acme", "domain": "acme.example", "created_at": created_at, **columns}
        return {Account: [account], Deal: []}

    both = {"one": known("2023-05-01T10:00Z"), "two": known("2024-01-05T10:00Z")}
    deleted = {"one": known("2023-05-01T10:00Z", is_deleted=True), "two": known("2024-01-05T10:00Z")}
    sold = {"deals": {Deal: [deal("?", "2024-01-02")]}}

    assert [None] == figure(engine(tmp_path / "both", sources=both | sold), "lead_conversion_rate")
    assert [0, 1] == figure(
        engine(tmp_path / "deleted", sources=deleted | sold), "lead_conversion_rate", "value", "denominator"
    )


def test_a_lead_has_become_a_customer_from_the_day_on_that_is_one_here(tmp_path: Path) -> None:
    """Shortly after midnight in Madrid it is still the day before in Greenwich."""
    lead = {**accounts("A")[0], "created_at": "2024-03-05T12:00Z"}
    figures = poured(tmp_path, {Account: [lead], Deal: [deal("A", "2024-04-01")]})

    midnight = datetime(2024, 4, 1, tzinfo=MADRID)
    for minutes, converted in ((-1, 0), (1, 1)):
        as_of = midnight + timedelta(minutes=minutes)
        assert converted == answer(figures, "lead_conversion_rate", "2024-03", as_of=as_of).value
