"""Deals, and the orders of a shop for those who count them as such."""

from __future__ import annotations

from latido.connect import Mapping, Source, computed, constant, first, lookup
from latido.schema import Deal
from latido_hubspot.reading import ObjectStream
from latido_hubspot.references import DEAL_PIPELINES
from latido_hubspot.transforms import (
    company_currency,
    local_day,
    moment,
    named,
    own_properties,
    prefixed,
    record_url,
)

ORDER = "order:"

CLASSES = {"newbusiness": "new", "existingbusiness": "expansion"}


def status() -> Source:
    """What the stage of a deal means. One that was deleted since means nothing that we could know."""
    return first(lookup(named("dealstage"), DEAL_PIPELINES, "status"), constant("unknown"))


class Deals(ObjectStream):
    """Deals. Their stages say what is won and lost, whatever their names; the amount is in the deal's own currency."""

    name = "deals"
    object_type = "deals"
    object_type_id = "0-3"
    entities = (Deal,)
    reference = ("account", DEAL_PIPELINES, "properties_deals")
    mappings = (
        Mapping(
            Deal,
            source_id="id",
            url=record_url("0-3"),
            created_at="createdAt",
            updated_at="updatedAt",
            custom=own_properties("deals"),
            name=named("dealname"),
            account_id=named("hs_primary_associated_company"),
            owner_id=named("hubspot_owner_id"),
            pipeline=first(lookup(named("dealstage"), DEAL_PIPELINES, "pipeline"), named("pipeline")),
            stage=lookup(named("dealstage"), DEAL_PIPELINES, "label"),
            stage_raw=named("dealstage"),
            status=status(),
            lost_reason=named("closed_lost_reason"),
            amount=named("amount"),
            currency=first(named("deal_currency_code"), company_currency()),
            recurring_monthly_amount=named("hs_mrr"),
            close_date=local_day(named("closedate")),
            probability=named("hs_deal_stage_probability"),
            deal_class=lookup(named("dealtype"), CLASSES),
            lead_source=named("hs_analytics_source"),
            campaign_id=named("hs_campaign"),
        ),
    )


def order_status(cancelled: str | None) -> str:
    return "lost" if cancelled == "true" else "won"


class Orders(ObjectStream):
    """Orders of a shop as won deals, for those who set `orders_as_deals`; a cancelled one is lost."""

    name = "orders"
    object_type = "orders"
    object_type_id = "0-123"
    prefix = ORDER
    optional = True
    entities = (Deal,)
    reference = ("account", "properties_orders")
    mappings = (
        Mapping(
            Deal,
            source_id=prefixed(ORDER),
            external_id=named("hs_external_order_id"),
            url=record_url("0-123"),
            created_at="createdAt",
            updated_at="updatedAt",
            custom=own_properties("orders"),
            name=named("hs_order_name"),
            owner_id=named("hubspot_owner_id"),
            pipeline=constant("orders"),
            stage_raw=named("hs_pipeline_stage"),
            status=computed("won unless cancelled", order_status, named("hs_is_canceled")),
            amount=named("hs_total_price"),
            currency=first(named("hs_currency_code"), company_currency()),
            close_date=local_day(first(named("hs_closed_date"), moment("createdAt"))),
        ),
    )
