"""Writing down what vendors tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from latido.testing.truth._answers import NPS, Opinion, Score, is_text, said_of
from latido.testing.truth._book import NEVER, Book, Case, Invitation, Payment, Sale, Stretch
from latido.testing.world import DAY, HOME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date

    from latido.testing.truth._book import Owner
    from latido.testing.truth._told import Asked, Desk, Forgets, Held, Known
    from latido.testing.world import Campaign, Currency, Deal, Instant, Rate, Recommendation, World

_CENTS = Decimal("0.01")


def read(desks: Iterable[Desk]) -> Book:
    """Return the book of all *desks*."""
    book = Book()
    for number, desk in enumerate(desks):
        _read_tickets(book, desk)
        if desk.world is not None:
            Branch(book, number, desk.known, desk.world).read()
    return book


def _read_tickets(book: Book, desk: Desk) -> None:
    known = desk.known
    owners = None if desk.world is None else Owners(desk.world, known)
    fields = {name for name in ("thumbs", "promises") if getattr(known, name)}
    book.tables |= {"answers"} if known.answers else set()
    for ticket in desk.tickets:
        book.tables |= {"tickets", *fields}
        if ticket.fate == "live":
            customer, person = ticket.customer, ticket.requester
            asker = customer if owners is None else owners.of(customer, person, "askers")
            writer = customer if owners is None else owners.of_answer(customer, person, "survey")
            book.cases.append(Case(ticket, asker, known))
            book.opinions += said_of(ticket, known, writer)


@dataclass(frozen=True)
class Owners:
    """Whose things are, as far as a vendor tells."""

    world: World
    known: Known

    def of(self, customer: int | None, person: int | None, role: Forgets) -> int | None:
        """Return the customer, who is named unless it is forgotten; then the address of a person still tells it."""
        if customer is None or not self._is_forgotten(customer, role):
            return customer
        return customer if self._has_address(person) and not self.has_left(person) else None

    def of_answer(self, customer: int | None, person: int, asked: Asked) -> int | None:
        """Return to which customer somebody belongs who answered."""
        if asked in self.known.named or not self.has_left(person):
            found = self.of(customer, person, "askers")
            if found is not None:
                return found
        return customer if self.known.addressed and self._has_address(person) else None

    def is_somebody(self, person: int) -> bool:
        """Whether two answers of a person can be told to be from the same one."""
        return not self.has_left(person) or (self.known.addressed and self.world.person(person).email is not None)

    def has_left(self, person: int | None) -> bool:
        """Whether nothing names a person any more."""
        if person is None or "people" not in self.known.forgets:
            return False
        return self._is_purged(self._left.get(person))

    def _is_forgotten(self, customer: int, role: Forgets) -> bool:
        gone_at = self._gone.get(customer)
        return role in self.known.forgets and (gone_at is not None if role == "askers" else self._is_purged(gone_at))

    def _is_purged(self, at: Instant | None) -> bool:
        """Whether what was deleted at *at* is not told of any more."""
        return at is not None and at < self.world.end - self.known.remembers_days * DAY

    def _has_address(self, person: int | None) -> bool:
        """Whether a person has an address at a domain that no two customers share."""
        email = None if person is None else self.world.person(person).email
        return email is not None and email.partition("@")[2] in self._own_domains

    @cached_property
    def _gone(self) -> Mapping[int, Instant]:
        return {each.number: each.gone_at for each in self.world.customers() if each.gone_at is not None}

    @cached_property
    def _left(self) -> Mapping[int, Instant]:
        return {each.number: each.left_at for each in self.world.people() if each.left_at is not None}

    @cached_property
    def _own_domains(self) -> set[str]:
        told = [domain.lower() for each in self.world.customers() for domain in each.domains]
        return {domain for domain in told if told.count(domain) == 1}


@dataclass(frozen=True)
class Branch:
    """What one vendor holds beside tickets."""

    book: Book
    number: int
    known: Known
    world: World

    def read(self) -> None:
        holds: Mapping[Held, Callable[[], None]] = {
            "accounts": self._read_accounts,
            "deals": self._read_deals,
            "contracts": self._read_contracts,
            "recommendations": self._read_recommendations,
            "invitations": self._read_invitations,
            "spend": self._read_spend,
            "carts": self._read_carts,
            "milestones": lambda: self.book.milestones.extend(self.world.milestones()),
            "visits": lambda: self.book.visits.extend(self.world.visits()),
            "traffic": self._read_traffic,
        }
        self.book.tables |= self.known.holds
        for held in sorted(self.known.holds):
            holds[held]()

    def _read_accounts(self) -> None:
        for each in self.world.customers():
            if each.gone_at is None or self.known.keeps:
                self.book.customers.setdefault(each.number, each)

    def _read_deals(self) -> None:
        for each in self._deals:
            closed_on = None if each.closed_at is None else day_of(each.closed_at)
            won = each.status == "won" and closed_on is not None
            value = self._home(each.amount, each.currency, closed_on) if won and closed_on else Decimal(0)
            self.book.sales.append(Sale(self._buyer(each), each.status, value, closed_on))

    def _read_contracts(self) -> None:
        followed = {each.supersedes: each.starts_on for each in self._deals if each.contracts}
        for deal in self._deals:
            for each in deal.contracts:
                monthly = self._home(each.monthly, each.currency, each.booked_on)
                until_on = _first(each.ends_on, each.cancelled_on, followed.get(deal.number))
                self.book.stretches.append(
                    Stretch(self._buyer(deal), monthly, each.starts_on, until_on, each.booked_on)
                )

    def _read_recommendations(self) -> None:
        for each in self.world.recommendations():
            if each.answered_at is not None and each.score is not None:
                self.book.opinions.append(self._recommended(each, each.answered_at, each.score))

    def _recommended(self, told: Recommendation, at: Instant, score: int) -> Opinion:
        owner = self._owners.of_answer(self.world.employer(told.person), told.person, "recommendation")
        person = told.person if self._owners.is_somebody(told.person) else (self.number, told.number)
        return Opinion("nps", at, Score(score, NPS), person, owner, is_text(told.remark))

    def _read_invitations(self) -> None:
        for each in self.world.recommendations():
            self.book.invitations.append(Invitation(each.offered_at, each.answered_at is not None))

    def _read_spend(self) -> None:
        for campaign in self.world.campaigns():
            self.book.payments += self._paid(campaign)

    def _paid(self, campaign: Campaign) -> Iterator[Payment]:
        begins, ends, currency = campaign.starts_on, campaign.ends_on, campaign.currency
        match self.known.spends:
            case "by day":
                for each in campaign.spend:
                    day = day_of(each.at)
                    yield Payment(self._home(each.amount, currency, day), day, day + timedelta(days=1))
            case "by campaign":
                for each in campaign.spend:
                    yield Payment(self._home(each.amount, currency, begins), begins, ends)
            case "by campaign in one":
                spent = sum(each.amount for each in campaign.spend)
                yield Payment(self._home(spent, currency, begins), begins, ends)

    def _read_carts(self) -> None:
        self.book.carts += [each for each in self.world.carts() if each.items or not self.known.items]

    def _read_traffic(self) -> None:
        for at in range(self.world.start, self.world.end, DAY):
            self.book.traffic += self.world.traffic(day_of(at))

    def _buyer(self, deal: Deal) -> Owner:
        owner = self._owners.of(deal.customer, deal.person, "buyers")
        return ("deal", self.number, deal.number) if owner is None else owner

    def _home(self, cents: int, currency: Currency, on: date) -> Decimal:
        """Return what *cents* were worth on a day, in the home currency."""
        if currency == HOME:
            return cents * _CENTS
        return cents * _CENTS * next(each.rate for each in self._rates if each.currency == currency and each.on <= on)

    @cached_property
    def _deals(self) -> list[Deal]:
        return [each for each in self.world.deals() if each.gone_at is None]

    @cached_property
    def _rates(self) -> list[Rate]:
        """The latest first."""
        return sorted(self.world.rates(), key=lambda each: each.on, reverse=True)

    @cached_property
    def _owners(self) -> Owners:
        return Owners(self.world, self.known)


def day_of(at: Instant) -> date:
    """Return the date of *at* in UTC: deals are closed, and bills paid, when it is the same one in the office."""
    return datetime.fromtimestamp(at, UTC).date()


def _first(*days: date | None) -> date:
    return min((each for each in days if each is not None), default=NEVER)
