"""The sales book: each deal by its number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.testing.world._chance import dice
from latido.testing.world._money import currency_of
from latido.testing.world._offers import Buyer
from latido.testing.world._purchases import Purchases
from latido.testing.world._slots import Slots

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.testing.world._business import Business
    from latido.testing.world._deals import Deal
    from latido.testing.world._market import Market
    from latido.testing.world._slots import Holding, Territory

_DEALS_EACH = ((0.35, 6), (0.7, 4), (1.0, 2))


class SalesBook:
    """What the customers of one territory were offered, and bought.

    A deal is told with those of its customer that came before, at most five.
    """

    def __init__(self, business: Business, market: Market, territory: Territory) -> None:
        self._business = business
        self._market = market
        self._slots = Slots(business.customer_count, territory, _DEALS_EACH)

    def __len__(self) -> int:
        return len(self._slots)

    def deals(self) -> Iterator[Deal]:
        for holding in self._slots:
            yield from self._told(holding)

    def deal(self, number: int) -> Deal:
        holding = self._slots.holding(number)
        return self._told(holding)[number - holding.first]

    def _told(self, holding: Holding) -> list[Deal]:
        throw = dice(self._business.seed, "purchases", holding.owner)
        return Purchases(throw, self._buyer(holding.owner), self._market, holding).told()

    def _buyer(self, number: int) -> Buyer:
        customer, person = self._business.customer(number), self._business.buyer(number)
        return Buyer(
            number=number,
            name=customer.name,
            employees=customer.employees,
            currency=currency_of(customer.country),
            since=customer.created_at,
            until=self._business.end if customer.gone_at is None else customer.gone_at,
            mood=self._business.mood(number),
            person=person,
            person_since=self._business.end if person is None else self._business.person_since(person),
            sellers=self._business.agent_count,
        )
