"""The sandbox answers in the shapes that were recorded, or that the documentation shows: the same keys and types."""

from __future__ import annotations

from typing import Any

import pytest

from tests.connectors.bitrix24.recordings import recorded
from tests.connectors.bitrix24.visiting import Visitor
from tests.shapes import types

AMOUNTS = {"price", "priceAccount", "priceBrutto", "opportunity"}
"""Whole numbers come without a point."""


@pytest.fixture(scope="module")
def visitor() -> Visitor:
    return Visitor()


def same_shape(ours: list[Any], theirs: list[Any], *, but: tuple[str, ...] = ()) -> None:
    """Assert that *ours* have the keys of *theirs*, *but* for some of a portal's own, and no other types."""
    mine, told = types(ours), types(theirs)

    assert {name for name in told if not name.startswith(but)} == {name for name in mine if name not in but}
    for name in mine.keys() & told.keys() - AMOUNTS:
        if told[name] - {"NoneType"}:
            assert mine[name] - {"NoneType"} <= told[name], name


def test_leads(visitor: Visitor) -> None:
    same_shape(
        visitor.items(1), [recorded("docs/crm.item.get__lead_full.json")["result"]["item"]],
        but=("ufCrm_1720019876534", "parentId"),
    )  # fmt: skip


def test_stage_histories(visitor: Visitor) -> None:
    same_shape(
        visitor.result("crm.stagehistory.list", entityTypeId=2)["items"],
        recorded("docs/crm.stagehistory.list.json")["result"]["items"],
    )


def test_ids_in_stage_histories_may_be_texts(visitor: Visitor) -> None:
    visitor.switches.text_ids = True
    ours = visitor.batch(c0=("crm.stagehistory.list", {"entityTypeId": 2}))["result"]["c0"]["items"]
    visitor.switches.text_ids = False
    theirs = recorded("recorded/crm_stagehistory_list.json")["result"]["result"]["order0000000000"]["items"]

    assert types(theirs)["ID"] == types(ours)["ID"]
    assert types(theirs)["OWNER_ID"] == types(ours)["OWNER_ID"]


@pytest.mark.parametrize(
    ("method", "params", "container", "name", "but"),
    [
        ("crm.category.list", {"entityTypeId": 2}, "categories", "docs/crm.category.list__deals.json", ()),
        ("crm.deal.recurring.list", {}, None, "docs/crm.deal.recurring.list__mixed_case_keys.json", ()),
        ("crm.currency.list", {}, None, "docs/crm.currency.list__total_zero.json", ()),
        ("user.get", {}, None, "docs/user.get.json", ()),
        ("sale.order.list", {}, "orders", "docs/sale.order.list.json", ("datePayed",)),
    ],
)
def test_small_lists(
    visitor: Visitor, method: str, params: dict[str, Any], container: str | None, name: str, but: tuple[str, ...]
) -> None:
    ours, theirs = visitor.result(method, **params), recorded(name)["result"]

    same_shape(ours[container] if container else ours, theirs[container] if container else theirs, but=but)


def test_product_rows(visitor: Visitor) -> None:
    rows = [
        row
        for deal in visitor.walk(2, select=["id"])[:40]
        for row in visitor.result("crm.item.productrow.list", filter={"=ownerType": "D", "=ownerId": deal["id"]})[
            "productRows"
        ]
    ]

    same_shape(rows, recorded("docs/crm.item.productrow.list.json")["result"]["productRows"], but=("storeId",))


def test_both_halves_of_an_owner_have_to_be_given(visitor: Visitor) -> None:
    assert (400, "ERROR_CORE") == visitor.error("crm.item.productrow.list", filter={"=ownerId": 37})


def test_dialogs_hold_what_is_documented() -> None:
    visitor = Visitor(kept="openlines")
    session = next(visitor.steps("crm.activity.list", None, "ID", filter={"PROVIDER_ID": "IMOPENLINES_SESSION"}))
    dialog = visitor.result("imopenlines.dialog.get", USER_CODE=session["PROVIDER_PARAMS"]["USER_CODE"])
    theirs = recorded("docs/imopenlines.dialog.get.json")["result"]

    assert dialog.keys() <= theirs.keys()
    assert all(
        theirs[name].count("|") == dialog[name].count("|") for name in ("entity_id", "entity_data_1", "entity_data_2")
    )


def test_answers_say_what_time_they_took(visitor: Visitor) -> None:
    theirs = recorded("docs/crm.company.get__legacy.json")["time"]

    assert theirs.keys() == visitor.call("server.time")["time"].keys()


def test_the_list_of_currencies_counts_nothing(visitor: Visitor) -> None:
    assert 0 == visitor.call("crm.currency.list")["total"]


@pytest.mark.parametrize(
    ("method", "params", "name"),
    [
        ("crm.item.get", {"entityTypeId": 2, "id": 1}, "docs/crm.item.get__error_not_found.json"),
        ("crm.item.list", {"entityTypeId": 2, "filter": {"FIELD": 1}}, "docs/crm.item.list__error_invalid_filter.json"),
        ("crm.stagehistory.list", {"entityTypeId": 14}, "docs/crm.stagehistory.list__error_code_zero.json"),
    ],
)
def test_errors(visitor: Visitor, method: str, params: dict[str, Any], name: str) -> None:
    assert recorded(name) == visitor.ask(method, **params).json()


def test_dates_come_as_some_hour_of_their_night(visitor: Visitor) -> None:
    hours = {deal["begindate"][10:16] for deal in visitor.walk(2)}

    assert {"T00:00", "T03:00"} == hours


def test_instants_come_with_the_offset_that_was_in_force(visitor: Visitor) -> None:
    assert {"+01:00", "+02:00"} == {deal["createdTime"][-6:] for deal in visitor.walk(2)}
    assert {"+03:00"} == {deal["createdTime"][-6:] for deal in Visitor(12, zone="Europe/Moscow").walk(2)}
    assert {"-05:00", "-04:00"} == {each["updatedTime"][-6:] for each in Visitor(12, zone="America/New_York").walk(2)}
