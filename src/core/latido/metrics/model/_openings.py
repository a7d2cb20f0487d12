"""When a desk is open, as a table of instants: local hours, changes of the clock and holidays worked in."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from latido.config import Schedule

_DAY = timedelta(days=1)
_MIDNIGHT = 24 * 60
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_EARLIEST, _LATEST = date(1990, 1, 1), date(2100, 1, 1)
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_FAR_AHEAD = datetime(9999, 12, 31, tzinfo=UTC)


def openings(schedule: Schedule, first: date, last: date) -> Iterator[tuple[int, int, int, int]]:
    """Yield what it takes to tell how long a desk was open up to any instant, in microseconds since 1970 UTC.

    Each row is (opens, closes, until, open before): it holds from `opens` up to `until`, where the next one begins,
    and the desk was open that many microseconds before. A time between two instants is the difference of both. Stamps
    before 1990 or after 2100 are taken for those years.
    """
    intervals = joined(schedule, max(first, _EARLIEST) - _DAY, min(last, _LATEST) + _DAY)
    edges = [(_LONG_AGO, _LONG_AGO), *intervals, (_FAR_AHEAD, _FAR_AHEAD)]
    before = timedelta()
    for (opens, closes), (until, _closes) in pairwise(edges):
        yield _micros(opens), _micros(closes), _micros(until), before // _MICROSECOND
        before += closes - opens


def joined(schedule: Schedule, first: date, last: date) -> list[tuple[datetime, datetime]]:
    """Return the desk's opening intervals from *first* to *last* in UTC, sorted, none touching the next."""
    found: list[tuple[datetime, datetime]] = []
    for opens, closes in _intervals(schedule, first, last):
        if found and opens <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], closes))
        elif opens < closes:
            found.append((opens, closes))
    return found


def _intervals(schedule: Schedule, first: date, last: date) -> Iterator[tuple[datetime, datetime]]:
    for number in range((last - first).days + 1):
        day = first + number * _DAY
        if day not in schedule.holidays:
            for opens, closes in schedule.hours.get(day.weekday(), ()):
                yield _at(day, opens, schedule.time_zone, 0), _at(day, closes, schedule.time_zone, 1)


def _at(day: date, minute: int, zone: ZoneInfo, fold: int) -> datetime:
    """Return the instant of a local time: of two, the one that *fold* says; of none, the change of the clock."""
    if minute == _MIDNIGHT:
        day, minute, fold = day + _DAY, 0, 0
    local = datetime.combine(day, time(minute // 60, minute % 60, fold=fold), zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    return _change(local.replace(fold=1).astimezone(UTC), local.replace(fold=0).astimezone(UTC), zone)


def _change(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    """Return the second at which the clocks of *zone* change between two instants."""
    offset = early.astimezone(zone).utcoffset()
    low, high = 0, int((late - early).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        unchanged = (early + timedelta(seconds=middle)).astimezone(zone).utcoffset() == offset
        low, high = (middle, high) if unchanged else (low, middle)
    return early + timedelta(seconds=high)


def _micros(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND
