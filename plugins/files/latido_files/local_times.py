"""Times without a zone: on which days DuckDB certainly places them where Python does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from latido_files.certain import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    import duckdb

FIRST_DAY = date(1970, 1, 1)
DAYS = 365 * 80
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class LocalTimes:
    """Times of a zone; those of its `odd` days, counted from 1970, are left to Python.

    Odd is a day on which the zone changes, so that an hour is missing or comes twice, or on which the one's table of
    zones is newer than the other's.
    """

    zone: str
    odd: tuple[int, ...]

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection, zone: ZoneInfo) -> LocalTimes:
        """Compare what both say of each day; that takes longer than to read most files, and is done once per zone."""
        if zone not in _compared:
            _compared[zone] = cls._of(connection, zone)
        return _compared[zone]

    @classmethod
    def _of(cls, connection: duckdb.DuckDBPyConnection, zone: ZoneInfo) -> LocalTimes:
        named, day = quoted(str(zone)), f"(TIMESTAMP '{FIRST_DAY}' + INTERVAL (i) DAY)"
        ahead = f"EPOCH_US({day}) - EPOCH_US(TIMEZONE({named}, {day}))"
        query = f"SELECT {ahead} FROM RANGE({DAYS}) AS days(i) ORDER BY i"  # noqa: S608 - all of it is ours
        told = [ahead for (ahead,) in connection.execute(query).fetchall()]
        known = _ahead(zone)
        return cls(str(zone), tuple(day for day, ours in enumerate(known) if ours is None or ours != told[day]))

    def instant(self, local: str) -> str:
        """Return the SQL of the instant that *local* is; NULL where that is not certain."""
        if self.zone == "UTC":
            return f"EPOCH_US({local})"
        day = f"CAST(FLOOR(EPOCH_US({local}) / 86400000000) AS INTEGER)"
        odd = f"LIST_CONTAINS([{', '.join(map(str, self.odd))}]::INTEGER[], {day})"
        return f"""CASE WHEN {local} IS NULL OR {day} NOT BETWEEN 0 AND {DAYS - 1} THEN NULL WHEN {odd} THEN NULL
            ELSE EPOCH_US(TIMEZONE({quoted(self.zone)}, {local})) END"""


_compared: dict[ZoneInfo, LocalTimes] = {}


def _ahead(zone: ZoneInfo) -> Iterator[int | None]:
    """Yield day by day by how many microseconds *zone* is ahead of UTC; None where that changes."""
    midnight = datetime.combine(FIRST_DAY, time(), zone)
    before = midnight.utcoffset()
    for day in range(DAYS):
        after = (midnight + timedelta(days=day + 1)).utcoffset()
        yield before // _MICROSECOND if before is not None and before == after else None
        before = after
