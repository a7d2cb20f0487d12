"""What recurs by contract, by subscription and by asset."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from latido.errors import NotOffered
from latido.schema import Contract
from latido_salesforce.connector import Salesforce
from tests.connectors.salesforce.builders import key
from tests.connectors.salesforce.desk import found
from tests.connectors.salesforce.sales import ACCOUNT, DEAL, asset, contract, opened, period, subscription
from tests.desk import rows

if TYPE_CHECKING:
    from tests.connectors.salesforce.desk import Office, SalesforceDesk


def contracts(desk: SalesforceDesk, office: Office, *records: Any, **recurring: Any) -> list[Any]:
    opened(desk).rows("Contract", found(*records))
    return rows(office.pages("contracts", recurring={"contracts": recurring or {"monthly": "MRR__c"}}), Contract)


def assets(desk: SalesforceDesk, office: Office, *records: Any, **recurring: Any) -> list[Any]:
    opened(desk).rows("Asset", found(*records))
    return rows(office.pages("assets", recurring={"assets": recurring}), Contract)


def test_a_contract_recurs_until_the_day_after_its_last(desk: SalesforceDesk, office: Office) -> None:
    (row,) = contracts(desk, office, contract())

    assert (key("800", 1), ACCOUNT, None, "00000101", "active", Decimal(100), "EUR") == (
        row.source_id, row.account_id, row.deal_id, row.product, row.status, row.recurring_monthly_amount, row.currency,
    )  # fmt: skip
    assert (date(2026, 1, 1), date(2027, 1, 1), date(2025, 12, 15)) == (row.starts_on, row.ends_on, row.booked_on)


def test_a_yearly_amount_is_twelve_monthly_ones(desk: SalesforceDesk, office: Office) -> None:
    (row,) = contracts(desk, office, contract(ARR__c=1000.0), yearly="ARR__c")

    assert Decimal("83.333333") == row.recurring_monthly_amount


def test_a_field_may_name_the_deal_and_the_day_of_cancellation(desk: SalesforceDesk, office: Office) -> None:
    (row,) = contracts(
        desk,
        office,
        contract(Cancelled__c="2026-07-15"),
        monthly="MRR__c", deal="Deal__c", cancelled_on="Cancelled__c",
    )  # fmt: skip

    assert (DEAL, date(2026, 7, 15)) == (row.deal_id, row.ends_on)


def test_a_contract_without_an_end_goes_on(desk: SalesforceDesk, office: Office) -> None:
    (row,) = contracts(desk, office, contract(EndDate=None))

    assert row.ends_on is None


def test_a_draft_is_not_asked_for(desk: SalesforceDesk, office: Office) -> None:
    contracts(desk, office)

    assert "(ActivatedDate != null)" in desk.queries("Contract")[0]


@pytest.mark.parametrize(
    ("code", "status"), [("Activated", "active"), ("Expired", "ended"), ("Terminated", "cancelled"), ("?", "unknown")]
)
def test_a_code_says_what_became_of_a_contract(desk: SalesforceDesk, office: Office, code: str, status: str) -> None:
    (row,) = contracts(desk, office, contract(StatusCode=code))

    assert status == row.status


def test_a_subscription_charges_its_price_for_the_months_that_the_settings_say(
    desk: SalesforceDesk, office: Office
) -> None:
    opened(desk).rows(
        "SBQQ__Subscription__c", found(subscription(1), subscription(2, SBQQ__TerminatedDate__c="2026-03-01"))
    )

    whole, cut = rows(office.pages("subscriptions", recurring={"subscriptions": {"months": 12}}), Contract)

    assert (f"subscription:{key('a0S', 1)}", ACCOUNT, "Portal", Decimal(100)) == (
        whole.source_id, whole.account_id, whole.product, whole.recurring_monthly_amount,
    )  # fmt: skip
    assert (date(2027, 1, 1), date(2026, 3, 1)) == (whole.ends_on, cut.ends_on)


def test_an_org_without_the_package_has_no_subscriptions(office: Office) -> None:
    with pytest.raises(NotOffered, match="SBQQ__Subscription__c"):
        office.pages("subscriptions", recurring={"subscriptions": {"months": 12}})


def test_an_asset_brings_what_a_field_says(desk: SalesforceDesk, office: Office) -> None:
    (row,) = assets(desk, office, asset(UsageEndDate="2026-12-31"), monthly="MRR__c")

    assert (f"asset:{key('02i', 1)}", "Portal of Hoth", Decimal(50), date(2026, 1, 1), date(2027, 1, 1)) == (
        row.source_id, row.product, row.recurring_monthly_amount, row.starts_on, row.ends_on,
    )  # fmt: skip


def test_assets_with_a_lifecycle_are_left_to_their_periods(desk: SalesforceDesk, office: Office) -> None:
    """Else they would count twice."""
    assets(desk, office, monthly="MRR__c")

    assert "(HasLifecycleManagement = false)" in desk.queries("Asset")[0]


def test_a_state_period_lasts_up_to_the_second_before_the_next(desk: SalesforceDesk, office: Office) -> None:
    opened(desk).rows(
        "AssetStatePeriod",
        found(period(1), period(2, StartDate="2027-01-01T00:00:00.000+0000", EndDate=None, Mrr=130.0)),
    )

    before, after = rows(office.pages("asset_state_periods"), Contract)

    assert (f"period:{key('0tS', 1)}", ACCOUNT, "Portal", Decimal(100), date(2026, 1, 1), date(2027, 1, 1)) == (
        before.source_id, before.account_id, before.product, before.recurring_monthly_amount, before.starts_on,
        before.ends_on,
    )  # fmt: skip
    assert (Decimal(130), date(2027, 1, 1), None) == (
        after.recurring_monthly_amount, after.starts_on, after.ends_on,
    )  # fmt: skip


def test_the_day_of_a_period_is_that_of_the_projects_time_zone(desk: SalesforceDesk, office: Office) -> None:
    there = ("2025-12-31T23:00:00.000+0000", "2026-12-31T22:59:59.000+0000")
    opened(desk).rows("AssetStatePeriod", found(period(StartDate=there[0], EndDate=there[1])))
    connector = Salesforce(office.settings(), office.runtime(time_zone=ZoneInfo("Europe/Madrid")))
    stream = next(each for each in connector.streams() if each.name == "asset_state_periods")

    (row,) = rows(stream.pages({}), Contract)
    connector.close()

    assert (date(2026, 1, 1), date(2027, 1, 1)) == (row.starts_on, row.ends_on)
