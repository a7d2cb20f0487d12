"""Whether a change is real: two samples of the same people differ, too."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from latido.schema import SurveyResponse, Ticket
from tests.core.metrics.loading import answer, poured, reply, solved, ticket

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from latido.metrics import Engine, Previous
    from tests.core.metrics.loading import Rows

JANUARY, DECEMBER = "2024-01-10T12:00Z", "2023-12-10T12:00Z"


def compared(figures: Engine, ask: str, **more: str) -> Previous:
    found = answer(figures, ask, **more).previous
    assert found is not None
    return found


def rated(month: str, good: int, n: int) -> list[dict[str, object]]:
    return [solved(f"{month}{k}", month, created_at=month, csat="good" if k < good else "bad") for k in range(n)]


@pytest.mark.parametrize(
    ("later", "earlier", "lower", "upper"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((5, 56), (0, 29), -0.0381, 0.1926),
    ],
)
def test_shares_are_told_apart_as_newcombe_does(
    tmp_path: Path, later: tuple[int, int], earlier: tuple[int, int], lower: float, upper: float
) -> None:
    """Table II of Newcombe, Statistics in Medicine 17 (1998), 873-890, method 10."""
    figures = poured(tmp_path, {Ticket: [*rated(JANUARY, *later), *rated(DECEMBER, *earlier)]})
    found = compared(figures, "ticket_csat")

    assert pytest.approx((lower, upper), abs=5e-5) == found.difference
    assert (lower < 0) == found.may_be_chance


def recommended(month: str, scores: Sequence[int]) -> list[dict[str, object]]:
    scale = (0, 10)
    return [reply(f"{month}{n}", score, scale, kind="nps", answered_at=month) for n, score in enumerate(scores)]


def test_scores_are_told_apart_by_their_standard_errors(tmp_path: Path) -> None:
    """Half promoters, a quarter detractors of 16 are 25 points with an error of 20.7; all passives are 0, exactly."""
    rows: Rows = {SurveyResponse: [*recommended(JANUARY, [9, 9, 7, 0] * 4), *recommended(DECEMBER, [7, 8] * 8)]}
    found = compared(poured(tmp_path, rows), "nps")

    reach = 1.959964 * 100 * (0.75 - 0.25**2) ** 0.5 / 4
    assert pytest.approx((25 - reach, 25 + reach)) == found.difference
    assert found.may_be_chance


def test_scores_without_any_spread_say_nothing_of_chance(tmp_path: Path) -> None:
    rows: Rows = {SurveyResponse: [*recommended(JANUARY, [10] * 8), *recommended(DECEMBER, [0] * 8)]}

    assert compared(poured(tmp_path, rows), "nps").difference is None


def answered(month: str, hours: Sequence[int]) -> list[dict[str, object]]:
    start = datetime.fromisoformat(month)
    return [ticket(f"{month}{h}", month, first_reply_at=(start + timedelta(hours=h)).isoformat()) for h in hours]


def test_medians_are_told_apart_by_the_ranks_that_enclose_them(tmp_path: Path) -> None:
    """Of 1 to 10 hours the median is 5.5, between 2 and 9; of 101 to 110, ten times as far away as that, 105.5."""
    rows: Rows = {Ticket: [*answered(JANUARY, range(101, 111)), *answered(DECEMBER, range(1, 11))]}
    found = compared(poured(tmp_path, rows), "first_response_time")

    assert pytest.approx((100 - 3.5 * 2**0.5, 100 + 3.5 * 2**0.5)) == found.difference
    assert not found.may_be_chance


def test_where_everybody_is_counted_chance_has_no_part(tmp_path: Path) -> None:
    rows: Rows = {Ticket: [*answered(JANUARY, range(1, 11)), *answered(DECEMBER, range(1, 11))]}

    assert compared(poured(tmp_path, rows), "first_response_time(stat=mean)").difference is None


def test_the_change_since_the_year_before_is_judged_too(tmp_path: Path) -> None:
    rows: Rows = {Ticket: [*rated(JANUARY, 9, 10), *rated("2023-01-10T12:00Z", 3, 10)]}
    found = compared(poured(tmp_path, rows), "ticket_csat", compare="year")

    assert "2023-01-01" == found.period.starts_on.isoformat()
    assert pytest.approx((0.1705, 0.8090), abs=5e-5) == found.difference
