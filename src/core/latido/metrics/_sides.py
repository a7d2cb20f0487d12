"""What the facts of a segment put into a figure that sums make."""

from __future__ import annotations

from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING

from latido.metrics._effects import Side
from latido.metrics._folds import Classes, Count, Mean, Nps, Ratio, Share, Sum
from latido.metrics._kpi import SCALES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latido.metrics._effects import Label, Sides
    from latido.metrics._folds import Tally
    from latido.metrics._kpi import Kpi

MOVES: Mapping[str, int] = MappingProxyType(
    {"new": 1, "reactivation": 1, "expansion": 1, "fx": 1, "contraction": -1, "churn": -1}
)
"""How movements enter what becomes of an amount."""

_OPINIONS = {"promoters": Fraction(100), "detractors": Fraction(-100)}


def sides(kpi: Kpi, tallies: Mapping[Label, Tally]) -> Sides:
    """Return what each segment puts into the figure; one that has nothing but what was left out puts in nothing."""
    known = {label: side(kpi, tally) for label, tally in tallies.items() if tally.groups}
    return {label: each for label, each in known.items() if each is not None}


def side(kpi: Kpi, tally: Tally) -> Side | None:
    """Return what a segment puts into the figure; None where the figure is made of no sums."""
    fold, scale, n = kpi.fold, SCALES.get(kpi.unit, 1), Fraction(sum(group.n for group in tally.groups.values()))
    found: Side | None = None
    match fold:
        case Share():
            found = Side({"amount": tally.sum("numerator")}, n)
        case Ratio():
            found = Side({"amount": tally.sum("numerator")}, tally.sum("denominator"))
        case Mean():
            found = Side({"amount": tally.sum("value")}, n * scale)
        case Nps():
            found = Side({name: by * _n(tally, name) for name, by in _OPINIONS.items()}, n)
        case Sum():
            found = Side({"amount": tally.sum("value") / scale})
        case Count():
            found = Side({"amount": n})
        case Classes():
            found = _of_classes(fold, tally, scale)
    return found


def _of_classes(fold: Classes, tally: Tally, scale: int) -> Side | None:
    if fold.combine is None:
        return Side({name: _n(tally, name) for name in fold.names})
    if not {"opening", "closing"} <= set(fold.names):
        return None
    return Side({name: sign * _sum(tally, name) / scale for name, sign in MOVES.items() if name in fold.names})


def _n(tally: Tally, label: str) -> Fraction:
    return Fraction(tally.groups[label].n if label in tally.groups else 0)


def _sum(tally: Tally, label: str) -> Fraction:
    group = tally.groups.get(label)
    return (group.sums.get("value") if group else None) or Fraction()
