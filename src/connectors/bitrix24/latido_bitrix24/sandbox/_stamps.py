"""Instants as a portal writes and reads them: on the clocks of its own place."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from latido.testing.world import DAY, HOUR, MINUTE, Instant, iso

_FORMATS = ("%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%Y-%m-%d", "%d.%m.%Y")
_OFFSET = len("+03:00")


class PortalTime:
    """The clocks of the place *zone*, by its name in the tz database."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._offset = lru_cache(maxsize=1 << 15)(self._offset_of)

    def stamp(self, at: Instant) -> str:
        """Return `2024-06-13T17:43:30+02:00`."""
        seconds, written = self._offset(at // HOUR)
        return iso(at + seconds)[:-1] + written

    def day(self, on: date, number: int = 0) -> str:
        """Return a date as the portal tells it: something like midnight, and not the same for every record."""
        midnight = int(datetime(on.year, on.month, on.day, tzinfo=UTC).timestamp())
        _, written = self._offset(midnight // HOUR)
        return f"{on.isoformat()}T0{0 if number % 3 == 0 else 3}:00:00{written}"

    def date(self, at: Instant) -> date:
        """Return which day it is there."""
        return date.fromisoformat(self.stamp(at)[:10])

    def instant(self, text: str) -> Instant | None:
        """Return what a text means: ISO 8601, or one of the portal's own formats, in its own time. None: nothing."""
        try:
            return self._absolute(datetime.fromisoformat(text))
        except ValueError:
            pass
        for each in _FORMATS:
            try:
                return self._absolute(datetime.strptime(text, each))  # noqa: DTZ007 - the zone follows
            except ValueError:
                continue
        return None

    def _absolute(self, moment: datetime) -> Instant:
        return int((moment if moment.tzinfo else moment.replace(tzinfo=self._zone)).timestamp())

    def _offset_of(self, hour: int) -> tuple[int, str]:
        away = datetime.fromtimestamp(hour * HOUR, self._zone).utcoffset() or timedelta()
        seconds = away.days * DAY + away.seconds
        hours, rest = divmod(abs(seconds), HOUR)
        return seconds, f"{'-' if seconds < 0 else '+'}{hours:02}:{rest // MINUTE:02}"


def months_later(day: date, months: int) -> date:
    """Return the same day *months* months later, or the last one of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def has_offset(text: str) -> bool:
    """Whether a text is an instant in ISO 8601 with an offset: what some portals do not understand."""
    return "T" in text and (text.endswith("Z") or text[-_OFFSET : -_OFFSET + 1] in {"+", "-"})
