"""Which exchange rates a figure of money rests on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from latido.schema import Contract, Deal, FxRate, MarketingSpend
from tests.core.metrics.loading import JANUARY, poured

if TYPE_CHECKING:
    from latido.metrics import Engine


def contract(source_id: str, currency: str, starts_on: str, **columns: Any) -> dict[str, Any]:
    known = {"recurring_monthly_amount": "10", "currency": currency, "starts_on": starts_on}
    return {"source_id": source_id, **known, **columns}


def rate(currency: str, on: str, value: str, provider: str | None = None) -> dict[str, Any]:
    known = {"currency": currency, "rate_date": on, "rate": value, "provider": provider}
    return {"source_id": f"{currency} {on}", **known}


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return poured(
        tmp_path_factory.mktemp("rates"),
        {
            Contract: [
                contract("1", "USD", "2023-05-03"),
                contract("2", "USD", "2023-07-01"),
                contract("3", "EUR", "2023-07-01"),
                contract("4", "CHF", "2023-08-09"),
                contract("5", "USD", "2023-01-01", ends_on="2023-02-01"),
            ],
            Deal: [
                {"source_id": "d", "status": "won", "amount": "5", "currency": "GBP", "close_date": "2024-01-09"},
                {"source_id": "e", "status": "won", "amount": "5", "currency": "GBP", "close_date": "2023-01-09"},
            ],
            MarketingSpend: [{"source_id": "s", "amount": "5", "currency": "usd", "spend_date": "2024-01-20"}],
            FxRate: [
                rate("USD", "2023-05-01", "0.9", "bank"),
                rate("USD", "2023-06-01", "0.8", "bank"),
                rate("USD", "2024-01-15", "0.7", "bank"),
                rate("GBP", "2022-12-30", "1.2"),
            ],
        },
        by_hand=("shop",),
    )


def used(figures: Engine, ask: str) -> list[tuple[str, str | None, Any, Any, Any, int]]:
    rates = figures.explain(ask, JANUARY).rates
    return [(e.currency, e.provider, e.first_on, e.last_on, e.rate, e.records) for e in rates]


def test_rates_are_named_with_provider_and_days_those_that_lack_too(figures: Engine) -> None:
    missing = ("CHF", None, date(2023, 8, 9), date(2023, 8, 9), None, 1)
    frozen = ("USD", "bank", date(2023, 5, 1), date(2023, 6, 1), None, 2)

    assert [missing, frozen] == used(figures, "mrr")
    assert [missing, frozen] == used(figures, "net_revenue_retention")


def test_at_spot_rates_they_are_those_of_the_last_day(figures: Engine) -> None:
    day = date(2024, 1, 15)

    assert ("USD", "bank", day, day, Decimal("0.7"), 2) == used(figures, "mrr(fx_policy=spot)")[-1]


def test_purchases_and_spend_are_converted_on_their_day(figures: Engine) -> None:
    assert [("GBP", "shop", date(2022, 12, 30), date(2022, 12, 30), Decimal("1.2"), 1)] == used(figures, "arpu")
    assert [("USD", "bank", date(2024, 1, 15), date(2024, 1, 15), Decimal("0.7"), 1)] == used(figures, "cac")


def test_what_is_no_money_rests_on_no_rate(figures: Engine) -> None:
    assert [] == used(figures, "customer_churn_rate")
    assert {
        "currency": "GBP",
        "provider": "shop",
        "first_on": "2022-12-30",
        "last_on": "2022-12-30",
        "rate": 1.2,
        "records": 1,
    } == figures.explain("arpu", JANUARY).rates[0].json()


def test_rates_are_those_of_the_segment_that_is_explained(figures: Engine) -> None:
    whole = figures.explain("mrr", JANUARY).rates

    assert whole
    for segment in ({"source": "shop"}, {"country": None}):
        assert whole == figures.explain("mrr", JANUARY, segment=segment).rates
    assert () == figures.explain("mrr", JANUARY, segment={"team": "A"}).rates
