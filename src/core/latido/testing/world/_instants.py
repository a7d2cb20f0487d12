"""Instants of a world: whole seconds since 1970 in UTC, because a million tickets with forty of them each are made."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TypeAlias

Instant: TypeAlias = int

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def midnight(day: date) -> Instant:
    """Return the instant at which *day* begins in UTC."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def iso(at: Instant) -> str:
    """Return *at* as `2026-01-31T09:30:00Z`."""
    days, seconds = divmod(at, DAY)
    hours, rest = divmod(seconds, HOUR)
    minutes, seconds = divmod(rest, MINUTE)
    return f"{_day(days)}T{hours:02}:{minutes:02}:{seconds:02}Z"


@lru_cache(maxsize=4096)
def _day(days: int) -> str:
    return date.fromordinal(date(1970, 1, 1).toordinal() + days).isoformat()
