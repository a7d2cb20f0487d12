"""The imaginary business as an org: its ids, and what every rendering needs to know."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from latido_salesforce.sandbox import _ids as ids

if TYPE_CHECKING:
    from latido.testing import World
    from latido.testing.world import Author

ACCOUNT_PREFIX, CONTACT_PREFIX, CASE_PREFIX, USER_PREFIX, GROUP_PREFIX = "001", "003", "500", "005", "00G"


class Account:
    """The world, and who is who in it. Users are the agents, then the two that are no people."""

    def __init__(self, world: World, *, persons: bool) -> None:
        self.world = world
        self.persons = persons
        self.gone_customers = {each.number for each in world.customers() if each.gone_at is not None}
        self.unattached = [number for number in range(world.person_count) if world.employer(number) is None]
        self._persons = {person: world.customer_count + place for place, person in enumerate(self.unattached)}
        self.person = lru_cache(maxsize=8192)(world.person)

    @property
    def integration(self) -> str:
        """The user as which Latido comes in."""
        return self.user(0)

    @property
    def system(self) -> str:
        """The user that rules, timers and bots write as."""
        return self.user(self.world.agent_count)

    @staticmethod
    def user(number: int) -> str:
        return ids.identity(USER_PREFIX, number)

    @staticmethod
    def queue(team: int) -> str:
        return ids.identity(GROUP_PREFIX, team)

    @staticmethod
    def contact(person: int) -> str:
        return ids.identity(CONTACT_PREFIX, person)

    @staticmethod
    def case(ticket: int) -> str:
        return ids.identity(CASE_PREFIX, ticket)

    @staticmethod
    def customer(number: int) -> str:
        return ids.identity(ACCOUNT_PREFIX, number)

    def account_of(self, customer: int | None, person: int | None = None) -> str | None:
        """Return the account of a customer, or of a person who is one; None once it was deleted."""
        if customer is not None:
            return None if customer in self.gone_customers else self.customer(customer)
        place = None if person is None or not self.persons else self._persons.get(person)
        return None if place is None else self.customer(place)

    def author(self, author: Author) -> str:
        """Return the user that wrote: what requesters send is stored by the system."""
        return self.user(author.number) if author.role == "agent" else self.system
