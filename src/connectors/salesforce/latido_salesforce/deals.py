"""Opportunities, and the stages that they went through."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from latido.connect import Mapping, computed, custom, lookup
from latido.schema import Deal, DealStage
from latido_salesforce.declared import DeclaredStream
from latido_salesforce.people import ENVELOPE
from latido_salesforce.reading import SObjectStream
from latido_salesforce.transforms import currency
from latido_salesforce.values import CUSTOM

if TYPE_CHECKING:
    from collections.abc import Mapping as Map

    from latido.connect import Source


def status(closed: Any, won: Any) -> str | None:
    """Return whether a deal is open, won or lost: its flags tell, never the word for its stage."""
    if closed is None:
        return None
    return "open" if not closed else "won" if won else "lost"


def stage_status(stage: Any) -> str | None:
    """Return what a row of OpportunityStage says of the deals in it."""
    return None if stage is None else status(stage.get("IsClosed"), stage.get("IsWon"))


def share(percent: Any) -> Decimal | None:
    return None if percent is None else Decimal(str(percent)) / 100


class Opportunities(DeclaredStream):
    """Opportunities. The close date is a plan until they are closed, then the day."""

    name = "opportunities"
    sobject = "Opportunity"
    entities = (Deal,)
    mappings = (
        Mapping(
            Deal,
            **ENVELOPE,
            custom=custom(CUSTOM),
            name="Name",
            account_id="AccountId",
            contact_id="ContactId",
            owner_id="OwnerId",
            pipeline="RecordType.Name",
            stage="StageName",
            stage_raw="StageName",
            status=computed("by_flags", status, "IsClosed", "IsWon"),
            amount="Amount",
            currency=currency(),
            close_date="CloseDate",
            probability=computed("share", share, "Probability"),
            deal_class=lookup("Type", {}),
            lead_source="LeadSource",
            campaign_id="CampaignId",
        ),
    )

    def declared(self) -> Map[str, Source | str]:
        return {"deal_class": lookup("Type", self.connector.settings.deal_classes)}


class OpportunityHistories(SObjectStream):
    """The states that opportunities went through: Salesforce keeps one for each change of stage, amount or date.

    So a stage may come several times in a row, and when it was left the next one tells.
    """

    name = "opportunity_history"
    sobject = "OpportunityHistory"
    entities = (DealStage,)
    mappings = (
        Mapping(
            DealStage,
            **{name: source for name, source in ENVELOPE.items() if name != "url"},
            deal_id="OpportunityId",
            stage="StageName",
            status=computed("by_stage", stage_status, lookup("StageName", "opportunity_stages")),
            entered_at="CreatedDate",
        ),
    )
    reference = ("opportunity_stages",)
    optional = True
