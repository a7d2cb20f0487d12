"""Carts and orders, as a shop's integration writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.testing.world import iso
from latido_hubspot.sandbox._book import Record
from latido_hubspot.sandbox._pipelines import pipelines_of
from latido_hubspot.sandbox._stamps import amount, noted, told

if TYPE_CHECKING:
    from latido.testing.world import Cart


def cart_record(cart: Cart) -> Record:
    """Return a cart; whether it was paid for says its external status."""
    given: dict[str, str | None] = {
        "hs_cart_name": f"Carrito {cart.number}",
        "hs_external_cart_id": _external(cart),
        "hs_external_status": "completed" if cart.completed_at is not None else "active",
        "hs_total_price": amount(cart.amount),
        "hs_cart_discount": "0.0",
        "hs_currency_code": cart.currency,
        "hs_source_store": "tienda.acme.example",
        "hs_object_source": "INTEGRATION",
    }
    last = cart.completed_at or cart.created_at
    return Record(given, noted(cart.created_at, cart.number), noted(last, cart.number + 11))


def order_record(cart: Cart) -> Record:
    """Return the order that a cart became."""
    pipeline = pipelines_of("orders")[0]
    given: dict[str, str | None] = {
        "hs_order_name": f"#{1_000 + cart.number}",
        "hs_external_order_id": f"order-{cart.number}",
        "hs_external_cart_id": _external(cart),
        "hs_total_price": amount(cart.amount),
        "hs_subtotal_price": amount(cart.amount),
        "hs_refund_amount": "0",
        "hs_currency_code": cart.currency,
        "hs_homecurrency_amount": amount(cart.amount) if cart.currency == "EUR" else None,
        "hs_payment_status": "paid",
        "hs_fulfillment_status": "fulfilled",
        "hs_is_closed": "true",
        "hs_is_canceled": "false",
        "hs_closed_date": told(cart.completed_at),
        "hs_pipeline": pipeline.id,
        "hs_pipeline_stage": pipeline.stages[-1].id,
        "hs_object_source": "INTEGRATION",
    }
    at = cart.completed_at or cart.created_at
    return Record(given, noted(at, cart.number), noted(at, cart.number))


def _external(cart: Cart) -> str:
    return f"cart-{cart.number}-{iso(cart.created_at)[:10]}"
