"""Between which instants, or ids, the records of a condition lie: so that a big table need not be searched whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from latido_salesforce.sandbox._soql import All, Comparison, Negated, Some

if TYPE_CHECKING:
    from collections.abc import Callable

    from latido_salesforce.sandbox._soql import Condition, Literal

_LAST = 1 << 40


@dataclass(frozen=True, slots=True)
class Span:
    """Whole numbers from `low` to before `high`."""

    low: int = 0
    high: int = _LAST

    def __and__(self, other: Span) -> Span:
        return Span(max(self.low, other.low), min(self.high, other.high))

    def hull(self, other: Span) -> Span:
        return Span(min(self.low, other.low), max(self.high, other.high))

    def wider(self, other: Span) -> Span:
        return max(self, other, key=lambda span: span.high - span.low)

    def __contains__(self, value: int) -> bool:
        return self.low <= value < self.high

    @property
    def narrow(self) -> bool:
        """Whether it leaves anything out."""
        return self != EVERYTHING


EVERYTHING, NOTHING = Span(), Span(0, 0)


@dataclass(frozen=True, slots=True)
class Axis:
    """A field that records can be found by: its name, and where a literal lies (None: nobody knows)."""

    name: str
    position: Callable[[Literal], float | None]


def possible(condition: Condition | None, axis: Axis) -> Span:
    """Return a span that every record of *condition* lies in."""
    match condition:
        case Comparison():
            return _span(condition, axis) or EVERYTHING
        case All(parts):
            span = EVERYTHING
            for part in parts:
                span &= possible(part, axis)
            return span
        case Some(parts):
            span = possible(parts[0], axis)
            for part in parts[1:]:
                span = span.hull(possible(part, axis))
            return span
        case _:
            return EVERYTHING


def certain(condition: Condition | None, axis: Axis) -> Span:
    """Return a span in which nothing is left to look at: *condition* holds for everything in it."""
    match condition:
        case None:
            return EVERYTHING
        case Comparison():
            return _span(condition, axis) or NOTHING
        case All(parts):
            span = EVERYTHING
            for part in parts:
                span &= certain(part, axis)
            return span
        case Some(parts):
            span = NOTHING
            for part in parts:
                span = span.wider(certain(part, axis))
            return span
        case Negated():
            return NOTHING


def _span(comparison: Comparison, axis: Axis) -> Span | None:
    """Return the span of a comparison; None if it is about something else."""
    if comparison.path.lower() != axis.name.lower() or len(comparison.literals) != 1:
        return None
    at = axis.position(comparison.literals[0])
    if at is None:
        return None
    floor, ceiling = int(at // 1), -int(-at // 1)
    spans = {
        "=": Span(floor, floor + 1) if floor == ceiling else NOTHING,
        ">": Span(low=floor + 1),
        ">=": Span(low=ceiling),
        "<": Span(high=ceiling),
        "<=": Span(high=floor + 1),
    }
    return spans.get(comparison.operator)
