"""Companies, the people in them, and those who may become customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.connect import Mapping, Source, computed, first
from latido.schema import Account, Contact
from latido_hubspot.reading import ObjectStream
from latido_hubspot.transforms import company_currency, named, own_properties, record_url

if TYPE_CHECKING:
    from collections.abc import Callable

    from latido.connect import Context, JsonObject

LEAD = "lead:"


def full_name(*parts: str | None) -> str | None:
    return " ".join(part for part in parts if part) or None


def converted() -> Source:
    """The contact that a lead became, once its stage says so: HubSpot keeps the lead beside it."""

    def bind(_context: Context) -> Callable[[JsonObject], str | None]:
        def find(record: JsonObject) -> str | None:
            told = record["properties"]
            return told.get("hs_primary_contact_id") if told.get("hs_lead_is_qualified") == "true" else None

        return find

    paths = (named("hs_primary_contact_id"), named("hs_lead_is_qualified"))
    return Source("hs_primary_contact_id of a qualified lead", paths, bind)


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
