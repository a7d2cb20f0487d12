"""What becomes of deals, and of orders for those who count them as such."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from latido.connect import Runtime
from latido.errors import ConfigurationError
from latido.schema import Deal
from latido_hubspot.connector import HubSpot
from latido_hubspot.references import deal_status
from tests.connectors.hubspot.builders import listed, properties, record
from tests.desk import Desk, rows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.connectors.hubspot.desk import Office


def deals(desk: Desk, office: Office, *records: Any, **settings: Any) -> list[Any]:
    desk.on("deals", listed(*records), listed())
    return rows(office.pages("deals", **settings), Deal)


def test_a_deal_is_mapped_field_by_field(desk: Desk, office: Office) -> None:
    won = record(
        6001, dealname="Portal", amount="1200.50", deal_currency_code="USD", pipeline="default",
        dealstage="closedwon", dealtype="existingbusiness", closedate="2026-01-31T23:30:00Z", hs_mrr="100.04166666666",
        hs_primary_associated_company="501", hubspot_owner_id="7", hs_deal_stage_probability="1.0",
        hs_analytics_source="REFERRALS", hs_campaign="guid-1",
    )  # fmt: skip

    (row,) = deals(desk, office, won)

    assert ("6001", "Portal", "501", "7") == (row.source_id, row.name, row.account_id, row.owner_id)
    assert ("Sales", "Won", "closedwon", "won") == (row.pipeline, row.stage, row.stage_raw, row.status)
    assert (Decimal("1200.50"), "USD", Decimal("100.041667")) == (
        row.amount,
        row.currency,
        row.recurring_monthly_amount,
    )
    assert (date(2026, 1, 31), 1.0, "expansion") == (row.close_date, row.probability, row.deal_class)
    assert ("REFERRALS", "guid-1") == (row.lead_source, row.campaign_id)
    assert "https://app.hubspot.com/contacts/139/record/0-3/6001" == row.url


def test_a_deal_closes_on_the_day_of_the_projects_zone(desk: Desk, tmp_path: Path, office: Office) -> None:
    desk.on("deals", listed(record(1, closedate="2026-01-31T23:30:00Z"), record(2, closedate="2026-03-31")), listed())
    runtime = Runtime("sales", folder=tmp_path, time_zone=ZoneInfo("Europe/Madrid"))
    connector = HubSpot(office.settings(streams=["deals"]), runtime)
    (stream,) = connector.chosen()

    found = rows(stream.pages(stream.start(None)), Deal)
    connector.close()

    assert [date(2026, 2, 1), date(2026, 3, 31)] == [row.close_date for row in found]


def test_a_deal_without_currency_is_in_that_of_the_company(desk: Desk, office: Office) -> None:
    """Accounts with a single currency leave it out."""
    (row,) = deals(desk, office, record(1, amount="5", deal_currency_code=None))

    assert "EUR" == row.currency


def test_a_stage_that_was_deleted_leaves_the_status_unknown(desk: Desk, office: Office) -> None:
    (row,) = deals(desk, office, record(1, pipeline="988", dealstage="4711"))

    assert ("unknown", None, "4711", "988") == (row.status, row.stage, row.stage_raw, row.pipeline)


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"isClosed": "true", "probability": "1.0"}, "won"),
        ({"isClosed": "true", "probability": "0.0"}, "lost"),
        ({"isClosed": "false", "probability": "1.0"}, "open"),
        ({"isClosed": True, "probability": 1}, "won"),
        ({"probability": "1.0"}, "won"),
        ({"probability": "0.4"}, "open"),
        ({"isClosed": "true", "probability": "0.4"}, "unknown"),
        ({"isClosed": "true"}, "unknown"),
    ],
)
def test_stages_are_won_or_lost_by_their_metadata(metadata: dict[str, Any], expected: str) -> None:
    assert expected == deal_status(metadata)


def test_numbers_with_fifty_digits_are_rounded(desk: Desk, office: Office) -> None:
    binary = "0.200000000000000011102230246251565404236316680908203125"
    desk.on("/crm/v3/properties/deals", properties(score="number", vip="bool", note="string"))

    (row,) = deals(
        desk, office, record(1, hs_deal_stage_probability=binary, amount=binary, score=binary, vip="false", note="1")
    )

    assert (0.2, Decimal("0.2000")) == (row.probability, row.amount)
    assert {"score": 0.2, "vip": False, "note": "1"} == row.custom


def test_empty_texts_are_nothing(desk: Desk, office: Office) -> None:
    (row,) = deals(desk, office, record(1, hubspot_owner_id="", amount="", closedate="", closed_lost_reason=""))

    assert (None, None, None, None) == (row.owner_id, row.amount, row.close_date, row.lost_reason)


@pytest.mark.parametrize(("said", "expected"), [("newbusiness", "new"), ("renewal", "renewal"), ("upsell", "unknown")])
def test_kinds_of_deals_are_those_of_the_schema(desk: Desk, office: Office, said: str, expected: str) -> None:
    (row,) = deals(desk, office, record(1, dealtype=said))

    assert expected == row.deal_class


OWN = {"contract_start": "properties.starts", "contract_end": "properties.ends", "tax": "properties.tax"}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("2026-02-01", date(2026, 2, 1)),
        ("2026-02-01T00:00:00Z", date(2026, 2, 1)),
        ("1769904000000", date(2026, 2, 1)),
        ("2026-01-31T23:30:00.000Z", date(2026, 1, 31)),
    ],
)
def test_a_property_of_the_users_own_fills_a_date(desk: Desk, office: Office, told: str, expected: date) -> None:
    """However HubSpot spells it."""
    desk.on("/crm/v3/properties/deals", properties(starts="date"))

    (row,) = deals(desk, office, record(1, starts=told), fields={"deals": {"contract_start": OWN["contract_start"]}})

    assert expected == row.contract_start


def test_a_property_that_there_is_not_is_named_with_the_nearest(desk: Desk, office: Office) -> None:
    desk.on("/crm/v3/properties/deals", properties(contract_begin="date"))

    with pytest.raises(ConfigurationError, match="contract_beginn") as caught:
        deals(desk, office, fields={"deals": {"contract_start": "properties.contract_beginn"}})

    assert "properties.contract_begin?" in str(caught.value.hint)


def test_a_property_needs_its_place_in_the_record(desk: Desk, office: Office) -> None:
    desk.on("/crm/v3/properties/deals", properties(contract_begin="date"))

    with pytest.raises(ConfigurationError) as caught:
        deals(desk, office, fields={"deals": {"contract_start": "contract_begin"}})

    assert "properties.contract_begin?" in str(caught.value.hint)


def test_a_property_may_be_that_of_another_stream_of_the_table(desk: Desk, office: Office) -> None:
    desk.on("/crm/v3/properties/contacts", properties(dni="string"))
    connector = office.connector(streams=["contacts", "leads"], fields={"contacts": {"external_id": "properties.dni"}})

    assert {"account", "lead_pipelines", "properties_contacts", "properties_leads"} == set(
        connector.context().reference
    )


def test_a_run_of_one_stream_does_not_judge_the_fields_of_another(desk: Desk, office: Office) -> None:
    desk.on("/crm/v3/properties/contacts", properties(dni="string"))
    desk.on("/crm/v3/properties/leads", properties(score="number"))
    connector = office.connector(streams=["contacts", "leads"], fields={"contacts": {"external_id": "properties.dni"}})
    leads = [each for each in connector.chosen() if each.name == "leads"]

    assert {"properties_contacts"}.isdisjoint(connector.context(leads).reference)


def orders(desk: Desk, office: Office, *records: Any) -> list[Any]:
    desk.on("orders", listed(*records), listed())
    return rows(office.pages("orders"), Deal)


def test_an_order_is_a_won_deal(desk: Desk, office: Office) -> None:
    bought = record(
        7, hs_order_name="#1001", hs_external_order_id="shop-1001", hs_total_price="99.9", hs_currency_code="GBP",
        hs_closed_date="2026-01-07T10:00:00Z",
    )  # fmt: skip

    (row,) = orders(desk, office, bought)

    assert ("order:7", "shop-1001", "won") == (row.source_id, row.external_id, row.status)
    assert (Decimal("99.9"), "GBP", date(2026, 1, 7)) == (row.amount, row.currency, row.close_date)


def test_a_cancelled_order_is_lost(desk: Desk, office: Office) -> None:
    (row,) = orders(desk, office, record(7, hs_is_canceled="true"))

    assert ("lost", date(2026, 1, 2)) == (row.status, row.close_date)


def test_orders_are_read_by_those_who_count_them_as_deals(office: Office) -> None:
    assert "orders" not in [each.name for each in office.connector().chosen()]
    assert "orders" in [each.name for each in office.connector(orders_as_deals=True).chosen()]
    assert ["orders"] == [each.name for each in office.connector(streams=["orders"]).chosen()]


def test_an_epoch_in_a_time_is_understood(desk: Desk, office: Office) -> None:
    """Calculated properties tell milliseconds."""
    desk.on("/crm/v3/properties/deals", properties(seen="datetime"))

    (row,) = deals(desk, office, record(1, seen="1743685150726"), fields={"deals": {"deleted_at": "properties.seen"}})

    assert datetime(2025, 4, 3, 12, 59, 10, 726000, UTC) == row.deleted_at
