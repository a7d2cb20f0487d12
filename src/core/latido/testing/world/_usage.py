"""How the product is used, and how its site is visited."""

# ruff: noqa: PLR2004 - the odds of an imaginary business

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple

from latido.testing.world._chance import dice, share
from latido.testing.world._instants import DAY, HOUR, midnight

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from latido.testing.world._business import Business
    from latido.testing.world._instants import Instant

MilestoneKind = Literal["signup", "first_value", "login", "churn_notice"]

LOGINS_KEPT = 60 * DAY
"""How long the product remembers who logged in."""

_DISCONTENT = 0.12
_HAPPY = 0.06
_ORIGINS = (
    ("google", "organic", 34, 0.05),
    ("(direct)", "(none)", 27, 0.07),
    ("google", "cpc", 14, 0.09),
    ("newsletter", "email", 8, 0.12),
    ("linkedin.com", "referral", 6, 0.04),
    ("bing", "organic", 5, 0.05),
    ("(not set)", "(not set)", 3, 0.02),
    ("Partner.Example", "referral", 2, 0.10),
    ("(Direct)", "(not set)", 1, 0.06),
)
"""Where visits come from, how many of a hundred, and the share of them after which something that we wish happens."""
_BUSY = (1.2, 1.25, 1.2, 1.15, 1.0, 0.55, 0.65)
"""The days of a week, from Monday."""


class Milestone(NamedTuple):
    """Something that a customer, or one of its people, did with the product."""

    number: int
    kind: MilestoneKind
    customer: int
    person: int | None
    at: Instant
    quantity: int | None = None


class Traffic(NamedTuple):
    """What came to the site on one day (UTC) from one source, when all is counted."""

    day: date
    source: str
    medium: str
    sessions: int
    pageviews: int
    conversions: Decimal
    visitors: int


class Visit(NamedTuple):
    """One visit of somebody whom we know to the product, and how often what we wish happened in it."""

    number: int
    person: int
    customer: int
    at: Instant
    pages: int
    conversions: int


class Usage:
    """Sign-ups, first successes, logins and notices, and visits to the site."""

    def __init__(self, business: Business) -> None:
        self._business = business

    def milestones(self) -> Iterator[Milestone]:
        found = (*self._of_customers(), *self._logins())
        return (each._replace(number=number) for number, each in enumerate(found))

    def visits(self) -> Iterator[Visit]:
        for number, login in enumerate(self._logins()):
            person = login.person or 0
            throw = dice(self._business.seed, f"visit-{person}", login.at)
            pages, happy = throw.choice((1, 2, 3, 5, 8)), throw.random() < _HAPPY
            yield Visit(number, person, login.customer, login.at, pages, int(happy))

    def traffic(self, day: date) -> tuple[Traffic, ...]:
        if not self._business.start <= midnight(day) < self._business.end:
            return ()
        return tuple(each for origin in range(len(_ORIGINS)) if (each := self._visits(day, origin)).sessions)

    def _of_customers(self) -> Iterator[Milestone]:
        for number in range(self._business.customer_count):
            throw = dice(self._business.seed, "usage", number)
            signed_up = self._business.customer_since(number) + throw.randrange(2 * HOUR)
            yield Milestone(0, "signup", number, self._business.buyer(number), signed_up)
            valued = signed_up + int(throw.lognormvariate(2, 0.9) * DAY)
            if throw.random() < 0.85 and valued < self._business.end:
                yield Milestone(0, "first_value", number, None, valued, throw.randrange(1, 40))
            if self._business.mood(number) < _DISCONTENT:
                yield Milestone(0, "churn_notice", number, None, self._business.later(signed_up, throw))

    def _logins(self) -> Iterator[Milestone]:
        since, until = self._business.end - LOGINS_KEPT, self._business.end
        for person in range(self._business.person_count):
            customer = self._business.employer(person)
            habit = share(self._business.seed, "habit", person) ** 2
            throw = dice(self._business.seed, "logins", person)
            for morning in range(since, until, DAY) if customer is not None else ():
                at = morning + throw.randrange(7 * HOUR, 19 * HOUR)
                if throw.random() < habit * 0.6 and at >= self._business.person_since(person):
                    yield Milestone(0, "login", customer or 0, person, at)

    def _visits(self, day: date, origin: int) -> Traffic:
        source, medium, weight, wish = _ORIGINS[origin]
        throw = dice(self._business.seed, f"visits-{origin}", day.toordinal())
        grown = 0.6 + 0.8 * (midnight(day) - self._business.start) / (self._business.end - self._business.start)
        usual = self._business.customer_count * weight / 100 * grown * _BUSY[day.weekday()]
        sessions = max(0, round(usual * (0.7 + 0.6 * throw.random())))
        happy = sum(throw.random() < wish for _ in range(min(sessions, 200))) * max(1, sessions // 200)
        return Traffic(
            day,
            source,
            medium,
            sessions,
            pageviews=sum(throw.choice((1, 1, 2, 3, 5)) for _ in range(min(sessions, 200))) * max(1, sessions // 200),
            conversions=Decimal(happy) + (Decimal("0.5") if happy and throw.random() < 0.1 else 0),
            visitors=round(sessions * (0.75 + 0.2 * throw.random())),
        )
