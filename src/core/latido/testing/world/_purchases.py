"""What one customer was offered and bought, told forwards: won, lost, renewed, extended, given up."""

# ruff: noqa: PLR2004 - the odds of an imaginary business

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from latido.testing.world import _words as words
from latido.testing.world._arrivals import when_open
from latido.testing.world._deals import Deal, Move
from latido.testing.world._instants import DAY, MINUTE, day_of, midnight, months_later
from latido.testing.world._money import PRODUCTS
from latido.testing.world._offers import Offers

if TYPE_CHECKING:
    from datetime import date
    from random import Random

    from latido.testing.world._deals import Kind, Line, Stage
    from latido.testing.world._instants import Instant
    from latido.testing.world._market import Market
    from latido.testing.world._offers import Buyer, Term
    from latido.testing.world._slots import Holding

LOST_REASONS = ("price", "competitor", "no_budget", "no_answer", "missing_feature", "timing")
LEAD_SOURCES = ("web", "referral", "event", "outbound", "partner")

_NOTICE = 75 * DAY
_PACE: dict[Kind, int] = {"new": 12 * DAY, "expansion": 6 * DAY, "renewal": 9 * DAY}


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
    _offers: Offers = field(init=False)

    def __post_init__(self) -> None:
        self.now = self.buyer.since
        self._offers = Offers(self.dice, self.buyer)

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
        deal = self._deal("new", moves, self._offers.first(moves[-1].at, self.free_on))
        self.now = deal.closed_at or at
        if deal.contracts:
            self._begin(deal)

    def _extend(self, base: Deal, left: int) -> None:
        """Offer more to one who has something: more seats, another product, or something paid once."""
        until = min(self.buyer.until, self.due or self.buyer.until)
        at = self.now + int(max(0, until - self.now) * self.dice.random() / left)
        moves = self._moved("expansion", at, won=self._happens(0.6))
        deal = self._deal("expansion", moves, self._offers.extension(base, moves[-1].at))
        self.now = at
        if deal.contracts:
            self.extras.extend(line for line in deal.lines if line.months is not None)

    def _renew(self, base: Deal) -> None:
        """Ask a customer whose term ends to stay. Who says no is free when the term is over."""
        at = self.now = max(self.now, self.due or 0)
        self.asked_to_renew = True
        moves = self._moved("renewal", at, won=self._happens(0.72 + 0.23 * self.buyer.mood))
        deal = self._deal("renewal", moves, self._offers.renewal(base, self.extras))
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

    def _soon(self, most: int, left: int) -> Instant:
        """Return an instant from now on, within *most* seconds and what is left of the time for *left* deals."""
        return self.now + int(min(most, (self.buyer.until - self.now) / left) * self.dice.random())

    def _happens(self, chance: float) -> bool:
        return self.dice.random() < chance
