"""Whatever contracts there are: what was there, what came and what went come to what is there, to the last digit."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from latido.schema import Account, Contract, Deal, FxRate
from tests.core.metrics.loading import JANUARY, accounts, contract, poured
from tests.core.metrics.test_properties_sales import NAMES, amounts, columns, contracts, days, deals, some

if TYPE_CHECKING:
    from latido.metrics import Answer, Engine

CAME, WENT = ("new", "reactivation", "expansion"), ("contraction", "churn")
VARIANTS = ("mrr_movements", "mrr_movements(grain=daily)", "mrr_movements(fx_policy=spot)")

rates = [
    {"source_id": f"{currency}{day}", "currency": currency, "rate_date": day, "rate": rate}
    for day, rate in (("2022-01-01", "0.913000000007"), ("2024-01-15", "1.1"), ("2024-02-20", "0.7"))
    for currency in ("USD", "CHF")
]
renewals = columns(
    account_id=st.sampled_from(NAMES), status=st.just("won"), recurring_monthly_amount=amounts, contract_start=days,
    contract_end=st.none() | days, close_date=days, currency=st.sampled_from(["EUR", "USD", "CHF"]),
    supersedes=st.sampled_from(["00", "01", None]),
)  # fmt: skip
business = st.fixed_dictionaries(
    {
        Account: st.just([{"source_id": name} for name in NAMES]),
        Contract: some(contracts, 24),
        Deal: st.one_of(some(deals, 8), some(renewals, 8)),
        FxRate: st.just(rates),
    }
)


def part(answer: Answer, name: str) -> Fraction:
    return Fraction(answer.parts.get(name, 0))


def assert_reconciled(found: Answer) -> None:
    moved = sum((part(found, name) for name in (*CAME, "fx")), Fraction())
    moved -= sum((part(found, name) for name in WENT), Fraction())

    assert found.reason is None
    assert part(found, "closing") == part(found, "opening") + moved
    assert Fraction(found.value or 0) == part(found, "closing") - part(found, "opening")
    assert all(part(found, name) >= 0 for name in (*CAME, *WENT))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=business)
def test_movements_reconcile_in_any_business(rows: dict[Any, list[dict[str, Any]]]) -> None:
    with TemporaryDirectory() as folder:
        figures = poured(Path(folder), rows, by_hand=("shop",))
        periods = [*figures.series("2024-01", "2024-03"), *figures.series("2024-Q1", "2024-Q1")]
        answers = figures.answers(VARIANTS, periods)
        for found in answers:
            assert_reconciled(found)
        for *months, quarter in batched(answers, len(periods)):
            whole = [part(quarter, "opening"), part(quarter, "closing")]
            assert whole == [part(months[0], "opening"), part(months[-1], "closing")]
            assert all(part(after, "opening") == part(before, "closing") for before, after in pairwise(months))
        assert_rates_follow(figures)


def batched(answers: list[Answer], size: int) -> list[list[Answer]]:
    return [answers[start : start + size] for start in range(0, len(answers), size)]


def assert_rates_follow(figures: Engine) -> None:
    """What is kept and what is lost of the same opening amount are one, and `mrr` is what movements end with."""
    asks = ["mrr_movements", "mrr", "mrr_churn_rate", "gross_revenue_retention", "net_mrr_churn_rate",
            "net_revenue_retention"]  # fmt: skip
    moved, mrr, gross_churn, gross_kept, net_churn, net_kept = figures.answers(asks, "2024-02")

    assert Fraction(mrr.value or 0) == part(moved, "closing")
    for lost, kept in ((gross_churn, gross_kept), (net_churn, net_kept)):
        assert lost.reason == kept.reason
        if lost.value is not None:
            assert pytest.approx(1) == float(lost.value) + float(kept.value or 0)
            assert Fraction(lost.denominator or 0) == part(moved, "opening")


UNKNOWN = {"expansion_mrr", "expansion_mrr(fx_policy=spot)", "expansion_mrr(grain=daily)", "mrr_movements(grain=daily)"}


@pytest.mark.parametrize(
    ("asks", "reason", "bought"),
    [
        pytest.param(
            UNKNOWN | {"mrr_movements"},
            "missing_fx_rate",
            [contract("a", "100"), contract("a", "50", "2024-01-10", currency="CHF")],
            id="to what was known comes what is not",
        ),
        pytest.param(
            UNKNOWN | {"mrr_movements"},
            "missing_currency",
            [
                contract("a", "50", ends_on="2024-01-10", currency="CHF"),
                contract("a", "50", "2024-01-10", currency=None),
            ],
            id="no rate makes way for no currency",
        ),
        pytest.param(
            {"mrr_movements(grain=daily)"},
            "missing_fx_rate",
            [contract("a", "50", "2024-01-10", ends_on="2024-01-20", currency="CHF")],
            id="it comes and goes within the period",
        ),
    ],
)
def test_a_movement_of_what_has_no_rate_is_unknown_not_nought(
    tmp_path: Path, asks: set[str], reason: str, bought: list[dict[str, Any]]
) -> None:
    figures = poured(tmp_path, {Account: accounts("a"), Contract: bought})

    found = figures.answers(sorted(asks), JANUARY)

    assert {(ask.split("(")[0], None, reason) for ask in asks} == {
        (each.kpi, each.value, each.reason) for each in found
    }


def test_who_pays_the_same_all_along_moves_nothing_whatever_the_rate(tmp_path: Path) -> None:
    bought = [contract("a", "50", currency="CHF"), contract("b", "10"), contract("b", "5", "2024-01-10")]
    figures = poured(tmp_path, {Account: accounts("a", "b"), Contract: bought})

    assert [5, 5] == [each.value for each in figures.answers(["expansion_mrr", "expansion_mrr(grain=daily)"], JANUARY)]
