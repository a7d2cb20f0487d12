"""What the account holds now: the world as it ended, and what was written since."""

from __future__ import annotations

from array import array
from functools import cached_property
from typing import TYPE_CHECKING

import orjson

from latido.testing import Feed, Shelf
from latido.testing.world import DAY
from latido_zendesk.sandbox._people import agent_json, organization_json, person_json
from latido_zendesk.sandbox._tickets import metric_set_json, ticket_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.testing.world import Customer, Instant, Person, Ticket
    from latido_zendesk.sandbox._account import Account

BOTS_ONLY, DELETED, ARCHIVED, MERGED, SURVEYED = 1, 2, 4, 8, 128
_STATUS_BITS = 4
_STATUS_MASK = 7
_STATUSES = ("new", "open", "pending", "on_hold", "solved", "closed")
_ARCHIVED_AFTER = 120 * DAY


class Records:
    """Tickets, users and organizations, rendered once when the sandbox starts.

    Users are numbered agents first, then people. Beside the rendered records there are some numbers for each ticket;
    the rest of a ticket is made when it is asked for.
    """

    def __init__(self, account: Account) -> None:
        self.account = account
        self.world = account.world
        self.ticket_count = self.world.ticket_count
        self.person_count = self.world.person_count
        self.customer_count = self.world.customer_count
        self.tickets, self.users, self.organizations = Shelf(pieces=2), Shelf(), Shelf()
        self.flags = bytearray()
        self.written = array("Q")
        self.updated = array("Q")
        self.asked = array("Q")
        self.gone: dict[int, Instant] = {}
        self.inactive: set[int] = set()
        self.changed: dict[int, Ticket] = {}
        self._changed_people: dict[int, Person] = {}
        self._changed_customers: dict[int, Customer] = {}
        self._render_tickets()
        self.ticket_feed = Feed(_numbered(self.written))
        self.user_feed = Feed(_numbered(self._render_users()))
        self.organization_feed = Feed(_numbered(self._render_organizations()))
        for shelf in (self.tickets, self.users, self.organizations):
            shelf.seal()

    @cached_property
    def update_feed(self) -> Feed:
        """Tickets by `updated_at`."""
        return Feed(_numbered(self.updated))

    @cached_property
    def asked_feed(self) -> Feed:
        """Tickets about which an opinion was asked, by when it was."""
        return Feed((time, number) for number, time in enumerate(self.asked) if time)

    def ticket(self, number: int) -> Ticket:
        return self.changed.get(number) or self.world.ticket(number)

    def all_tickets(self) -> Iterator[Ticket]:
        """Yield every ticket as it stands now: what the truth is computed from."""
        return (self.ticket(number) for number in range(self.ticket_count))

    def status(self, number: int) -> str:
        return _STATUSES[self.flags[number] >> _STATUS_BITS & _STATUS_MASK]

    def put_ticket(self, ticket: Ticket) -> None:
        """Store a ticket that was written to; its `written_at` says where it comes in the export."""
        number = ticket.number
        if number == self.ticket_count:
            self.ticket_count += 1
            self.flags.append(0)
            for each in (self.written, self.updated, self.asked):
                each.append(0)
        self.changed[number] = ticket
        self.gone.pop(number, None)
        self._note(ticket)
        self.tickets.put(number, *self._pieces(ticket))
        self.ticket_feed.move(number, self.written[number])
        self.update_feed.move(number, self.updated[number])
        if self.asked[number]:
            self.asked_feed.move(number, self.asked[number])

    def person(self, number: int) -> Person:
        return self._changed_people.get(number) or self.world.person(number)

    def put_person(self, person: Person) -> None:
        self._changed_people[person.number] = person
        self.person_count = max(self.person_count, person.number + 1)
        place = self.world.agent_count + person.number
        self.users.put(place, orjson.dumps(person_json(self.account, person)))
        self.user_feed.move(place, person.updated_at)
        (self.inactive.discard if person.left_at is None else self.inactive.add)(place)

    def customer(self, number: int) -> Customer:
        return self._changed_customers.get(number) or self.world.customer(number)

    def put_customer(self, customer: Customer) -> None:
        self._changed_customers[customer.number] = customer
        if customer.gone_at is not None:
            self.account.gone_customers.add(customer.number)
        self.customer_count = max(self.customer_count, customer.number + 1)
        self.organizations.put(customer.number, orjson.dumps(organization_json(self.account, customer)))
        self.organization_feed.move(customer.number, customer.updated_at)

    def _render_tickets(self) -> None:
        for ticket in self.world.tickets():
            self.tickets.append(*self._pieces(ticket))
            self.flags.append(0)
            for each in (self.written, self.updated, self.asked):
                each.append(0)
            self._note(ticket)

    def _note(self, ticket: Ticket) -> None:
        number, asked = ticket.number, ticket.survey or ticket.rating
        self.flags[number] = self._flag(ticket)
        self.written[number] = ticket.written_at
        self.updated[number] = ticket.updated_at
        self.asked[number] = 0 if asked is None else asked.offered_at
        if ticket.gone_at is not None and ticket.erased_at is None:
            self.gone[number] = ticket.gone_at

    def _pieces(self, ticket: Ticket) -> tuple[bytes, bytes]:
        shown = orjson.dumps(ticket_json(self.account, ticket))
        return shown, b"" if ticket.gone_at is not None else orjson.dumps(metric_set_json(self.account, ticket))

    def _flag(self, ticket: Ticket) -> int:
        closed = ticket.closed_at
        return (
            BOTS_ONLY * ticket.bots_only
            | DELETED * (ticket.gone_at is not None)
            | ARCHIVED * (closed is not None and closed + _ARCHIVED_AFTER < self.world.end)
            | MERGED * (ticket.fate == "merged")
            | SURVEYED * (ticket.survey is not None)
            | _STATUSES.index(ticket.status) << _STATUS_BITS
        )

    def _render_users(self) -> Iterator[int]:
        for agent in self.world.agents():
            self.users.append(orjson.dumps(agent_json(self.account, agent)))
            if agent.left_at is not None:
                self.inactive.add(agent.number)
            yield agent.updated_at
        for person in self.world.people():
            self.users.append(orjson.dumps(person_json(self.account, person)))
            if person.left_at is not None:
                self.inactive.add(self.world.agent_count + person.number)
            yield person.updated_at

    def _render_organizations(self) -> Iterator[int]:
        for customer in self.world.customers():
            self.organizations.append(orjson.dumps(organization_json(self.account, customer)))
            yield customer.updated_at


def _numbered(times: Iterator[int] | array[int]) -> Iterator[tuple[int, int]]:
    return ((time, number) for number, time in enumerate(times))
