"""Campaigns, and what was spent on them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from latido.schema import Campaign, MarketingSpend
from tests.connectors.hubspot.builders import CREATED, listed
from tests.desk import Desk, Says, last_cursor, rows

if TYPE_CHECKING:
    from latido.connect import Page
    from tests.connectors.hubspot.desk import Office

CAMPAIGNS = "/marketing/v3/campaigns"
ENTERED = int(datetime(2026, 2, 10, 12, tzinfo=UTC).timestamp() * 1000)
DATES = {"hs_start_date": "2026-03-01", "hs_end_date": "2026-03-31"}


def campaign(key: str = "c1", changed: str = "2026-01-05T12:00:00.000Z", **more: Any) -> dict[str, Any]:
    told = {"hs_name": "Spring", "hs_campaign_status": "IN_PROGRESS", "hs_currency_code": "USD", **DATES, **more}
    return {"id": key, "properties": told, "createdAt": CREATED, "updatedAt": changed}


def totals(*items: dict[str, Any], currency: str | None = "USD") -> dict[str, Any]:
    return {"currencyCode": currency, "budgetTotal": 900, "spendTotal": 100, "spendItems": list(items)}


def item(key: Any = 1, amount: float = 100, **more: Any) -> dict[str, Any]:
    return {"id": key, "name": "Ads", "amount": amount, "order": 0, "createdAt": ENTERED, "updatedAt": ENTERED, **more}


def spent_on(desk: Desk, key: str, *answers: Any) -> None:
    desk.on(f"{CAMPAIGNS}/{key}/budget/totals", *answers)


def read(desk: Desk, office: Office, *campaigns: Any, spend: Any = None, cursor: Any = None) -> list[Page]:
    desk.on(CAMPAIGNS, listed(*campaigns))
    for each in campaigns:
        spent_on(desk, each["id"], spend or totals())
    return office.pages("campaigns", cursor)


def test_a_campaign_is_mapped_field_by_field(desk: Desk, office: Office) -> None:
    (row,) = rows(read(desk, office, campaign(hs_budget_items_sum_amount="900.50")), Campaign)

    assert ("c1", "Spring", "in_progress") == (row.source_id, row.name, row.status)
    assert (date(2026, 3, 1), date(2026, 3, 31)) == (row.started_on, row.ended_on)
    assert (Decimal("900.50"), "USD") == (row.budget, row.currency)


def test_days_come_as_midnight_too_and_no_time_zone_moves_them(desk: Desk, office: Office) -> None:
    (row,) = rows(
        read(desk, office, campaign(hs_start_date="2026-03-01T00:00:00Z", hs_end_date="1774915200000")), Campaign
    )

    assert (date(2026, 3, 1), date(2026, 3, 31)) == (row.started_on, row.ended_on)


def test_spend_counts_over_the_days_of_the_campaign(desk: Desk, office: Office) -> None:
    """HubSpot does not say when money was spent. The last day counts, and the end is exclusive."""
    (row,) = rows(read(desk, office, campaign(), spend=totals(item("9f", 100.5))), MarketingSpend)

    assert ("c1:9f", "c1", "marketing") == (row.source_id, row.campaign_id, row.category)
    assert (date(2026, 3, 1), date(2026, 4, 1)) == (row.spend_date, row.spend_end)
    assert (Decimal("100.5"), "USD") == (row.amount, row.currency)


@pytest.mark.parametrize(
    "dates",
    [{"hs_start_date": None}, {"hs_end_date": ""}, {"hs_start_date": "2026-04-02"}],
)
def test_spend_of_a_campaign_without_an_end_counts_when_it_was_entered(
    desk: Desk, office: Office, dates: dict[str, Any]
) -> None:
    (row,) = rows(read(desk, office, campaign(**dates), spend=totals(item())), MarketingSpend)

    assert (date(2026, 2, 10), None) == (row.spend_date, row.spend_end)


def test_money_without_a_currency_is_in_that_of_the_company(desk: Desk, office: Office) -> None:
    pages = read(desk, office, campaign(hs_currency_code=None), spend=totals(item(), currency=None))

    assert ["EUR"] == [row.currency for row in rows(pages, Campaign)]
    assert ["EUR"] == [row.currency for row in rows(pages, MarketingSpend)]


def test_an_item_that_went_is_deleted(desk: Desk, office: Office) -> None:
    pages = read(desk, office, campaign())

    assert [{MarketingSpend: ("campaign_id", ["c1"])}] == [page.replaces for page in pages if page.fetched]


def test_only_properties_that_may_be_read_are_asked_for(desk: Desk, office: Office) -> None:
    """Another one is refused with 400, though the list of properties has it."""
    read(desk, office)

    assert [
        "hs_budget_items_sum_amount,hs_campaign_status,hs_currency_code,hs_end_date,hs_name,hs_start_date"
    ] == desk.params(CAMPAIGNS, "properties")
    assert ["-updatedAt"] == desk.params(CAMPAIGNS, "sort")


def test_the_walk_ends_at_what_was_read_before(desk: Desk, office: Office) -> None:
    """The latest change comes first; a quarter of an hour is read again."""
    cursor = last_cursor(read(desk, office, campaign("c1", "2026-01-05T12:00:00Z")))
    newer, lagging = campaign("c3", "2026-01-06T12:00:00Z"), campaign("c2", "2026-01-05T11:50:00Z")
    desk.on(CAMPAIGNS, listed(newer, lagging, campaign("c1", "2026-01-05T11:00:00Z"), after=4), Says(500))
    for key in ("c2", "c3"):
        spent_on(desk, key, totals())

    pages = office.pages("campaigns", cursor)

    assert ["c3", "c2"] == [row.source_id for row in rows(pages, Campaign)]
    assert "2026-01-06T12:00:00+00:00" == last_cursor(pages)["newest"]


def test_the_cursor_moves_only_when_all_changes_are_read(desk: Desk, office: Office) -> None:
    desk.on(CAMPAIGNS, listed(campaign("c2"), after=2), listed(campaign("c1")))
    for key in ("c1", "c2"):
        spent_on(desk, key, totals())

    assert [True, True, False] == [page.cursor is None for page in office.pages("campaigns")]


def test_a_sweep_reads_all_campaigns_again(desk: Desk, office: Office) -> None:
    """Nothing says that spending moves a campaign's date of change."""
    cursor = last_cursor(read(desk, office, campaign("c2", "2026-01-06T12:00:00Z"), campaign("c1")))

    pages = office.pages("campaigns", {**cursor, "swept": cursor["swept"] - 86_400_000})

    assert ["c2", "c1"] == [row.source_id for row in rows(pages, Campaign)]


def test_a_campaign_whose_budget_may_not_be_read_is_kept_without_spend(desk: Desk, office: Office) -> None:
    """What was spent before, as far as it is known, stays."""
    desk.on(CAMPAIGNS, listed(campaign()))
    spent_on(desk, "c1", Says(403, {"category": "MISSING_SCOPES", "message": "This app hasn't been granted …"}))

    pages = office.pages("campaigns")

    assert ["c1"] == [row.source_id for row in rows(pages, Campaign)]
    assert [{MarketingSpend: ("campaign_id", [])}] == [page.replaces for page in pages if page.fetched]
    assert 1 == sum(len(page.warnings) for page in pages)


def test_the_census_lists_all_campaigns(desk: Desk, office: Office) -> None:
    desk.on(CAMPAIGNS, listed(campaign("c1"), after=2), listed(campaign("c2")))

    assert [["c1"], ["c2"]] == list(office.stream("campaigns").ids())


def test_nothing_older_than_the_start_is_read(desk: Desk, office: Office) -> None:
    stream = office.stream("campaigns")

    since = stream.start(datetime(2026, 1, 6, tzinfo=UTC))

    pages = read(desk, office, campaign("c2", "2026-01-06T12:00:00Z"), campaign("c1"), cursor=since)
    assert ["c2"] == [row.source_id for row in rows(pages, Campaign)]
