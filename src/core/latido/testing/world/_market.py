"""How the business finds its customers, and how they feel about it."""

# ruff: noqa: PLR2004 - the odds of an imaginary business

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from latido.testing.world import _words as words
from latido.testing.world._chance import dice
from latido.testing.world._instants import DAY, HOUR, MINUTE, day_of, midnight, months_later
from latido.testing.world._marketing import Campaign, Cart, Lead, Recommendation, Spend
from latido.testing.world._money import HOME, currency_of
from latido.testing.world._people import company_name, full_name, plain
from latido.testing.world._slots import Slots

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from random import Random

    from latido.testing.world._business import Business
    from latido.testing.world._instants import Instant
    from latido.testing.world._marketing import CampaignChannel
    from latido.testing.world._money import Currency
    from latido.testing.world._people import Person
    from latido.testing.world._slots import Holding, Territory

_CHANNELS: tuple[CampaignChannel, ...] = ("search", "social", "email", "event", "partner")
_PER_CUSTOMER = 33_000
"""Cents of a month's campaign for each customer that there will ever be."""
_CARTS_EACH = ((0.35, 2), (1.0, 1))
_ASKED_EACH = ((0.35, 4), (0.7, 2), (1.0, 1))
_CONVERTED = 0.4


class Market:
    """Campaigns, leads, carts and recommendations of one territory."""

    def __init__(self, business: Business, territory: Territory) -> None:
        self._business = business
        self._territory = territory
        self._carts = Slots(business.person_count, territory, _CARTS_EACH)
        self._asked = Slots(business.person_count, territory, _ASKED_EACH)
        self._people = Slots(business.person_count, territory, ((1.0, 1),))

    def campaigns(self) -> Iterator[Campaign]:
        return (self._campaign(number) for number in range(len(self._months)))

    def running(self, at: Instant) -> int | None:
        """Return the campaign that ran at an instant."""
        first, day = self._months[0], day_of(at)
        number = (day.year - first.year) * 12 + day.month - first.month
        return number if 0 <= number < len(self._months) else None

    def carts(self) -> Iterator[Cart]:
        for holding in self._carts:
            person = self._business.person(holding.owner)
            throw, currency = dice(self._business.seed, "carts", person.number), self._currency(person)
            for turn in range(holding.size):
                yield self._cart(throw, holding, turn, person, currency)

    def recommendations(self) -> Iterator[Recommendation]:
        for holding in self._asked:
            person = self._business.person(holding.owner)
            throw = dice(self._business.seed, "recommendations", person.number)
            mood = 0.5 if person.customer is None else self._business.mood(person.customer)
            for turn in range(holding.size):
                at = self._sometime(throw, holding, turn, person)
                yield self._recommendation(throw, holding.first + turn, person, at, mood)

    def leads(self) -> Iterator[Lead]:
        return (self._lead(number, holding.owner) for number, holding in enumerate(self._people))

    @cached_property
    def _months(self) -> list[date]:
        """The first days of the months that have a campaign."""
        first, last = day_of(self._business.start), day_of(self._business.end - 1)
        count = (last.year - first.year) * 12 + last.month - first.month
        return [months_later(first.replace(day=1), month) for month in range(1, count + 1)]

    def _campaign(self, number: int) -> Campaign:
        throw = dice(self._business.seed, "campaign", number * self._territory.of + self._territory.which)
        starts_on, ends_on = self._months[number], months_later(self._months[number], 1)
        channel = throw.choice(_CHANNELS)
        budget = self._business.customer_count * _PER_CUSTOMER // self._territory.of
        return Campaign(
            number=number,
            name=f"{channel.capitalize()} {starts_on:%Y-%m} · {throw.choice(words.PRODUCTS)}",
            channel=channel,
            starts_on=starts_on,
            ends_on=ends_on,
            budget=budget,
            currency="USD" if throw.random() < 0.2 else HOME,
            spend=tuple(self._spent(throw, starts_on, budget)),
        )

    def _spent(self, throw: Random, starts_on: date, budget: int) -> Iterator[Spend]:
        """Yield what was paid for a campaign, once a week; in all more or less what was planned."""
        for week, name in enumerate(("Anuncios", "Agencia", "Anuncios", "Material")):
            at = midnight(starts_on) + week * 7 * DAY + 9 * HOUR + throw.randrange(6 * HOUR)
            amount = int(budget / 4 * (0.6 + 0.7 * throw.random()))
            if at < self._business.end:
                yield Spend(name, amount, at)

    def _cart(self, throw: Random, holding: Holding, turn: int, person: Person, currency: Currency) -> Cart:
        at = self._sometime(throw, holding, turn, person)
        items = throw.choices((0, 1, 2, 3, 8), (3, 50, 25, 15, 7))[0]
        completed_at = at + MINUTE + int(throw.lognormvariate(0, 1.8) * 30 * MINUTE)
        bought = throw.random() < 0.55 and items and completed_at < self._business.end
        return Cart(
            number=holding.first + turn,
            customer=person.customer,
            person=person.number,
            created_at=at,
            completed_at=completed_at if bought else None,
            items=items,
            amount=sum(throw.randrange(9_90, 399_00) for _ in range(items)),
            currency=currency,
        )

    def _recommendation(self, throw: Random, number: int, person: Person, at: Instant, mood: float) -> Recommendation:
        answered_at = at + MINUTE + int(throw.lognormvariate(0, 1.5) * 8 * HOUR)
        score = min(10, max(0, round(throw.gauss(5.5 + 4.5 * mood, 2.0))))
        remark = throw.choice(words.REMARKS) if throw.random() < 0.3 else None
        if throw.random() > 0.4 or answered_at >= self._business.end:
            return Recommendation(number, person.number, at)
        return Recommendation(number, person.number, at, answered_at, score, remark)

    def _lead(self, number: int, owner: int) -> Lead:
        throw = dice(self._business.seed, "lead", owner)
        person = self._business.person(owner)
        first, last = full_name(throw)
        created_at, converted = person.created_at - 2 * DAY - throw.randrange(60 * DAY), throw.random() < _CONVERTED
        company, address = company_name(throw), f"{plain(first)}.{plain(last)}@prospect-{owner}.example"
        if not converted:
            return Lead(number, first, last, address, company, created_at, None, None)
        if person.customer is not None:
            company = self._business.customer(person.customer).name
        return Lead(
            number, person.first_name, person.last_name, person.email or address, company,
            created_at, person.created_at, person.number,
        )  # fmt: skip

    def _sometime(self, throw: Random, holding: Holding, turn: int, person: Person) -> Instant:
        """Return an instant in the *turn*-th part of the time in which a person was there."""
        end = self._business.end if person.left_at is None else person.left_at
        since = min(max(person.created_at, self._business.start), end - 1)
        span = (end - since) / holding.size
        return since + int(span * (turn + throw.random()))

    def _currency(self, person: Person) -> Currency:
        if person.customer is None:
            return HOME
        return currency_of(self._business.customer(person.customer).country)
