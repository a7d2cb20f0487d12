"""What the account holds now: the world as it ended, and what was written since."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from latido.testing.world import DAY
from latido_zendesk.sandbox._people import agent_json, organization_json, person_json
from latido_zendesk.sandbox._shelf import Feed, Shelf
from latido_zendesk.sandbox._tickets import metric_set_json, ticket_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.testing.world import Customer, Person, Ticket
    from latido_zendesk.sandbox._account import Account

BOTS_ONLY, DELETED, ARCHIVED = 1, 2, 4
_ARCHIVED_AFTER = 120 * DAY


class Records:
    """Tickets, users and organizations, rendered once when the sandbox starts.

    Users are numbered agents first, then people.
    """

    def __init__(self, account: Account) -> None:
        self.account = account
        self.world = account.world
        self.ticket_count = self.world.ticket_count
        self.person_count = self.world.person_count
        self.customer_count = self.world.customer_count
        self.tickets, self.users, self.organizations = Shelf(pieces=2), Shelf(), Shelf()
        self.flags = bytearray()
        self._changed: dict[int, Ticket] = {}
        self._changed_people: dict[int, Person] = {}
        self._changed_customers: dict[int, Customer] = {}
        self.ticket_feed = Feed(self._render_tickets())
        self.user_feed = Feed(self._render_users())
        self.organization_feed = Feed(self._render_organizations())

    def ticket(self, number: int) -> Ticket:
        return self._changed.get(number) or self.world.ticket(number)

    def all_tickets(self) -> Iterator[Ticket]:
        """Yield every ticket as it stands now: what the truth is computed from."""
        return (self.ticket(number) for number in range(self.ticket_count))

    def put_ticket(self, ticket: Ticket) -> None:
        """Store a ticket that was written to; `written_at` says where it comes in the export."""
        self._changed[ticket.number] = ticket
        self.tickets.put(ticket.number, *self._pieces(ticket))
        self.ticket_feed.move(ticket.number, ticket.written_at)
        if ticket.number == self.ticket_count:
            self.ticket_count += 1
            self.flags.append(0)
        self.flags[ticket.number] = self._flag(ticket)

    def person(self, number: int) -> Person:
        return self._changed_people.get(number) or self.world.person(number)

    def put_person(self, person: Person) -> None:
        self._changed_people[person.number] = person
        self.person_count = max(self.person_count, person.number + 1)
        place = self.world.agent_count + person.number
        self.users.put(place, orjson.dumps(person_json(self.account, person)))
        self.user_feed.move(place, person.updated_at)

    def customer(self, number: int) -> Customer:
        return self._changed_customers.get(number) or self.world.customer(number)

    def put_customer(self, customer: Customer) -> None:
        self._changed_customers[customer.number] = customer
        self.customer_count = max(self.customer_count, customer.number + 1)
        self.organizations.put(customer.number, orjson.dumps(organization_json(self.account, customer)))
        self.organization_feed.move(customer.number, customer.updated_at)

    def _render_tickets(self) -> Iterator[int]:
        for ticket in self.world.tickets():
            self.tickets.append(*self._pieces(ticket))
            self.flags.append(self._flag(ticket))
            yield ticket.written_at

    def _pieces(self, ticket: Ticket) -> tuple[bytes, bytes]:
        shown = orjson.dumps(ticket_json(self.account, ticket))
        return shown, b"" if ticket.gone_at is not None else orjson.dumps(metric_set_json(self.account, ticket))

    def _flag(self, ticket: Ticket) -> int:
        closed = ticket.closed_at
        return (
            BOTS_ONLY * ticket.bots_only
            | DELETED * (ticket.gone_at is not None)
            | ARCHIVED * (closed is not None and closed + _ARCHIVED_AFTER < self.world.end)
        )

    def _render_users(self) -> Iterator[int]:
        for agent in self.world.agents():
            self.users.append(orjson.dumps(agent_json(self.account, agent)))
            yield agent.updated_at
        for person in self.world.people():
            self.users.append(orjson.dumps(person_json(self.account, person)))
            yield person.updated_at

    def _render_organizations(self) -> Iterator[int]:
        for customer in self.world.customers():
            self.organizations.append(orjson.dumps(organization_json(self.account, customer)))
            yield customer.updated_at
