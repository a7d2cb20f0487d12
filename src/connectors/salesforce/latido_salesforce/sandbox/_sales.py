"""What was sold, as records: opportunities, their stages, lines, contracts and assets."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from latido.testing.world import midnight
from latido_salesforce.sandbox import _ids as ids
from latido_salesforce.sandbox._words import DEAL_TYPES, STAGE_OF

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.testing.world import Deal, Line, Move
    from latido_salesforce.sandbox._account import Account
    from latido_salesforce.sandbox._family import Family, Rows

PRODUCT_PREFIX, CAMPAIGN_PREFIX = "01t", "701"
_DAY = timedelta(days=1)


def deal_rows(account: Account, deal: Deal, place: int, family: Family[Deal], former: str | None) -> Rows:
    """Return an opportunity and all that hangs on it; *former* is the opportunity that it follows."""
    opportunity = family.identity("Opportunity", place)
    gone = {"IsDeleted": deal.gone_at is not None, "SystemModstamp": deal.updated_at}
    return {
        "Opportunity": [opportunity_record(account, deal, former)],
        "OpportunityHistory": [history_record(account, deal, opportunity, move) for move in deal.moves],
        "OpportunityLineItem": [
            {**line_record(account, deal, opportunity, turn, line), **gone} for turn, line in enumerate(deal.lines)
        ],
        "Contract": list(_contract(account, deal, opportunity)),
        "Asset": list(_assets(account, deal, opportunity)),
        "AssetStatePeriod": list(_periods(account, deal, place, family)),
    }


def opportunity_record(account: Account, deal: Deal, former: str | None) -> dict[str, Any]:
    """Return a deal. Its close date is planned until it is closed."""
    stage = STAGE_OF[deal.stage]
    closes = _closes(deal, deal.closed_at)
    return {
        "IsDeleted": deal.gone_at is not None,
        "AccountId": account.customer(deal.customer),
        "IsPrivate": False,
        "Name": deal.name[:120],
        "StageName": stage.label,
        "Amount": deal.amount,
        "Probability": stage.probability,
        "ExpectedRevenue": deal.amount * stage.probability // 100,
        "TotalOpportunityQuantity": sum(line.quantity for line in deal.lines),
        "CloseDate": closes,
        "Type": DEAL_TYPES[deal.kind],
        "LeadSource": deal.lead_source,
        "IsClosed": stage.closed,
        "IsWon": stage.won,
        "ForecastCategory": stage.category,
        "ForecastCategoryName": stage.category,
        "CurrencyIsoCode": deal.currency,
        "CampaignId": None if deal.campaign is None else ids.identity(CAMPAIGN_PREFIX, deal.campaign),
        "HasOpportunityLineItem": bool(deal.lines),
        "OwnerId": account.user(deal.owner),
        "LastStageChangeDate": deal.moves[-1].at if len(deal.moves) > 1 else None,
        "FiscalQuarter": (closes.month + 2) // 3,
        "FiscalYear": closes.year,
        "Fiscal": f"{closes.year} {(closes.month + 2) // 3}",
        "ContactId": None if deal.person is None else account.contact(deal.person),
        "HasOpenActivity": False,
        "HasOverdueTask": False,
        "Loss_Reason__c": deal.lost_reason,
        "Monthly_Amount__c": deal.monthly,
        "Contract_Start__c": deal.starts_on,
        "Contract_End__c": last_day(deal.ends_on),
        "Supersedes__c": former,
        **written(account, deal.owner, deal.created_at, deal.updated_at),
    }


def history_record(account: Account, deal: Deal, opportunity: str, move: Move) -> dict[str, Any]:
    """Return what the opportunity was when it came to a stage."""
    stage = STAGE_OF[move.stage]
    return {
        "OpportunityId": opportunity,
        "IsDeleted": deal.gone_at is not None,
        "StageName": stage.label,
        "Amount": deal.amount,
        "ExpectedRevenue": deal.amount * stage.probability // 100,
        "CloseDate": _closes(deal, move.at if stage.closed else None),
        "Probability": stage.probability,
        "ForecastCategory": stage.category,
        "CurrencyIsoCode": deal.currency,
        "CreatedDate": move.at,
        "CreatedById": account.user(deal.owner),
        "SystemModstamp": deal.gone_at or move.at,
    }


def line_record(account: Account, deal: Deal, opportunity: str, turn: int, line: Line) -> dict[str, Any]:
    """Return a line: the unit price is that of the whole term."""
    return {
        "OpportunityId": opportunity,
        "SortOrder": turn + 1,
        "Product2Id": ids.identity(PRODUCT_PREFIX, line.product),
        "ProductCode": f"P-{line.product}",
        "Name": f"{deal.name[:60]} {turn + 1}",
        "CurrencyIsoCode": deal.currency,
        "Quantity": line.quantity,
        "TotalPrice": line.amount,
        "UnitPrice": line.amount // line.quantity,
        "ListPrice": line.amount // line.quantity,
        "ServiceDate": None if line.months is None else deal.starts_on,
        "Term_Months__c": line.months,
        "Billing__c": "One-off" if line.months is None else "Recurring",
        **written(account, deal.owner, deal.created_at, deal.updated_at),
    }


def _contract(account: Account, deal: Deal, opportunity: str) -> Iterator[dict[str, Any]]:
    """Yield the contract of a won deal with something recurring in it; it is never told of a part of it."""
    if not deal.contracts or deal.starts_on is None:
        return
    ends_on, won_at = deal.contracts[0].ends_on, deal.moves[-1].at
    months = (
        None if ends_on is None else (ends_on.year - deal.starts_on.year) * 12 + ends_on.month - deal.starts_on.month
    )
    cancelled = deal.contracts[0].cancelled_on
    yield {
        "AccountId": account.customer(deal.customer),
        "StartDate": deal.starts_on,
        "EndDate": last_day(ends_on),
        "ContractTerm": months,
        "OwnerId": account.user(deal.owner),
        "Status": "Activated",
        "StatusCode": "Activated",
        "ContractNumber": f"{deal.number + 100:08}",
        "ActivatedDate": won_at,
        "CurrencyIsoCode": deal.currency,
        "Monthly_Amount__c": deal.monthly,
        "Opportunity__c": opportunity,
        "Cancelled_On__c": cancelled,
        **written(account, deal.owner, won_at, won_at),
    }


def _assets(account: Account, deal: Deal, opportunity: str) -> Iterator[dict[str, Any]]:
    """Yield an asset for each recurring line of a won deal."""
    won_at = deal.moves[-1].at
    for contract in deal.contracts:
        ends_on = contract.cancelled_on or contract.ends_on
        running = _running(account, contract.starts_on, ends_on)
        yield {
            "ContactId": None if deal.person is None else account.contact(deal.person),
            "AccountId": account.customer(deal.customer),
            "Product2Id": ids.identity(PRODUCT_PREFIX, contract.product),
            "Name": f"{deal.name[:60]} {contract.number}",
            "PurchaseDate": contract.booked_on,
            "InstallDate": contract.starts_on,
            "UsageEndDate": last_day(ends_on),
            "LifecycleStartDate": midnight(contract.starts_on),
            "LifecycleEndDate": _last_second(ends_on),
            "Status": "Installed" if running else "Obsolete",
            "OwnerId": account.user(deal.owner),
            "CurrencyIsoCode": contract.currency,
            "HasLifecycleManagement": True,
            "CurrentMrr": contract.monthly if running else 0,
            "CurrentQuantity": 1 if running else 0,
            "CurrentLifecycleEndDate": _last_second(ends_on),
            "Opportunity__c": opportunity,
            **written(account, deal.owner, won_at, won_at),
        }


def _periods(account: Account, deal: Deal, place: int, family: Family[Deal]) -> Iterator[dict[str, Any]]:
    """Yield one state for each asset: from its start to its end, which is the last second."""
    won_at = deal.moves[-1].at
    for turn, contract in enumerate(deal.contracts):
        yield {
            "AssetStatePeriodNumber": f"ASP-{contract.number:09}",
            "AssetId": family.identity("Asset", place, turn),
            "StartDate": midnight(contract.starts_on),
            "EndDate": _last_second(contract.cancelled_on or contract.ends_on),
            "Quantity": 1,
            "Mrr": contract.monthly,
            "CurrencyIsoCode": contract.currency,
            **written(account, deal.owner, won_at, won_at),
        }


def _closes(deal: Deal, closed_at: int | None) -> date:
    return deal.planned_close if closed_at is None else day_of(closed_at)


def _running(account: Account, starts_on: date, ends_on: date | None) -> bool:
    today = day_of(account.world.end)
    return starts_on <= today and (ends_on is None or today < ends_on)


def day_of(at: int) -> date:
    return datetime.fromtimestamp(at, UTC).date()


def last_day(ends_on: date | None) -> date | None:
    return None if ends_on is None else ends_on - _DAY


def _last_second(ends_on: date | None) -> int | None:
    return None if ends_on is None else midnight(ends_on) - 1


def written(account: Account, owner: int, created_at: int, stamp: int) -> dict[str, Any]:
    return {
        "CreatedDate": created_at,
        "CreatedById": account.user(owner),
        "LastModifiedById": account.user(owner),
        "SystemModstamp": stamp,
    }
