"""One run through the days of a property: from what is read to pages, and where it stands after each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from latido.connect import Page
from latido.schema import WebSession
from latido_google_analytics.days import DAY, EARLIEST, STILL_CHANGING, days
from latido_google_analytics.reading import Lines, Portion, Reader, day_of
from latido_google_analytics.records import day_name, record
from latido_google_analytics.remarks import Remarks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from latido.connect import Cursor, Rejected, Rows
    from latido_google_analytics.sessions import WebSessions
    from latido_google_analytics.standing import Standing

ROWS_OF_A_PAGE = 5_000


@dataclass(frozen=True, slots=True)
class Part:
    """As many days of a portion as make a page."""

    first: date
    through: date
    lines: Mapping[date | None, Lines]


class Walk:
    """Makes pages of what *reader* reads, and says at the end what is to be known about it."""

    def __init__(self, stream: WebSessions, reader: Reader, standing: Standing) -> None:
        self._stream = stream
        self._reader = reader
        self._standing = standing
        self._remarks = Remarks(stream.connector.runtime.source)
        self._held: date | None = None
        """The first unread day of which Google gave no figures, for a reason: it is not behind us."""

    def pages(self) -> Iterator[Page]:
        yesterday = self._reader.yesterday()
        sweeping = self._standing.is_sweep_due(yesterday)
        for portion in self._reader.portions(self._begin(yesterday)):
            self._remarks.note(portion)
            self._learn_zone(portion)
            if portion.report.reason is None:
                yield from (self._page(part, portion) for part in parts(portion))
            else:
                self._pass_over(portion, portion.report.reason)
        self._standing = self._tidied(sweeping=sweeping)
        yield Page(cursor=self._cursor(), warnings=tuple(self._remarks.said()))

    def _begin(self, yesterday: date) -> date:
        """Return the first day to read: where everything is, the one on which the property was made."""
        first = self._stream.first(self._standing, yesterday)
        if first > EARLIEST:
            return first
        return max(first, self._stream.connector.made_on() or first)

    def _learn_zone(self, portion: Portion) -> None:
        before, zone = self._standing.zone, portion.report.zone or self._reader.zone
        if zone is None or zone == before:
            return
        self._standing = self._standing.in_zone(zone)
        if before is not None:
            self._remarks.zone_changed(before, zone, self._standing.unread)

    def _pass_over(self, portion: Portion, reason: str) -> None:
        """Leave alone what is stored of days without figures; those that were never read are tried again."""
        self._remarks.unexplained(reason, portion.first, portion.through)
        if portion.through >= self._standing.unread and self._held is None:
            self._held = max(portion.first, self._standing.unread)

    def _page(self, part: Part, portion: Portion) -> Page:
        found = {day for day in part.lines if day is not None}
        rows, rejected = self._rows(part, portion)
        emptied = self._emptied(part, found)
        replaced = (found | emptied) - spoilt(rejected)
        standing = self._standing.passed(part.through).with_days(found, emptied)
        self._standing = standing.without_days_before(self._oldest)
        return Page(
            [rows],
            self._cursor(),
            fetched=sum(map(len, part.lines.values())),
            replaces={WebSession: ("external_id", [day_name(day) for day in sorted(replaced)])},
            rejected=rejected,
        )

    def _rows(self, part: Part, portion: Portion) -> tuple[Rows, list[Rejected]]:
        key_events, kept = self._reader.query.key_events, self._stream.kept()
        records = [
            record(line.record(), self._standing.zone_on(day or part.through), key_events, kept, portion.report)
            for day, found in part.lines.items()
            for line in found
        ]
        return self._stream.rows(WebSession, records)

    def _emptied(self, part: Part, found: set[date]) -> set[date]:
        """Return the last days, if nobody came on them; of earlier ones that had visits, only take note."""
        settled = self._reader.yesterday() - DAY * STILL_CHANGING
        lost = [day for day in self._standing.visited if part.first <= day <= part.through and day not in found]
        self._remarks.kept([day for day in lost if day <= settled])
        return set(days(max(part.first, settled + DAY), part.through)) - found

    def _cursor(self) -> Cursor:
        standing = self._standing
        if self._held is not None:
            standing = replace(standing, unread=min(standing.unread, self._held))
        return standing.cursor()

    def _tidied(self, *, sweeping: bool) -> Standing:
        """Return the standing at the end of a run, without the days that no run will look at again."""
        standing = replace(self._standing, swept=self._reader.yesterday()) if sweeping else self._standing
        return standing.without_days_before(self._oldest)

    @property
    def _oldest(self) -> date:
        """The oldest day that a later run may look at again."""
        settings = self._stream.connector.settings
        return self._reader.yesterday() - DAY * max(settings.restate_days, settings.weekly_restate_days or 0)


def parts(portion: Portion) -> Iterator[Part]:
    """Take *portion* apart: yield parts of some thousand rows, each of whole days."""
    first, held, n = portion.first, dict[date | None, Lines](), 0
    for day in list(portion.lines):
        if n >= ROWS_OF_A_PAGE and day is not None:
            yield Part(first, day - DAY, held)
            first, held, n = day, {}, 0
        held[day] = portion.lines.pop(day)
        n += len(held[day])
    yield Part(first, portion.through, held)


def spoilt(rejected: Sequence[Rejected]) -> set[date]:
    """Return the days that are not whole, because a record of them does not fit."""
    found = (day_of(each.payload.get("date"), None) for each in rejected)
    return {day for day in found if day is not None}
