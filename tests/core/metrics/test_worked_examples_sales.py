"""The worked examples of the KPI catalogue that concern sales, to six decimals.

The default period is January 2024, the time zone Europe/Madrid.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from latido.schema import Account, Contract, Deal, FxRate, MarketingSpend
from tests.core.metrics.loading import JANUARY, answer, engine, poured

if TYPE_CHECKING:
    from pathlib import Path

    from latido.metrics import Engine

_numbers = count(1)


def figure(figures: Engine, ask: str, *names: str, period: str = JANUARY) -> list[Any]:
    """Return fields or parts of the answer to *ask*, to six decimals; without names, its value."""
    found = answer(figures, ask, period).json()
    values = [found[name] if name in found else found["parts"].get(name) for name in names or ("value",)]
    return [round(value, 6) if isinstance(value, float) else value for value in values]


def deal(account: str, closed_on: str, amount: str = "100", **columns: Any) -> dict[str, Any]:
    """Return a won deal in euros."""
    known = {"status": "won", "currency": "EUR", "source_id": f"d{next(_numbers)}"}
    return {**known, "account_id": account, "close_date": closed_on, "amount": amount, **columns}


def contract(account: str, monthly: str, starts_on: str = "2023-01-01", **columns: Any) -> dict[str, Any]:
    """Return a contract in euros; without more, an open one."""
    known = {"currency": "EUR", "source_id": f"k{next(_numbers)}", "account_id": account}
    return {**known, "recurring_monthly_amount": monthly, "starts_on": starts_on, **columns}


def spent(amount: str, on: str, **columns: Any) -> dict[str, Any]:
    """Return spend of one day in euros."""
    return {"source_id": f"s{next(_numbers)}", "amount": amount, "currency": "EUR", "spend_date": on, **columns}


def accounts(*names: str) -> list[dict[str, Any]]:
    return [{"source_id": name, "name": name} for name in names]


def quote(on: str, value: str) -> dict[str, Any]:
    """Return what a dollar is worth from a day on."""
    return {"source_id": on, "currency": "USD", "base": "EUR", "rate_date": on, "rate": value}


def test_e16_two_currencies_at_the_rate_of_booking(tmp_path: Path) -> None:
    rows = [contract("M", "100", "2023-12-15"), contract("M", "110", "2023-12-15", currency="USD")]
    given = {Account: accounts("M"), Contract: rows, FxRate: [quote("2023-12-01", "0.90"), quote("2024-01-15", "0.95")]}
    figures = poured(tmp_path, given, by_hand=("shop",))

    assert [199] == figure(figures, "mrr")
    assert [199, 199, 0] == figure(figures, "mrr_movements", "opening", "closing", "value")
    assert [204.5] == figure(figures, "mrr(fx_policy=spot)")


def test_e17_a_rate_is_missing(tmp_path: Path) -> None:
    rows = [contract("M", "100", "2023-12-15"), contract("M", "10", "2023-12-15", currency="CHF")]
    figures = poured(tmp_path, {Account: accounts("M"), Contract: rows})

    assert [None, "missing_fx_rate"] == figure(figures, "mrr", "value", "reason")
    assert [None, "missing_fx_rate"] == figure(figures, "customer_segments", "value", "reason")
    assert [0, 1] == figure(figures, "customer_churn_rate", "value", "denominator")
    assert [1] == figure(figures, "active_customers")


def test_e18_same_customer_and_same_deal_in_two_sources(tmp_path: Path) -> None:
    def known(account: str, amount: str, updated_on: str) -> dict[Any, list[dict[str, Any]]]:
        one = deal(account, "2024-01-05", amount, external_id="D1", updated_at=f"2024-01-{updated_on}T10:00Z")
        return {Account: [{"source_id": account, "name": "Acme", "domain": "acme.example"}], Deal: [one]}

    sources = {"hubspot": known("h1", "1000", "03"), "salesforce": known("s9", "1200", "09")}
    figures = engine(tmp_path, sources=sources)

    assert [1200, 1200, 1] == figure(figures, "arpu", "value", "numerator", "denominator")
    assert [1] == figure(figures, "new_customers")


def test_e19_repeat_purchase(tmp_path: Path) -> None:
    wins = [deal(account, "2024-01-10") for account in "AAABCC"]
    deals = [*wins[:-1], {**wins[-1], "is_deleted": True}, deal("D", "2024-01-11", status="lost")]
    figures = poured(tmp_path, {Account: accounts(*"ABCD"), Deal: deals})

    assert [0.333333, 1, 3] == figure(figures, "repeat_purchase_rate", "value", "numerator", "denominator")
    assert [0.833333, 5, 6] == figure(figures, "win_rate", "value", "numerator", "denominator")
    assert {"deleted": 1} == answer(figures, "repeat_purchase_rate").excluded


def test_e20_historical_value(tmp_path: Path) -> None:
    deals = [deal("A", "2023-05-01", each) for each in ("50", "150", "300")] + [deal("B", "2024-01-31")]
    figures = poured(tmp_path, {Account: accounts(*"AB"), Deal: deals})

    assert [300, 600, 2] == figure(figures, "clv_historical", "value", "numerator", "denominator")


@pytest.fixture
def e21(tmp_path: Path) -> Engine:
    bought = [("2023-01-01", "100"), ("2024-03-01", "100"), ("2024-09-01", "200")]
    deals = [*(deal("A", *each) for each in bought), deal("B", "2024-07-01", "300")]
    return poured(tmp_path, {Account: accounts(*"AB"), Deal: deals, MarketingSpend: [spent("250", "2024-05-10")]})


def test_e21_value_by_formula_over_a_leap_year(e21: Engine) -> None:
    parts = ("average_purchase_value", "purchases_per_year", "lifespan_years", "share_alive", "value")

    assert [200, 1.496926, 1.252567, 1, 375] == figure(e21, "clv_formula", *parts, period="2024")
    assert [375] == figure(e21, "clv", period="2024")


def test_e21_value_by_cost(e21: Engine) -> None:
    assert [250] == figure(e21, "cac", period="2024")
    assert [1.5, 375, 250] == figure(e21, "ltv_cac_ratio", "value", "clv", "cac", period="2024")
    assert [1.4] == figure(e21, "ltv_cac_ratio(clv=clv_historical)", period="2024")


def test_e22_subscription_value(tmp_path: Path) -> None:
    rows = [contract(name, "100") for name in "ABC"] + [contract("D", "100", ends_on="2024-01-10")]
    given = {Account: accounts(*"ABCD"), Contract: rows}
    figures = poured(tmp_path / "known", given, gross_margin=0.8)

    assert [320, 0.25, None] == figure(figures, "clv_subscription", "value", "monthly_churn", "margin_unset")
    unset = poured(tmp_path / "unset", given)
    assert [400, 0.25, 1] == figure(unset, "clv_subscription", "value", "monthly_churn", "margin_unset")


def test_e23_subscription_value_without_churn(tmp_path: Path) -> None:
    figures = poured(tmp_path, {Account: accounts(*"ABC"), Contract: [contract(name, "100") for name in "ABC"]})

    assert [None, "unbounded"] == figure(figures, "clv_subscription", "value", "reason")
    assert [0] == figure(figures, "customer_churn_rate")


def test_e24_cac(tmp_path: Path) -> None:
    deals = [deal("A", "2024-01-02"), deal("B", "2024-01-03"), deal("C", "2023-06-01"), deal("C", "2024-01-04")]
    spend = [spent("600", "2024-01-05"), spent("100", "2024-01-10", currency="USD"), spent("999", "2024-02-01")]
    given = {Account: accounts(*"ABC"), Deal: deals, MarketingSpend: spend, FxRate: [quote("2024-01-01", "0.90")]}
    figures = poured(tmp_path, given, by_hand=("shop",))

    assert [345, 690, 2] == figure(figures, "cac", "value", "numerator", "denominator")


def test_e25_cac_without_new_customers_value_without_purchases(tmp_path: Path) -> None:
    given = {Account: accounts("A"), Deal: [deal("A", "2023-04-02")], MarketingSpend: [spent("600", "2024-01-05")]}
    figures = poured(tmp_path, given)

    assert [None, "zero_denominator"] == figure(figures, "cac", "value", "reason")
    assert [None, "zero_denominator"] == figure(figures, "clv_formula", "value", "reason")


def test_e38_without_any_spend_there_is_no_cost(tmp_path: Path) -> None:
    names = "ABCDEFGHIJ"
    figures = poured(tmp_path, {Account: accounts(*names), Contract: [contract(name, "10") for name in names]})

    assert [None, "no_rows"] == figure(figures, "cac", "value", "reason")


def test_e40_arpu_counts_customers_who_did_not_buy(tmp_path: Path) -> None:
    deals = [deal("A", "2024-01-10", "300"), deal("C", "2023-12-10", "70")]
    figures = poured(tmp_path, {Account: accounts(*"ABC"), Deal: deals, Contract: [contract("B", "50")]})

    assert [150, 2] == figure(figures, "arpu", "value", "denominator")
    assert [50] == figure(figures, "arpa")


def test_e41_test_accounts_tombstones_and_duplicate_versions(tmp_path: Path) -> None:
    known = {"recurring_monthly_amount": "50", "contract_start": "2023-01-01"}
    versions = [(1, "won"), (2, "won"), (2, "lost")]
    d9 = [deal("A", "2023-01-01", source_id="d9", version=n, status=status, **known) for n, status in versions]
    given = {
        Account: [*accounts("A", "B"), {"source_id": "t", "is_test": True}],
        Contract: [contract("t", "999"), contract("B", "20")],
        Deal: d9,
    }
    figures = poured(tmp_path, given, chunk=1)

    assert [20] == figure(figures, "mrr")
    assert [1] == figure(figures, "active_customers")


def test_e43_leads_created_in_the_period(tmp_path: Path) -> None:
    created = {"A": "2024-01-03T09:00Z", "B": "2024-01-04T09:00Z", "C": "2024-01-31T22:00Z", "A2": "2023-12-03T09:00Z"}
    leads = [{"source_id": name, "name": name, "created_at": at} for name, at in created.items()]
    deals = [deal("A", "2024-01-20"), deal("B", "2024-02-10"), deal("A2", "2024-01-20")]
    figures = poured(tmp_path, {Account: leads, Deal: deals})

    assert [0.666667, 3] == figure(figures, "lead_conversion_rate", "value", "denominator")
    assert [2] == figure(figures, "new_customers")


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
