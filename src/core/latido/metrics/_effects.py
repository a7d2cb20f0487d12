"""How the parts of a change are told: exact arithmetic over what each segment had before and has now.

Whatever the split, the effects add up to the change exactly, since all of it is done in fractions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Label: TypeAlias = "str | None"
"""A segment, or a part of a formula; None for the facts that are in none."""

Sides: TypeAlias = "Mapping[Label, Side]"

MOST_IN_EVERY_ORDER = 5
_HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Side:
    """What one segment had in one of the two periods.

    `amounts` add up to what it puts into the figure: into the numerator where there is a `below`, its denominator.
    """

    amounts: Mapping[str, Fraction] = field(default_factory=dict)
    below: Fraction = Fraction()

    @property
    def above(self) -> Fraction:
        return sum(self.amounts.values(), Fraction())

    @property
    def rate(self) -> Fraction:
        return self.above / self.below

    def amount(self, name: str) -> Fraction:
        return self.amounts.get(name, Fraction())


@dataclass(frozen=True, slots=True)
class Effect:
    """How much of a change one thing about one segment makes, `value`; and that thing `before` and `after`."""

    label: Label
    name: str
    value: Fraction
    before: Fraction | None = None
    after: Fraction | None = None


def added(before: Sides, after: Sides) -> Iterator[Effect]:
    """Yield the effects on a sum: of each segment, by how much each of its amounts is more."""
    for label in _labels(before, after):
        was, now = before.get(label), after.get(label)
        for name in dict.fromkeys((*(was or Side()).amounts, *(now or Side()).amounts)):
            one, other = (None if side is None else side.amount(name) for side in (was, now))
            known = name if name != "amount" else "new" if was is None else "lost" if now is None else "change"
            yield Effect(label, known, (other or Fraction()) - (one or Fraction()), one, other)


def divided(before: Sides, after: Sides) -> Iterator[Effect]:
    """Yield the effects on a quotient of sums, N / D.

    Segment s weighs w = D_s / D and has the rate r = N_s / D_s, so that N / D is the sum of w x r. With C, the mean of
    both figures: its `mix` is (w1 - w0) x ((r0 + r1) / 2 - C), positive where a segment better than the whole grew; its
    `rate` is (w0 + w1) / 2 x (r1 - r0), told apart by amounts where the numerator consists of several. A `new` segment
    has w1 x (r1 - C), a `lost` one -w0 x (r0 - C). This is the product rule with means, which treats both periods alike
    (Marshall and Edgeworth); C drops out, since weights add up to 1.

    Where a segment has a numerator and no denominator, as what was spent has no customers, there are no such rates.
    Then the effects are those of N_s and D_s themselves: (N1_s - N0_s) x (1 / D0 + 1 / D1) / 2, the `numerator`, and
    (N0 + N1) / 2 x (D0_s - D1_s) / (D0 x D1), the `denominator`.
    """
    if all(side.below or not side.above for side in (*before.values(), *after.values())):
        yield from _by_weight(before, after)
    else:
        yield from _by_side(before, after)


def _by_weight(before: Sides, after: Sides) -> Iterator[Effect]:
    earlier, later = _total(before), _total(after)
    middle = _HALF * (earlier.rate + later.rate)
    for label in _labels(before, after):
        was, now = _weighing(before, label), _weighing(after, label)
        if was and now:
            yield from _weighed(label, (was, was.below / earlier.below), (now, now.below / later.below), middle)
        elif now:
            yield Effect(label, "new", now.below / later.below * (now.rate - middle), None, now.rate)
        elif was:
            yield Effect(label, "lost", was.below / earlier.below * (middle - was.rate), was.rate, None)


def _weighed(
    label: Label, earlier: tuple[Side, Fraction], later: tuple[Side, Fraction], middle: Fraction
) -> Iterator[Effect]:
    (was, was_weight), (now, weight) = earlier, later
    typical = _HALF * (was.rate + now.rate) - middle
    yield Effect(label, "mix", (weight - was_weight) * typical, was_weight, weight)
    for name in dict.fromkeys((*was.amounts, *now.amounts)):
        one, other = was.amount(name) / was.below, now.amount(name) / now.below
        known = "rate" if name == "amount" else name
        yield Effect(label, known, _HALF * (was_weight + weight) * (other - one), one, other)


def _by_side(before: Sides, after: Sides) -> Iterator[Effect]:
    earlier, later = _total(before), _total(after)
    per_above = _HALF * (1 / earlier.below + 1 / later.below)
    per_below = _HALF * (earlier.above + later.above) / (earlier.below * later.below)
    for label in _labels(before, after):
        was, now = before.get(label, Side()), after.get(label, Side())
        yield Effect(label, "numerator", (now.above - was.above) * per_above, was.above, now.above)
        yield Effect(label, "denominator", (was.below - now.below) * per_below, was.below, now.below)


def mixtures(labels: Sequence[Label]) -> list[frozenset[Label]]:
    """Return the sets of *labels* for which `shared` asks what the figure is when they, and only they, are new."""
    if len(labels) <= MOST_IN_EVERY_ORDER:
        return [frozenset(each) for n in range(len(labels) + 1) for each in combinations(labels, n)]
    forwards = [frozenset(labels[:n]) for n in range(len(labels) + 1)]
    return list(dict.fromkeys((*forwards, *(frozenset(labels) - each for each in forwards))))


def shared(figures: Mapping[frozenset[Label], Fraction | None], labels: Sequence[Label]) -> Iterator[Effect]:
    """Yield the effects on any figure: of each label, by how much the figure changes when it becomes new.

    The labels become new one after another, and what each does depends on which went before. So each effect is the mean
    over all orders (Shapley, A value for n-person games, 1953); of more than five labels, over the given order and its
    reverse. *figures* has the figure for each of the `mixtures`; one that has none is read as no change yet.
    """
    start = figures[frozenset()] or Fraction()
    known = {mixture: start if figure is None else figure for mixture, figure in figures.items()}
    for label in labels:
        steps = _every_order(label, labels) if len(labels) <= MOST_IN_EVERY_ORDER else _both_orders(label, labels)
        value = sum((weight * (known[went | {label}] - known[went]) for went, weight in steps), Fraction())
        yield Effect(label, "change", value)


def _every_order(label: Label, labels: Sequence[Label]) -> Iterator[tuple[frozenset[Label], Fraction]]:
    """Yield who may have gone before *label*, and in what share of all orders."""
    n, others = len(labels), [each for each in labels if each != label]
    for k in range(n):
        share = Fraction(factorial(k) * factorial(n - k - 1), factorial(n))
        yield from ((frozenset(each), share) for each in combinations(others, k))


def _both_orders(label: Label, labels: Sequence[Label]) -> Iterator[tuple[frozenset[Label], Fraction]]:
    at = list(labels).index(label)
    yield frozenset(labels[:at]), _HALF
    yield frozenset(labels[at + 1 :]), _HALF


def _labels(before: Sides, after: Sides) -> list[Label]:
    return sorted({*before, *after}, key=lambda label: (label is None, str(label)))


def _weighing(sides: Sides, label: Label) -> Side | None:
    side = sides.get(label)
    return side if side and side.below else None


def _total(sides: Sides) -> Side:
    above = sum((side.above for side in sides.values()), Fraction())
    return Side({"amount": above}, sum((side.below for side in sides.values()), Fraction()))
