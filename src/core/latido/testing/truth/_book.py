"""All that several vendors tell of a business, each thing once, with the customer that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latido.testing.truth._answers import Opinion
    from latido.testing.truth._figure import Period
    from latido.testing.truth._told import Known
    from latido.testing.world import Cart, Customer, Instant, Milestone, Ticket, Traffic, Visit

Owner: TypeAlias = "int | tuple[str, int, int]"
"""A customer; where nothing tells whose a deal is, the deal is its own."""


NEVER = date(9999, 1, 1)
"""When that ends which has no end."""


class Case(NamedTuple):
    """A ticket that exists, and is told of by a vendor that is `known`."""

    ticket: Ticket
    owner: int | None
    known: Known


class Invitation(NamedTuple):
    """Somebody was asked."""

    sent_at: Instant
    is_answered: bool


class Sale(NamedTuple):
    """A deal that exists; `value` is in the home currency, and 0 until it is won."""

    owner: Owner
    status: str
    value: Decimal
    closed_on: date | None


class Stretch(NamedTuple):
    """What a contract brings each month over [starts_on, until_on), in the home currency."""

    owner: Owner
    monthly: Decimal
    starts_on: date
    until_on: date
    booked_on: date

    def is_in_force(self, day: date) -> bool:
        return self.starts_on <= day < self.until_on


class Payment(NamedTuple):
    """Money that went out, evenly over [starts_on, until_on), in the home currency."""

    value: Decimal
    starts_on: date
    until_on: date


@dataclass(slots=True)
class Book:
    """What is there to be counted. `tables` names the things of which there are any, and what is known of tickets.

    `customers` are those whose own record somebody still has.
    """

    tables: set[str] = field(default_factory=set)
    customers: dict[int, Customer] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)
    opinions: list[Opinion] = field(default_factory=list)
    invitations: list[Invitation] = field(default_factory=list)
    sales: list[Sale] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    carts: list[Cart] = field(default_factory=list)
    milestones: list[Milestone] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    traffic: list[Traffic] = field(default_factory=list)

    @property
    def purchases(self) -> list[Sale]:
        return [each for each in self.sales if each.status == "won" and each.value > 0]

    @property
    def acquired(self) -> Mapping[Owner, date]:
        """When each customer was won: by its first purchase, or its first contract, whichever came first."""
        found: dict[Owner, date] = {}
        won = [(each.owner, each.closed_on) for each in self.purchases if each.closed_on is not None]
        for owner, day in [*won, *((each.owner, each.booked_on) for each in self.stretches)]:
            found[owner] = min(day, found.get(owner, day))
        return found

    @property
    def has_customers(self) -> bool:
        """Whether anybody tells of deals, or of contracts."""
        return bool({"deals", "contracts"} & self.tables)

    def paid_on(self, day: date) -> dict[Owner, Decimal]:
        """Return what each customer that is active on *day* pays each month."""
        found: dict[Owner, Decimal] = {}
        for each in self.stretches:
            if each.is_in_force(day):
                found[each.owner] = found.get(each.owner, Decimal(0)) + each.monthly
        return found

    def paid_at_the_end_of(self, period: Period) -> dict[Owner, Decimal]:
        """Return what each customer pays that is active on the last day of *period*."""
        return self.paid_on(period.ends_on - timedelta(days=1))
