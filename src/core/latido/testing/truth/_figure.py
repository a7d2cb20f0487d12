"""A true figure, the period that it is about, and how figures are made of what was counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from statistics import fmean, median
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal
    from zoneinfo import ZoneInfo

    from latido.testing.world import Instant

Number: TypeAlias = "float | Decimal"


@dataclass(frozen=True, slots=True)
class Truth:
    """The true answer of one KPI for one period; `waiting` only where the KPI has it.

    `n` is 0 where a KPI is made of others. `parts` are those that matter, of all that an answer has.
    """

    value: Number | None
    n: int
    numerator: Number | None = None
    denominator: Number | None = None
    waiting: int | None = None
    reason: str | None = None
    parts: Mapping[str, Number] = field(default_factory=dict)


Truths: TypeAlias = dict[str, Truth]

UNKNOWN = Truth(None, 0, reason="no_rows")
MISSING = Truth(None, 0, reason="missing_field")


class Period(NamedTuple):
    """From the midnight that begins a day to the one that begins another, on the clocks of a place."""

    start: Instant
    end: Instant
    starts_on: date
    ends_on: date
    zone: ZoneInfo

    @classmethod
    def of(cls, start: date, end: date, zone: ZoneInfo) -> Period:
        """Return the period of the dates [*start*, *end*) in *zone*."""
        return cls(_midnight(start, zone), _midnight(end, zone), start, end, zone)

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days

    @property
    def months(self) -> float:
        """How many months it is: a whole number where it begins and ends on the first of one."""
        if self.starts_on.day == self.ends_on.day == 1:
            return (self.ends_on.year - self.starts_on.year) * 12 + self.ends_on.month - self.starts_on.month
        return self.days / (365.25 / 12)

    def holds(self, at: Instant | None) -> bool:
        return at is not None and self.start <= at < self.end

    def includes(self, day: date | None) -> bool:
        return day is not None and self.starts_on <= day < self.ends_on

    def last(self, days: int) -> Period:
        """Return the last *days* days of it, which may begin before it does."""
        return Period.of(self.ends_on - timedelta(days=days), self.ends_on, self.zone)

    def day_of(self, at: Instant) -> date:
        """Return the date of *at* on the clocks of its place."""
        return datetime.fromtimestamp(at, self.zone).date()


def share(judged: Sequence[bool], reason: str) -> Truth:
    """Return how many of *judged* are true, or *reason*."""
    if not judged:
        return Truth(None, 0, 0, 0, reason=reason)
    return Truth(sum(judged) / len(judged), len(judged), sum(judged), len(judged))


def ratio(above: Number, below: Number, n: int) -> Truth:
    """Return *above* by *below*, for which *n* things were counted."""
    if not below:
        return Truth(None, n, above, below, reason="zero_denominator")
    return Truth(float(above) / float(below), n, above, below)


def mean(values: Sequence[float], reason: str = "no_rows_in_period") -> Truth:
    return Truth(fmean(values), len(values)) if values else Truth(None, 0, reason=reason)


def middle(values: Sequence[float], waiting: int) -> Truth:
    """Return the median of *values*, and how many are still *waiting*."""
    if not values:
        return Truth(None, 0, waiting=waiting, reason="no_rows_in_period")
    return Truth(median(values), len(values), waiting=waiting)


def count(n: int) -> Truth:
    return Truth(n, n)


def _midnight(day: date, zone: ZoneInfo) -> Instant:
    return int(datetime.combine(day, time(), zone).astimezone(UTC).timestamp())
