"""The stretches of time that figures are about: half-open, in calendar dates of the reporting time zone."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from latido.errors import UsageError
from latido.messages import marker
from latido.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from zoneinfo import ZoneInfo

_ = marker("latido")

Grain: TypeAlias = Literal["day", "week", "month", "quarter", "year"]
GRAINS: tuple[Grain, ...] = get_args(Grain)
Compared: TypeAlias = Literal["before", "year"]
"""What a period is compared with: the one before it, or the same one a year earlier."""

_MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "year": 12}
_DAYS: dict[str, int] = {"day": 1, "week": 7}
YEARS = range(1900, 2300)
"""Those that periods are in."""

_MOST_PERIODS = 4_000
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Period:
    """[`starts_on`, `ends_on`). `grain` is None for a stretch that is no calendar day, week, month, quarter or year."""

    starts_on: date
    ends_on: date
    grain: Grain | None = None

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days

    @property
    def months(self) -> int | None:
        """How many months it is, None when it does not begin and end on the first of one."""
        if self.starts_on.day != 1 or self.ends_on.day != 1:
            return None
        return (self.ends_on.year - self.starts_on.year) * 12 + self.ends_on.month - self.starts_on.month

    def before(self) -> Period:
        """Return the period of the same length that ends where this one starts: whole months before whole months."""
        months = self.months
        start = self.starts_on - (self.ends_on - self.starts_on) if months is None else plus(self.starts_on, -months)
        return Period(start, self.starts_on, self.grain)

    def year_before(self) -> Period:
        """Return the same period a year earlier: weeks 52 weeks, so that they hold the same days; others as long."""
        if self.grain == "week":
            return Period(self.starts_on - 52 * _WEEK, self.ends_on - 52 * _WEEK, self.grain)
        start, months = plus(self.starts_on, -12), self.months
        end = start + (self.ends_on - self.starts_on) if months is None else plus(self.ends_on, -12)
        return Period(start, end, self.grain)

    def window(self, length: int) -> Period:
        """Return the period *length* times as long that ends where this one does."""
        months = self.months
        longer = length * (self.ends_on - self.starts_on)
        start = self.ends_on - longer if months is None else plus(self.ends_on, -length * months)
        return Period(start, self.ends_on)


def plus(day: date, months: int) -> date:
    """Return *day* that many months later, at the latest the last of its month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, at which *day* begins in *zone*.

    Where clocks skip midnight it is the instant of the skip; where they repeat it, the first of both.
    """
    return datetime.combine(day, time(), zone).astimezone(UTC)


def parsed(text: str, today: date, fiscal_year_start: int = 1) -> Period:
    """Return the period that *text* names; *today* is where `last-90d` ends (exclusive).

    Years and quarters begin in month *fiscal_year_start*, and a year is named after the one that it begins in.
    Raises UsageError for what is no period.
    """
    written = text.strip()
    for pattern, build in _FORMS:
        if found := pattern.fullmatch(written):
            try:
                return build(found, today, fiscal_year_start)
            except (ValueError, OverflowError):
                break
    raise UsageError(
        _('"{text}" is not a period.', text=text),
        _("Write 2026, 2026-Q3, 2026-11, 2026-W45, 2026-11-03, last-90d or 2024-01-01/2024-04-01."),
    )


def containing(day: date, grain: Grain, fiscal_year_start: int = 1) -> Period:
    """Return the day, week, month, quarter or year that *day* is in."""
    if grain in _DAYS:
        start = day - timedelta(days=day.weekday() if grain == "week" else 0)
        return Period(start, start + timedelta(days=_DAYS[grain]), grain)
    length = _MONTHS[grain]
    into = (day.month - 1 - (fiscal_year_start - 1 if length > 1 else 0)) % length
    start = plus(day.replace(day=1), -into)
    return Period(start, plus(start, length), grain)


def series(first: Period, last: Period, grain: Grain, fiscal_year_start: int = 1) -> list[Period]:
    """Return the days, weeks … from the one in which *first* begins to the one in which *last* ends."""
    if first.starts_on > last.starts_on:
        raise UsageError(
            _("The series ends on {last}, before it begins on {first}.", first=first.starts_on, last=last.starts_on),
            _("Name the first period, then the last: --from 2026-01 --to 2026-06"),
        )
    found = [containing(first.starts_on, grain, fiscal_year_start)]
    while found[-1].ends_on < last.ends_on:
        found.append(containing(found[-1].ends_on, grain, fiscal_year_start))
        if len(found) > _MOST_PERIODS:
            raise UsageError(
                _("That makes more than {most} periods.", most=_MOST_PERIODS),
                _("Ask for longer ones: --by month"),
            )
    return found


def compared(period: Period, how: str) -> Period:
    """Return what *period* is compared with; raises UsageError, with the nearest, when there is no such comparison."""
    if how == "before":
        return period.before()
    if how == "year":
        return period.year_before()
    near = nearest(how, get_args(Compared))
    raise UsageError(
        _('Nothing is compared with "{name}". Did you mean {near}?', name=how, near=near)
        if near
        else _('Nothing is compared with "{name}".', name=how),
        _("Write before, for the period before, or year, for the same one a year earlier."),
    )


def rolling(periods: Iterable[Period], window: str) -> list[Period]:
    """Return for each of *periods* the window that ends with it: so many of them (`3`), or so many days (`90d`)."""
    try:
        return [_ending(each, window.strip()) for each in periods]
    except (ValueError, OverflowError):
        raise UsageError(
            _('"{text}" is not a window.', text=window),
            _("Write how many periods it covers, as in --by month --rolling 3, or days: --rolling 90d"),
        ) from None


def _ending(period: Period, window: str) -> Period:
    """Return the *window* that ends with *period*; raises ValueError for what is none."""
    found = re.fullmatch(r"([1-9]\d{0,2})(d?)", window)
    if found is None:
        raise ValueError(window)
    length = int(found[1])
    return _checked(Period(period.ends_on - length * _DAY, period.ends_on) if found[2] else period.window(length))


def grain_named(name: str) -> Grain:
    """Return the grain called *name*; raises UsageError, with the nearest, when there is none."""
    for grain in GRAINS:
        if name == grain:
            return grain
    near = nearest(name, GRAINS)
    raise UsageError(
        _('"{name}" is not a length of time. Did you mean {near}?', name=name, near=near)
        if near
        else _('"{name}" is not a length of time.', name=name),
        _("Write one of: {known}", known=", ".join(GRAINS)),
    )


def last_full_month(today: date) -> Period:
    """Return the month before the one that *today* is in."""
    return containing(today.replace(day=1) - _DAY, "month")


def _year(found: re.Match[str], _today: date, fiscal: int) -> Period:
    return containing(date(_in_range(found), fiscal, 1), "year", fiscal)


def _quarter(found: re.Match[str], _today: date, fiscal: int) -> Period:
    start = plus(date(_in_range(found), fiscal, 1), 3 * (int(found[2]) - 1))
    return containing(start, "quarter", fiscal)


def _month(found: re.Match[str], _today: date, _fiscal: int) -> Period:
    return containing(date(_in_range(found), int(found[2]), 1), "month")


def _week(found: re.Match[str], _today: date, _fiscal: int) -> Period:
    return containing(date.fromisocalendar(_in_range(found), int(found[2]), 1), "week")


def _one_day(found: re.Match[str], _today: date, _fiscal: int) -> Period:
    return containing(date(_in_range(found), int(found[2]), int(found[3])), "day")


def _last_days(found: re.Match[str], today: date, _fiscal: int) -> Period:
    return _checked(Period(today - timedelta(days=int(found[1])), today))


def _between(found: re.Match[str], _today: date, _fiscal: int) -> Period:
    return _checked(Period(date.fromisoformat(found[1]), date.fromisoformat(found[2])))


def _in_range(found: re.Match[str]) -> int:
    year = int(found[1])
    if year not in YEARS:
        raise ValueError(year)
    return year


def _checked(period: Period) -> Period:
    if period.starts_on >= period.ends_on or not {period.starts_on.year, period.ends_on.year} <= set(YEARS):
        raise ValueError(period)
    return period


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date, int], Period]], ...] = (
    (re.compile(r"(\d{4})"), _year),
    (re.compile(r"(\d{4})-[Qq]([1-4])"), _quarter),
    (re.compile(r"(\d{4})-(\d{2})"), _month),
    (re.compile(r"(\d{4})-[Ww](\d{2})"), _week),
    (re.compile(r"(\d{4})-(\d{2})-(\d{2})"), _one_day),
    (re.compile(r"last-(\d{1,5})d"), _last_days),
    (re.compile(r"(\d{4}-\d{2}-\d{2})\s*/\s*(\d{4}-\d{2}-\d{2})"), _between),
)
