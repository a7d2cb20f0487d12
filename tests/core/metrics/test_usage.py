"""What the worked examples leave open of the KPIs about visits, carts and first value."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from latido.schema import Account, Cart, Contract, Milestone, WebSession
from tests.core.metrics.loading import JANUARY, answer, poured, rounded

if TYPE_CHECKING:
    from pathlib import Path

    from latido.metrics import Engine

MARCH = "2024-03"
DIRECT = {"traffic_source": "(Direct)", "traffic_medium": "(none)"}


def visit(source_id: str, visitor: str | None, conversions: int | None, pages: int | None, **columns: Any) -> Any:
    known = {"visitor_id": visitor, "conversions": conversions, "pageviews": pages, "started_at": "2024-01-10T12:00Z"}
    return {"source_id": source_id, **known, **columns}


VISITS = (
    visit("1", "v1", 1, 3),
    visit("2", "v1", None, 5),
    visit("3", "v2", 3, 2, **DIRECT),
    visit("4", "v3", None, None),
    visit("5", None, None, 2, **DIRECT),
)


def test_what_visitors_do_is_also_counted_by_visit(tmp_path: Path) -> None:
    figures = poured(tmp_path, {WebSession: VISITS})

    assert [0.8] == rounded(answer(figures, "conversion_rate(variant=actions_per_visit)"), "value")


def test_totals_of_visits_say_nothing_of_visitors(tmp_path: Path) -> None:
    total = visit("t", None, 4, 20, sessions=10, **DIRECT)
    figures = poured(tmp_path, {WebSession: (*VISITS, total)})

    for variant in ("visitors", "actions_per_visitor"):
        found = answer(figures, f"conversion_rate(variant={variant})")
        assert [None, "missing_field"] == rounded(found, "value", "reason")
    assert [0.533333] == rounded(answer(figures, "conversion_rate(variant=actions_per_visit)"), "value")
    assert [0.8, 15] == rounded(answer(figures, "direct_traffic_share"), "value", "denominator")
    assert [32, 14] == rounded(answer(figures, "pages_per_visit"), "numerator", "denominator")


def test_visits_that_do_not_count_leave_the_visitor_and_the_figure_alone(tmp_path: Path) -> None:
    gone = [visit("6", "v1", 5, 1, is_deleted=True), visit("7", None, 5, 1, sessions=9, is_deleted=True)]
    found = answer(poured(tmp_path, {WebSession: (*VISITS, *gone)}), "conversion_rate")

    assert [0.5, 4, {"deleted": 2}] == rounded(found, "value", "denominator", "excluded")


def test_without_visits_there_is_nothing_to_divide_by(tmp_path: Path) -> None:
    figures = poured(tmp_path, {WebSession: VISITS, Cart: [{"source_id": "1"}]})

    asks = ["conversion_rate", "direct_traffic_share", "pages_per_visit", "cart_abandonment_rate"]
    assert {"zero_denominator"} == {found.reason for found in figures.answers(asks, "2023-05")}


@pytest.fixture
def shop(tmp_path: Path) -> Engine:
    carts = [
        ("c1", "2024-01-05T10:00Z", "2024-01-05T10:10Z", 1),
        ("c2", "2024-01-05T10:00Z", None, None),
        ("c3", "2024-01-05T10:00Z", "2024-01-06T16:00Z", 1),
        ("c4", "2024-01-31T22:50Z", "2024-01-31T23:20Z", 1),
        ("c5", "2024-01-05T10:00Z", None, 0),
        ("c6", "2024-01-05T10:00Z", "2024-01-06T10:00Z", 2),
    ]
    names = ("source_id", "created_at", "completed_at", "item_count")
    return poured(tmp_path, {Cart: [dict(zip(names, each, strict=True)) for each in carts]})


def test_a_cart_may_be_given_more_time_or_less(shop: Engine) -> None:
    assert [0.2] == rounded(answer(shop, "cart_abandonment_rate(window_hours=30)"), "value")
    assert [0.6] == rounded(answer(shop, "cart_abandonment_rate(window_hours=23.5)"), "value")


def test_carts_too_young_to_tell_are_left_out_visibly(shop: Engine) -> None:
    read_at = datetime(2024, 1, 6, 10, tzinfo=UTC)

    old = answer(shop, "cart_abandonment_rate", as_of=read_at)
    young = answer(shop, "cart_abandonment_rate(window_hours=24.5)", as_of=read_at)
    assert [4, {"not_mature": 1}] == rounded(old, "denominator", "excluded")
    assert [None, "zero_denominator", {"not_mature": 5}] == rounded(young, "value", "reason", "excluded")


def milestone(account: str, kind: str, day: str) -> dict[str, Any]:
    return {
        "source_id": f"{account} {kind} {day}",
        "account_id": account,
        "milestone": kind,
        "occurred_at": f"{day}T09:00Z",
    }


FIRSTS = [
    milestone("a1", "signup", "2024-02-28"),
    milestone("a1", "first_value", "2024-03-01"),
    milestone("a2", "signup", "2024-02-20"),
    milestone("a2", "first_value", "2024-03-03"),
    milestone("a3", "signup", "2024-03-05"),
    milestone("a4", "first_value", "2024-03-02"),
    milestone("a4", "signup", "2024-03-04"),
    milestone("a5", "signup", "2024-03-05"),
    milestone("a5", "first_value", "2024-03-09"),
    milestone("a5", "first_value", "2024-03-20"),
]


def accounts(*names: str) -> list[dict[str, Any]]:
    return [{"source_id": name} for name in names]


def test_first_value_before_the_sign_up_is_left_out_visibly(tmp_path: Path) -> None:
    figures = poured(tmp_path, {Account: accounts("a1", "a2", "a3", "a4", "a5"), Milestone: FIRSTS})

    assert {"negative_duration": 1} == answer(figures, "ttfv", MARCH).excluded
    assert [4.0, 3] == rounded(answer(figures, "ttfv(stat=survival)", MARCH), "value", "n")


def test_survival_counts_those_who_wait_for_as_long_as_they_have(tmp_path: Path) -> None:
    """Where more than half still wait, the middle one has not come yet."""
    signed = [milestone(name, "signup", "2024-03-05") for name in ("a6", "a7", "a8")]
    names = [f"a{n}" for n in range(1, 9)]
    figures = poured(tmp_path, {Account: accounts(*names), Milestone: [*FIRSTS, *signed]})

    found = answer(figures, "ttfv(stat=survival)", MARCH)
    assert [None, "not_mature", 3, 4] == rounded(found, "value", "reason", "n", "waiting")
    half = poured(tmp_path / "half", {Account: accounts(*names[:6]), Milestone: [*FIRSTS, signed[0]]})
    assert [12.0, 2] == rounded(answer(half, "ttfv(stat=survival)", MARCH), "value", "waiting")


def test_without_a_sign_up_the_first_contract_is_the_start(tmp_path: Path) -> None:
    monthly = {"recurring_monthly_amount": "10", "currency": "EUR", "starts_on": "2024-03-01"}
    contracts = [{"source_id": name, "account_id": name, **monthly} for name in ("a1", "a2", "a3")]
    values = [milestone("a1", "first_value", "2024-03-08"), milestone("a9", "first_value", "2024-03-08")]
    figures = poured(
        tmp_path, {Account: accounts("a1", "a2", "a3", "a9"), Contract: contracts, Milestone: [*values, FIRSTS[2]]}
    )

    found = answer(figures, "ttfv", MARCH)
    assert [7.0, 1, 2, {"no_start": 1}] == rounded(found, "value", "n", "waiting", "excluded")


def test_days_with_a_visit_of_the_last_thirty(tmp_path: Path) -> None:
    monthly = {"recurring_monthly_amount": "10", "currency": "EUR", "starts_on": "2023-01-01"}
    left = {**monthly, "ends_on": "2024-01-20"}
    contracts = [{"source_id": name, "account_id": name, **monthly} for name in ("often", "once", "never")]
    days = [f"2024-01-{day:02}T10:00Z" for day in range(10, 25)]
    seen = [("often", at) for at in (*days, "2024-01-10T22:00Z", "2024-01-10T23:30Z")]
    seen += [("once", "2023-05-01T10:00Z"), ("gone", days[0]), ("new", "2024-02-01T10:00Z")]
    figures = poured(
        tmp_path,
        {
            Account: accounts("often", "once", "never", "gone", "new"),
            Contract: [*contracts, {"source_id": "gone", "account_id": "gone", **left}],
            WebSession: [
                {"source_id": str(n), "account_id": name, "started_at": at} for n, (name, at) in enumerate(seen)
            ],
        },
    )

    assert [0.25, 2, 15, 60] == rounded(answer(figures, "usage_frequency"), "value", "n", "numerator", "denominator")
    assert "no_rows_in_period" == answer(figures, "usage_frequency", "2022-01").reason


def test_frequency_needs_to_know_who_is_a_customer(tmp_path: Path) -> None:
    figures = poured(tmp_path, {WebSession: VISITS})

    assert "no_rows" == answer(figures, "usage_frequency", JANUARY).reason
    assert ("deals|contracts",) == figures.explain("usage_frequency", JANUARY).lacking
