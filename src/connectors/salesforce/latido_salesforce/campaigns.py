"""Campaigns, and what they cost. Advertising spend as such is not in Salesforce."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from latido.connect import Count, Mapping, Page, computed, constant, custom, first, local_date
from latido.schema import Campaign, MarketingSpend
from latido_salesforce.people import ENVELOPE
from latido_salesforce.reading import SObjectStream
from latido_salesforce.terms import day_after
from latido_salesforce.transforms import currency, deletion
from latido_salesforce.values import CUSTOM

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from latido.connect import Cursor, JsonObject
    from latido.schema import Record


class Campaigns(SObjectStream):
    """Campaigns, and the cost of each as one sum over its days: Salesforce keeps no dates of spending.

    The cost is the campaign's own, without those below it, which bring theirs. One without dates counts on the day it
    was created; one without a cost costs nothing that is known.
    """

    name = "campaigns"
    sobject = "Campaign"
    entities = (Campaign, MarketingSpend)
    mappings = (
        Mapping(
            Campaign,
            **ENVELOPE,
            custom=custom(CUSTOM),
            name="Name",
            channel="Type",
            status="Status",
            started_on="StartDate",
            ended_on="EndDate",
            budget="BudgetedCost",
            currency=currency(),
        ),
        Mapping(
            MarketingSpend,
            source_id="Id",
            created_at="CreatedDate",
            updated_at="SystemModstamp",
            is_deleted="IsDeleted",
            deleted_at=deletion(),
            spend_date=first("StartDate", local_date("CreatedDate")),
            spend_end=computed("day_after", day_after, "EndDate"),
            amount="ActualCost",
            currency=currency(),
            category=constant("marketing"),
            channel="Type",
            campaign_id="Id",
        ),
    )
    optional = True

    @property
    def gone_together(self) -> tuple[type[Record], ...]:
        return self.entities

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        free: dict[str, datetime | None] = {
            str(each.get("Id")): None for each in records if isinstance(each, dict) and each.get("ActualCost") is None
        }
        campaigns, bad = self.rows(Campaign, records)
        spends, worse = self.rows(
            MarketingSpend, [each for each in records if isinstance(each, dict) and str(each.get("Id")) not in free]
        )
        page = Page((campaigns, spends), cursor, len(records), rejected=(*bad, *worse))
        return replace(page, deleted={MarketingSpend: free} if free else {})

    def count(self) -> Count | None:
        """Return how many campaigns there are, and among them those with a cost."""
        campaigns = super().count()
        costly, _now = self.counted([*self.conditions, "ActualCost != null"], deleted=False)
        return campaigns and Count(campaigns.n + costly, campaigns.exact)
