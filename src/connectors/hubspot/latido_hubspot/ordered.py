"""Which carts were ordered, and when: by an association, or by the shop's own id, which its orders name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido_hubspot.associations import associated
from latido_hubspot.lists import Batch
from latido_hubspot.records import ids_of, told_by
from latido_hubspot.search import Search
from latido_hubspot.transforms import instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from latido.connect import JsonObject
    from latido_hubspot.connector import HubSpot

CHANGED = "hs_lastmodifieddate"
MADE_AT = "hs_createdate"
CART = "hs_external_cart_id"
CHECKOUT = "hs_external_checkout_id"
NAMES = (CART, CHECKOUT)
"""Where an order names its cart."""


class Ordered:
    """The orders of carts. Raises NotOffered where orders may not be read."""

    def __init__(self, connector: HubSpot) -> None:
        self._connector = connector
        self._read = Batch(connector, "orders", (MADE_AT,)).read
        self._carts = Search(connector, "carts", CHANGED, ())
        self.search = Search(connector, "orders", CHANGED, (MADE_AT, *NAMES))

    def carts_of(self, orders: Sequence[JsonObject]) -> Iterator[str]:
        """Yield the ids of the carts that *orders* belong to."""
        for links in associated(self._connector, "orders", "carts", ids_of(orders)).values():
            yield from (link.id for link in links)
        named = sorted({key for order in orders for key in keys_in(order)})
        yield from ids_of(self._carts.having((CART,), named))

    def linked(self, carts: Sequence[str]) -> dict[str, datetime]:
        """Return when the *carts* with these ids were ordered first that orders are associated with."""
        links = associated(self._connector, "carts", "orders", carts)
        orders = self._read(sorted({link.id for each in links.values() for link in each}))
        made = {str(each["id"]): at for each in orders if (at := made_at(each)) is not None}
        times = {cart: [made[link.id] for link in each if link.id in made] for cart, each in links.items()}
        return {cart: min(each) for cart, each in times.items() if each}

    def named(self, carts: Sequence[JsonObject]) -> dict[str, datetime]:
        """Return when those of *carts* were ordered first, by id, that orders name."""
        ids = {key: str(cart["id"]) for cart in carts for key in keys_in(cart)}
        found: dict[str, datetime] = {}
        for order in self.search.having(NAMES, sorted(ids)):
            if (at := made_at(order)) is not None:
                for cart in {ids[key] for key in keys_in(order) if key in ids}:
                    found[cart] = min(at, found.get(cart, at))
        return found


def keys_in(record: JsonObject) -> Iterator[str]:
    """Yield the shop's own ids in *record*, in the small letters that HubSpot's search compares with."""
    for name in NAMES:
        if said := told_by(record, name):
            yield said.lower()


def made_at(order: JsonObject) -> datetime | None:
    return instant(told_by(order, MADE_AT) or order.get("createdAt"))
