"""Carts, filled by shops that are connected to HubSpot."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from latido.connect import Mapping, first
from latido.errors import NotOffered
from latido.messages import marker
from latido.schema import Cart
from latido_hubspot.associations import associated
from latido_hubspot.lists import Batch
from latido_hubspot.reading import ObjectStream
from latido_hubspot.transforms import company_currency, instant, moment, named, own_properties, record_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latido.connect import Cursor, JsonObject, Page
    from latido_hubspot.associations import Link

_ = marker("latido_hubspot")

ORDERED_AT = "hs_createdate"


class Carts(ObjectStream):
    """Carts. HubSpot does not say which were abandoned.

    A cart is completed once an order belongs to it, or once the shop says so. Who filled it, associations tell.
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
        return tuple(sorted({*super().properties, "hs_external_status"}))

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        known = [each for each in records if isinstance(each, dict) and each.get("id") is not None]
        ids = [str(each["id"]) for each in known]
        contacts, companies = self._links("contacts", ids), self._links("companies", ids)
        orders = self._ordered(ids)
        told = [
            {
                **each,
                "contact": chosen(contacts.get(str(each["id"]))),
                "account": chosen(companies.get(str(each["id"]))),
                "ordered_at": orders.get(str(each["id"])),
                "said_completed_at": self._said_completed(each),
            }
            for each in known
        ]
        return replace(super().page(told, cursor), fetched=len(records))

    def _said_completed(self, cart: JsonObject) -> Any:
        said = str((cart.get("properties") or {}).get("hs_external_status") or "").lower()
        return cart.get("updatedAt") if said in self.connector.settings.completed_carts else None

    def _ordered(self, ids: Sequence[str]) -> dict[str, Any]:
        """Return when the first order of each cart was made."""
        links = self._links("orders", ids)
        wanted = sorted({link.id for each in links.values() for link in each})
        if not wanted:
            return {}
        made = {str(order["id"]): _made(order) for order in self._orders.read(wanted)}
        times = {cart: [made[link.id] for link in each if made.get(link.id)] for cart, each in links.items()}
        return {cart: min(each) for cart, each in times.items() if each}

    def _links(self, to_type: str, ids: Sequence[str]) -> dict[str, list[Link]]:
        """Return the links of these carts; none where the account does not have, or does not show, the other side."""
        if to_type in self._refused:
            return {}
        try:
            return associated(self.connector, "carts", to_type, ids)
        except NotOffered as refusal:
            self._refused.add(to_type)
            self.connector.runtime.warn(_("{stream}: {why}", stream=self.name, why=refusal.message))
            return {}

    @cached_property
    def _refused(self) -> set[str]:
        return set()

    @cached_property
    def _orders(self) -> Batch:
        return Batch(self.connector, "orders", (ORDERED_AT,))


def chosen(links: Sequence[Link] | None) -> str | None:
    """Return the primary one of *links*, else the first."""
    ranked = sorted(links or (), key=lambda link: not link.primary)
    return ranked[0].id if ranked else None


def _made(order: JsonObject) -> Any:
    return instant((order.get("properties") or {}).get(ORDERED_AT) or order.get("createdAt"))
