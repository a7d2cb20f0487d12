"""The business itself: who buys and asks, who answers. The same on every desk and in every book."""

# ruff: noqa: PLR2004 - the odds of an imaginary business

from __future__ import annotations

from array import array
from functools import cached_property
from typing import TYPE_CHECKING

from latido.testing.world import _words as words
from latido.testing.world._arrivals import Arrivals, Office, arrival
from latido.testing.world._chance import dice, share
from latido.testing.world._instants import DAY, Instant
from latido.testing.world._people import Agent, Customer, Person, Team, company_name, full_name, plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from random import Random

    from latido.testing.world._people import Role

FIRST_STOCK = 0.35
"""The share of customers and people that were there before the two years began."""
LEAD_DAYS = 400

_WITHOUT_CUSTOMER = 0.1
_PEOPLE_PER_CUSTOMER = 8
_NOBODY = -1


class Business:
    """Customers, people, agents and teams, as they come over the two years before *end*."""

    def __init__(self, seed: str, end: date, people: int, agents: int) -> None:
        self.seed = seed
        self.person_count = people
        self.customer_count = max(4, people // _PEOPLE_PER_CUSTOMER)
        self.team_count = len(words.TEAMS)
        self.agent_count = agents
        self.arrivals = Arrivals(seed, end)
        self.start: Instant = self.arrivals.start
        self.end: Instant = self.arrivals.end
        self.office = Office(self.start, self.end)

    def customers(self) -> Iterator[Customer]:
        return (self.customer(number) for number in range(self.customer_count))

    def people(self) -> Iterator[Person]:
        return (self.person(number) for number in range(self.person_count))

    def agents(self) -> Iterator[Agent]:
        return (self.agent(number) for number in range(self.agent_count))

    def teams(self) -> Iterator[Team]:
        return (self.team(number) for number in range(self.team_count))

    def team(self, number: int) -> Team:
        return Team(number, words.TEAMS[number], self.start - LEAD_DAYS * DAY)

    def agent(self, number: int) -> Agent:
        """Return an agent. The first one is the administrator; every team has at least two."""
        throw = dice(self.seed, "agent", number)
        first, last = full_name(throw)
        light = throw.random() < 0.1 and number >= 2 * self.team_count
        role: Role = "admin" if number == 0 else "light" if light else "agent"
        came = self.start - int(throw.random() * LEAD_DAYS * DAY)
        left = self.end - throw.randrange(1, 300) * DAY if number % 13 == 12 else None
        email = f"{plain(first)}.{plain(last)}.{number}@desk.example"
        return Agent(number, f"{first} {last}", email, role, number % self.team_count, came, left or came, left)

    def customer(self, number: int) -> Customer:
        throw = dice(self.seed, "customer", number)
        came = self.customer_since(number)
        name = company_name(throw)
        domain = f"{plain(name)}-{number}.example"
        gone = self.later(came, throw) if throw.random() < 0.02 else None
        changed = self.later(came, throw) if throw.random() < 0.5 else came
        return Customer(
            number=number,
            name=name,
            domains=(domain, f"mail.{domain}") if throw.random() < 0.1 else (domain,),
            country=throw.choice(words.COUNTRIES),
            industry=throw.choice(words.INDUSTRIES),
            tax_id=f"B{10_000_000 + number}" if throw.random() < 0.7 else None,
            employees=int(5 + throw.paretovariate(0.9) * 10),
            key=f"C-{number:06}" if throw.random() < 0.6 else None,
            tags=("vip",) if throw.random() < 0.08 else (),
            created_at=came,
            updated_at=gone or changed,
            gone_at=gone,
        )

    def person(self, number: int) -> Person:
        throw = dice(self.seed, "person", number)
        first, last = full_name(throw)
        customer = self.employer(number)
        came = self.person_since(number)
        left = self.later(came, throw) if throw.random() < 0.02 else None
        changed = self.later(came, throw) if throw.random() < 0.4 else came
        address = f"{plain(first)}.{plain(last)}.{number}@{self._domain(customer)}"
        return Person(
            number=number,
            customer=customer,
            first_name=first,
            last_name=last,
            email=address if throw.random() > 0.08 else None,
            phone=f"+3460{number:07}" if throw.random() < 0.4 else None,
            language=throw.choice(("es", "es", "es", "en", "de", "pt", "fr")),
            tags=("newsletter",) if throw.random() < 0.1 else (),
            created_at=came,
            updated_at=left or changed,
            left_at=left,
        )

    def employer(self, person: int) -> int | None:
        """Return for which customer a person works. Great customers came early; that is how they became great."""
        if share(self.seed, "unattached", person) < _WITHOUT_CUSTOMER:
            return None
        known = person / self.person_count * self.customer_count
        return min(int(share(self.seed, "employer", person) ** 1.5 * known), self.customer_count - 1)

    def somebody(self, team: int, throw: float) -> int:
        """Return the agent of *team* on whom *throw* falls."""
        members = range(team % self.team_count, self.agent_count, self.team_count)
        return members[int(throw * len(members))]

    def customer_since(self, number: int) -> Instant:
        return arrival(self.arrivals, number / self.customer_count, FIRST_STOCK, LEAD_DAYS)

    def person_since(self, number: int) -> Instant:
        return arrival(self.arrivals, number / self.person_count, FIRST_STOCK, LEAD_DAYS)

    def buyer(self, customer: int) -> int | None:
        """Return who signs for a customer: the first of its people that we came to know."""
        found = self._buyers[customer]
        return None if found == _NOBODY else found

    def mood(self, customer: int) -> float:
        """Return how content a customer is, in [0, 1): whether it stays and what its people say depend on it."""
        return share(self.seed, "mood", customer)

    def later(self, at: Instant, throw: Random) -> Instant:
        """Return some instant between *at* and the end."""
        return min(at + 1 + int(throw.random() * (self.end - at)), self.end - 1)

    @cached_property
    def _buyers(self) -> array[int]:
        """The one thing that cannot be told from a number alone: who of all people works for a customer."""
        found = array("l", [_NOBODY]) * self.customer_count
        for person in range(self.person_count - 1, -1, -1):
            if (customer := self.employer(person)) is not None:
                found[customer] = person
        return found

    def _domain(self, customer: int | None) -> str:
        return "correo.example" if customer is None else Business.customer(self, customer).domains[0]
