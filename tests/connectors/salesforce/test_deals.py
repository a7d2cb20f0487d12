"""Opportunities, and the stages that they went through."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from latido.schema import Deal, DealStage
from tests.connectors.salesforce.builders import key, record
from tests.connectors.salesforce.desk import found, refused
from tests.desk import Says, rows

if TYPE_CHECKING:
    from tests.connectors.salesforce.desk import Office, SalesforceDesk

TYPE = {"type": "reference", "relationshipName": "RecordType", "referenceTo": ["RecordType"]}
STAGES = (
    {"MasterLabel": "Closed Won", "ApiName": "Closed Won", "IsClosed": True, "IsWon": True},
    {"MasterLabel": "Lost", "ApiName": "Closed Lost", "IsClosed": True, "IsWon": False},
    {"MasterLabel": "Proposal", "ApiName": "Proposal", "IsClosed": False, "IsWon": False},
)


@pytest.fixture(autouse=True)
def objects(desk: SalesforceDesk) -> None:
    names = ("Name", "AccountId", "ContactId", "OwnerId", "StageName", "IsClosed", "IsWon", "Amount", "CurrencyIsoCode")
    desk.has("Opportunity", *names, "CloseDate", "Probability", "Type", "LeadSource", "CampaignId", RecordTypeId=TYPE)
    desk.has("OpportunityHistory", "OpportunityId", "StageName", "Amount")
    desk.rows("OpportunityStage", found(*STAGES))


def opportunity(**more: Any) -> dict[str, Any]:
    told = {
        "Name": "Renewal 2026", "AccountId": key("001", 1), "ContactId": key("003", 1), "OwnerId": key("005", 1),
        "StageName": "Proposal", "IsClosed": False, "IsWon": False, "Amount": 24120.5, "CurrencyIsoCode": "USD",
        "CloseDate": "2026-03-31", "Probability": 75.0, "Type": "Renewal", "LeadSource": "Web",
        "CampaignId": key("701", 1), "RecordType": {"attributes": {}, "Name": "Subscriptions"},
    }  # fmt: skip
    return record("Opportunity", "006", 1, **{**told, **more})


def deal(desk: SalesforceDesk, office: Office, settings: dict[str, Any] | None = None, **more: Any) -> Any:
    desk.rows("Opportunity", found(opportunity(**more)))
    (row,) = rows(office.pages("opportunities", **(settings or {})), Deal)
    return row


def test_an_opportunity_is_a_deal(desk: SalesforceDesk, office: Office) -> None:
    row = deal(desk, office)

    assert ("Renewal 2026", key("001", 1), key("003", 1), key("005", 1)) == (
        row.name, row.account_id, row.contact_id, row.owner_id,
    )  # fmt: skip
    assert ("Subscriptions", "Proposal", "Proposal", "open") == (row.pipeline, row.stage, row.stage_raw, row.status)
    assert (Decimal("24120.5"), "USD", 0.75) == (row.amount, row.currency, row.probability)
    assert (date(2026, 3, 31), "Web", key("701", 1)) == (row.close_date, row.lead_source, row.campaign_id)


@pytest.mark.parametrize(
    ("closed", "won", "status"), [(False, False, "open"), (True, True, "won"), (True, False, "lost")]
)
def test_flags_tell_the_status(desk: SalesforceDesk, office: Office, closed: bool, won: bool, status: str) -> None:
    """A stage may be called anything."""
    assert status == deal(desk, office, StageName="Cerrada", IsClosed=closed, IsWon=won).status


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("New Business", "new"),
        ("Existing Customer - Upgrade", "expansion"),
        ("Renewal", "renewal"),
        ("Something of ours", "unknown"),
        (None, None),
    ],
)
def test_the_type_tells_the_class(desk: SalesforceDesk, office: Office, said: str | None, meant: str | None) -> None:
    assert meant == deal(desk, office, Type=said).deal_class


def test_the_settings_tell_what_a_type_means(desk: SalesforceDesk, office: Office) -> None:
    settings = {"deal_classes": {"Something of ours": "expansion"}}

    assert "expansion" == deal(desk, office, settings, Type="Something of ours").deal_class


def test_a_change_of_what_a_type_means_is_read_again(office: Office) -> None:
    before = office.stream("opportunities").fingerprint()

    assert before != office.stream("opportunities", deal_classes={"Renewal": "new"}).fingerprint()


@pytest.mark.parametrize("name", ["Amount", "CurrencyIsoCode", "Probability", "CloseDate", "RecordType"])
def test_nothing_is_guessed_where_nothing_is_said(desk: SalesforceDesk, office: Office, name: str) -> None:
    row = deal(desk, office, **{name: None})

    columns = {"RecordType": "pipeline", "CloseDate": "close_date", "CurrencyIsoCode": "currency"}
    assert None is getattr(row, columns.get(name, name.lower()))


@pytest.mark.parametrize("amount", ["9" * 52, 1e300])
def test_an_amount_that_no_column_takes_is_put_away(desk: SalesforceDesk, office: Office, amount: Any) -> None:
    number = int(amount) if isinstance(amount, str) else amount
    body = found(opportunity(Amount="HUGE"))
    raw = orjson.dumps(body).replace(b'"HUGE"', str(number).encode())
    desk.rows("Opportunity", Says(200, raw, {"content-type": "application/json"}))

    pages = office.pages("opportunities")

    assert [] == rows(pages, Deal)
    assert ["amount"] == [each.reason.partition(":")[0] for page in pages for each in page.rejected]


def test_an_amount_of_eighteen_digits_is_exact(desk: SalesforceDesk, office: Office) -> None:
    raw = orjson.dumps(found(opportunity(Amount="EXACT"))).replace(b'"EXACT"', b"99999999999999.1234")
    desk.rows("Opportunity", Says(200, raw, {"content-type": "application/json"}))

    (row,) = rows(office.pages("opportunities"), Deal)

    assert Decimal("99999999999999.1234") == row.amount


@pytest.mark.parametrize(
    ("stage", "status"),
    [("Proposal", "open"), ("Closed Won", "won"), ("Closed Lost", "lost"), ("Lost", "lost"), ("Gone", None)],
)
def test_history_tells_the_stages(desk: SalesforceDesk, office: Office, stage: str, status: str | None) -> None:
    """By label or by name in the API, and also of stages that there are no longer."""
    told = {"OpportunityId": key("006", 1), "StageName": stage, "CreatedDate": "2026-01-05T10:00:00.000+0000"}
    desk.rows("OpportunityHistory", found(record("OpportunityHistory", "008", 1, **told)))

    (row,) = rows(office.pages("opportunity_history"), DealStage)

    assert (key("006", 1), stage, status) == (row.deal_id, row.stage, row.status)
    assert datetime(2026, 1, 5, 10, tzinfo=UTC) == row.entered_at


def test_stages_that_may_not_be_read_are_not_known(desk: SalesforceDesk, office: Office) -> None:
    told = {"OpportunityId": key("006", 1), "StageName": "Proposal"}
    desk.rows("OpportunityStage", refused("INVALID_TYPE", "sObject type 'OpportunityStage' is not supported."))
    desk.rows("OpportunityHistory", found(record("OpportunityHistory", "008", 1, **told)))

    (row,) = rows(office.pages("opportunity_history"), DealStage)

    assert ("Proposal", None) == (row.stage, row.status)
    assert [True] == ["OpportunityStage" in each for each in office.warnings]
