"""The model layer of money: rates, deals, contracts, and what each customer pays on which day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from latido.metrics import refresh
from latido.schema import Account, Contract, Deal, DealStage, FxRate, MarketingSpend
from tests.core.metrics.loading import engine

if TYPE_CHECKING:
    from pathlib import Path

    from latido.metrics import Engine


def model(figures: Engine, sql: str) -> list[tuple[Any, ...]]:
    refresh(figures.warehouse, figures.settings)
    with figures.warehouse.reading() as connection:
        return connection.execute(sql).fetchall()


def rate(currency: str, on: str, value: str, base: str | None = None) -> dict[str, Any]:
    return {"source_id": f"{currency}|{base}|{on}", "currency": currency, "base": base, "rate_date": on, "rate": value}


def contract(source_id: str, monthly: str, starts_on: str | None, **columns: Any) -> dict[str, Any]:
    known = {"account_id": "acme", "recurring_monthly_amount": monthly, "currency": "EUR", "starts_on": starts_on}
    return {"source_id": source_id, **known, **columns}


def won(source_id: str, **columns: Any) -> dict[str, Any]:
    known = {"account_id": "acme", "status": "won", "amount": "100", "currency": "EUR", "close_date": "2024-01-05"}
    return {"source_id": source_id, **known, **columns}


ACME = {"source_id": "acme", "name": "Acme"}


def rates(folder: Path, *quotes: dict[str, Any], **settings: Any) -> list[tuple[Any, ...]]:
    figures = engine(folder, {FxRate: quotes}, **{"by_hand": ("shop",), **settings})
    return model(
        figures, "SELECT currency, starts_on, until_on, rate FROM m_rates WHERE currency <> 'EUR' ORDER BY ALL"
    )


def test_a_rate_holds_until_the_next_one(tmp_path: Path) -> None:
    found = rates(tmp_path, rate("USD", "2023-12-01", "0.90"), rate("usd", "2024-01-15", "0.95", "EUR"))

    first, second, far = date(2023, 12, 1), date(2024, 1, 15), date(9999, 1, 1)
    assert [("USD", first, second, Decimal("0.90")), ("USD", second, far, Decimal("0.95"))] == found


def test_a_rate_that_is_quoted_the_other_way_round_is_turned(tmp_path: Path) -> None:
    assert [Decimal("0.8")] == [each[3] for each in rates(tmp_path, rate("EUR", "2024-01-01", "1.25", "USD"))]


def test_rates_against_a_third_currency_are_crossed_on_the_same_date(tmp_path: Path) -> None:
    found = rates(
        tmp_path,
        rate("GBP", "2024-01-01", "1.20", "USD"),
        rate("USD", "2024-01-01", "0.90"),
        rate("GBP", "2024-02-01", "1.30", "USD"),
    )

    assert {("GBP", Decimal("1.08")), ("USD", Decimal("0.90"))} == {(each[0], each[3]) for each in found}


@pytest.mark.parametrize("nothing", ["0", "-1"])
def test_a_rate_that_is_not_above_nothing_is_none(tmp_path: Path, nothing: str) -> None:
    assert [] == rates(tmp_path, rate("USD", "2024-01-01", nothing))


def test_rates_of_a_vendor_count_only_where_the_settings_name_it(tmp_path: Path) -> None:
    quote = rate("USD", "2024-01-01", "0.90")

    assert [] == rates(tmp_path / "unset", quote, by_hand=())
    assert 1 == len(rates(tmp_path / "named", quote, by_hand=(), fx="shop"))


def test_the_ecb_is_asked_only_where_the_settings_say_so_and_behind_what_was_written_down(tmp_path: Path) -> None:
    rows = {Deal: [won("1", currency="USD"), won("2", currency="GBP")], FxRate: [rate("USD", "2024-01-01", "0.5")]}
    figures = engine(tmp_path, rows, by_hand=("shop",), fx="ecb")

    deals = dict(model(figures, "SELECT source_id, value FROM m_deals"))
    providers = dict(model(figures, "SELECT DISTINCT currency, provider FROM m_rates WHERE currency <> 'EUR'"))
    assert Decimal(50) == deals["1"]
    assert Decimal("115.9958") == deals["2"].quantize(Decimal("0.0001"))
    assert {"USD": "shop", "GBP": "ECB"} == providers


def test_a_rate_that_comes_out_too_great_to_be_written_down_is_none(tmp_path: Path) -> None:
    quotes = [rate("BTC", "2024-01-01", "60000", "USD"), rate("USD", "2024-01-01", "4000", "COP")]
    found = rates(tmp_path, *quotes, rate("COP", "2024-01-01", "0.000000001", "XAU"), currency="COP")

    assert [("USD", Decimal(4000))] == [(currency, value) for currency, *_days, value in found if currency != "COP"]


def test_money_without_currency_or_without_rate_is_blocked_not_nought(tmp_path: Path) -> None:
    figures = engine(tmp_path, {Deal: [won("1", currency=None), won("2", currency="CHF"), won("3", currency=" eur ")]})

    found = model(figures, "SELECT source_id, value, blocked FROM m_deals ORDER BY source_id")
    assert [("1", None, "missing_currency"), ("2", None, "missing_fx_rate"), ("3", Decimal(100), None)] == found


def test_an_amount_too_great_to_be_converted_stops_only_the_figures_that_it_enters(tmp_path: Path) -> None:
    typed, pesos = {"amount": "90000000000000", "currency": "USD"}, rate("USD", "2023-01-01", "4000", "COP")
    rows = {FxRate: [pesos], Deal: [won("1", **typed)], Contract: [contract("c", "900000000000", "2023-05-01")]}
    rows[FxRate].append(rate("EUR", "2023-01-01", "430000", "COP"))
    rows[MarketingSpend] = [{"source_id": "ads", "spend_date": "2024-01-10", **typed}]
    figures = engine(tmp_path, rows, currency="COP", by_hand=("shop",))

    for table in ("m_deals", "m_spend"):
        assert [(None, "unbounded")] == model(figures, f"SELECT value, blocked FROM {table}")
    assert {"c": "out_of_range"} == reasons(figures)


def test_a_deal_without_account_is_its_own_customer(tmp_path: Path) -> None:
    figures = engine(tmp_path, {Deal: [won("1", account_id=None), won("2", account_id="gone")]})

    assert [("shop:deal:1",), ("shop:deal:2",)] == model(figures, "SELECT customer_id FROM m_deals ORDER BY source_id")


def test_a_close_date_that_was_still_a_plan_gives_way_to_history(tmp_path: Path) -> None:
    deals = [won("1", close_date="2024-03-31"), won("2", close_date="2023-05-01"), won("3", close_date=None)]
    moved = {"status": "won", "entered_at": "2024-01-05T23:30:00Z"}
    stages = [{"source_id": f"h{n}", "deal_id": n, **moved} for n in ("1", "2", "3")]

    figures = engine(tmp_path, {Deal: deals, DealStage: stages})

    closed = dict(model(figures, "SELECT source_id, closed_on FROM m_deals"))
    assert {"1": date(2024, 1, 6), "2": date(2023, 5, 1), "3": date(2024, 1, 6)} == closed


def reasons(figures: Engine) -> dict[str, str | None]:
    return dict(model(figures, "SELECT source_id, excluded FROM m_contracts"))


def test_contracts_that_make_no_sense_are_left_out_visibly(tmp_path: Path) -> None:
    figures = engine(
        tmp_path,
        {
            Account: [ACME, {"source_id": "lab", "is_test": True}],
            Contract: [
                contract("ok", "10", "2024-01-01"),
                contract("negative", "-10", "2024-01-01"),
                contract("without a start", "10", None),
                contract("backwards", "10", "2024-02-01", ends_on="2024-01-01"),
                contract("one day of none", "10", "2024-02-01", ends_on="2024-02-01"),
                contract("gone", "10", "2024-01-01", is_deleted=True),
                contract("tried", "10", "2024-01-01", account_id="lab"),
                contract("free", "0", "2024-01-01"),
            ],
        },
    )

    assert {
        "ok": None,
        "negative": "negative_amount",
        "without a start": "no_start",
        "backwards": "empty_interval",
        "one day of none": "empty_interval",
        "gone": "deleted",
        "tried": "test_account",
    } == reasons(figures)


def test_a_deal_recurs_only_where_no_contract_names_it(tmp_path: Path) -> None:
    deals = [won("1", recurring_monthly_amount="50"), won("2", recurring_monthly_amount="70"), won("3")]
    lost = won("4", recurring_monthly_amount="90", status="lost")
    figures = engine(tmp_path, {Deal: [*deals, lost], Contract: [contract("c", "10", "2024-01-01", deal_id="1")]})

    found = model(figures, "SELECT entity, source_id, starts_on FROM m_contracts ORDER BY ALL")
    assert [("contracts", "c", date(2024, 1, 1)), ("deals", "2", date(2024, 1, 5))] == found


def test_what_supersedes_ends_the_other_where_it_begins(tmp_path: Path) -> None:
    figures = engine(
        tmp_path,
        {
            Account: [ACME],
            Deal: [won("d1"), won("d2", supersedes="d1")],
            Contract: [
                contract("1", "100", "2023-05-01"),
                contract("2", "180", "2024-01-10", supersedes="1"),
                contract("of d1", "20", "2023-05-01", deal_id="d1"),
                contract("of d2", "30", "2024-03-01", deal_id="d2"),
                contract("void", "5", "2023-06-01", supersedes="of d2", is_deleted=True),
            ],
        },
    )

    found = dict(model(figures, "SELECT source_id, until_on FROM m_contracts WHERE excluded IS NULL"))
    never = date(9999, 1, 1)
    assert {"1": date(2024, 1, 10), "2": never, "of d1": date(2024, 3, 1), "of d2": never} == found


def test_a_contract_that_comes_with_a_deal_ends_the_deal_that_this_one_supersedes(tmp_path: Path) -> None:
    before = won("1", recurring_monthly_amount="100", close_date="2023-05-01")
    deals = [before, won("2", recurring_monthly_amount="150", supersedes="1")]
    figures = engine(tmp_path, {Deal: deals, Contract: [contract("c", "150", "2024-01-10", deal_id="2")]})

    found = dict(model(figures, "SELECT source_id, until_on FROM m_contracts"))
    assert {"1": date(2024, 1, 10), "c": date(9999, 1, 1)} == found


def test_who_names_a_deal_means_the_one_that_stays_of_several_sources(tmp_path: Path) -> None:
    """Else one deal recurs twice: as the contract of one source, and as the deal of another that knows it better."""
    monthly = {"recurring_monthly_amount": "100", "close_date": "2023-05-01"}
    older, newer = {"updated_at": "2024-01-06T00:00Z"}, {"updated_at": "2024-01-09T00:00Z"}
    figures = engine(
        tmp_path,
        sources={
            "crm": {
                Account: [ACME],
                Deal: [
                    won("named", external_id="D1", **older, **monthly),
                    won("stays", external_id="D2", **newer, **monthly),
                ],
                Contract: [contract("of D1", "100", "2023-05-01", deal_id="named")],
            },
            "shop": {
                Account: [ACME],
                Deal: [
                    won("stays too", external_id="D1", **newer, **monthly),
                    won("superseded", external_id="D2", **older, **monthly),
                    won("D3", supersedes="superseded", recurring_monthly_amount="150"),
                ],
            },
        },
    )

    found = dict(model(figures, "SELECT source_id, until_on FROM m_contracts WHERE excluded IS NULL"))
    assert {"of D1": date(9999, 1, 1), "stays": date(2024, 1, 5), "D3": date(9999, 1, 1)} == found


def test_what_a_customer_pays_is_a_staircase_without_gaps_in_it(tmp_path: Path) -> None:
    figures = engine(
        tmp_path,
        {
            Account: [ACME],
            Contract: [
                contract("1", "100", "2024-01-01", ends_on="2024-03-01"),
                contract("2", "50", "2024-02-01", ends_on="2024-03-01"),
                contract("3", "70", "2024-05-01"),
            ],
        },
    )

    whole = "SELECT starts_on, until_on, contracts, amount FROM m_segments WHERE scope = '' ORDER BY starts_on"
    january, february, march, may = (date(2024, month, 1) for month in (1, 2, 3, 5))
    assert [
        (january, february, 1, Decimal(100)),
        (february, march, 2, Decimal(150)),
        (may, date(9999, 1, 1), 1, Decimal(70)),
    ] == model(figures, whole)
    steps = model(
        figures, "SELECT day, amount_before, amount_after, is_return FROM m_steps WHERE scope = '' ORDER BY 1"
    )
    assert [
        (january, 0, 100, False),
        (february, 100, 150, True),
        (march, 150, 0, True),
        (may, 0, 70, True),
    ] == [(day, *map(int, amounts), returns) for day, *amounts, returns in steps]


def test_a_customer_is_won_by_whichever_came_first(tmp_path: Path) -> None:
    figures = engine(
        tmp_path,
        {
            Account: [ACME],
            Deal: [won("1", close_date="2024-02-01"), won("0", amount="0", close_date="2023-01-01")],
            Contract: [contract("c", "10", "2024-03-01", booked_on="2024-01-15")],
        },
    )

    assert [(date(2024, 1, 15),)] == model(figures, "SELECT acquired_on FROM m_acquired WHERE scope = ''")


def test_spend_is_converted_on_its_day_and_lasts_a_day_unless_it_says_more(tmp_path: Path) -> None:
    spend = {
        "source_id": "1",
        "spend_date": "2024-01-10",
        "amount": "100",
        "currency": "USD",
        "category": " Marketing ",
    }
    wrong = {**spend, "source_id": "2", "spend_end": "2024-01-10"}
    figures = engine(
        tmp_path, {MarketingSpend: [spend, wrong], FxRate: [rate("USD", "2024-01-01", "0.9")]}, by_hand=("shop",)
    )

    found = model(figures, "SELECT category, starts_on, until_on, value, excluded FROM m_spend ORDER BY source_id")
    tenth, eleventh = date(2024, 1, 10), date(2024, 1, 11)
    assert [
        ("marketing", tenth, eleventh, Decimal(90), None),
        ("marketing", tenth, tenth, Decimal(90), "empty_interval"),
    ] == found
