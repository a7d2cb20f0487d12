"""An org that sells: its objects, and one valid record of each kind; a test states only what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.connectors.salesforce.builders import key, record
from tests.connectors.salesforce.service import lookup

if TYPE_CHECKING:
    from tests.connectors.salesforce.desk import SalesforceDesk

DEAL, ACCOUNT = key("006", 1), key("001", 1)


def opened(desk: SalesforceDesk) -> SalesforceDesk:
    """Let *desk* be that of such an org."""
    desk.has("Opportunity", "AccountId", "CloseDate", "IsWon").has("Product2", "Name")
    desk.has(
        "OpportunityLineItem", "CurrencyIsoCode", OpportunityId=lookup("Opportunity", "Opportunity"),
        Product2Id=lookup("Product2", "Product2"), TotalPrice="currency", ServiceDate="date",
        HasRevenueSchedule="boolean", Term__c="double", MRR__c="currency", Ends__c="date",
    )  # fmt: skip
    desk.has(
        "OpportunityLineItemSchedule", OpportunityLineItemId=lookup("OpportunityLineItem", "OpportunityLineItem"),
        Revenue="currency", ScheduleDate="date",
    )  # fmt: skip
    desk.has(
        "Contract", "AccountId", "Name", "StatusCode", "CurrencyIsoCode", StartDate="date", EndDate="date",
        ActivatedDate="datetime", MRR__c="currency", ARR__c="currency", Deal__c="reference", Cancelled__c="date",
    )  # fmt: skip
    desk.has(
        "SBQQ__Subscription__c", SBQQ__Account__c="reference", SBQQ__Product__c=lookup("SBQQ__Product__r", "Product2"),
        SBQQ__NetPrice__c="currency", SBQQ__Quantity__c="double", SBQQ__StartDate__c="date", SBQQ__EndDate__c="date",
        SBQQ__TerminatedDate__c="date",
    )  # fmt: skip
    desk.has(
        "Asset", "AccountId", "Name", Product2Id=lookup("Product2", "Product2"), Price="currency", Quantity="double",
        PurchaseDate="date", InstallDate="date", UsageEndDate="date", HasLifecycleManagement="boolean",
        MRR__c="currency",
    )  # fmt: skip
    desk.has(
        "AssetStatePeriod", "CurrencyIsoCode", AssetId=lookup("Asset", "Asset"), StartDate="datetime",
        EndDate="datetime", Mrr="currency",
    )  # fmt: skip
    return desk


def line(n: int = 1, *, won: bool = True, **more: Any) -> dict[str, Any]:
    opportunity = {"AccountId": ACCOUNT, "CloseDate": "2026-01-31", "IsWon": won}
    told = {
        "OpportunityId": DEAL, "Opportunity": opportunity, "Product2": {"Name": "Portal"}, "CurrencyIsoCode": "USD",
        "TotalPrice": 1200.0, "ServiceDate": None, "HasRevenueSchedule": False, "Term__c": 12.0,
    }  # fmt: skip
    return {**record("OpportunityLineItem", "00k", n), **told, **more}


def instalment(n: int = 1, *, won: bool = True, **more: Any) -> dict[str, Any]:
    opportunity = {"AccountId": ACCOUNT, "CloseDate": "2026-01-31", "IsWon": won}
    of = {"OpportunityId": DEAL, "Opportunity": opportunity, "Product2": {"Name": "Portal"}}
    told = {"OpportunityLineItem": of, "Revenue": 300.0, "ScheduleDate": "2026-02-01"}
    return {**record("OpportunityLineItemSchedule", "00o", n), **told, **more}


def contract(n: int = 1, **more: Any) -> dict[str, Any]:
    told = {
        "AccountId": ACCOUNT, "Name": "00000101", "StatusCode": "Activated", "CurrencyIsoCode": "EUR",
        "StartDate": "2026-01-01", "EndDate": "2026-12-31", "ActivatedDate": "2025-12-15T23:30:00.000+0000",
        "MRR__c": 100.0, "ARR__c": 1200.0, "Deal__c": DEAL, "Cancelled__c": None,
    }  # fmt: skip
    return {**record("Contract", "800", n), **told, **more}


def subscription(n: int = 1, **more: Any) -> dict[str, Any]:
    told = {
        "SBQQ__Account__c": ACCOUNT, "SBQQ__Product__r": {"Name": "Portal"}, "SBQQ__NetPrice__c": 240.0,
        "SBQQ__Quantity__c": 5.0, "SBQQ__StartDate__c": "2026-01-01", "SBQQ__EndDate__c": "2026-12-31",
        "SBQQ__TerminatedDate__c": None,
    }  # fmt: skip
    return {**record("SBQQ__Subscription__c", "a0S", n), **told, **more}


def asset(n: int = 1, **more: Any) -> dict[str, Any]:
    told = {
        "AccountId": ACCOUNT, "Name": "Portal of Hoth", "Product2": None, "Price": 1200.0, "Quantity": 2.0,
        "PurchaseDate": "2026-01-01", "InstallDate": "2026-01-15", "UsageEndDate": None, "MRR__c": 50.0,
    }  # fmt: skip
    return {**record("Asset", "02i", n), **told, **more}


def period(n: int = 1, **more: Any) -> dict[str, Any]:
    told = {
        "Asset": {"AccountId": ACCOUNT, "Name": "Portal of Hoth", "Product2": {"Name": "Portal"}}, "Mrr": 100.0,
        "CurrencyIsoCode": "EUR", "StartDate": "2026-01-01T00:00:00.000+0000",
        "EndDate": "2026-12-31T23:59:59.000+0000",
    }  # fmt: skip
    return {**record("AssetStatePeriod", "0tS", n), **told, **more}
