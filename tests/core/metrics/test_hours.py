"""Opening hours: local, with holidays and changes of the clock, in real elapsed time."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from latido.config import Schedule
from tests.core.metrics.loading import MADRID, answer, engine, solved, ticket, tickets

if TYPE_CHECKING:
    from pathlib import Path

    from latido.metrics import Engine

MORNING, AFTERNOON = (9 * 60, 14 * 60), (15 * 60, 18 * 60)
WEEKDAYS = range(5)


def schedule(hours: dict[int, Any], zone: str = "Europe/Madrid", holidays: frozenset[date] = frozenset()) -> Schedule:
    return Schedule("desk", ZoneInfo(zone), hours, holidays)


def daily(opens: str, closes: str, zone: str = "Europe/Madrid") -> Schedule:
    """Return a desk that is open every day between two local times."""
    first, last = (int(each[:2]) * 60 + int(each[3:]) for each in (opens, closes))
    return schedule(dict.fromkeys(range(7), ((first, last),)), zone)


def open_hours(folder: Path, desk: Schedule, *spans: tuple[str, str]) -> list[float]:
    """Return the opening hours between a creation and a reply, for each of *spans*."""
    rows = [ticket(f"{n:02}", created_at, first_reply_at=replied) for n, (created_at, replied) in enumerate(spans)]
    figures = engine(folder, tickets(*rows), schedules={"desk": desk})
    found = figures.facts("first_response_time(schedule=desk)", "2024")
    return [float(fact.value) for fact in found if fact.value is not None and not fact.excluded]


def test_only_opening_hours_count(tmp_path: Path) -> None:
    desk = schedule(dict.fromkeys(WEEKDAYS, (MORNING, AFTERNOON)), holidays=frozenset({date(2024, 1, 5)}))
    spans = {
        ("2024-01-08T09:00Z", "2024-01-08T10:30Z"): 1.5,  # Monday, inside the morning
        ("2024-01-08T12:00Z", "2024-01-08T15:00Z"): 2.0,  # over lunch, 14:00 to 15:00
        ("2024-01-08T13:10Z", "2024-01-08T13:50Z"): 0.0,  # during lunch
        ("2024-01-08T05:00Z", "2024-01-08T22:00Z"): 8.0,  # a whole day
        ("2024-01-12T16:00Z", "2024-01-15T09:00Z"): 2.0,  # over a weekend
        ("2024-01-13T10:00Z", "2024-01-14T10:00Z"): 0.0,  # on a weekend
        ("2024-01-04T08:00Z", "2024-01-08T08:00Z"): 8.0,  # Friday the 5th is a holiday
        ("2024-01-08T08:00:00.000001Z", "2024-01-08T08:00:00.500001Z"): 0.5 / 3600,  # to the microsecond
    }

    assert list(spans.values()) == open_hours(tmp_path, desk, *spans)


@pytest.mark.parametrize(
    ("opens", "closes", "spring", "autumn"),
    [
        ("00:00", "24:00", 23.0, 25.0),
        ("00:00", "08:00", 7.0, 9.0),
        ("02:30", "04:00", 1.0, 2.5),  # in spring 02:30 does not exist: from 03:00; in autumn the first one counts
        ("01:00", "02:30", 1.0, 2.5),  # in spring to 03:00, which is 02:00; in autumn to the second 02:30
        ("09:00", "18:00", 9.0, 9.0),
    ],
)
def test_a_change_of_the_clock_changes_how_long_it_is_open(
    tmp_path: Path, opens: str, closes: str, spring: float, autumn: float
) -> None:
    days = ("2024-03-30T23:00Z", "2024-03-31T22:00Z"), ("2024-10-26T22:00Z", "2024-10-27T23:00Z")

    assert [spring, autumn] == open_hours(tmp_path, daily(opens, closes), *days)


def test_midnight_that_happens_twice_closes_a_day_once(tmp_path: Path) -> None:
    """In Havana the hour after midnight of 3 November 2024 came twice."""
    desk = schedule({5: ((0, 24 * 60),)}, "America/Havana")

    assert [24.0] == open_hours(tmp_path, desk, ("2024-11-01T00:00Z", "2024-11-05T00:00Z"))


def test_a_desk_works_in_its_own_zone(tmp_path: Path) -> None:
    desk = daily("09:00", "18:00", "Asia/Tokyo")

    assert [9.0] == open_hours(tmp_path, desk, ("2024-01-08T00:00Z", "2024-01-08T20:00Z"))


def test_a_desk_that_never_opens_takes_no_time(tmp_path: Path) -> None:
    assert [0.0] == open_hours(tmp_path, schedule({}), ("2024-01-08T00:00Z", "2024-01-09T00:00Z"))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    rows = tickets(
        solved("1", "2024-01-09T09:00Z", created_at="2024-01-08T16:00Z", first_solved_at="2024-01-08T16:30Z"),
        solved("2", "2024-01-08T15:00Z", created_at="2024-01-08T16:00Z"),
        ticket("3"),
    )
    return engine(tmp_path_factory.mktemp("both"), rows, schedules={"desk": daily("09:00", "18:00")})


def test_resolution_in_opening_hours_of_the_last_and_of_the_first_solve(both: Engine) -> None:
    assert 2.0 == answer(both, "average_resolution_time(schedule=desk)").value
    assert 0.5 == answer(both, "average_resolution_time(schedule=desk,which=first)").value


def test_what_is_left_out_does_not_depend_on_the_schedule(both: Engine) -> None:
    for kpi in ("average_resolution_time", "first_response_time"):
        plain, scheduled = (answer(both, f"{kpi}({values})") for values in ("", "schedule=desk"))

        assert plain.excluded == scheduled.excluded
        assert plain.parts == scheduled.parts
        assert plain.n == scheduled.n


def test_stamps_out_of_all_reason_do_no_harm(tmp_path: Path) -> None:
    """A clock that was never set must not make a table of centuries."""
    rows = tickets(
        ticket("1", "1970-01-01T00:00Z", first_reply_at="2024-01-08T10:00Z"),
        ticket("2", "2024-01-08T08:00Z", first_reply_at="9000-01-01T00:00Z"),
    )
    figures = engine(tmp_path, rows, schedules={"desk": daily("00:00", "24:00")})

    assert 12_000 * 24 < float(answer(figures, "first_response_time(schedule=desk)").value or 0) < 13_000 * 24
    assert MADRID == figures.settings.time_zone
