"""Why a figure is not what it was: effects that add up to its change, exactly."""

from __future__ import annotations

from fractions import Fraction
from math import isclose
from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import UsageError
from latido.schema import Account, Contract, Deal, MarketingSpend, SurveyResponse, Ticket
from tests.core.metrics.loading import poured, reply, solved, ticket
from tests.core.metrics.rich import rich_rows
from tests.core.metrics.test_properties import ASKS, DESK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.metrics import Change, Engine

    Told = dict[tuple[str | None, str], Fraction]

JANUARY = "2024-01"
MONTHS = {"2023-12": "2023-12-10T12:00Z", JANUARY: "2024-01-10T12:00Z", "2024-02": "2024-02-10T12:00Z"}
MONTHS |= {f"2024-0{month}": f"2024-0{month}-10T12:00Z" for month in (3, 5, 6, 7)}
MANY = 31


def rated(team: str, month: str, good: int, n: int) -> list[dict[str, Any]]:
    at = MONTHS[month]
    return [
        solved(f"{team}{month}{k}", at, created_at=at, team=team, csat="good" if k < good else "bad") for k in range(n)
    ]


def waited(team: str, month: str, *hours: int) -> list[dict[str, Any]]:
    at = MONTHS[month]
    return [ticket(f"{team}{month}h{h}", at, team=team, first_reply_at=f"{at[:11]}{12 + h}:00Z") for h in hours]


def recommended(month: str, *scores: int) -> list[dict[str, Any]]:
    return [
        reply(f"n{month}{n}", score, (0, 10), kind="nps", touchpoint="shop", answered_at=MONTHS[month])
        for n, score in enumerate(scores)
    ]


def satisfied(account: str, month: str, score: int) -> dict[str, Any]:
    return reply(f"{account}{month}", score, account_id=account, answered_at=MONTHS[month])


def deal(name: str, closed: str, amount: str) -> dict[str, Any]:
    return {"source_id": name, "status": "won", "amount": amount, "currency": "EUR", "close_date": closed}


def spent(day: str, amount: str) -> dict[str, Any]:
    return {"source_id": day, "source": "ads", "spend_date": day, "amount": amount, "currency": "EUR"}


def contract(name: str, amount: str, starts: str, ends: str | None = None) -> dict[str, Any]:
    known = {"source_id": f"{name}{starts}", "account_id": name, "currency": "EUR"}
    return {**known, "recurring_monthly_amount": amount, "starts_on": starts, "ends_on": ends}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Return an engine over a shop that told its contracts in 2022, and all else later."""
    rows = {
        Ticket: [
            *rated("A", "2023-12", 5, 10),
            *rated("B", "2023-12", 9, 10),
            *rated("A", JANUARY, 9, 15),
            *rated("B", JANUARY, 5, 5),
            *rated("A", "2024-02", 1, 2),
            *rated("B", "2024-02", 1, 2),
            *rated("B", "2024-03", 2, 2),
            *rated("C", "2024-03", 3, 3),
            *rated("C", "2024-05", 3, 3),
            *waited("A", "2023-12", 1),
            *waited("B", "2023-12", 3, 9),
            *waited("A", JANUARY, 5),
            *waited("B", JANUARY, 4, 8),
            *(
                {**row, "priority": f"P{team % 7}"}
                for team in range(MANY)
                for month, hours in (("2024-06", team % 9), ("2024-07", team % 11))
                for row in waited(f"T{team}", month, hours)
            ),
        ],
        SurveyResponse: [
            *recommended("2023-12", 9, 7, 0, 1),
            *recommended(JANUARY, 9, 10, 7, 0),
            satisfied("stays", "2023-12", 5),
            satisfied("goes", "2023-12", 1),
            satisfied("stays", JANUARY, 5),
            satisfied("comes", JANUARY, 4),
        ],
        Account: [{"source_id": name} for name in ("stays", "goes", "comes", "up", "down", "gone", "new")],
        Deal: [deal("1", "2023-12-05", "10"), deal("2", "2024-01-05", "30"), deal("3", "2024-01-06", "20")],
        MarketingSpend: [spent("2023-12-05", "100"), spent("2024-01-05", "300")],
        Contract: [
            contract("up", "100", "2021-05-01", "2022-01-10"),
            contract("up", "150", "2022-01-10", "2022-08-01"),
            contract("down", "200", "2021-05-01", "2022-01-20"),
            contract("down", "120", "2022-01-20", "2022-08-01"),
            contract("gone", "80", "2021-05-01", "2022-01-31"),
            contract("new", "70", "2022-01-12", "2022-08-01"),
        ],
    }
    figures = poured(tmp_path_factory.mktemp("shop"), rows)
    figures.answers(["csat"], JANUARY)
    with figures.warehouse.reading():
        yield figures


def told(change: Change) -> Told:
    return {(effect.label, effect.name): effect.value for effect in change.effects}


def test_a_share_that_stayed_the_same_tells_of_mix_and_rate(shop: Engine) -> None:
    """Both teams got better, from 50 to 60 and from 90 to 100 percent; more tickets went to the worse one."""
    found = shop.change("ticket_csat", JANUARY, segment="team")

    assert {
        ("A", "rate"): Fraction(1, 16),
        ("A", "mix"): -Fraction(3, 80),
        ("B", "rate"): Fraction(3, 80),
        ("B", "mix"): -Fraction(1, 16),
    } == told(found)
    assert Fraction() == found.value
    (mix,) = (each for each in found.effects if (each.label, each.name) == ("A", "mix"))
    assert [Fraction(1, 2), Fraction(3, 4)] == [mix.before, mix.after]


def test_teams_that_came_and_went_are_told_apart(shop: Engine) -> None:
    """From 2 good of 4 to 5 of 5: A went with 1 of 2, B stayed with 1 of 2 and then 2 of 2, C came with 3 of 3."""
    found = shop.change("ticket_csat", "2024-03", segment="team")

    expected = {("A", "lost"): Fraction(1, 8), ("B", "rate"): Fraction(9, 40), ("C", "new"): Fraction(3, 20)}
    assert expected == told(found)
    assert Fraction(1, 2) == found.value


def test_by_default_it_is_told_by_what_became_of_customers(shop: Engine) -> None:
    """Of two opinions, a bad one went and a good one came."""
    found = shop.change("csat", JANUARY)

    assert ("customer", Fraction(1, 2)) == (found.by, found.value)
    assert {("lost", "lost"): Fraction(3, 8), ("new", "new"): Fraction(1, 8)} == told(found)


def test_sums_are_told_by_what_each_segment_adds(shop: Engine) -> None:
    found = shop.change("new_customers", JANUARY, segment="customer")

    assert {("new", "new"): Fraction(2), ("lost", "lost"): Fraction(-1)} == told(found)


MOVEMENTS = {"expansion": 50, "contraction": -80, "churn": -80, "new": 70}


def test_recurring_amounts_are_told_by_their_movements(shop: Engine) -> None:
    found = shop.change("mrr", "2022-01")

    assert ("movement", Fraction(-40)) == (found.by, found.value)
    assert {(name, "change"): Fraction(value) for name, value in MOVEMENTS.items()} == told(found)


def test_what_is_twelve_times_as_much_changes_twelve_times_as_much(shop: Engine) -> None:
    expected = {(name, "change"): Fraction(12 * value) for name, value in MOVEMENTS.items()}

    assert expected == told(shop.change("arr", "2022-01"))


def test_since_the_year_before_all_movements_in_between_count(shop: Engine) -> None:
    """All who were there at the end were not a year earlier."""
    found = shop.change("mrr", "2022-01", compare="year")

    assert ("2021-01-01", Fraction(340)) == (found.earlier.period.starts_on.isoformat(), found.value)
    assert {("new", "change"): Fraction(340)} == told(found)


def test_spend_is_above_and_customers_are_below(shop: Engine) -> None:
    """100 spent on 1 customer, then 300 on 2: 200 more at the mean of 1 and 1/2 per customer, less that there are 2."""
    found = shop.change("cac", JANUARY)

    assert ("source", Fraction(50)) == (found.by, found.value)
    assert {("ads", "numerator"): Fraction(150), ("shop", "denominator"): Fraction(-100)} == told(found)


def test_parts_of_a_formula_are_told_in_both_orders(shop: Engine) -> None:
    """From 10 over 100 to 20 over 150."""
    found = shop.change("ltv_cac_ratio(clv=clv_historical)", JANUARY)

    effects = {label: float(value) for (label, _name), value in told(found).items()}
    assert {"clv": pytest.approx(1 / 12), "cac": pytest.approx(-1 / 20)} == effects
    assert {"clv": [10, 20], "cac": [100, 150]} == {each.label: [each.before, each.after] for each in found.effects}


def test_medians_are_counted_again_with_each_team_old_and_new(shop: Engine) -> None:
    """Of 1, 3, 9 the median is 3. With 5 for 1 it is 5, with 4 and 8 for 3 and 9 it is 4; with both, 5."""
    found = shop.change("first_response_time", JANUARY, segment="team")

    assert {("A", "change"): Fraction(3, 2), ("B", "change"): Fraction(1, 2)} == told(found)
    assert [[1, 5], [6, 6]] == [[each.before, each.after] for each in found.effects]


def test_of_many_teams_some_orders_must_do(shop: Engine) -> None:
    found = shop.change("first_response_time(stat=p90)", "2024-07", segment="priority")

    assert {f"P{n}" for n in range(7)} >= {effect.label for effect in found.effects}
    assert Fraction(found.answer.value or 0) - Fraction(found.earlier.value or 0) == found.value != 0


def test_more_segments_than_anybody_reads_are_refused(shop: Engine) -> None:
    with pytest.raises(UsageError, match="31 segments"):
        shop.change("first_response_time", "2024-07", segment="team")


def test_scores_are_told_by_promoters_and_detractors(shop: Engine) -> None:
    """Of four, from one promoter and two detractors to two and one."""
    found = shop.change("nps", JANUARY, segment="touchpoint")

    assert {("shop", "promoters"): Fraction(25), ("shop", "detractors"): Fraction(25)} == told(found)


def test_without_a_figure_before_there_is_no_change(shop: Engine) -> None:
    found = shop.change("ticket_csat", "2024-05", segment="team")

    assert (None, (), "zero_denominator") == (found.value, found.effects, found.earlier.reason)
    assert {} == found.comparable


def test_where_a_part_is_missing_the_others_are_compared(shop: Engine) -> None:
    found = shop.change("cx_score", JANUARY)

    assert found.value is None
    assert {"nps": (-25.0, 25.0), "csat": (0.5, 1.0)} == found.comparable


def test_a_change_is_plain_json(shop: Engine) -> None:
    found = shop.change("mrr", "2022-01").json()

    assert ["movement", 380, 340, -40.0] == [found[name] for name in ("by", "previous", "value", "change")]
    assert {"movement": "new", "effect": "change", "value": 70.0, "before": None, "after": None} in found["effects"]


def test_what_it_cannot_be_split_by_is_refused(shop: Engine) -> None:
    with pytest.raises(UsageError, match="cannot be split by teem"):
        shop.change("mrr", JANUARY, segment="teem")


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    figures = poured(tmp_path_factory.mktemp("rich"), rich_rows(), by_hand=("shop",), schedules=DESK)
    figures.answers(["csat"], JANUARY)
    with figures.warehouse.reading():
        yield figures


def splits(rich: Engine) -> Iterator[tuple[str, str | None]]:
    """Yield every KPI unsplit in one variant, and every other variant in one of the ways in which it can be split."""
    yield from ((ask, None) for ask in dict.fromkeys(ask.partition("(")[0] for ask in ASKS))
    for turn, ask in enumerate(ASKS[::2]):
        known = ["customer", *rich.dimensions(ask)]
        yield ask, known[turn % len(known)]


def test_effects_add_up_to_every_change(rich: Engine) -> None:
    compared = 0
    for ask, segment in splits(rich):
        found = rich.change(ask, "2023-12", segment=segment)
        if found.value is not None:
            compared += 1
            after, before = float(found.answer.value or 0), float(found.earlier.value or 0)
            largest = max(abs(after), abs(before))
            added = sum(float(effect.value) for effect in found.effects)
            assert isclose(after - before, added, rel_tol=1e-9, abs_tol=1e-12 * largest), (ask, segment)

    assert compared > 80
