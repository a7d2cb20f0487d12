"""From requests to whole days: as many in one answer as Google gives well."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, NamedTuple, Self, overload

from latido.connect import Refused
from latido.errors import GapError, VendorUnavailable
from latido.messages import marker
from latido_google_analytics.days import DAY, parsed, yesterday
from latido_google_analytics.property import TooHeavy
from latido_google_analytics.query import PAGE_VIEWS
from latido_google_analytics.records import OTHER
from latido_google_analytics.report import is_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from latido.connect import Clock
    from latido_google_analytics.property import Property
    from latido_google_analytics.query import Query
    from latido_google_analytics.report import Report

_ = marker("latido_google_analytics")

BEGINNINGS = 5
"""How often a day is begun anew that changes while it is read."""

UNKNOWN_METRIC = "is not a valid metric"
UNTOLD_ZONE = "Etc/UTC"


class Line(NamedTuple):
    """A row as it came: packed, because unpacked it takes ten times as much memory."""

    day: str | None
    packed: Any
    unpack: Callable[[Any], dict[str, str | None]]

    def record(self) -> dict[str, str | None]:
        return self.unpack(self.packed)

    def alone(self) -> Line:
        """Return the line without the answer that it was cut from."""
        return self._replace(packed=self.packed.copy())


Lines = list[Line]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of one answer, and what can be said of all of them."""

    lines: Lines
    page_views: Decimal
    has_other: bool

    @classmethod
    def of(cls, report: Report, query: Query) -> Self:
        """Return what *report* holds, by the names that we use."""
        head, lines, page_views, has_other = report.without_rows(), Lines(), Decimal(), False

        def unpack(row: Any) -> dict[str, str | None]:
            return query.ours(head.record(row))

        for packed in report.rows:
            record = unpack(packed)
            if is_row(record):
                lines.append(Line(record.get("date"), packed, unpack))
                page_views += readable(record.get(PAGE_VIEWS))
                has_other = has_other or record.get("sessionSource") == OTHER
        return cls(lines, page_views, has_other)


class TooCoarse(Exception):
    """Shorter ranges are told more exactly."""


class OnlyMoreRequests(Exception):
    """A single day is told no more exactly than many."""


class Changed(Exception):
    """What was read so far no longer goes with what follows."""


class Short(Changed):
    """Google counts more rows than it gives."""


@dataclass(frozen=True, slots=True)
class Portion:
    """The days from `first` to `through`, read completely; what has no day is under None.

    `lines` are there to be taken out. `report` has no rows, and all that the pages up to there say of the range.
    `total` holds the page views as Google adds them up, and as the rows do, once a range is read whole.
    """

    first: date
    through: date
    lines: dict[date | None, Lines]
    report: Report
    total: tuple[Decimal, Decimal] | None = None


@dataclass(slots=True)
class Reader:
    """Reads the days of one property. `zone` is the property's, as soon as an answer has told it.

    `learn` returns what to ask for, after what the property knows was looked up anew.
    """

    property: Property
    query: Query
    learn: Callable[[], Query]
    clock: Clock
    zone: str | None = None
    _learned: bool = False
    _days_tell_more: bool = True
    _beginnings: int = 0

    def portions(self, first: date) -> Iterator[Portion]:
        """Yield the days from *first* to yesterday, in order.

        A range is halved when Google samples it, fails on it, or puts too much together; it grows again over days on
        which there was nothing.
        """
        day, span = first, self._rest(first)
        while day <= (last := self.yesterday()):
            end = min(last, day + DAY * (span - 1))
            try:
                for portion in self._range(day, end):
                    day, self._beginnings = portion.through + DAY, 0
                    span = span if portion.lines else 2 * span
                    yield portion
            except (TooCoarse, TooHeavy):
                span = max(1, ((end - day).days + 1) // 2)
            except OnlyMoreRequests:
                self._days_tell_more, span = False, self._rest(day)
            except Changed as change:
                self._begin_again(day, change)

    def yesterday(self) -> date:
        """Return the last day that is over for the property."""
        return yesterday(self.clock.now(), self.zone)

    def _rest(self, day: date) -> int:
        return max(1, (self.yesterday() - day).days + 1)

    def _range(self, first: date, last: date) -> Iterator[Portion]:
        reading = _Range(first, last)
        while not reading.done:
            reading.add(*self._page(reading))
            yield from reading.complete(self.yesterday())

    def _page(self, reading: _Range) -> tuple[Sheet, Report]:
        """Return the next page: its rows, and what else it says.

        While the zone is not known, Google says which day was yesterday.
        """
        is_open = self.zone is None and reading.last == self.yesterday()
        ends = "yesterday" if is_open else reading.last.isoformat()
        report = self._report(reading, ends)
        self.zone = report.zone or self.zone or UNTOLD_ZONE
        if is_open:
            reading.last = self.yesterday()
        sheet = Sheet.of(report, self.query)
        self._check_grain(report, sheet, reading)
        return sheet, report.without_rows()

    def _report(self, reading: _Range, ends: str) -> Report:
        try:
            return self.property.report(self.query.body(reading.first.isoformat(), ends, reading.offset))
        except Refused as refusal:
            if self._learned or UNKNOWN_METRIC not in refusal.sentence:
                raise
            self._learned, self.query = True, self.learn()
            return self._report(reading, ends)
        except TooHeavy as error:
            if reading.first < reading.last:
                raise
            raise VendorUnavailable(
                _("Google Analytics keeps failing on {day}.", day=reading.first),
                _("Later it resumes where it stopped: latido sync"),
            ) from error

    def _check_grain(self, report: Report, sheet: Sheet, reading: _Range) -> None:
        """Raise TooCoarse where the days one by one would tell more, unless a day was tried that did not."""
        many = reading.first < reading.last
        if many and report.sampling is not None:
            raise TooCoarse
        if self._days_tell_more and report.overflows and sheet.has_other:
            raise TooCoarse if many else OnlyMoreRequests

    def _begin_again(self, day: date, change: Changed) -> None:
        self._beginnings += 1
        if self._beginnings <= BEGINNINGS:
            return
        if isinstance(change, Short):
            raise GapError(
                _("Google Analytics counts more rows from {day} on than it gives.", day=day),
                _("Read it again: latido sync"),
            ) from change
        raise VendorUnavailable(
            _("Google Analytics changes {day} faster than it can be read.", day=day),
            _("Later it resumes where it stopped: latido sync"),
        ) from change


@dataclass(slots=True)
class _Range:
    """What was read so far of the days from `first` to `last`."""

    first: date
    last: date
    offset: int = 0
    done: bool = False
    _next: date | None = None
    _report: Report = field(init=False)
    _told: tuple[int, str | None] | None = None
    _waiting: Lines = field(default_factory=list)
    _page_views: Decimal = Decimal()
    _flags: dict[str, Any] = field(default_factory=dict)

    def add(self, sheet: Sheet, report: Report) -> None:
        """Take in a page. Raises Changed if it does not go with the ones before."""
        told = (report.row_count, report.zone)
        if self._told not in {None, told}:
            raise Changed
        self._told, self._report = told, report
        self._flags |= {name: value for name, value in report.metadata.items() if value}
        self.offset += report.row_number
        self.done = self.offset >= report.row_count
        if not report.row_number and not self.done:
            raise Short
        self._waiting += sheet.lines
        self._page_views += sheet.page_views

    def complete(self, over: date) -> Iterator[Portion]:
        """Yield the days that no further page adds to; of those that are not *over* nothing is told."""
        first = self._next or self.first
        open_ = None if self.done or not self._waiting else self._waiting[-1].day
        through = self.last if open_ is None else day_of(open_, self.last) - DAY
        if through < first:
            return
        ready = [each for each in self._waiting if open_ is None or each.day != open_]
        self._waiting = [each.alone() for each in self._waiting[len(ready) :]]
        self._next = through + DAY
        if first <= over:
            about = replace(self._report, metadata=dict(self._flags))
            yield Portion(first, min(through, over), by_day(ready, over), about, self._total(about))

    def _total(self, report: Report) -> tuple[Decimal, Decimal] | None:
        if not self.done or not report.is_plain or PAGE_VIEWS not in report.totals:
            return None
        return readable(report.totals[PAGE_VIEWS]), self._page_views


def by_day(lines: Lines, over: date) -> dict[date | None, Lines]:
    """Return *lines* by day, those without a readable one under None, and none of a day that is not *over*."""
    found: dict[date | None, Lines] = {}
    for line in lines:
        day = day_of(line.day, None)
        if day is None or day <= over:
            found.setdefault(day, []).append(line)
    return found


@overload
def day_of(text: str | None, otherwise: date) -> date: ...
@overload
def day_of(text: str | None, otherwise: None) -> date | None: ...
def day_of(text: str | None, otherwise: date | None) -> date | None:
    """Return the day that *text* names, *otherwise* where it names none."""
    try:
        return parsed(text or "")
    except ValueError:
        return otherwise


def readable(text: str | None) -> Decimal:
    """Return a metric's value; one that is no number is put away later, with its record."""
    try:
        return Decimal(text or 0)
    except InvalidOperation:
        return Decimal()
