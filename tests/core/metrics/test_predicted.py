"""What customers will still buy: the published models, and the figure that is made of them."""

from __future__ import annotations

from datetime import date, timedelta
from math import log
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from latido.metrics._lifetimes import Buyer, Buying, Spending, digamma, hypergeometric, lowest
from latido.metrics._predicted import _thinned
from latido.schema import Account, Deal
from tests.core.metrics.loading import accounts, answer, deal, figure, poured

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from latido.metrics import Engine

PUBLISHED = Buying(0.243, 4.414, 0.793, 2.426)
"""What Fader, Hardie and Lee found for the customers of a record shop, in weeks."""

PUBLISHED_SPENDING = Spending(6.25, 3.74, 15.44)
"""What Fader and Hardie found for the amounts of the same."""


def invented(n: int, seed: int = 1) -> list[Buyer]:
    """Return *n* customers who behave as the record shop's, seen for 27 to 39 weeks."""
    chance, spread = Random(seed), PUBLISHED_SPENDING
    buyers = []
    for _ in range(n):
        rate = chance.gammavariate(PUBLISHED.r, 1 / PUBLISHED.alpha)
        leaves = chance.betavariate(PUBLISHED.a, PUBLISHED.b)
        age = 27 + 12 * chance.random()
        bought, last, moment = 0, 0.0, chance.expovariate(max(rate, 1e-9))
        while moment <= age:
            bought, last = bought + 1, moment
            if chance.random() < leaves:
                break
            moment += chance.expovariate(max(rate, 1e-9))
        scale = chance.gammavariate(spread.q, 1 / spread.v)
        spent = sum(chance.gammavariate(spread.p, 1 / scale) for _ in range(bought))
        buyers.append(Buyer(bought, last, age, spent / bought if bought else 0.0))
    return buyers


def test_further_purchases_are_the_published_ones() -> None:
    """Customer 1 of the record shop in the published note, over the 39 weeks that follow."""
    assert 1.226 == round(PUBLISHED.further(Buyer(2, 30.43, 38.86), 39), 3)


def test_a_customer_who_never_came_back_has_not_left() -> None:
    """The model has people leave with a purchase."""
    assert 1 == PUBLISHED.still_there(Buyer(0, 0, 38.86))


@pytest.mark.parametrize(
    ("frequency", "mean", "expected"),
    [(2, 22.35, 24.66), (1, 11.77, 18.92), (0, 0.0, 35.22), (7, 73.74, 71.47)],
)
def test_typical_amounts_are_the_published_ones(frequency: int, mean: float, expected: float) -> None:
    assert expected == round(PUBLISHED_SPENDING.typical(frequency, mean), 2)


def test_the_likeliest_parameters_are_those_by_which_customers_were_invented() -> None:
    buyers = invented(20_000)

    buying, spending = Buying.fitted(buyers), Spending.fitted(buyers)

    assert buying is not None
    assert spending is not None
    assert (PUBLISHED.r, PUBLISHED.alpha) == pytest.approx((buying.r, buying.alpha), rel=0.05)
    assert PUBLISHED.a / (PUBLISHED.a + PUBLISHED.b) == pytest.approx(buying.a / (buying.a + buying.b), rel=0.05)
    assert PUBLISHED_SPENDING.typical(0, 0) == pytest.approx(spending.typical(0, 0), rel=0.05)
    assert (PUBLISHED_SPENDING.p, PUBLISHED_SPENDING.q) == pytest.approx((spending.p, spending.q), rel=0.1)


def test_of_very_many_customers_an_even_selection_is_enough() -> None:
    """One of two is taken here; who is alike is taken together."""
    few, many = Buyer(1, 2, 30, 10, n=3), Buyer(0, 0, 30, n=49_997)

    assert [Buyer(1, 2, 30, 10, n=2), Buyer(0, 0, 30, n=24_998)] == list(_thinned([few, many], 50_000))
    assert [few] == list(_thinned([few], 3))


def test_the_lowest_point_is_found_and_where_there_is_none_that_is_said() -> None:
    def bowl(place: Sequence[float]) -> tuple[float, list[float]]:
        one, other = place
        return (one - 3) ** 2 + (one - other) ** 2, [2 * (one - 3) + 2 * (one - other), 2 * (other - one)]

    def slide(place: Sequence[float]) -> tuple[float, list[float]]:
        return -log(place[0]), [-1 / place[0]]

    assert (3, 3) == pytest.approx(lowest(bowl, (1.0, 9.0)))
    assert lowest(slide, (1.0,)) is None


def test_special_functions_have_their_known_values() -> None:
    assert [-0.5772156649015329, -1.9635100260214235] == pytest.approx([digamma(1), digamma(0.5)], abs=1e-11)
    assert -log(1 - 0.9) / 0.9 == pytest.approx(hypergeometric(1, 1, 2, 0.9))


def shop(folder: Path, buyers: Sequence[Buyer], **columns: Any) -> Engine:
    """Return an engine over a shop that *buyers* came to, up to the end of January 2024."""
    deals = []
    for number, each in enumerate(buyers):
        first = date(2024, 1, 31) - timedelta(weeks=each.age)
        deals.append(deal(f"c{number}", str(first), "20"))
        for turn in range(1, each.frequency + 1):
            day = first + timedelta(days=round(7 * each.recency * turn / each.frequency))
            deals.append(deal(f"c{number}", str(day), f"{each.mean:.2f}", **columns))
    return poured(folder, {Account: accounts(*(f"c{n}" for n in range(len(buyers)))), Deal: deals})


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return shop(tmp_path_factory.mktemp("records"), invented(600))


def test_a_prediction_shows_what_it_rests_on(records: Engine) -> None:
    found = answer(records, "clv_predictive")

    assert {"repeat_buyers", *"pqvabr", "alpha"} == set(found.parts)
    assert 600 == found.n
    assert 0 < (found.value or 0) < 200
    assert 100 <= found.parts["repeat_buyers"] < 600


def test_a_prediction_reaches_to_its_horizon_and_is_discounted(records: Engine) -> None:
    year, undiscounted, half, plain_half = (
        float(answer(records, f"clv_predictive{said}").value or 0)
        for said in ("", "(discount=0)", "(horizon_months=6)", "(horizon_months=6,discount=0)")
    )

    assert plain_half < year < undiscounted
    assert 0.93 < year / undiscounted < 1
    assert half < plain_half


def test_a_prediction_is_what_its_customers_are_expected_to_buy(records: Engine) -> None:
    found = answer(records, "clv_predictive(horizon_months=1,discount=0)")
    buying = Buying(*(float(found.parts[name]) for name in ("r", "alpha", "a", "b")))
    spending = Spending(*(float(found.parts[name]) for name in "pqv"))

    expected = 0.0
    for fact in records.facts("clv_predictive", "2024-01"):
        frequency, mean = int(fact.numerator or 0), float(fact.value or 0)
        buyer = Buyer(frequency, int(fact.class_ or 0) / 7, int(fact.denominator or 0) / 7, mean)
        expected += buying.further(buyer, 365.25 / 12 / 7) * spending.typical(frequency, mean)

    assert expected / 600 == pytest.approx(float(found.value or 0))


def test_a_hundred_customers_must_have_bought_again(tmp_path: Path) -> None:
    few = [Buyer(1, 1 + number % 20, 30, 10 + number) for number in range(99)]
    figures = shop(tmp_path, [*few, Buyer(0, 0, 20)])

    found = figure(figures, "clv_predictive", "value", "reason", "n", "repeat_buyers")

    assert [None, "insufficient_sample", 100, 99] == found


def test_two_purchases_on_one_day_are_one_visit(tmp_path: Path) -> None:
    deals = [
        deal("A", day, amount) for day, amount in (("2024-01-01", "5"), ("2024-01-11", "30"), ("2024-01-11", "10"))
    ]
    figures = poured(tmp_path, {Account: accounts("A"), Deal: deals})

    (fact,) = figures.facts("clv_predictive", "2024-01")

    assert (1, "10", 30, 40) == (fact.numerator, fact.class_, fact.denominator, fact.value)


def test_nothing_is_predicted_from_amounts_without_a_rate(tmp_path: Path) -> None:
    figures = shop(tmp_path, [Buyer(1, 10, 20, 10)], currency="CHF")

    assert [None, "missing_fx_rate"] == figure(figures, "clv_predictive", "value", "reason")


def test_who_asks_for_every_figure_waits_for_no_prediction(tmp_path: Path) -> None:
    figures = poured(tmp_path, {Account: accounts("A"), Deal: [deal("A", "2024-01-02")]})

    assert "clv_predictive" not in {each.kpi for each in figures.answers((), "2024-01")}
    assert "clv_predictive" in {entry.kpi.id for entry in figures.catalog()}
