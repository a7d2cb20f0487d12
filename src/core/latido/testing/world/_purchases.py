"""What one customer was offered and bought, told forwards: won, lost, renewed, extended, given up."""

# ruff: noqa: PLR2004 - the odds of an imaginary business

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from latido.testing.world import _words as words
from latido.testing.world._arrivals import when_open
from latido.testing.world._chance import weighted
from latido.testing.world._deals import Deal, Line, Move
from latido.testing.world._instants import DAY, MINUTE, day_of, midnight, months_later
from latido.testing.world._money import EXTRAS, PLANS, PRODUCTS, SERVICES, price

if TYPE_CHECKING:
    from datetime import date
    from random import Random

    from latido.testing.world._deals import Kind, Stage
    from latido.testing.world._instants import Instant
    from latido.testing.world._market import Market
    from latido.testing.world._money import Currency
    from latido.testing.world._slots import Holding

LOST_REASONS = ("price", "competitor", "no_budget", "no_answer", "missing_feature", "timing")
LEAD_SOURCES = ("web", "referral", "event", "outbound", "partner")

_TERMS: tuple[tuple[float, int | None], ...] = ((0.74, 12), (0.12, 24), (0.06, 6), (0.08, None))
_EVERGREEN_COUNTED = 12
"""For how many months that go on until they are cancelled count into the amount of a deal."""
_NOTICE = 75 * DAY
_MOST_SEATS = 1_500
_PACE: dict[Kind, int] = {"new": 12 * DAY, "expansion": 6 * DAY, "renewal": 9 * DAY}


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


@dataclass(slots=True)
class Term:
    """What a deal is about, and for when."""

    lines: tuple[Line, ...]
    starts_on: date | None = None
    ends_on: date | None = None
    supersedes: int | None = None


@dataclass(slots=True)
class Purchases:
    """The deals of one customer while they are told. `now` only goes forward, and stays before `buyer.until`."""

    dice: Random
    buyer: Buyer
    market: Market
    holding: Holding
    deals: list[Deal] = field(init=False, default_factory=list)
    now: Instant = field(init=False)
    base: Deal | None = field(init=False, default=None)
    """The contract in force, or to come, that is extended and renewed."""
    asked_to_renew: bool = field(init=False, default=False)
    due: Instant | None = field(init=False, default=None)
    extras: list[Line] = field(init=False, default_factory=list)
    free_on: date | None = field(init=False, default=None)
    """When what was last bought ended: the next starts no earlier."""

    def __post_init__(self) -> None:
        self.now = self.buyer.since

    def told(self) -> list[Deal]:
        for left in range(self.holding.size, 0, -1):
            if self.base is None:
                self._sell(left)
            elif self._is_time_to_renew(left):
                self._renew(self.base)
            else:
                self._extend(self.base, left)
        return self.deals

    def _sell(self, left: int) -> None:
        """Offer something to one who has nothing: at first, after a loss, after a farewell."""
        first = not self.deals
        at = self._soon(30 * DAY, 1) if first else self._soon(360 * DAY, left)
        won = self._happens(0.62 if first else 0.2 + 0.3 * self.buyer.mood)
        moves = self._moved("new", at, won=won)
        deal = self._deal("new", moves, self._new_term(moves))
        self.now = deal.closed_at or at
        if deal.contracts:
            self._begin(deal)

    def _extend(self, base: Deal, left: int) -> None:
        """Offer more to one who has something: more seats, another product, or something paid once."""
        until = min(self.buyer.until, self.due or self.buyer.until)
        at = self.now + int(max(0, until - self.now) * self.dice.random() / left)
        moves = self._moved("expansion", at, won=self._happens(0.6))
        deal = self._deal("expansion", moves, self._extension(base, moves))
        self.now = at
        if deal.contracts:
            self.extras.extend(line for line in deal.lines if line.months is not None)

    def _renew(self, base: Deal) -> None:
        """Ask a customer whose term ends to stay. Who says no is free when the term is over."""
        at = self.now = max(self.now, self.due or 0)
        self.asked_to_renew = True
        moves = self._moved("renewal", at, won=self._happens(0.72 + 0.23 * self.buyer.mood))
        deal = self._deal("renewal", moves, self._renewal(base))
        if deal.contracts:
            self.now = deal.closed_at or at
            self._begin(deal)
        elif deal.status == "lost":
            self.now, self.base, self.free_on = deal.closed_at or at, None, base.ends_on

    def _is_time_to_renew(self, left: int) -> bool:
        if self.base is None or self.base.ends_on is None or self.asked_to_renew:
            return False
        if self.due is None or self.due >= self.buyer.until:
            return False
        term = midnight(self.base.ends_on) - midnight(self.base.starts_on or self.base.ends_on)
        to_come = 1 + (self.buyer.until - self.due) // max(DAY, term)
        return left <= to_come or self._happens(0.5)

    def _begin(self, deal: Deal) -> None:
        """What is extended and renewed from now on; who has cancelled it already is free again."""
        self.base, self.extras, self.asked_to_renew, self.due = deal, [], False, None
        if deal.cancelled_on is not None:
            self.base, self.free_on = None, deal.cancelled_on
            self.now = max(self.now, midnight(deal.cancelled_on))
        elif deal.ends_on is not None:
            notice = midnight(deal.ends_on) - _NOTICE + int(self.dice.random() * 30 * DAY)
            self.due = max(when_open(notice), self.now + DAY)

    def _moved(self, kind: Kind, at: Instant, *, won: bool) -> tuple[Move, ...]:
        """Return the stages of a deal created *at*, as far as it has come."""
        moves: list[Move] = []
        for stage in self._path(kind, won=won):
            if moves:
                at = when_open(at + MINUTE + int(self.dice.expovariate(1 / _PACE[kind])))
            if at >= self.buyer.until:
                break
            moves.append(Move(at, stage))
        return tuple(moves)

    def _path(self, kind: Kind, *, won: bool) -> list[Stage]:
        throw = self.dice.random()
        path: list[Stage] = ["proposal"] if kind == "renewal" else ["lead_in", "qualified", "proposal"]
        if throw < 0.1 and kind == "new":
            del path[1]
        if not won and throw > 0.7:
            path = path[:1]
        elif throw > 0.4:
            path.append("negotiation")
        if 0.4 < throw < 0.46:
            path += ["proposal", "negotiation"]
        if 0.35 < throw < 0.4:  # closed too early, and opened again
            path += ["won" if throw < 0.36 else "lost", "negotiation"]
        path.append("won" if won else "lost")
        return path

    def _deal(self, kind: Kind, moves: tuple[Move, ...], term: Term) -> Deal:
        throw, buyer, created = self.dice, self.buyer, moves[0].at
        source = throw.choice(LEAD_SOURCES)
        stage = moves[-1].stage
        deal = Deal(
            number=self.holding.first + len(self.deals),
            customer=buyer.number,
            person=buyer.person if buyer.person_since <= created and throw.random() < 0.85 else None,
            owner=int(throw.random() * buyer.sellers),
            name=self._name(kind, term),
            kind=kind,
            currency=buyer.currency,
            lines=term.lines,
            moves=moves,
            planned_close=self._planned(kind, created),
            starts_on=term.starts_on,
            ends_on=term.ends_on,
            supersedes=term.supersedes,
            campaign=self.market.running(created) if kind == "new" and throw.random() < 0.5 else None,
            lead_source=source,
            lost_reason=throw.choice(LOST_REASONS) if stage == "lost" else None,
            gone_at=self._gone(kind, moves),
            cancelled_on=self._cancelled(kind, term, moves[-1].at) if stage == "won" else None,
        )
        self.deals.append(deal)
        return deal

    def _name(self, kind: Kind, term: Term) -> str:
        if self.dice.random() < 0.02:
            return self.dice.choice(words.AWKWARD_SUBJECTS)
        what = {"new": PRODUCTS[term.lines[0].product].name, "expansion": "Ampliación", "renewal": "Renovación"}[kind]
        return f"{self.buyer.name} · {what}"

    def _planned(self, kind: Kind, created: Instant) -> date:
        span = {"new": 60, "expansion": 25, "renewal": 60}[kind]
        return day_of(created) + timedelta(days=int(span * (0.5 + self.dice.random())))

    def _gone(self, kind: Kind, moves: tuple[Move, ...]) -> Instant | None:
        """Nothing is deleted on which another deal builds."""
        last = moves[-1]
        if (last.stage == "won" and kind != "expansion") or self.dice.random() > 0.04:
            return None
        return min(last.at + 1 + int(self.dice.random() * (self.buyer.until - last.at)), self.buyer.until - 1)

    def _cancelled(self, kind: Kind, term: Term, won_at: Instant) -> date | None:
        if kind == "expansion" or term.starts_on is None:
            return None
        odds = 0.04 if term.ends_on is not None else 0.5 - 0.4 * self.buyer.mood
        on = months_later(term.starts_on, 2 + int(self.dice.random() * (4 if term.ends_on is not None else 14)))
        return on if self._happens(odds) and won_at < midnight(on) < self.buyer.until else None

    def _new_term(self, moves: tuple[Move, ...]) -> Term:
        if self._happens(0.08):
            return Term((self._service(),))
        months = weighted(self.dice.random(), _TERMS)
        counted = _EVERGREEN_COUNTED if months is None else months
        lines = [self._line(self._plan(), self._seats(), counted)]
        lines += [self._line(extra, 1, counted) for extra in EXTRAS if self._happens(0.2)]
        if self._happens(0.3):
            lines.append(self._service())
        starts_on = self._start(moves)
        return Term(tuple(lines), starts_on, None if months is None else months_later(starts_on, months))

    def _extension(self, base: Deal, moves: tuple[Move, ...]) -> Term:
        """It ends with what it extends, and begins on a monthly anniversary of it."""
        starts_on = self._anniversary(base, day_of(moves[-1].at))
        months = _EVERGREEN_COUNTED if base.ends_on is None else _months(starts_on, base.ends_on)
        if months < 1 or self._happens(0.2):
            return Term((self._service(),))
        product = base.lines[0].product if self._happens(0.6) else self.dice.choice(EXTRAS)
        quantity = max(1, int(base.lines[0].quantity * 0.2)) if product in PLANS else 1
        return Term((self._line(product, quantity, months),), starts_on, base.ends_on)

    def _renewal(self, base: Deal) -> Term:
        """All that was bought in the meantime goes on together; sometimes less, sometimes a month early."""
        assert base.starts_on is not None  # noqa: S101 - only a contract is renewed
        assert base.ends_on is not None  # noqa: S101
        months = _months(base.starts_on, base.ends_on)
        early = not self.extras and self._happens(0.15)
        starts_on = months_later(base.starts_on, months - early)
        change = self.dice.choice((0.8, 1.0, 1.0, 1.0, 1.03, 1.05))
        lines = [
            Line(product, max(1, int(quantity * min(change, 1.0))), int(unit * max(change, 1.0)), months)
            for product, (quantity, unit) in _together([*base.lines, *self.extras]).items()
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

    def _start(self, moves: tuple[Move, ...]) -> date:
        """Return the day after the (last) close or the first of the next month, and nothing twice."""
        tomorrow = day_of(moves[-1].at) + timedelta(days=1)
        start = months_later(tomorrow.replace(day=1), 1) if self._happens(0.6) else tomorrow
        return start if self.free_on is None else max(start, self.free_on)

    def _anniversary(self, base: Deal, day: date) -> date:
        assert base.starts_on is not None  # noqa: S101 - only a contract is extended
        months = max(0, _months(base.starts_on, day))
        found = months_later(base.starts_on, months)
        return found if found >= day else months_later(base.starts_on, months + 1)

    def _soon(self, most: int, left: int) -> Instant:
        """Return an instant from now on, within *most* seconds and what is left of the time for *left* deals."""
        return self.now + int(min(most, (self.buyer.until - self.now) / left) * self.dice.random())

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
