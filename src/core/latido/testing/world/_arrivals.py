"""When things come in, and when somebody is there to answer."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from math import exp
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from latido.testing.world._chance import share
from latido.testing.world._instants import DAY, HOUR, Instant, midnight

if TYPE_CHECKING:
    from collections.abc import Iterator

HISTORY = timedelta(days=730)
DESK = ZoneInfo("Europe/Madrid")
OPENS, CLOSES = 9, 18
SATURDAY = 5

_WEEKDAYS = (1.25, 1.15, 1.1, 1.05, 1.0, 0.25, 0.15)
_HOURS = (1, 1, 1, 1, 1, 2, 4, 9, 20, 40, 48, 46, 38, 26, 24, 34, 40, 38, 28, 18, 12, 9, 5, 2)
_GROWTH = 0.7
_AUGUST, _CHRISTMAS = 0.7, 0.5


class Arrivals:
    """How the stream of tickets swells over two years: growth, weekdays, office hours, holidays, good and bad days.

    Arrivals are in order: a greater fraction never comes earlier.
    """

    def __init__(self, seed: str, end: date) -> None:
        self.start: Instant = midnight(end - HISTORY)
        self.end: Instant = midnight(end)
        self._sums = _swelling(seed, self.start, self.end)

    def at(self, fraction: float) -> Instant:
        """Return when *fraction* in [0, 1) of everything has come in."""
        wanted = fraction * self._sums[-1]
        hour = bisect_right(self._sums, wanted)
        before = self._sums[hour - 1] if hour else 0.0
        within = (wanted - before) / (self._sums[hour] - before)
        return self.start + hour * HOUR + int(within * HOUR)


class Office:
    """How long the desk was open: the elapsed office seconds between two instants of the history."""

    def __init__(self, start: Instant, end: Instant) -> None:
        self._start = start
        self._open, self._sums = _open_hours(start, end)

    def seconds(self, since: Instant, until: Instant) -> int:
        """Return the office seconds in [since, until)."""
        return self._passed(until) - self._passed(since)

    def _passed(self, at: Instant) -> int:
        hour, rest = divmod(at - self._start, HOUR)
        if not 0 <= hour < len(self._open):
            return 0 if hour < 0 else self._sums[-1] * HOUR
        return self._sums[hour] * HOUR + self._open[hour] * rest


def when_open(at: Instant) -> Instant:
    """Return *at*, or the next moment at which the desk opens: Monday to Friday, 9 to 18 in Madrid."""
    local = datetime.fromtimestamp(at, DESK)
    if _is_open(local):
        return at
    if local.hour >= CLOSES:
        local += timedelta(days=1)
    while local.weekday() >= SATURDAY:
        local += timedelta(days=1)
    opening = local.replace(hour=OPENS, minute=0, second=0)
    return int(opening.astimezone(UTC).timestamp()) + at % (HOUR // 2)


# Many worlds are alike but for their size, and to walk through the hours of two years takes longer than to read one.
@lru_cache(maxsize=16)
def _swelling(seed: str, start: Instant, end: Instant) -> array[float]:
    """Return how much has come in at the end of each hour."""
    return array("d", accumulate(_weights(seed, start, end)))


def _weights(seed: str, start: Instant, end: Instant) -> Iterator[float]:
    hours = (end - start) // HOUR
    for hour in range(hours):
        local = datetime.fromtimestamp(start + hour * HOUR, DESK)
        mood = 0.75 + 0.5 * share(seed, "day", local.toordinal())
        yield mood * _season(local) * _WEEKDAYS[local.weekday()] * _HOURS[local.hour] * exp(_GROWTH * hour / hours)


@lru_cache(maxsize=16)
def _open_hours(start: Instant, end: Instant) -> tuple[bytes, array[int]]:
    """Return whether the desk was open, hour by hour, and in how many hours before each it was."""
    hours = range(start, end + DAY, HOUR)  # Madrid is whole hours from UTC, and opens and closes on full hours.
    opened = bytes(_is_open(datetime.fromtimestamp(hour, DESK)) for hour in hours)
    return opened, array("I", accumulate(opened, initial=0))


def _is_open(local: datetime) -> bool:
    return local.weekday() < SATURDAY and OPENS <= local.hour < CLOSES


def _season(local: datetime) -> float:
    if (local.month, local.day) >= (12, 22):
        return _CHRISTMAS
    return _AUGUST if local.month == 8 else 1.0  # noqa: PLR2004 - August


def arrival(arrivals: Arrivals, fraction: float, before: float, lead: int) -> Instant:
    """Return when *fraction* of a stock has come; the share *before* came over *lead* days before the start."""
    if fraction < before:
        return arrivals.start - int(lead * DAY * (1 - fraction / before))
    return arrivals.at((fraction - before) / (1 - before))
