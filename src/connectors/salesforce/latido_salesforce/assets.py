"""What recurs by asset: what customers own, and what it brings per month over time."""

from __future__ import annotations

from latido.connect import Mapping, computed, custom, first, local_date
from latido.schema import Contract
from latido_salesforce.contracts import times
from latido_salesforce.declared import prefixed, said_in
from latido_salesforce.people import ENVELOPE
from latido_salesforce.reading import SObjectStream
from latido_salesforce.recurring import RecurringStream
from latido_salesforce.terms import second_after
from latido_salesforce.transforms import currency
from latido_salesforce.values import CUSTOM


class Assets(RecurringStream):
    """Assets of organizations without the asset lifecycle: which field says for how much, the settings declare.

    Assets with a lifecycle are left to their state periods, which tell more.
    """

    name = "assets"
    sobject = "Asset"
    prefix = "asset:"
    declaration = "assets"
    total = computed("times", times, "Price", "Quantity")
    begins = ("PurchaseDate", "InstallDate")
    ends_after = "UsageEndDate"
    mappings = (
        Mapping(
            Contract,
            **{**ENVELOPE, "source_id": prefixed("asset")},
            custom=custom(CUSTOM),
            account_id="AccountId",
            deal_id=said_in("recurring.assets"),
            product=first("Product2.Name", "Name"),
            recurring_monthly_amount=said_in("recurring.assets"),
            currency=currency(),
            starts_on=said_in("recurring.assets"),
            ends_on=said_in("recurring.assets"),
            booked_on="PurchaseDate",
        ),
    )

    @property
    def conditions(self) -> list[str | None]:
        lifecycles = "HasLifecycleManagement" in self.described.fields
        return [*super().conditions, "HasLifecycleManagement = false" if lifecycles else None]


class AssetStatePeriods(SObjectStream):
    """Stretches of time in which an asset brings the same per month: the best that Salesforce knows of what recurs.

    A stretch ends with its last second, the next one begins with the one after. One without an end goes on.
    """

    name = "asset_state_periods"
    sobject = "AssetStatePeriod"
    prefix = "period:"
    entities = (Contract,)
    mappings = (
        Mapping(
            Contract,
            **{**ENVELOPE, "source_id": prefixed("period")},
            custom=custom(CUSTOM),
            account_id="Asset.AccountId",
            product=first("Asset.Product2.Name", "Asset.Name"),
            recurring_monthly_amount="Mrr",
            currency=currency(),
            starts_on=local_date("StartDate"),
            ends_on=local_date(computed("second_after", second_after, "EndDate")),
        ),
    )
    optional = True
    shares_table = True
