"""Companies, the people in them, and those who may become customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.connect import Mapping, Source, computed, constant, first, lookup
from latido.schema import Account, Contact
from latido_hubspot.reading import ObjectStream
from latido_hubspot.references import LEAD_PIPELINES
from latido_hubspot.transforms import company_currency, named, own_properties, prefixed, record_url

if TYPE_CHECKING:
    from latido.connect import Count

LEAD = "lead:"


def full_name(*parts: str | None) -> str | None:
    return " ".join(part for part in parts if part) or None


def converted() -> Source:
    """The contact that a lead became, once its stage is one of qualified leads: HubSpot keeps the lead beside it."""
    stage = lookup(named("hs_pipeline_stage"), LEAD_PIPELINES, "status")
    return computed(
        "contact if qualified",
        lambda status, contact: contact if status == "qualified" else None,
        stage,
        named("hs_primary_contact_id"),
    )


class Companies(ObjectStream):
    """Companies. Of two that were merged, the survivor names the other."""

    name = "companies"
    object_type = "companies"
    object_type_id = "0-2"
    entities = (Account,)
    reference = ("account", "properties_companies")
    mappings = (
        Mapping(
            Account,
            source_id="id",
            url=record_url("0-2"),
            created_at="createdAt",
            updated_at="updatedAt",
            custom=own_properties("companies"),
            name=named("name"),
            domain=named("domain"),
            website=named("website"),
            industry=named("industry"),
            country=named("country"),
            employees=named("numberofemployees"),
            annual_revenue=named("annualrevenue"),
            currency=company_currency(),
            owner_id=named("hubspot_owner_id"),
            parent_id=named("hs_parent_company_id"),
            lifecycle_stage=named("lifecyclestage"),
        ),
    )


class Contacts(ObjectStream):
    """People. Their clock has another name than everybody else's, and their losers are named twice."""

    name = "contacts"
    object_type = "contacts"
    object_type_id = "0-1"
    changed = "lastmodifieddate"
    losers = ("hs_merged_object_ids", "hs_all_contact_vids")
    entities = (Contact,)
    reference = ("account", "properties_contacts")
    mappings = (
        Mapping(
            Contact,
            source_id="id",
            url=record_url("0-1"),
            created_at="createdAt",
            updated_at="updatedAt",
            custom=own_properties("contacts"),
            first_name=named("firstname"),
            last_name=named("lastname"),
            name=computed("full_name", full_name, named("firstname"), named("lastname")),
            email=named("email"),
            phone=first(named("phone"), named("mobilephone")),
            title=named("jobtitle"),
            account_id=named("associatedcompanyid"),
            owner_id=named("hubspot_owner_id"),
            lifecycle_stage=named("lifecyclestage"),
            lead_source=named("hs_analytics_source"),
            locale=named("hs_language"),
        ),
    )


class Leads(ObjectStream):
    """Those who may become customers, in accounts that keep them as objects of their own.

    Elsewhere they are contacts whose lifecycle stage says so. A qualified one counts as merged into its contact.
    """

    name = "leads"
    object_type = "leads"
    object_type_id = "0-136"
    prefix = LEAD
    optional = True
    entities = (Contact,)
    reference = ("account", LEAD_PIPELINES, "properties_leads")
    mappings = (
        Mapping(
            Contact,
            source_id=prefixed(LEAD),
            url=record_url("0-136"),
            created_at="createdAt",
            updated_at="updatedAt",
            merged_into=converted(),
            custom=own_properties("leads"),
            first_name=named("hs_associated_contact_firstname"),
            last_name=named("hs_associated_contact_lastname"),
            name=named("hs_lead_name"),
            email=named("hs_associated_contact_email"),
            account_id=named("hs_primary_company_id"),
            owner_id=named("hubspot_owner_id"),
            lifecycle_stage=constant("lead"),
            lead_source=named("hs_lead_source"),
        ),
    )

    def count(self) -> Count | None:
        """HubSpot counts the qualified ones too."""
        return None
