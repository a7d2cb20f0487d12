"""The world: everything by its number."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from latido.testing.world._business import Business
from latido.testing.world._desk import CHANNELS, ONLY_EMAIL, HelpDesk
from latido.testing.world._disguises import disguised
from latido.testing.world._instants import DAY
from latido.testing.world._market import Market
from latido.testing.world._money import PRODUCTS, rates
from latido.testing.world._sales import SalesBook
from latido.testing.world._slots import Territory
from latido.testing.world._usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from latido.testing.world._deals import Contract, Deal
    from latido.testing.world._instants import Instant
    from latido.testing.world._marketing import Campaign, Cart, Lead, Recommendation
    from latido.testing.world._money import Product, Rate
    from latido.testing.world._people import Customer
    from latido.testing.world._tickets import Ticket
    from latido.testing.world._usage import Milestone, Traffic, Visit

_SURVEYS_FOR = 240 * DAY
"""How long ago the thumbs were replaced by questionnaires."""
_TICKETS_PER_PERSON = 5
_TEAMS = 6


class World(Business):
    """A business with a help desk of *tickets* tickets, opened over the two years before *end*, and its sales.

    With *traps* the books of its vendors disagree about customers as real ones do: see `disguised`. What they mean is
    told by a customer's number, which is the same in all of them.
    """

    def __init__(
        self,
        seed: str = "latido",
        *,
        end: date,
        tickets: int = 3_000,
        people: int | None = None,
        agents: int | None = None,
        traps: bool = False,
    ) -> None:
        super().__init__(
            seed,
            end,
            people or max(12, tickets // _TICKETS_PER_PERSON),
            agents or min(80, max(2 * _TEAMS, tickets // 1_500)),
        )
        self._book = "main"
        self._traps = traps
        self.surveys_since: Instant = self.end - _SURVEYS_FOR
        self._desk = HelpDesk(self, seed, tickets, CHANNELS, bots=True, surveys_since=self.surveys_since)
        self._usage = Usage(self)
        self._open_books(Territory())

    def branch(self, desk: str, *, tickets: int, territory: tuple[int, int] = (0, 1)) -> World:
        """Return another help desk and other sales books of the same business: a vendor's that is used beside.

        To the desk named *desk* people write by e-mail only and no bot answers; it always sent questionnaires. The
        books hold what the customers and people of *territory* buy: (k, n) are those with number modulo n = k.
        """
        other = copy(self)
        other._book = desk  # noqa: SLF001 - one of us
        other.surveys_since = self.start
        seed = f"{self.seed}/{desk}"
        other._desk = HelpDesk(  # noqa: SLF001
            self, seed, tickets, ONLY_EMAIL, bots=False, surveys_since=self.start
        )
        other._open_books(Territory(*territory))  # noqa: SLF001
        return other

    def customer(self, number: int) -> Customer:
        """Return a customer as it stands in the books of this branch."""
        found = super().customer(number)
        return disguised(found, self.seed, self._book, super().customer) if self._traps else found

    @property
    def ticket_count(self) -> int:
        return self._desk.ticket_count

    @property
    def deal_count(self) -> int:
        return len(self._sales)

    def tickets(self) -> Iterator[Ticket]:
        return (self.ticket(number) for number in range(self.ticket_count))

    def ticket(self, number: int, at: Instant | None = None) -> Ticket:
        """Return a ticket as it stands at the end, or, opened at *at*, one that comes on top of the world's own."""
        return self._desk.ticket(number, at)

    def opened_at(self, number: int) -> Instant:
        return self._desk.opened_at(number)

    def requester(self, number: int) -> int:
        """Return who asked ticket *number*."""
        return self._desk.requester(number)

    def products(self) -> Iterator[Product]:
        return iter(PRODUCTS)

    def deals(self) -> Iterator[Deal]:
        """Yield the deals, customer by customer."""
        return self._sales.deals()

    def deal(self, number: int) -> Deal:
        return self._sales.deal(number)

    def contracts(self) -> Iterator[Contract]:
        """Yield a contract for each recurring line of the won deals; their numbers have gaps."""
        return (contract for deal in self.deals() for contract in deal.contracts)

    def campaigns(self) -> Iterator[Campaign]:
        return self._market.campaigns()

    def carts(self) -> Iterator[Cart]:
        """Yield the carts, person by person."""
        return self._market.carts()

    def recommendations(self) -> Iterator[Recommendation]:
        """Yield what people were asked and said, person by person."""
        return self._market.recommendations()

    def leads(self) -> Iterator[Lead]:
        return self._market.leads()

    def milestones(self) -> Iterator[Milestone]:
        """Yield what customers and people did with the product; logins of the last sixty days only."""
        return self._usage.milestones()

    def visits(self) -> Iterator[Visit]:
        """Yield the visits that began with the logins of the last sixty days."""
        return self._usage.visits()

    def traffic(self, day: date) -> tuple[Traffic, ...]:
        """Return who came to the site on *day* (UTC), by source; nobody outside the two years."""
        return self._usage.traffic(day)

    def rates(self) -> Iterator[Rate]:
        """Yield the rates of the foreign currencies, month by month; the home currency is EUR."""
        return rates(self.seed, self.start, self.end)

    def _open_books(self, territory: Territory) -> None:
        self._market = Market(self, territory)
        self._sales = SalesBook(self, self._market, territory)
