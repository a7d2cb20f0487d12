"""How periods are written, and where they begin and end."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from latido.errors import UsageError
from tests.core.metrics.loading import answer, engine, poured, replies, reply, solved, ticket, tickets

if TYPE_CHECKING:
    from pathlib import Path

    from latido.metrics import Engine, Period


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Return an engine whose only sync ended on 1 March 2026."""
    return engine(tmp_path_factory.mktemp("periods"), tickets(ticket("1")))


def edges(period: Period) -> tuple[str, str]:
    return period.starts_on.isoformat(), period.ends_on.isoformat()


@pytest.mark.parametrize(
    ("written", "starts", "ends"),
    [
        ("2026", "2026-01-01", "2027-01-01"),
        ("2026-Q3", "2026-07-01", "2026-10-01"),
        ("2026-Q4", "2026-10-01", "2027-01-01"),
        ("2024-02", "2024-02-01", "2024-03-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2026-W01", "2025-12-29", "2026-01-05"),
        ("2026-W45", "2026-11-02", "2026-11-09"),
        ("2026-11-03", "2026-11-03", "2026-11-04"),
        ("2024-01-01/2024-04-01", "2024-01-01", "2024-04-01"),
        ("last-90d", "2025-12-01", "2026-03-01"),
    ],
)
def test_a_period_is_half_open(figures: Engine, written: str, starts: str, ends: str) -> None:
    assert (starts, ends) == edges(answer(figures, "first_response_time", written).period)


@pytest.mark.parametrize(
    "written",
    ["", "june", "2026-13", "2026-00", "2026-Q5", "2026-W54", "2025-W53", "2026-02-30", "26", "last-0d", "0000", "9999",
     "2024-04-01/2024-04-01", "2024-04-01/2024-01-01", "2024-04/2024-05", "last-99999d"],
)  # fmt: skip
def test_what_is_no_period_is_refused_with_an_example(figures: Engine, written: str) -> None:
    with pytest.raises(UsageError, match="is not a period") as refused:
        figures.answers(["csat"], written)

    assert "2026-Q3" in str(refused.value.hint)


@pytest.mark.parametrize(
    ("written", "before"),
    [
        ("2024-03", ("2024-02-01", "2024-03-01")),
        ("2026", ("2025-01-01", "2026-01-01")),
        ("2026-Q1", ("2025-10-01", "2026-01-01")),
        ("2026-W01", ("2025-12-22", "2025-12-29")),
        ("2024-01-01/2024-04-01", ("2023-10-01", "2024-01-01")),
        ("2024-01-10/2024-01-15", ("2024-01-05", "2024-01-10")),
    ],
)
def test_the_period_before_is_as_long(figures: Engine, written: str, before: tuple[str, str]) -> None:
    assert before == edges(answer(figures, "csat", written).period.before())


@pytest.mark.parametrize(
    ("written", "earlier"),
    [
        ("2024-03", ("2023-03-01", "2023-04-01")),
        ("2024-02", ("2023-02-01", "2023-03-01")),
        ("2026", ("2025-01-01", "2026-01-01")),
        ("2026-Q1", ("2025-01-01", "2025-04-01")),
        ("2026-W45", ("2025-11-03", "2025-11-10")),
        ("2024-02-29", ("2023-02-28", "2023-03-01")),
        ("2024-01-01/2024-04-01", ("2023-01-01", "2023-04-01")),
        ("2024-01-10/2024-01-15", ("2023-01-10", "2023-01-15")),
    ],
)
def test_the_same_period_a_year_earlier(figures: Engine, written: str, earlier: tuple[str, str]) -> None:
    assert earlier == edges(answer(figures, "csat", written).period.year_before())


@pytest.fixture(scope="module")
def april(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Return an engine whose years begin in April, over answers of three such years: 1, 2 and 3 of them satisfied."""
    instants = ("2024-05-01T12:00Z", "2025-03-31T12:00Z", "2026-02-01T12:00Z")
    given = [
        reply(f"{year}{n}", 5 if n <= year else 1, answered_at=at)
        for year, at in enumerate(instants, start=1)
        for n in range(1, 5)
    ]
    return poured(tmp_path_factory.mktemp("april"), replies(*given), fiscal_year_start=4)


def test_fiscal_years_are_compared_with_fiscal_years(april: Engine) -> None:
    """March 2025 and May 2024 are in the year that began in April 2024."""
    found = answer(april, "csat", "2025")

    assert ("2025-04-01", "2026-04-01") == edges(found.period)
    assert (0.75, 0.375) == (found.value, found.previous and found.previous.value)


def test_fiscal_quarters_are_compared_with_those_of_the_year_before(april: Engine) -> None:
    quarters = april.series("2024", "2025", "quarter")
    found = april.answers(["csat"], quarters, compare="year")

    assert [0.25, None, None, 0.5, None, None, None, 0.75] == [each.value for each in found]
    assert [*[None] * 4, 0.25, None, None, 0.5] == [each.previous and each.previous.value for each in found]


def test_what_nothing_is_compared_with_is_refused(figures: Engine) -> None:
    with pytest.raises(UsageError, match="Did you mean year"):
        figures.answers(["csat"], "2026", compare="yaer")


@pytest.mark.parametrize(
    ("by", "window", "first", "last"),
    [
        ("month", "3", ("2025-11-01", "2026-02-01"), ("2026-01-01", "2026-04-01")),
        ("quarter", "4", ("2025-04-01", "2026-04-01"), ("2025-04-01", "2026-04-01")),
        ("month", "90d", ("2025-11-03", "2026-02-01"), ("2026-01-01", "2026-04-01")),
        ("week", "2", ("2025-12-22", "2026-01-05"), ("2026-03-23", "2026-04-06")),
    ],
)
def test_a_rolling_window_ends_with_each_period(
    figures: Engine, by: str, window: str, first: tuple[str, str], last: tuple[str, str]
) -> None:
    found = figures.series("2026-Q1", "2026-Q1", by, window)

    assert (first, last) == (edges(found[0]), edges(found[-1]))


def test_overlapping_windows_are_computed_each_for_itself(april: Engine) -> None:
    windows = april.series("2025-03", "2026-02", "month", "12")

    assert [0.375, 0.375, *[0.5] * 9, 0.625] == [found.value for found in april.answers(["csat"], windows)]


@pytest.mark.parametrize("window", ["0", "3m", "-1", "", "1000"])
def test_what_is_no_window_is_refused(figures: Engine, window: str) -> None:
    with pytest.raises(UsageError, match="is not a window"):
        figures.series("2026-01", "2026-02", "month", window or " ")


def test_a_window_that_begins_before_there_are_periods_is_refused(figures: Engine) -> None:
    with pytest.raises(UsageError, match="is not a window"):
        figures.series("2026", "2026", "year", "999")


def test_without_a_period_it_is_the_last_full_month_before_the_oldest_sync(figures: Engine) -> None:
    (found,) = figures.answers(["first_response_time"])

    assert ("2026-02-01", "2026-03-01") == edges(found.period)


def test_the_last_full_month_is_local(figures: Engine) -> None:
    """At 23:30 UTC on 31 January it is February in Madrid."""
    (found,) = figures.answers(["csat"], as_of=datetime(2026, 1, 31, 23, 30, tzinfo=UTC))

    assert ("2026-01-01", "2026-02-01") == edges(found.period)


def test_a_fiscal_year_begins_where_it_is_said_to(tmp_path: Path) -> None:
    figures = engine(tmp_path, tickets(ticket("1")), fiscal_year_start=4)

    assert ("2026-04-01", "2027-04-01") == edges(answer(figures, "csat", "2026").period)
    assert ("2027-01-01", "2027-04-01") == edges(answer(figures, "csat", "2026-Q4").period)
    assert ("2026-11-01", "2026-12-01") == edges(answer(figures, "csat", "2026-11").period)


@pytest.mark.parametrize(
    ("first", "last", "by", "n", "starts", "ends"),
    [
        ("2026-01", "2026-06", "month", 6, "2026-01-01", "2026-07-01"),
        ("2026-01", "2026-06", None, 6, "2026-01-01", "2026-07-01"),
        ("2025", "2026-Q2", "quarter", 6, "2025-01-01", "2026-07-01"),
        ("2026-01", "2026-01", "day", 31, "2026-01-01", "2026-02-01"),
        ("2026-01", "2026-01", "week", 5, "2025-12-29", "2026-02-02"),
        ("2024-05", "2026-05", "year", 3, "2024-01-01", "2027-01-01"),
        ("2026-01-15/2026-02-15", "2026-03-02", None, 3, "2026-01-01", "2026-04-01"),
    ],
)
def test_a_series_covers_what_it_names(  # noqa: PLR0917 - a row of a table
    figures: Engine, first: str, last: str, by: str | None, n: int, starts: str, ends: str
) -> None:
    found = figures.series(first, last, by)

    assert (n, starts, ends) == (len(found), edges(found[0])[0], edges(found[-1])[1])
    assert all(one.ends_on == other.starts_on for one, other in pairwise(found))


@pytest.mark.parametrize(
    ("first", "last", "by", "said"),
    [
        ("2026-06", "2026-01", "month", "before it begins"),
        ("2026-01", "2026-02", "fortnight", "not a length of time"),
        ("2026-01", "2026-02", "moth", "Did you mean month"),
        ("1990", "2026", "day", "more than 4000"),
        ("2026-01", "soon", "month", "not a period"),
    ],
)
def test_a_series_that_makes_no_sense_is_refused(figures: Engine, first: str, last: str, by: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        figures.series(first, last, by)


@pytest.mark.parametrize(
    ("zone", "day", "starts_at"),
    [
        ("Europe/Madrid", "2024-03-31", "2024-03-30T23:00:00Z"),
        ("Europe/Madrid", "2024-04-01", "2024-03-31T22:00:00Z"),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"),  # clocks went from 00:00 to 01:00
        ("America/Havana", "2024-11-03", "2024-11-03T04:00:00Z"),  # 00:00 to 01:00 happened twice
        ("Asia/Kathmandu", "2024-01-01", "2023-12-31T18:15:00Z"),
    ],
)
def test_a_day_begins_at_the_first_instant_of_its_date(tmp_path: Path, zone: str, day: str, starts_at: str) -> None:
    first = datetime.fromisoformat(starts_at)
    second_before = datetime.fromtimestamp(first.timestamp() - 1, UTC)
    rows = [
        ticket(name, "2018-01-01T00:00Z", first_reply_at=at) for name, at in (("in", first), ("out", second_before))
    ]
    figures = engine(tmp_path, tickets(*rows), time_zone=ZoneInfo(zone))

    counted = [fact.source_id for fact in figures.facts("first_response_time", day) if not fact.excluded]

    assert ["in"] == counted
    assert date.fromisoformat(day) == answer(figures, "csat", day).period.starts_on


def test_period_begins_and_ends_at_local_midnight(tmp_path: Path) -> None:
    first, last, out = "2023-12-31T23:00:00Z", "2024-01-31T22:59:59Z", "2024-01-31T23:30:00Z"
    given = replies(*(reply(str(n), 5, answered_at=at) for n, at in enumerate((first, last, out))))
    done = tickets(*(solved(at, at, created_at=first, csat="good", reopens=0) for at in (first, last, out)))
    figures = engine(tmp_path, {**given, **done})

    assert 2 == answer(figures, "csat").n
    assert 2 == answer(figures, "ticket_csat").n
    assert 2 == answer(figures, "average_resolution_time").n
