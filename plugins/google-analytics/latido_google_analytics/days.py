"""Days as a property counts them: in its own time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from latido.errors import ConfigurationError
from latido.messages import marker

_ = marker("latido_google_analytics")

DAY = timedelta(days=1)
EARLIEST = date(2015, 8, 14)
"""Google Analytics 4 takes no earlier day."""

STILL_CHANGING = 2
"""Of so many days, yesterday included, even that nobody came may be a passing state."""


def zone_of(name: str) -> ZoneInfo:
    """Return the time zone *name*; raises ConfigurationError where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigurationError(
            _("Google names a time zone that this machine does not know: {name}.", name=name),
            _("Bring its list of time zones up to date: pip install --upgrade tzdata"),
        ) from error


def yesterday(now: datetime, zone: str | None) -> date:
    """Return the last day that is over at *now* in *zone*; while that is not known, in UTC."""
    return now.astimezone(UTC if zone is None else zone_of(zone)).date() - DAY


def midnight(day: str, zone: str) -> datetime:
    """Return when *day* (as `20261001`) begins in *zone*.

    Where clocks are put forward at midnight the day begins at one; where they are put back, at the first of the two.
    """
    return datetime.combine(parsed(day), time(), zone_of(zone)).astimezone(UTC)


def parsed(day: str) -> date:
    """Return the day that Google writes as `20261001`; raises ValueError for anything else."""
    if len(day) != len("20261001") or not day.isdigit():
        raise ValueError("expected a day as 20261001")
    return date(int(day[:4]), int(day[4:6]), int(day[6:]))


def days(first: date, last: date) -> list[date]:
    """Return every day from *first* to *last*."""
    return [first + DAY * n for n in range((last - first).days + 1)]


def listed(some: list[date], most: int = 5) -> str:
    """Return *some* days in words, runs of them as one."""
    runs: list[list[date]] = []
    for day in sorted(some):
        if runs and day - runs[-1][-1] == DAY:
            runs[-1][1:] = [day]
        else:
            runs.append([day])
    told = [f"{run[0]}" if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs]
    return ", ".join(told[:most]) + (" …" if len(told) > most else "")
