"""Companies, the people in them, and those who may become customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.connect import UNKNOWN_SURVIVOR, Mapping, Source, computed, constant, first, lookup
from latido.schema import Account, Association, Contact
from latido_bitrix24.links import LINKS, LinkedStream
from latido_bitrix24.reading import ItemStream
from latido_bitrix24.references import COMPANY, CONTACT, CURRENCY, LEAD, LEAD_STAGES, WORDS
from latido_bitrix24.transforms import (
    link,
    linked,
    moment,
    multiple,
    number,
    own_fields,
    prefixed,
    record_url,
    text,
    word,
)

if TYPE_CHECKING:
    from latido.connect import JsonObject

LEAD_PREFIX = "lead:"


def full_name(*parts: str | None) -> str | None:
    return " ".join(part for part in parts if part) or None


def became(meaning: str | None, semantics: str | None, contact: object) -> str | None:
    """Return the contact that a converted lead became; that it is one it says by its stage."""
    if semantics != "S" and meaning != "won":
        return None
    return link(contact) or UNKNOWN_SURVIVOR


class Companies(ItemStream):
    """Companies, but for those that are one's own: legal entities in whose name one sells."""

    name = "companies"
    entity_type_id = COMPANY
    entities = (Account,)
    needs = ("portal", WORDS, CURRENCY)
    extra = ("isMyCompany",)
    mappings = (
        Mapping(
            Account,
            source_id="id",
            external_id=text("originId"),
            url=record_url("company"),
            created_at=moment("createdTime"),
            updated_at=moment("updatedTime"),
            custom=own_fields(COMPANY),
            name=text("title"),
            website=multiple("WEB"),
            industry=word("industry", "INDUSTRY"),
            annual_revenue=number("revenue"),
            currency=text("currencyId"),
            owner_id=linked("assignedById"),
            # One name or the other, by the version of the CRM; only what a portal has is asked for.
            lifecycle_stage=first(word("typeId", "COMPANY_TYPE"), word("companyType", "COMPANY_TYPE")),
        ),
    )

    def wanted(self, record: JsonObject) -> bool:
        return record.get("isMyCompany") != "Y"


PERSON: dict[str, Source | str] = {
    "created_at": moment("createdTime"),
    "updated_at": moment("updatedTime"),
    "first_name": text("name"),
    "last_name": text("lastName"),
    "name": computed("full_name", full_name, "name", "secondName", "lastName"),
    "email": multiple("EMAIL"),
    "phone": multiple("PHONE"),
    "title": text("post"),
    "account_id": linked("companyId"),
    "owner_id": linked("assignedById"),
    "lead_source": word("sourceId", "SOURCE"),
}


class Contacts(LinkedStream):
    """People, each with the company that is named first, and with links to all where there are several."""

    name = "contacts"
    entity_type_id = CONTACT
    entities = (Contact, Association)
    main, several, linked_to = "companyId", "companyIds", Account
    needs = ("portal", WORDS)
    mappings = (
        Mapping(
            Contact,
            **PERSON,
            source_id="id",
            external_id=text("originId"),
            url=record_url("contact"),
            custom=own_fields(CONTACT),
            lifecycle_stage=word("typeId", "CONTACT_TYPE"),
        ),
        LINKS,
    )


class Leads(ItemStream):
    """Those who may become customers; a portal may do without. A converted one counts as merged into its contact."""

    name = "leads"
    entity_type_id = LEAD
    prefix = LEAD_PREFIX
    optional = True
    entities = (Contact,)
    needs = ("portal", WORDS, LEAD_STAGES)
    mappings = (
        Mapping(
            Contact,
            **{**PERSON, "name": first(computed("full_name", full_name, "name", "secondName", "lastName"), "title")},
            source_id=prefixed(LEAD_PREFIX),
            external_id=text("originId"),
            url=record_url("lead"),
            merged_into=computed(
                "contact if converted", became, lookup("stageId", LEAD_STAGES, "status"), "stageSemanticId", "contactId"
            ),
            custom=own_fields(LEAD),
            lifecycle_stage=constant("lead"),
        ),
    )
