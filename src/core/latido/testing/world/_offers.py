"""What a deal is about: which products, how many, for how much, and for when."""

# ruff: noqa: PLR2004 - the odds of an imaginary business

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from latido.testing.world._chance import weighted
from latido.testing.world._deals import Line
from latido.testing.world._instants import day_of, months_later
from latido.testing.world._money import EXTRAS, PLANS, SERVICES, price

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from random import Random

    from latido.testing.world._deals import Deal
    from latido.testing.world._instants import Instant
    from latido.testing.world._money import Currency

_TERMS: tuple[tuple[float, int | None], ...] = ((0.74, 12), (0.12, 24), (0.06, 6), (0.08, None))
_EVERGREEN_COUNTED = 12
"""For how many months that go on until they are cancelled count into the amount of a deal."""
_MOST_SEATS = 1_500


class Buyer(NamedTuple):
    """A customer as the seller sees it; `mood` in [0, 1) says how content it is."""

    number: int
    name: str
    employees: int
    currency: Currency
    since: Instant
    until: Instant
    mood: float
    person: int | None
    person_since: Instant
    sellers: int


@dataclass(frozen=True, slots=True)
class Term:
    """What a deal is about, and for when."""

    lines: tuple[Line, ...]
    starts_on: date | None = None
    ends_on: date | None = None
    supersedes: int | None = None


@dataclass(frozen=True, slots=True)
class Offers:
    """Makes the terms of the deals of one buyer."""

    dice: Random
    buyer: Buyer

    def first(self, closes_at: Instant, free_on: date | None) -> Term:
        if self._happens(0.08):
            return Term((self._service(),))
        months = weighted(self.dice.random(), _TERMS)
        counted = _EVERGREEN_COUNTED if months is None else months
        lines = [self._line(self._plan(), self._seats(), counted)]
        lines += [self._line(extra, 1, counted) for extra in EXTRAS if self._happens(0.2)]
        if self._happens(0.3):
            lines.append(self._service())
        starts_on = self._start(closes_at, free_on)
        return Term(tuple(lines), starts_on, None if months is None else months_later(starts_on, months))

    def extension(self, base: Deal, closes_at: Instant) -> Term:
        """It ends with what it extends, and begins on a monthly anniversary of it."""
        starts_on = self._anniversary(base, day_of(closes_at))
        months = _EVERGREEN_COUNTED if base.ends_on is None else _months(starts_on, base.ends_on)
        if months < 1 or self._happens(0.2):
            return Term((self._service(),))
        product = base.lines[0].product if self._happens(0.6) else self.dice.choice(EXTRAS)
        quantity = max(1, int(base.lines[0].quantity * 0.2)) if product in PLANS else 1
        return Term((self._line(product, quantity, months),), starts_on, base.ends_on)

    def renewal(self, base: Deal, extras: Sequence[Line]) -> Term:
        """All that was bought in the meantime goes on together; sometimes less, sometimes a month early."""
        assert base.starts_on is not None  # noqa: S101 - only a contract is renewed
        assert base.ends_on is not None  # noqa: S101
        months = _months(base.starts_on, base.ends_on)
        early = not extras and self._happens(0.15)
        starts_on = months_later(base.starts_on, months - early)
        change = self.dice.choice((0.8, 1.0, 1.0, 1.0, 1.03, 1.05))
        lines = [
            Line(product, max(1, int(quantity * min(change, 1.0))), int(unit * max(change, 1.0)), months)
            for product, (quantity, unit) in _together([*base.lines, *extras]).items()
        ]
        return Term(tuple(lines), starts_on, months_later(starts_on, months), base.number)

    def _line(self, product: int, quantity: int, months: int) -> Line:
        discount = self.dice.choice((0, 0, 0, 0.05, 0.1, 0.2))
        return Line(product, quantity, int(price(product, self.buyer.currency) * (1 - discount)), months)

    def _service(self) -> Line:
        product = self.dice.choice(SERVICES)
        return Line(product, 1 + int(self.dice.random() * 3), price(product, self.buyer.currency), None)

    def _plan(self) -> int:
        """Return the plan for a company of this size."""
        return PLANS[(self.buyer.employees > 40) + (self.buyer.employees > 200)]

    def _seats(self) -> int:
        return max(1, min(_MOST_SEATS, int(self.buyer.employees * (0.15 + 0.25 * self.dice.random()))))

    def _start(self, closes_at: Instant, free_on: date | None) -> date:
        """Return the day after the (last) close or the first of the next month, and nothing twice."""
        tomorrow = day_of(closes_at) + timedelta(days=1)
        start = months_later(tomorrow.replace(day=1), 1) if self._happens(0.6) else tomorrow
        return start if free_on is None else max(start, free_on)

    def _anniversary(self, base: Deal, day: date) -> date:
        assert base.starts_on is not None  # noqa: S101 - only a contract is extended
        months = max(0, _months(base.starts_on, day))
        found = months_later(base.starts_on, months)
        return found if found >= day else months_later(base.starts_on, months + 1)

    def _happens(self, chance: float) -> bool:
        return self.dice.random() < chance


def _months(start: date, end: date) -> int:
    """Return the whole months from *start* to *end*."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - (end < months_later(start, months))


def _together(lines: list[Line]) -> dict[int, tuple[int, int]]:
    """Return how many of each recurring product, and the latest unit price."""
    found: dict[int, tuple[int, int]] = {}
    for line in lines:
        if line.months is not None:
            found[line.product] = found.get(line.product, (0, 0))[0] + line.quantity, line.unit_price
    return found
