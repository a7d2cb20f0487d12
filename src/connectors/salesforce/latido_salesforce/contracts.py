"""What recurs by contract: contracts themselves, and the subscriptions of Salesforce CPQ."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from latido.connect import Mapping, computed, custom, local_date, lookup
from latido.schema import Contract
from latido_salesforce.declared import prefixed, said_in
from latido_salesforce.people import ENVELOPE
from latido_salesforce.recurring import RecurringStream
from latido_salesforce.transforms import currency
from latido_salesforce.values import CUSTOM

STATUSES = {"Activated": "active", "Expired": "ended", "Terminated": "cancelled", "Canceled": "cancelled"}


def times(price: Any, quantity: Any) -> Decimal | None:
    return None if price is None or quantity is None else Decimal(str(price)) * Decimal(str(quantity))


class Contracts(RecurringStream):
    """Contracts that were activated at some time. Which field says for how much, the settings declare.

    A contract does not name the opportunity behind it; where a field does, the settings may declare that as `deal`.
    """

    name = "contracts"
    sobject = "Contract"
    where = "ActivatedDate != null"
    declaration = "contracts"
    begins = ("StartDate",)
    ends_after = "EndDate"
    mappings = (
        Mapping(
            Contract,
            **ENVELOPE,
            custom=custom(CUSTOM),
            account_id="AccountId",
            deal_id=said_in("recurring.contracts"),
            product="Name",
            status=lookup("StatusCode", STATUSES),
            recurring_monthly_amount=said_in("recurring.contracts"),
            currency=currency(),
            starts_on=said_in("recurring.contracts"),
            ends_on=said_in("recurring.contracts"),
            booked_on=local_date("ActivatedDate"),
        ),
    )


class Subscriptions(RecurringStream):
    """Subscriptions of the managed package Salesforce CPQ, where it is installed.

    Its price covers as many months as the package is set up for: the settings say that as `months`.
    """

    name = "subscriptions"
    sobject = "SBQQ__Subscription__c"
    prefix = "subscription:"
    declaration = "subscriptions"
    total = computed("times", times, "SBQQ__NetPrice__c", "SBQQ__Quantity__c")
    begins = ("SBQQ__StartDate__c",)
    ends_after = "SBQQ__EndDate__c"
    cancelled_on = "SBQQ__TerminatedDate__c"
    mappings = (
        Mapping(
            Contract,
            **{**ENVELOPE, "source_id": prefixed("subscription")},
            custom=custom(CUSTOM),
            account_id="SBQQ__Account__c",
            deal_id="SBQQ__Contract__r.SBQQ__Opportunity__c",
            product="SBQQ__Product__r.Name",
            recurring_monthly_amount=said_in("recurring.subscriptions"),
            currency=currency(),
            starts_on=said_in("recurring.subscriptions"),
            ends_on=said_in("recurring.subscriptions"),
        ),
    )
