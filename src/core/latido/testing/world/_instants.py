"""Instants of a world: whole seconds since 1970 in UTC, because a million tickets with forty of them each are made."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TypeAlias

Instant: TypeAlias = int

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_SHORTEST = 28
_EPOCH = date(1970, 1, 1).toordinal()


def midnight(day: date) -> Instant:
    """Return the instant at which *day* begins in UTC."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def day_of(at: Instant) -> date:
    """Return the date of *at* in UTC."""
    return date.fromordinal(_EPOCH + at // DAY)


def months_later(day: date, months: int) -> date:
    """Return the same day *months* months later, or the last one of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = _SHORTEST if day.day <= _SHORTEST else monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def iso(at: Instant) -> str:
    """Return *at* as `2026-01-31T09:30:00Z`."""
    minutes, seconds = divmod(at, MINUTE)
    return f"{_minute(minutes)}:{seconds:02}Z"


@lru_cache(maxsize=1 << 14)
def _minute(minutes: int) -> str:
    days, minute = divmod(minutes, DAY // MINUTE)
    day = date.fromordinal(_EPOCH + days).isoformat()
    return f"{day}T{minute // 60:02}:{minute % 60:02}"
