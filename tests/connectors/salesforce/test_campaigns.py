"""What campaigns cost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from latido.schema import Campaign, MarketingSpend
from tests.connectors.salesforce.builders import key, record
from tests.connectors.salesforce.desk import found
from tests.desk import rows

if TYPE_CHECKING:
    from latido.connect import Page
    from tests.connectors.salesforce.desk import Office, SalesforceDesk


def campaign(n: int = 1, **more: Any) -> dict[str, Any]:
    told = {
        "Name": "Spring", "Type": "Email", "Status": "Completed", "StartDate": "2026-03-01", "EndDate": "2026-03-31",
        "BudgetedCost": 500.0, "ActualCost": 310.0, "HierarchyActualCost": 9999.0, "CurrencyIsoCode": "EUR",
    }  # fmt: skip
    return {**record("Campaign", "701", n), **told, **more}


def read(desk: SalesforceDesk, office: Office, *campaigns: Any) -> list[Page]:
    desk.has(
        "Campaign", "Name", "Type", "Status", "CurrencyIsoCode", StartDate="date", EndDate="date",
        BudgetedCost="currency", ActualCost="currency", HierarchyActualCost="currency",
    )  # fmt: skip
    desk.rows("Campaign", found(*campaigns))
    return office.pages("campaigns")


def test_a_campaign_has_its_days_and_its_budget(desk: SalesforceDesk, office: Office) -> None:
    (row,) = rows(read(desk, office, campaign()), Campaign)

    assert ("Spring", "Email", "Completed", Decimal(500), "EUR") == (
        row.name, row.channel, row.status, row.budget, row.currency,
    )  # fmt: skip
    assert (date(2026, 3, 1), date(2026, 3, 31)) == (row.started_on, row.ended_on)


def test_its_cost_is_one_sum_over_its_days(desk: SalesforceDesk, office: Office) -> None:
    """Its own: those below it bring theirs."""
    (row,) = rows(read(desk, office, campaign()), MarketingSpend)

    assert (Decimal(310), "EUR", "marketing", "Email", key("701", 1)) == (
        row.amount, row.currency, row.category, row.channel, row.campaign_id,
    )  # fmt: skip
    assert (date(2026, 3, 1), date(2026, 4, 1)) == (row.spend_date, row.spend_end)


def test_without_days_it_was_spent_when_the_campaign_was_created(desk: SalesforceDesk, office: Office) -> None:
    (row,) = rows(read(desk, office, campaign(StartDate=None, EndDate=None)), MarketingSpend)

    assert (date(2026, 1, 5), None) == (row.spend_date, row.spend_end)


def test_a_campaign_without_a_cost_has_spent_nothing_that_is_known(desk: SalesforceDesk, office: Office) -> None:
    (page, _last) = read(desk, office, campaign(ActualCost=None))

    assert (1, 0) == (len(rows([page], Campaign)), len(rows([page], MarketingSpend)))
    assert {MarketingSpend: {key("701", 1): None}} == page.deleted


def test_a_cost_of_nothing_is_known(desk: SalesforceDesk, office: Office) -> None:
    (row,) = rows(read(desk, office, campaign(ActualCost=0.0)), MarketingSpend)

    assert Decimal(0) == row.amount


def test_a_deleted_campaign_takes_its_cost_along(desk: SalesforceDesk, office: Office) -> None:
    pages = read(desk, office, campaign(IsDeleted=True))

    assert [True, True] == [each.is_deleted for entity in (Campaign, MarketingSpend) for each in rows(pages, entity)]


def test_campaigns_and_costs_are_counted_together(desk: SalesforceDesk, office: Office) -> None:
    read(desk, office)
    desk.counts("Campaign", 3, 2)

    count = office.stream("campaigns").count()

    assert count is not None
    assert 5 == count.n


def test_a_campaign_that_is_gone_for_good_takes_its_cost_along(desk: SalesforceDesk, office: Office) -> None:
    desk.has("Campaign", "Name", replicateable=True)
    gone = {"id": key("701", 1), "deletedDate": "2026-01-10T11:30:00.000+0000"}
    desk.on("sobjects/Campaign/deleted/", {"deletedRecords": [gone]})

    *_pages, last = office.pages("campaigns", {"since": "2026-01-10T11:00:00+00:00"})

    assert {Campaign: {key("701", 1)}, MarketingSpend: {key("701", 1)}} == {
        entity: set(ids) for entity, ids in last.deleted.items()
    }
