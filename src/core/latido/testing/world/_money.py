"""What is sold, for how much, in which currency."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from latido.testing.world._chance import share
from latido.testing.world._instants import day_of, months_later

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from latido.testing.world._instants import Instant

Currency: TypeAlias = Literal["EUR", "USD", "GBP"]
HOME: Currency = "EUR"


class Product(NamedTuple):
    """Something that is sold: for so many cents each month, or once."""

    number: int
    name: str
    monthly: int | None


class Rate(NamedTuple):
    """From `on` until the next one, 1 *currency* is `rate` EUR."""

    currency: Currency
    on: date
    rate: Decimal


PRODUCTS = (
    Product(0, "Portal Basic", 1_900),
    Product(1, "Portal Pro", 3_900),
    Product(2, "Portal Enterprise", 6_900),
    Product(3, "Soporte Premium", 25_000),
    Product(4, "API & Integraciones", 12_000),
    Product(5, "Puesta en marcha", None),
    Product(6, "Formación", None),
    Product(7, "Terminal POS", None),
)
PLANS, EXTRAS, SERVICES = (0, 1, 2), (3, 4), (5, 6, 7)

_ONCE = {5: 120_000, 6: 60_000, 7: 34_900}
_PRICED: dict[Currency, float] = {"EUR": 1.0, "USD": 1.1, "GBP": 0.85}
_WORTH = {"USD": 0.92, "GBP": 1.17}
_BEFORE = 15
"""For how many months before the history begins there are rates: contracts are older than tickets."""


def price(product: int, currency: Currency) -> int:
    """Return the cents of *currency* that *product* costs, each month or once."""
    cents = PRODUCTS[product].monthly or _ONCE[product]
    return round(cents * _PRICED[currency])


def currency_of(country: str) -> Currency:
    """Return in what is paid in *country*."""
    if country == "GB":
        return "GBP"
    return "USD" if country in {"US", "MX", "AR", "CO", "CL"} else HOME


def rates(seed: str, start: Instant, end: Instant) -> Iterator[Rate]:
    """Yield what the foreign currencies were worth on the first of every month, the earliest first."""
    first = months_later(day_of(start).replace(day=1), -_BEFORE)
    month, last = 0, day_of(end - 1)
    while (on := months_later(first, month)) <= last:
        for currency in ("USD", "GBP"):
            swing = 0.95 + 0.1 * share(seed, f"rate:{currency}", month)
            yield Rate(currency, on, Decimal(f"{_WORTH[currency] * swing:.6f}"))
        month += 1
