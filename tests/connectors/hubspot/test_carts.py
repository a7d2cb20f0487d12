"""What becomes of carts."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from latido.schema import Cart
from tests.connectors.hubspot.builders import CHANGED, found, listed, record
from tests.connectors.hubspot.test_contracts import linked
from tests.desk import Desk, Says, rows

if TYPE_CHECKING:
    from tests.connectors.hubspot.desk import Office

LINKS = "/crm/v4/associations/carts/{}/batch/read"


def carts(desk: Desk, office: Office, *records: Any, orders: Any = None, **settings: Any) -> list[Any]:
    desk.on("carts", listed(*records), listed())
    desk.on(LINKS.format("contacts"), linked({int(each["id"]): 51 for each in records}))
    desk.on(LINKS.format("companies"), linked({int(each["id"]): 501 for each in records}))
    desk.on(LINKS.format("orders"), linked(orders or {}))
    return rows(office.pages("carts", **settings), Cart)


def test_a_cart_is_mapped_field_by_field(desk: Desk, office: Office) -> None:
    full = record(3, hs_external_cart_id="shop-3", hs_total_price="336.03", hs_currency_code="GBP")

    (row,) = carts(desk, office, full)

    assert ("3", "shop-3", "51", "501") == (row.source_id, row.external_id, row.contact_id, row.account_id)
    assert (Decimal("336.03"), "GBP", None) == (row.amount, row.currency, row.completed_at)


def test_a_cart_is_completed_when_it_was_ordered(desk: Desk, office: Office) -> None:
    desk.on("orders/batch/read", {"results": [record(7, hs_createdate="2026-01-04T10:00:00Z")]})

    first, second = carts(desk, office, record(3), record(4), orders={3: 7})

    assert (datetime.fromisoformat("2026-01-04T10:00:00Z"), None) == (first.completed_at, second.completed_at)


@pytest.mark.parametrize("name", ["hs_external_cart_id", "hs_external_checkout_id"])
def test_an_order_names_its_cart_in_the_words_of_the_shop(desk: Desk, office: Office, name: str) -> None:
    """Not every shop associates them. The search compares with small letters only."""
    orders = [record(key, hs_createdate=f"2026-01-0{key}T10:00:00Z", **{name: "Shop-3"}) for key in (8, 7)]
    desk.on("orders/search", found(*orders))

    first, second = carts(
        desk, office, record(3, hs_external_cart_id="Shop-3"), record(4, hs_external_cart_id="Shop-4")
    )

    assert (datetime.fromisoformat("2026-01-07T10:00:00Z"), None) == (first.completed_at, second.completed_at)
    (asked,) = desk.requests("orders/search")
    assert [
        [{"propertyName": each, "operator": "IN", "values": ["shop-3", "shop-4"]}]
        for each in ("hs_external_cart_id", "hs_external_checkout_id")
    ] == [each["filters"] for each in asked.body["filterGroups"]]


def test_no_order_is_looked_for_where_the_shop_says_enough(desk: Desk, office: Office) -> None:
    carts(desk, office, record(3, hs_external_cart_id="shop-3", hs_external_status="completed"))

    assert [] == desk.requests("orders/search")


@pytest.mark.parametrize(
    ("said", "completed"), [("Completed", True), ("paid", True), ("abandoned", False), ("", False)]
)
def test_a_cart_is_completed_when_the_shop_says_so(desk: Desk, office: Office, said: str, *, completed: bool) -> None:
    (row,) = carts(desk, office, record(3, hs_external_status=said))

    assert (datetime.fromisoformat(CHANGED) if completed else None) == row.completed_at


def test_the_words_of_a_shop_are_a_setting(desk: Desk, office: Office) -> None:
    (row,) = carts(desk, office, record(3, hs_external_status="vendido"), completed_carts=["vendido"])

    assert row.completed_at is not None


def test_carts_are_read_where_orders_are_not(desk: Desk, office: Office) -> None:
    desk.on(LINKS.format("orders"), Says(404))
    desk.on("carts", listed(record(3)), listed())
    desk.on(LINKS.format("contacts"), linked({3: 51}))

    (row,) = rows(office.pages("carts"), Cart)

    assert ("51", None) == (row.contact_id, row.completed_at)
    assert 2 == len(office.warnings)
