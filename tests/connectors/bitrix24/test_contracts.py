"""What recurs, and what ends it: recurring deals, rows of won deals, smart invoices, orders."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from latido.errors import VendorUnavailable
from latido.schema import Contract, Deal
from latido.testing import ManualClock, Served, World
from latido_bitrix24.connector import Bitrix24
from latido_bitrix24.declared import Churn, ProductRows
from latido_bitrix24.sandbox import BitrixSandbox
from tests.connectors.bitrix24.builders import at, deal, item, status
from tests.connectors.bitrix24.test_terms import template
from tests.desk import rows
from tests.house import House

if TYPE_CHECKING:
    from pathlib import Path

    from latido.connect import Page
    from tests.connectors.bitrix24.desk import BitrixDesk, Office

RECURRING, ROWS = "crm.deal.recurring.list", "crm.item.productrow.list"
MONTHLY = {"billed": "month", "starts_on": "begindate"}
BEGIN = "2026-01-15T03:00:00+03:00"
FIELDS = {
    "stageId": {"type": "crm_status"}, "stageSemanticId": {"type": "string"}, "categoryId": {"type": "integer"},
    "companyId": {"type": "crm_company"}, "movedTime": {"type": "datetime"}, "begindate": {"type": "date"},
    "ufTerm": {"type": "integer"}, "ufUntil": {"type": "date"}, "ufLeft": {"type": "date"},
    "ufState": {"type": "enumeration", "items": [{"ID": "71", "VALUE": "Cancelled"}, {"ID": "72", "VALUE": "Runs"}]},
}  # fmt: skip


def known(desk: BitrixDesk) -> None:
    desk.on("crm.item.fields", {"result": {"fields": FIELDS}})


def recurring(desk: BitrixDesk, office: Office, *deals: dict[str, Any], churn: Any = None, **said: Any) -> list[Any]:
    """Return the contracts of one template, whose deal is 575, in a portal that has *deals*."""
    known(desk)
    told = {"id": "5", "deal_id": "575", "based_id": "573", **template(**said)}
    desk.on(RECURRING, {"result": [told]}, {"result": []})
    desk.holds(deals or [deal(575, companyId=7, isRecurring="Y")])
    return rows(office.pages("recurring_deals", churn=churn or {}), Contract)


def row(key: int, **fields: Any) -> dict[str, Any]:
    usual = {
        "id": key, "ownerId": 37, "productId": 12, "productName": "Support", "price": 121, "priceExclusive": 100,
        "quantity": 2, "type": 7,
    }  # fmt: skip
    return {**usual, **fields}


def sold(desk: BitrixDesk, office: Office, *told: dict[str, Any], deals: Any = None, **settings: Any) -> list[Page]:
    """Return what is made of the rows *told* of deal 37, which was won."""
    known(desk)
    desk.holds(deals or [deal(37, "WON", "S", companyId=7, begindate=BEGIN, ufTerm=12)])

    def of_owner(params: dict[str, Any]) -> Any:
        owner = int(params["filter"]["=ownerId"])
        return {"result": {"productRows": [each for each in told if each["ownerId"] == owner]}}

    desk.on(ROWS, of_owner)
    return office.pages("product_rows", **{"product_rows": MONTHLY, **settings})


def deleted(pages: list[Page]) -> set[str]:
    return {key for page in pages for key in page.deleted.get(Contract, {})}


def test_a_template_is_a_contract(desk: BitrixDesk, office: Office) -> None:
    (found,) = recurring(desk, office)

    assert ("template:5", "7", "573", "active") == (found.source_id, found.account_id, found.deal_id, found.status)
    assert (Decimal(1000), "EUR") == (found.recurring_monthly_amount, found.currency)
    assert (date(2026, 1, 15), None) == (found.starts_on, found.ends_on)


def test_the_names_in_a_template_may_all_be_in_capitals(desk: BitrixDesk, office: Office) -> None:
    """The id too, by which they are read; which ones are not differs from portal to portal."""
    desk.on(RECURRING, {"result": [{"ID": "5", "DEAL_ID": "575", "BASED_ID": "573", **template()}]}, {"result": []})
    desk.holds([deal(575, companyId=7, isRecurring="Y")])

    (found,) = rows(office.pages("recurring_deals"), Contract)

    assert ("template:5", "7", "573") == (found.source_id, found.account_id, found.deal_id)


def test_a_template_whose_deal_is_gone_bills_nothing(desk: BitrixDesk, office: Office) -> None:
    assert [] == recurring(desk, office, deal(1))


def test_a_template_that_recurs_in_no_known_way_is_put_aside(desk: BitrixDesk, office: Office) -> None:
    known(desk)
    strange = template(PARAMS={"MODE": "multiple", "MULTIPLE_TYPE": "moon"})
    desk.on(RECURRING, {"result": [{"id": "5", "deal_id": "575", **strange}]}, {"result": []})
    desk.holds([deal(575)])

    (rejected,) = [each for page in office.pages("recurring_deals") for each in page.rejected]

    assert ("template:5", True) == (rejected.source_id, "recurs every 1 moon" in rejected.reason)


def test_a_field_of_the_deal_says_that_the_customer_left(desk: BitrixDesk, office: Office) -> None:
    """In the word of its list, or by its id; and since when."""
    model = deal(575, isRecurring="Y", ufState=71, ufLeft="2026-03-01T03:00:00+03:00")
    for values in (["Cancelled"], ["71"]):
        churn = {"field": "ufState", "values": values, "since": "ufLeft"}

        (found,) = recurring(desk, office, model, churn=churn)

        assert (date(2026, 3, 1), "cancelled") == (found.ends_on, found.status)


def test_a_field_that_says_something_else_ends_nothing(desk: BitrixDesk, office: Office) -> None:
    model = deal(575, isRecurring="Y", ufState=72, ufLeft="2026-03-01T03:00:00+03:00")
    churn = {"field": "ufState", "values": ["Cancelled"], "since": "ufLeft"}

    (found,) = recurring(desk, office, model, churn=churn)

    assert (None, "active") == (found.ends_on, found.status)


def test_without_a_day_the_customer_left_when_the_deal_last_changed(desk: BitrixDesk, office: Office) -> None:
    churn = {"field": "ufState", "values": ["Cancelled"]}

    (found,) = recurring(desk, office, deal(575, isRecurring="Y", ufState=71), churn=churn)

    assert date(2026, 1, 5) == found.ends_on


def test_a_lost_renewal_ends_what_the_company_has(desk: BitrixDesk, office: Office) -> None:
    """That of another company does not, nor one that was lost in another funnel, or before the contract began."""
    lost = {"categoryId": 4, "companyId": 7, "movedTime": "2026-06-30T12:00:00+03:00"}
    deals = [
        deal(575, companyId=7, isRecurring="Y"),
        deal(600, "C4:LOSE", "F", **lost),
        deal(601, "C4:LOSE", "F", **{**lost, "movedTime": "2025-12-01T12:00:00+03:00"}),
        deal(602, "C4:LOSE", "F", **{**lost, "companyId": 8, "movedTime": "2026-02-01T12:00:00+03:00"}),
        deal(603, "LOSE", "F", **{**lost, "categoryId": 0, "movedTime": "2026-02-01T12:00:00+03:00"}),
    ]

    (found,) = recurring(desk, office, *deals, churn={"lost_in": [4]})

    assert (date(2026, 6, 30), "cancelled") == (found.ends_on, found.status)


def test_field_and_values_belong_together() -> None:
    with pytest.raises(ValidationError, match="field and values"):
        Churn(field="ufState")


def test_a_row_of_a_won_deal_is_a_contract(desk: BitrixDesk, office: Office) -> None:
    """Without tax, unless it is asked for."""
    (found,) = rows(sold(desk, office, row(5)), Contract)

    assert ("row:5", "37", "7", "Support") == (found.source_id, found.deal_id, found.account_id, found.product)
    assert (Decimal(200), date(2026, 1, 15), None) == (
        found.recurring_monthly_amount, found.starts_on, found.ends_on
    )  # fmt: skip

    (taxed,) = rows(sold(desk, office, row(5), product_rows={**MONTHLY, "with_tax": True}), Contract)
    assert Decimal(242) == taxed.recurring_monthly_amount


@pytest.mark.parametrize(("declared", "monthly", "end"), [
    ({"billed": "year"}, "16.666667", None), ({"months": 24}, "8.333333", date(2028, 1, 15)),
    ({"months": "ufTerm"}, "16.666667", date(2027, 1, 15)),
])  # fmt: skip
def test_a_price_is_spread_over_what_it_covers(
    desk: BitrixDesk, office: Office, declared: Any, monthly: str, end: date | None
) -> None:
    (found,) = rows(sold(desk, office, row(5), product_rows=declared), Contract)

    assert (Decimal(monthly), end) == (round(found.recurring_monthly_amount, 6), found.ends_on)


@pytest.mark.parametrize(("field", "end"), [("ends_on", date(2026, 7, 1)), ("renews_on", date(2026, 6, 30))])
def test_a_last_day_is_included_and_a_day_of_renewal_is_not(
    desk: BitrixDesk, office: Office, field: str, end: date
) -> None:
    told = [deal(37, "WON", "S", begindate=BEGIN, ufUntil="2026-06-30T00:00:00+03:00")]

    (found,) = rows(sold(desk, office, row(5), deals=told, product_rows={**MONTHLY, field: "ufUntil"}), Contract)

    assert end == found.ends_on


def test_what_is_bought_once_is_no_contract(desk: BitrixDesk, office: Office) -> None:
    """Without a list of products, services recur."""
    pages = sold(desk, office, row(5, type=1), row(6))

    assert (["row:6"], {"row:5"}) == ([each.source_id for each in rows(pages, Contract)], deleted(pages))

    chosen = sold(desk, office, row(5, type=1, productId=3), row(6), product_rows={**MONTHLY, "products": [3]})
    assert ["row:5"] == [each.source_id for each in rows(chosen, Contract)]


@pytest.mark.parametrize(("stage", "semantics"), [("NEW", "P"), ("LOSE", "F")])
def test_rows_of_other_deals_are_none(desk: BitrixDesk, office: Office, stage: str, semantics: str) -> None:
    """At first they are not even asked for; later those that were stored go."""
    pages = sold(desk, office, row(5), deals=[deal(37, stage, semantics)])
    assert ([], []) == (rows(pages, Contract), desk.called(ROWS))

    stream: Any = office.stream("product_rows", product_rows=MONTHLY)
    assert {"row:5"} == deleted([stream.normal_page([deal(37, stage, semantics)], None)])


def test_a_renewal_that_is_lost_ends_rows_of_deals_that_did_not_change(desk: BitrixDesk, office: Office) -> None:
    won = deal(37, "WON", "S", companyId=7, begindate=BEGIN)
    lost = deal(99, "C4:LOSE", "F", companyId=7, categoryId=4, movedTime="2026-06-30T12:00:00+03:00")
    sold(desk, office, row(5), deals=[won, lost], churn={"lost_in": [4]})

    stream: Any = office.stream("product_rows", product_rows=MONTHLY, churn={"lost_in": [4]})
    (found,) = rows([stream.normal_page([lost], None)], Contract)

    assert ("row:5", date(2026, 6, 30)) == (found.source_id, found.ends_on)


def test_fifty_deals_are_asked_for_their_rows_at_once(desk: BitrixDesk, office: Office) -> None:
    many = [deal(key, "WON", "S", begindate=BEGIN) for key in range(1, 41)]

    sold(desk, office, deals=many)

    assert 40 == len(desk.called(ROWS))
    assert [] == desk.requests(ROWS)


@pytest.mark.parametrize("told", [None, {}, {"price": 1}])
def test_a_row_without_an_id_is_no_answer(desk: BitrixDesk, office: Office, told: Any) -> None:
    """Rows are told from those that are gone by their ids."""
    known(desk)
    desk.holds([deal(37, "WON", "S", begindate=BEGIN)])
    desk.on(ROWS, {"result": {"productRows": [told]}})

    with pytest.raises(VendorUnavailable, match=r"crm\.item\.productrow\.list"):
        office.pages("product_rows", product_rows=MONTHLY)


def test_a_deal_with_more_rows_than_fit_is_asked_again(desk: BitrixDesk, office: Office) -> None:
    """Unless it tells the same ones once more."""
    many = [row(key) for key in range(1, 51)]

    pages = sold(desk, office, *many)

    assert 50 == len(rows(pages, Contract))
    assert ["0", "50"] == [str(each["start"]) for each in desk.called(ROWS)]


@pytest.mark.parametrize("declared", [{}, {"billed": "month", "months": 12}])
def test_what_a_price_is_for_has_to_be_said(declared: Any) -> None:
    with pytest.raises(ValidationError, match="what a row's price is for"):
        ProductRows(**declared)


def invoices(desk: BitrixDesk, office: Office, stage: str = "DT31_3:P", **declared: Any) -> list[Any]:
    desk.on("crm.category.list", {"result": {"categories": [{"id": 3, "name": "General"}]}})
    desk.on("crm.status.list", {"result": [status("DT31_3:P", "Paid", "S"), status("DT31_3:S", "Sent")]})
    told: dict[str, Any] = {"stageId": stage, "opportunity": 363, "taxValue": 63, "currencyId": "EUR", "parentId2": 37}
    desk.holds([item(9, companyId=7, begindate="2026-01-31T03:00:00+03:00", **told)])
    return rows(office.pages("invoices", invoices=declared), Contract)


def test_an_invoice_is_a_contract_of_its_months(desk: BitrixDesk, office: Office) -> None:
    (found,) = invoices(desk, office, months=3)

    assert ("invoice:9", "37", "7", Decimal(100)) == (
        found.source_id, found.deal_id, found.account_id, found.recurring_monthly_amount
    )  # fmt: skip
    assert (date(2026, 1, 31), date(2026, 4, 30)) == (found.starts_on, found.ends_on)


def test_an_invoice_that_nobody_paid_counts_if_that_is_asked_for(desk: BitrixDesk, office: Office) -> None:
    assert [] == invoices(desk, office, "DT31_3:S")
    assert 1 == len(invoices(desk, office, "DT31_3:S", unpaid=True))
    assert [Decimal(363)] == [each.recurring_monthly_amount for each in invoices(desk, office, with_tax=True)]


@pytest.mark.parametrize(("payed", "canceled", "meaning", "closed"), [
    ("Y", "N", "won", date(2026, 1, 10)), ("N", "N", "open", None), ("Y", "Y", "lost", date(2026, 1, 11)),
])  # fmt: skip
def test_an_order_is_won_once_it_is_paid(
    desk: BitrixDesk, office: Office, payed: str, canceled: str, meaning: str, closed: date | None
) -> None:
    told = {
        "id": 9, "accountNumber": "165", "price": 1176, "currency": "USD", "payed": payed, "canceled": canceled,
        "dateInsert": at(8), "dateUpdate": at(9), "datePayed": at(8), "companyId": 7,
        "dateCanceled": "2026-01-11T12:00:00+03:00",
    }  # fmt: skip
    desk.on("sale.order.list", {"result": {"orders": [told]}}, {"result": {"orders": []}})

    (found,) = rows(office.pages("orders"), Deal)

    assert ("order:9", meaning, closed, Decimal(1176)) == (
        found.source_id, found.status, found.close_date, found.amount
    )  # fmt: skip


def test_orders_and_what_recurs_elsewhere_are_for_those_who_say_so(office: Office) -> None:
    plain = {each.name for each in office.connector().chosen()}
    told = {"orders_as_deals": True, "invoices": {}, "product_rows": MONTHLY}
    asked = {each.name for each in office.connector(**told).chosen()}

    assert {"orders", "invoices", "product_rows"} == asked - plain
    assert "recurring_deals" in plain


def test_contracts_of_a_portal_are_those_of_the_business(tmp_path: Path) -> None:
    """Each month's amount, from when to when: by templates, with what the portal's own fields say of churn."""
    clock = ManualClock(datetime(2026, 11, 2, 12, tzinfo=UTC))
    world = World("contracts", end=date(2026, 11, 1), tickets=900).branch("bitrix24", tickets=9, territory=(2, 3))
    sandbox = BitrixSandbox(world, clock)
    with Served(sandbox):
        house = House(Bitrix24, sandbox.settings(), tmp_path, clock)
        assert 0 == house.sync("recurring_deals").exit_code

    found = house.ask("SELECT recurring_monthly_amount, currency, starts_on, ends_on FROM contracts")

    ends = {each: min((day for day in (each.ends_on, each.cancelled_on) if day), default=None)
            for each in world.contracts()}  # fmt: skip
    assert len(ends) > 10
    true = Counter((Decimal(each.monthly) / 100, each.currency, each.starts_on, end) for each, end in ends.items())
    assert true == Counter(found)
