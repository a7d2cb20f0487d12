"""What is sold and how customers are won, as records: products, campaigns, leads, currencies, stages."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from latido.testing.world import midnight
from latido_salesforce.sandbox._sales import day_of, last_day, written
from latido_salesforce.sandbox._words import STAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.testing.world import Campaign, Lead, Product
    from latido_salesforce.sandbox._account import Account

_NEVER = date(9999, 12, 31)


def product_record(account: Account, product: Product) -> dict[str, Any]:
    return {
        "Name": product.name,
        "ProductCode": f"P-{product.number}",
        "IsActive": True,
        "Family": "Servicios" if product.monthly is None else "Suscripciones",
        "CurrencyIsoCode": "EUR",
        "Billing__c": "One-off" if product.monthly is None else "Recurring",
        **written(account, 0, account.world.start, account.world.start),
    }


def campaign_record(account: Account, campaign: Campaign) -> dict[str, Any]:
    """Return a campaign; what was spent is one sum."""
    created_at = midnight(campaign.starts_on)
    spent = sum(each.amount for each in campaign.spend)
    return {
        "Name": campaign.name,
        "Type": campaign.channel.capitalize(),
        "Status": "Completed" if midnight(campaign.ends_on) <= account.world.end else "In Progress",
        "StartDate": campaign.starts_on,
        "EndDate": last_day(campaign.ends_on),
        "BudgetedCost": campaign.budget,
        "ActualCost": spent,
        "HierarchyActualCost": spent,
        "IsActive": midnight(campaign.ends_on) > account.world.end,
        "CurrencyIsoCode": campaign.currency,
        "OwnerId": account.user(0),
        **dict.fromkeys(("NumberOfLeads", "NumberOfConvertedLeads", "NumberOfContacts", "NumberOfResponses"), 0),
        **dict.fromkeys(("NumberOfOpportunities", "NumberOfWonOpportunities"), 0),
        **dict.fromkeys(("AmountAllOpportunities", "AmountWonOpportunities"), 0),
        **written(account, 0, created_at, max([created_at, *(each.at for each in campaign.spend)])),
    }


def lead_record(account: Account, lead: Lead) -> dict[str, Any]:
    """Return a lead; a converted one names the contact that it became."""
    person = None if lead.person is None else account.person(lead.person)
    return {
        "LastName": lead.last_name,
        "FirstName": lead.first_name,
        "Name": f"{lead.first_name} {lead.last_name}",
        "Company": lead.company,
        "Email": lead.email,
        "LeadSource": "Web",
        "Status": "Open - Not Contacted" if lead.converted_at is None else "Closed - Converted",
        "OwnerId": account.queue(0) if lead.number % 5 == 0 else account.user(0),
        "CurrencyIsoCode": "EUR",
        "IsConverted": lead.converted_at is not None,
        "ConvertedDate": None if lead.converted_at is None else day_of(lead.converted_at),
        "ConvertedAccountId": None if person is None else account.account_of(person.customer, person.number),
        "ConvertedContactId": None if person is None else account.contact(person.number),
        **written(account, 0, lead.created_at, lead.converted_at or lead.created_at),
    }


def currency_records(account: Account) -> Iterator[dict[str, Any]]:
    """Yield the currencies: an amount divided by its rate is in that of the company."""
    latest = {each.currency: each.rate for each in account.world.rates()}
    for code, rate in (("EUR", 1.0), *((code, float(1 / rate)) for code, rate in sorted(latest.items()))):
        yield {
            "IsoCode": code,
            "ConversionRate": rate,
            "DecimalPlaces": 2,
            "IsActive": True,
            "IsCorporate": code == "EUR",
            **written(account, 0, account.world.start, account.world.end - 1),
        }


def rate_records(account: Account) -> Iterator[dict[str, Any]]:
    """Yield what each currency was worth, from one date to before the next."""
    following: dict[str, date] = {}
    dated = []
    for rate in sorted(account.world.rates(), key=lambda each: each.on, reverse=True):
        at = min(max(midnight(rate.on), account.world.start), account.world.end - 1)
        dated.append(
            {
                "IsoCode": rate.currency,
                "StartDate": rate.on,
                "NextStartDate": following.get(rate.currency, _NEVER),
                "ConversionRate": float(1 / rate.rate),
                **written(account, 0, at, at),
            }
        )
        following[rate.currency] = rate.on
    yield from reversed(dated)


def stage_records(account: Account) -> Iterator[dict[str, Any]]:
    for order, stage in enumerate(STAGES, 1):
        yield {
            "MasterLabel": stage.label,
            "ApiName": stage.label,
            "IsActive": True,
            "SortOrder": order,
            "IsClosed": stage.closed,
            "IsWon": stage.won,
            "ForecastCategory": stage.category,
            "ForecastCategoryName": stage.category,
            "DefaultProbability": stage.probability,
            **written(account, 0, account.world.start, account.world.start),
        }
