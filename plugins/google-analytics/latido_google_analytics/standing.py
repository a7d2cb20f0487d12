"""Where a property stands: what was read, in which zone, on which days there was anything."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from latido_google_analytics.days import DAY, EARLIEST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latido.connect import Cursor

WEEK = 7 * DAY


@dataclass(frozen=True, slots=True)
class Standing:
    """What a cursor says.

    `unread` is the first day that was never read. `zones` says from which day on days are cut in which zone: a change
    does not move days that were counted before. `visited` are the days of the last weeks that have rows, `swept` is
    when more than the usual days were read again.
    """

    unread: date
    zones: tuple[tuple[date, str], ...] = ()
    visited: frozenset[date] = field(default_factory=frozenset)
    swept: date | None = None

    @classmethod
    def of(cls, cursor: Cursor) -> Standing:
        swept = cursor.get("swept")
        return cls(
            date.fromisoformat(cursor["unread"]),
            tuple((date.fromisoformat(since), zone) for since, zone in cursor.get("zones", ())),
            frozenset(map(date.fromisoformat, cursor.get("visited", ()))),
            None if swept is None else date.fromisoformat(swept),
        )

    def cursor(self) -> Cursor:
        return {
            "unread": self.unread.isoformat(),
            "zones": [[since.isoformat(), zone] for since, zone in self.zones],
            "visited": [day.isoformat() for day in sorted(self.visited)],
            "swept": None if self.swept is None else self.swept.isoformat(),
        }

    @property
    def zone(self) -> str | None:
        """The property's time zone when it was last read."""
        return self.zones[-1][1] if self.zones else None

    def zone_on(self, day: date) -> str:
        """Return the zone in which *day* was cut."""
        return next(zone for since, zone in reversed(self.zones) if since <= day or since == self.zones[0][0])

    def in_zone(self, zone: str) -> Standing:
        """Return the standing with what an answer says of the zone: from what is unread on, days are cut in it."""
        if zone == self.zone:
            return self
        since = self.unread if self.zones else EARLIEST
        return replace(self, zones=(*self.zones, (since, zone)))

    def passed(self, day: date) -> Standing:
        """Return the standing after *day* was read."""
        return replace(self, unread=max(self.unread, day + DAY))

    def with_days(self, seen: Iterable[date], gone: Iterable[date]) -> Standing:
        """Return the standing after rows were found on *seen* days, and none on those that are *gone*."""
        return replace(self, visited=(self.visited - set(gone)) | set(seen))

    def without_days_before(self, day: date) -> Standing:
        return replace(self, visited=frozenset(each for each in self.visited if each >= day))

    def is_sweep_due(self, yesterday: date) -> bool:
        """Whether a week has passed since more than the usual days were read again."""
        return self.swept is None or yesterday - self.swept >= WEEK
