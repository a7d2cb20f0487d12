"""What recurs: line items of won deals, and subscriptions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import VendorUnavailable
from latido.schema import Contract
from latido_hubspot.contracts import monthly, months_later
from tests.connectors.hubspot.builders import found, listed, record
from tests.desk import Desk, Says, rows

if TYPE_CHECKING:
    from latido.connect import Page
    from latido.testing import ManualClock
    from tests.connectors.hubspot.desk import Office

TO_DEALS = "/crm/v4/associations/line_items/deals/batch/read"
TO_ITEMS = "/crm/v4/associations/deals/line_items/batch/read"


def linked(pairs: dict[int, int]) -> dict[str, Any]:
    """Return the answer that links each record to another, whose id comes as a number."""
    kind = {"category": "HUBSPOT_DEFINED", "typeId": 20, "label": None}
    return {
        "status": "COMPLETE",
        "results": [
            {"from": {"id": str(one)}, "to": [{"toObjectId": other, "associationTypes": [kind]}]}
            for one, other in pairs.items()
        ],
    }


def item(key: int, **properties: Any) -> dict[str, Any]:
    usual = {"recurringbillingfrequency": "monthly", "name": "Portal", "hs_mrr": "10", "amount": "10"}
    return record(key, **{**usual, **properties})


def deal(key: int, stage: str = "closedwon", **properties: Any) -> dict[str, Any]:
    usual = {"hs_primary_associated_company": "501", "closedate": "2026-01-04T10:00:00Z", "deal_currency_code": "USD"}
    return record(key, dealstage=stage, **{**usual, **properties})


def read(desk: Desk, office: Office, *items: Any, deals: tuple[Any, ...] = (), links: Any = None) -> list[Page]:
    pairs = {int(each["id"]): int(deals[0]["id"]) for each in items if deals} if links is None else links
    desk.on("line_items", listed(*items), listed())
    desk.on(TO_DEALS, linked(pairs))
    desk.on("deals/batch/read", {"results": list(deals)})
    return office.pages("line_items")


def deleted(pages: list[Page]) -> set[str]:
    return {key for page in pages for key in page.deleted.get(Contract, {})}


def test_a_recurring_item_of_a_won_deal_is_a_contract(desk: Desk, office: Office) -> None:
    sold = item(
        5, hs_mrr="60.8", hs_line_item_currency_code="GBP", hs_recurring_billing_start_date="2026-01-15",
        hs_recurring_billing_period="P12M", hs_recurring_billing_end_date="2027-01-14",
    )  # fmt: skip

    (row,) = rows(read(desk, office, sold, deals=(deal(77),)), Contract)

    assert ("5", "77", "501", "Portal") == (row.source_id, row.deal_id, row.account_id, row.product)
    assert (Decimal("60.8"), "GBP") == (row.recurring_monthly_amount, row.currency)
    assert (date(2026, 1, 15), date(2027, 1, 15)) == (row.starts_on, row.ends_on)
    assert date(2026, 1, 4) == row.booked_on


@pytest.mark.parametrize("stage", ["qualifiedtobuy", "closedlost", "4711"])
def test_items_of_other_deals_are_none(desk: Desk, office: Office, stage: str) -> None:
    """What was stored when the deal was won goes away."""
    pages = read(desk, office, item(5), deals=(deal(77, stage),))

    assert ([], {"5"}) == (rows(pages, Contract), deleted(pages))


@pytest.mark.parametrize("frequency", [None, ""])
def test_what_is_paid_once_is_no_contract(desk: Desk, office: Office, frequency: str | None) -> None:
    pages = read(desk, office, item(5, recurringbillingfrequency=frequency), deals=(deal(77),))

    assert ([], {"5"}) == (rows(pages, Contract), deleted(pages))


def test_an_item_without_a_deal_is_no_contract(desk: Desk, office: Office) -> None:
    """A product in a quote, or in a subscription."""
    pages = read(desk, office, item(5), links={})

    assert ([], {"5"}) == (rows(pages, Contract), deleted(pages))


def test_an_item_that_cannot_be_asked_for_is_not_gone(desk: Desk, office: Office) -> None:
    failed = {"category": "INTERNAL_ERROR", "context": {"id": ["5"]}}
    desk.on("line_items", listed(item(5)), listed())
    desk.on(TO_DEALS, Says(207, {"status": "COMPLETE", "results": [], "numErrors": 1, "errors": [failed]}))

    with pytest.raises(VendorUnavailable, match="only a part"):
        office.pages("line_items")


def test_the_currency_is_that_of_the_deal_or_of_the_company(desk: Desk, office: Office) -> None:
    pages = read(
        desk, office, item(5), item(6), deals=(deal(77), deal(78, deal_currency_code="")), links={5: 77, 6: 78}
    )

    assert ["USD", "EUR"] == [row.currency for row in rows(pages, Contract)]


@pytest.mark.parametrize(
    ("frequency", "expected"),
    [
        ("weekly", "52"), ("biweekly", "26"), ("monthly", "12"), ("quarterly", "4"), ("per_six_months", "2"),
        ("annually", "1"), ("per_two_years", "0.5"), ("per_three_years", "0.333333"), ("per_four_years", "0.25"),
        ("per_five_years", "0.2"),
    ],
)  # fmt: skip
def test_an_amount_is_spread_over_its_months(frequency: str, expected: str) -> None:
    assert Decimal(expected) == round(monthly(None, "12", frequency), 6)


def test_hubspots_own_monthly_amount_goes_first() -> None:
    assert "9.5" == monthly("9.5", "12", "monthly")
    assert monthly(None, "12", "now and then") is None
    assert monthly(None, None, "monthly") is None


@pytest.mark.parametrize(
    ("period", "told", "expected"),
    [
        ("P1Y", None, date(2027, 1, 31)),
        ("P1M", None, date(2026, 2, 28)),
        ("P14D", "2026-05-05", date(2026, 2, 14)),
        ("P2W", None, date(2026, 2, 14)),
        (None, "2026-05-05", date(2026, 5, 5)),
        ("P", "2026-05-05", date(2026, 5, 5)),
        (None, None, None),
    ],
)
def test_a_contract_ends_after_its_period(
    desk: Desk, office: Office, period: str | None, told: str | None, expected: date | None
) -> None:
    """HubSpot does not say whether the day that it tells is the last one or the one after it."""
    lasting = item(
        5, hs_recurring_billing_start_date="2026-01-31", hs_recurring_billing_period=period,
        hs_recurring_billing_end_date=told,
    )  # fmt: skip

    (row,) = rows(read(desk, office, lasting, deals=(deal(77),)), Contract)

    assert expected == row.ends_on


def test_a_contract_without_beginning_lasts_from_the_day_of_the_deal(desk: Desk, office: Office) -> None:
    """Else what was sold for a year would be paid for ever."""
    (row,) = rows(read(desk, office, item(5, hs_recurring_billing_period="P12M"), deals=(deal(77),)), Contract)

    assert (None, date(2026, 1, 4), date(2027, 1, 4)) == (row.starts_on, row.booked_on, row.ends_on)


def test_months_end_on_the_last_day_at_the_latest() -> None:
    assert date(2028, 2, 29) == months_later(date(2026, 8, 31), 18)
    assert date(2026, 12, 15) == months_later(date(2026, 11, 15), 1)


def test_items_of_a_deal_that_was_won_meanwhile_are_read(desk: Desk, office: Office, clock: ManualClock) -> None:
    """The items themselves have not changed."""
    now = int(clock.now().timestamp() * 1000)
    desk.on("deals/search", found(deal(77)))
    desk.on(TO_ITEMS, linked({77: 5}))
    desk.on("line_items/batch/read", {"results": [item(5)]})
    desk.on(TO_DEALS, linked({5: 77}))
    desk.on("deals/batch/read", {"results": [deal(77)]})

    pages = office.pages("line_items", {"best": now, "complete": now, "swept": now})

    assert ["5"] == [row.source_id for row in rows(pages, Contract)]


def test_subscriptions_are_read_by_those_who_name_them(desk: Desk, office: Office) -> None:
    """With line items beside them much would count twice."""
    paid = record(
        9, hs_name="Plan", hs_status="PAST_DUE", hs_mrr="25", hs_currency_code="USD",
        hs_recurring_billing_start_date="2026-01-01", hs_recurring_billing_end_date="2026-07-01",
    )  # fmt: skip
    desk.on("subscriptions", listed(paid), listed())
    desk.on("/crm/v4/associations/subscriptions/companies/batch/read", linked({9: 501}))
    desk.on("/crm/v4/associations/subscriptions/deals/batch/read", linked({9: 77}))

    (row,) = rows(office.pages("subscriptions"), Contract)

    assert ("subscription:9", "501", "77", "Plan") == (row.source_id, row.account_id, row.deal_id, row.product)
    assert (Decimal(25), "USD") == (row.recurring_monthly_amount, row.currency)
    assert (date(2026, 1, 1), date(2026, 7, 1)) == (row.starts_on, row.ends_on)
    assert "subscriptions" not in [each.name for each in office.connector().chosen()]


def test_items_of_a_deal_with_a_subscription_do_not_count_beside_it(desk: Desk, office: Office) -> None:
    desk.on("line_items", listed(item(5), item(6)), listed())
    desk.on(TO_DEALS, linked({5: 77, 6: 78}))
    desk.on("/crm/v4/associations/deals/subscriptions/batch/read", linked({77: 9}))
    desk.on("deals/batch/read", {"results": [deal(78)]})

    pages = office.pages("line_items", streams=["line_items", "subscriptions"])

    assert (["6"], {"5"}) == ([row.source_id for row in rows(pages, Contract)], deleted(pages))


def subscription(desk: Desk, office: Office, **properties: Any) -> Any:
    desk.on("subscriptions", listed(record(9, hs_mrr="25", **properties)), listed())
    for other in ("companies", "deals"):
        desk.on(f"/crm/v4/associations/subscriptions/{other}/batch/read", linked({}))
    (row,) = rows(office.pages("subscriptions"), Contract)
    return row


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"hs_status": "canceled"}, date(2026, 1, 5)),
        ({"hs_status": "canceled", "hs_cancelled_date": "2026-01-03T00:00:00Z"}, date(2026, 1, 3)),
        ({"hs_status": "expired", "hs_recurring_billing_end_date": "2026-01-02"}, date(2026, 1, 2)),
        ({"hs_status": "active"}, None),
    ],
)
def test_a_subscription_that_is_over_has_an_end(
    desk: Desk, office: Office, told: dict[str, str], expected: date | None
) -> None:
    """HubSpot need not tell the day: it was the last change then."""
    assert expected == subscription(desk, office, **told).ends_on


def test_nobody_pays_for_a_trial(desk: Desk, office: Office) -> None:
    assert Decimal(0) == subscription(desk, office, hs_status="trialing").recurring_monthly_amount


def test_a_subscription_is_booked_when_it_was_made(desk: Desk, office: Office) -> None:
    assert date(2026, 1, 2) == subscription(desk, office).booked_on


@pytest.mark.parametrize(
    ("told", "expected"),
    [("active", "active"), ("canceled", "cancelled"), ("Expired", "ended"), ("odd", "unknown"), (None, None)],
)
def test_statuses_of_subscriptions_are_those_of_the_schema(
    desk: Desk, office: Office, told: str | None, expected: str | None
) -> None:
    assert expected == subscription(desk, office, hs_status=told).status
