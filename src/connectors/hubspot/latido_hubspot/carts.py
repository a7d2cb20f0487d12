"""Carts, filled by shops that are connected to HubSpot."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from latido.connect import Mapping, first
from latido.errors import NotOffered
from latido.messages import marker
from latido.schema import Cart
from latido_hubspot.associations import associated
from latido_hubspot.ordered import CART, Ordered
from latido_hubspot.reading import ObjectStream
from latido_hubspot.records import ids_of, told_by
from latido_hubspot.transforms import company_currency, moment, named, own_properties, record_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from latido.connect import Cursor, JsonObject, Page
    from latido_hubspot.associations import Link
    from latido_hubspot.search import Found

_ = marker("latido_hubspot")

T = TypeVar("T")

STATUS = "hs_external_status"


class Carts(ObjectStream):
    """Carts. HubSpot does not say which were abandoned.

    A cart is completed once an order belongs to it, by an association or by the shop's own id, or once the shop says
    so. When it is ordered it need not change: so orders that change count. Who filled it, associations tell.
    """

    name = "carts"
    object_type = "carts"
    object_type_id = "0-142"
    optional = True
    together = 10
    entities = (Cart,)
    reference = ("account", "properties_carts")
    mappings = (
        Mapping(
            Cart,
            source_id="id",
            external_id=named("hs_external_cart_id"),
            url=record_url("0-142"),
            created_at=first(moment(named("hs_createdate")), "createdAt"),
            updated_at="updatedAt",
            custom=own_properties("carts"),
            account_id="account",
            contact_id="contact",
            completed_at=first("ordered_at", "said_completed_at"),
            amount=named("hs_total_price"),
            currency=first(named("hs_currency_code"), company_currency()),
        ),
    )

    @cached_property
    def properties(self) -> tuple[str, ...]:
        return tuple(sorted({*super().properties, CART, STATUS}))

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        contacts, companies = (self._linked(records, to) for to in ("contacts", "companies"))
        orders = self._orders_of(records)
        told = [
            {
                **each,
                "contact": chosen(contacts.get(str(each["id"]))),
                "account": chosen(companies.get(str(each["id"]))),
                "ordered_at": orders.get(str(each["id"])),
                "said_completed_at": each.get("updatedAt") if self._bought(each) else None,
            }
            for each in records
        ]
        return replace(super().page(told, cursor), fetched=len(records))

    def found(self, low: int, high: int, begun: Found) -> Iterator[Page]:
        """Yield the carts that changed, and those of orders that did."""
        yield from super().found(low, high, begun)
        if "orders" not in self._refused:
            try:
                yield from self.beside(self._ordered.search, low, high, self._ordered.carts_of)
            except NotOffered as refusal:
                self._refuse("orders", refusal)

    def _orders_of(self, carts: Sequence[JsonObject]) -> dict[str, datetime]:
        """Return when *carts* were ordered; the shop's own ids are looked for only where nothing else says so."""
        linked = self._offered("orders", lambda: self._ordered.linked(ids_of(carts)))
        waiting = [each for each in carts if str(each["id"]) not in linked and not self._bought(each)]
        return {**self._offered("orders", lambda: self._ordered.named(waiting)), **linked}

    def _bought(self, cart: JsonObject) -> bool:
        """Whether the shop says that *cart* was bought."""
        return str(told_by(cart, STATUS) or "").lower() in self.connector.settings.completed_carts

    def _linked(self, carts: Sequence[JsonObject], to_type: str) -> dict[str, list[Link]]:
        ids = ids_of(carts)
        return self._offered(to_type, lambda: associated(self.connector, "carts", to_type, ids))

    def _offered(self, other: str, ask: Callable[[], dict[str, T]]) -> dict[str, T]:
        """Return what *ask* tells of *other* objects; nothing where the account does not have, or show, them."""
        if other in self._refused:
            return {}
        try:
            return ask()
        except NotOffered as refusal:
            self._refuse(other, refusal)
            return {}

    def _refuse(self, other: str, refusal: NotOffered) -> None:
        self._refused.add(other)
        self.connector.runtime.warn(_("{stream}: {why}", stream=self.name, why=refusal.message))

    @cached_property
    def _refused(self) -> set[str]:
        return set()

    @cached_property
    def _ordered(self) -> Ordered:
        return Ordered(self.connector)


def chosen(links: Sequence[Link] | None) -> str | None:
    """Return the primary one of *links*, else the first."""
    ranked = sorted(links or (), key=lambda link: not link.primary)
    return ranked[0].id if ranked else None
