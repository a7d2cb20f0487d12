"""The world: everything by its number."""

# ruff: noqa: PLR2004 - the odds of an imaginary business

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.testing.world import _opinions as opinions
from latido.testing.world import _stories as stories
from latido.testing.world import _words as words
from latido.testing.world._arrivals import Arrivals, Office, arrival
from latido.testing.world._chance import dice, share, weighted
from latido.testing.world._instants import DAY, HOUR, Instant, iso
from latido.testing.world._people import Agent, Customer, Person, Team, company_name, full_name, plain
from latido.testing.world._tickets import Author, Details, Ticket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from random import Random

    from latido.testing.world._people import Role
    from latido.testing.world._stories import Story
    from latido.testing.world._tickets import Channel, Fate, Rating, Survey

_CHANNELS: tuple[tuple[float, Channel], ...] = (
    (0.52, "email"), (0.24, "web"), (0.12, "chat"), (0.06, "phone"), (0.06, "api"),
)  # fmt: skip
_PLOTS: tuple[tuple[float, str], ...] = (
    (0.865, "asked"), (0.05, "written"), (0.03, "bot"), (0.02, "merged"), (0.02, "spam"), (0.015, "deleted"),
)  # fmt: skip
_TELL: dict[str, Callable[[Story, Channel], None]] = {
    "asked": stories.opened_by_requester,
    "written": stories.opened_by_agent,
    "bot": stories.answered_by_bot,
    "merged": stories.merged_away,
    "spam": stories.unwanted,
    "deleted": stories.opened_by_requester,
}

_FIRST_STOCK = 0.35
"""The share of customers and people that were there before the two years began."""
_LEAD_DAYS = 400
_SURVEYS_FOR = 240 * DAY
"""How long ago the thumbs were replaced by questionnaires."""
_ERASED_AFTER = 30 * DAY
_WITHOUT_CUSTOMER = 0.1
_TICKETS_PER_PERSON = 5
_PEOPLE_PER_CUSTOMER = 8


class World:
    """A business of *tickets* tickets, opened over the two years before *end*."""

    def __init__(
        self,
        seed: str = "latido",
        *,
        end: date,
        tickets: int = 3_000,
        people: int | None = None,
        agents: int | None = None,
    ) -> None:
        self.seed = seed
        self.ticket_count = tickets
        self.person_count = people or max(12, tickets // _TICKETS_PER_PERSON)
        self.customer_count = max(4, self.person_count // _PEOPLE_PER_CUSTOMER)
        self.team_count = len(words.TEAMS)
        self.agent_count = agents or min(80, max(2 * self.team_count, tickets // 1_500))
        self._arrivals = Arrivals(seed, end)
        self.start: Instant = self._arrivals.start
        self.end: Instant = self._arrivals.end
        self.surveys_since: Instant = self.end - _SURVEYS_FOR
        self.office = Office(self.start, self.end)

    def customers(self) -> Iterator[Customer]:
        return (self.customer(number) for number in range(self.customer_count))

    def people(self) -> Iterator[Person]:
        return (self.person(number) for number in range(self.person_count))

    def agents(self) -> Iterator[Agent]:
        return (self.agent(number) for number in range(self.agent_count))

    def teams(self) -> Iterator[Team]:
        return (self.team(number) for number in range(self.team_count))

    def tickets(self) -> Iterator[Ticket]:
        return (self.ticket(number) for number in range(self.ticket_count))

    def team(self, number: int) -> Team:
        return Team(number, words.TEAMS[number], self.start - _LEAD_DAYS * DAY)

    def agent(self, number: int) -> Agent:
        """Return an agent. The first one is the administrator; every team has at least two."""
        throw = dice(self.seed, "agent", number)
        first, last = full_name(throw)
        light = throw.random() < 0.1 and number >= 2 * self.team_count
        role: Role = "admin" if number == 0 else "light" if light else "agent"
        came = self.start - int(throw.random() * _LEAD_DAYS * DAY)
        left = self.end - throw.randrange(1, 300) * DAY if number % 13 == 12 else None
        email = f"{plain(first)}.{plain(last)}.{number}@desk.example"
        return Agent(number, f"{first} {last}", email, role, number % self.team_count, came, left or came, left)

    def customer(self, number: int) -> Customer:
        throw = dice(self.seed, "customer", number)
        came = arrival(self._arrivals, number / self.customer_count, _FIRST_STOCK, _LEAD_DAYS)
        name = company_name(throw)
        domain = f"{plain(name)}-{number}.example"
        gone = self._later(came, throw) if throw.random() < 0.02 else None
        changed = self._later(came, throw) if throw.random() < 0.5 else came
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
        came = arrival(self._arrivals, number / self.person_count, _FIRST_STOCK, _LEAD_DAYS)
        left = self._later(came, throw) if throw.random() < 0.02 else None
        changed = self._later(came, throw) if throw.random() < 0.4 else came
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

    def ticket(self, number: int, at: Instant | None = None) -> Ticket:
        """Return a ticket as it stands at the end, or, opened at *at*, one that comes on top of the world's own."""
        throw = dice(self.seed, "ticket", number)
        plot = self._plot(number)
        channel = weighted(throw.random(), _CHANNELS)
        survivor = self._survivor(number) if plot == "merged" else None
        requester = self.requester(number if survivor is None else survivor)
        story = stories.Story(
            dice=throw,
            desk=self,
            end=self.end if at is None else at + 1,
            requester=Author("requester", requester),
            team=throw.randrange(self.team_count),
            now=self.opened_at(number) if at is None else at,
        )
        _TELL[plot](story, channel)
        return self._told(number, plot, channel, story, survivor)

    def opened_at(self, number: int) -> Instant:
        return self._arrivals.at((number + share(self.seed, "opened", number)) / self.ticket_count)

    def requester(self, number: int) -> int:
        """Return who asked: some ask often, and nobody before they were known."""
        known = _FIRST_STOCK + (1 - _FIRST_STOCK) * min(number, self.ticket_count) / self.ticket_count
        return int(share(self.seed, "requester", number) ** 1.6 * max(1.0, known * self.person_count - 1))

    def _plot(self, number: int) -> str:
        plot = weighted(share(self.seed, "plot", number), _PLOTS)
        return "asked" if plot == "merged" and number == 0 else plot

    def _survivor(self, number: int) -> int:
        """Return the ticket that swallowed this one: the nearest before it that was asked and stayed."""
        return next((each for each in range(number - 1, -1, -1) if self._plot(each) == "asked"), 0)

    def _told(self, number: int, plot: str, channel: Channel, story: Story, survivor: int | None) -> Ticket:
        throw, requester = story.dice, story.requester.number
        solves = tuple(step.at for step in story.steps if step.status == "solved")
        fate, gone_at, erased_at = self._fate(plot, story)
        rating, survey = self._opinion(plot, solves, throw)
        latest = max(story.comments[-1].at, story.steps[-1].at)
        return Ticket(
            number=number,
            requester=requester,
            customer=self.employer(requester),
            channel=channel,
            language=throw.choice(("es", "es", "es", "en", "de")),
            subject=throw.choice(words.AWKWARD_SUBJECTS if throw.random() < 0.04 else words.SUBJECTS),
            prose=(throw.randrange(1 << 16), throw.randint(4, 12)),
            priority=throw.choices(("low", "normal", "high", "urgent", None), (20, 45, 15, 5, 15))[0],
            kind=throw.choices(("question", "incident", "problem", "task", None), (45, 25, 5, 5, 20))[0],
            tags=self._tags(plot, channel, throw),
            details=_details(throw, story.comments[0].at),
            comments=tuple(story.comments),
            steps=tuple(story.steps),
            assignments=tuple(story.assignments),
            fate=fate,
            merged_into=survivor,
            gone_at=gone_at,
            erased_at=erased_at,
            touched_at=self._later(latest, throw) if throw.random() < 0.03 else None,
            rating=rating,
            survey=survey,
            bots_only=plot == "bot",
        )

    def _fate(self, plot: str, story: Story) -> tuple[Fate, Instant | None, Instant | None]:
        if plot == "merged" and story.steps[-1].status == "closed":
            return "merged", None, None
        if plot not in {"spam", "deleted"}:
            return "live", None, None
        patience = 2 * DAY if plot == "spam" else 60 * DAY
        gone = max(story.now, story.comments[-1].at) + HOUR + story.dice.randrange(patience)
        if gone >= self.end:
            return "live", None, None
        erased = gone + _ERASED_AFTER
        return ("spam" if plot == "spam" else "deleted"), gone, erased if erased < self.end else None

    def _opinion(self, plot: str, solves: tuple[Instant, ...], throw: Random) -> tuple[Rating | None, Survey | None]:
        offered_at = opinions.asked_at(solves)
        if offered_at is None or offered_at >= self.end or plot not in {"asked", "written"} or throw.random() < 0.1:
            return None, None
        if offered_at < self.surveys_since:
            return opinions.rating(throw, offered_at, self.end), None
        return None, opinions.survey(throw, offered_at, self.end)

    def _tags(self, plot: str, channel: Channel, throw: Random) -> tuple[str, ...]:
        chosen = [channel, *throw.sample(words.PRODUCTS, throw.randint(0, 2))]
        return tuple(sorted([*chosen, "outbound"] if plot == "written" else chosen))

    def _later(self, at: Instant, throw: Random) -> Instant:
        return min(at + 1 + int(throw.random() * (self.end - at)), self.end - 1)

    def _domain(self, customer: int | None) -> str:
        return "correo.example" if customer is None else self.customer(customer).domains[0]


def _details(throw: Random, at: Instant) -> Details:
    return Details(
        product=throw.choice(words.PRODUCTS),
        order_total=f"{throw.randrange(100, 999_999) / 100:.2f}" if throw.random() < 0.3 else None,
        due_on=iso(at + throw.randrange(1, 30) * DAY)[:10] if throw.random() < 0.2 else None,
        call_back=throw.random() < 0.1,
        features=tuple(throw.sample(words.FEATURES, throw.randint(0, 3))),
        effort=throw.randint(1, 5) if throw.random() < 0.15 else None,
        recommendation=throw.randint(0, 10) if throw.random() < 0.1 else None,
    )
