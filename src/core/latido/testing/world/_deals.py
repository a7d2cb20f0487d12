"""A deal and what became of it, and what follows from that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from latido.testing.world._instants import day_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from latido.testing.world._instants import Instant
    from latido.testing.world._money import Currency

Stage = Literal["lead_in", "qualified", "proposal", "negotiation", "won", "lost"]
Kind = Literal["new", "expansion", "renewal"]

CLOSED: tuple[Stage, ...] = ("won", "lost")
MOST_LINES = 8


class Line(NamedTuple):
    """One product of a deal. `unit_price` is in cents, per month where `months` says for how many it was sold."""

    product: int
    quantity: int
    unit_price: int
    months: int | None

    @property
    def monthly(self) -> int:
        """What it brings each month, in cents; 0 for what is paid once."""
        return 0 if self.months is None else self.quantity * self.unit_price

    @property
    def amount(self) -> int:
        """What it brings over all its months, in cents."""
        return self.quantity * self.unit_price * (1 if self.months is None else self.months)


class Move(NamedTuple):
    """The deal got to another stage."""

    at: Instant
    stage: Stage


class Contract(NamedTuple):
    """What a won deal brings each month, in cents, over [starts_on, ends_on) or until it is cancelled."""

    number: int
    deal: int
    customer: int
    product: int
    monthly: int
    currency: Currency
    starts_on: date
    ends_on: date | None
    cancelled_on: date | None
    booked_on: date


@dataclass(frozen=True, slots=True)
class Deal:
    """A chance to sell as it stands at the end of the world.

    The first move is its creation; a closed one may have been opened again. `starts_on` and `ends_on` (exclusive) say
    for when its recurring lines are, planned or sold; without an end they go on until they are cancelled, and `months`
    is what was counted into the amount. `supersedes` is the deal that this renewal follows. `gone_at` is when the
    record was deleted, `cancelled_on` when the customer gave up early what it had bought.
    """

    number: int
    customer: int
    person: int | None
    owner: int
    name: str
    kind: Kind
    currency: Currency
    lines: tuple[Line, ...]
    moves: tuple[Move, ...]
    planned_close: date
    starts_on: date | None
    ends_on: date | None
    supersedes: int | None
    campaign: int | None
    lead_source: str
    lost_reason: str | None
    gone_at: Instant | None
    cancelled_on: date | None = None

    @property
    def amount(self) -> int:
        """What it is worth over its whole term, in cents."""
        return sum(line.amount for line in self.lines)

    @property
    def monthly(self) -> int:
        """What it brings each month, in cents."""
        return sum(line.monthly for line in self.lines)

    @property
    def stage(self) -> Stage:
        return self.moves[-1].stage

    @property
    def status(self) -> Literal["open", "won", "lost"]:
        match self.stage:
            case "won" | "lost" as closed:
                return closed
            case _:
                return "open"

    @property
    def created_at(self) -> Instant:
        return self.moves[0].at

    @property
    def closed_at(self) -> Instant | None:
        """When it was won or lost, the last time; None while it is open, again or still."""
        return self.moves[-1].at if self.stage in CLOSED else None

    @property
    def updated_at(self) -> Instant:
        return self.moves[-1].at if self.gone_at is None else self.gone_at

    @property
    def contracts(self) -> tuple[Contract, ...]:
        """One for each recurring line, once it is won; none of a deleted deal."""
        return tuple(self._contracts()) if self.status == "won" and self.gone_at is None else ()

    def _contracts(self) -> Iterator[Contract]:
        for place, line in enumerate(self.lines):
            if line.months is not None and self.starts_on is not None:
                yield Contract(
                    number=self.number * MOST_LINES + place,
                    deal=self.number,
                    customer=self.customer,
                    product=line.product,
                    monthly=line.monthly,
                    currency=self.currency,
                    starts_on=self.starts_on,
                    ends_on=self.ends_on,
                    cancelled_on=self.cancelled_on,
                    booked_on=day_of(self.moves[-1].at),
                )
