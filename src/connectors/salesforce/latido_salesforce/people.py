"""Accounts, and the people at them and behind the desk."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from latido.connect import Count, Mapping, Source, computed, constant, custom, first
from latido.schema import Account, Association, Contact, User
from latido_salesforce.reading import SObjectStream
from latido_salesforce.transforms import currency, deletion, link
from latido_salesforce.values import CUSTOM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latido.connect import Cursor, JsonObject, Page

PERSONS = "IsPersonAccount"
"""A field that only orgs with person accounts have: accounts that are people, each with a contact of its own."""

LEAD = "lead"

ENVELOPE: dict[str, Source | str] = {
    "source_id": "Id",
    "url": link(),
    "created_at": "CreatedDate",
    "updated_at": "SystemModstamp",
    "is_deleted": "IsDeleted",
    "deleted_at": deletion(),
}
"""What the rows of an object begin with."""


def lead_key(key: Any) -> str | None:
    return None if key is None else f"{LEAD}:{key}"


def survivor_of_lead(contact: Any, master: Any) -> str | None:
    """Return what a lead went into: the lead that it was merged with, or the contact that it was converted to."""
    return contact if master is None else lead_key(master)


ACCOUNT = Mapping(
    Account,
    **ENVELOPE,
    merged_into="MasterRecordId",
    custom=custom(CUSTOM),
    name="Name",
    website="Website",
    industry="Industry",
    country="BillingCountry",
    employees="NumberOfEmployees",
    annual_revenue="AnnualRevenue",
    currency=currency(),
    owner_id="OwnerId",
    parent_id="ParentId",
    lifecycle_stage="Type",
)

PERSON = Mapping(
    Contact,
    **{**ENVELOPE, "source_id": "PersonContactId"},
    merged_into="MasterRecord.PersonContactId",
    first_name="FirstName",
    last_name="LastName",
    name="Name",
    email="PersonEmail",
    phone=first("Phone", "PersonMobilePhone"),
    title="PersonTitle",
    account_id="Id",
    owner_id="OwnerId",
    lead_source="PersonLeadSource",
)


class Accounts(SObjectStream):
    """Accounts. One that is a person is a contact too, whose fields stand in the account."""

    name = "accounts"
    sobject = "Account"
    entities = (Account, Contact)
    mappings = (ACCOUNT, PERSON)
    extra = (PERSONS,)

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        page = self.page_of(Account, records, cursor)
        people, faults = self.rows(Contact, [each for each in records if isinstance(each, dict) and each.get(PERSONS)])
        return replace(page, rows=(*page.rows, people), rejected=(*page.rejected, *faults))

    def count(self) -> Count | None:
        """Return how many accounts there are, and how many contacts among them."""
        accounts = super().count()
        if accounts is None or PERSONS not in self.described.fields:
            return accounts
        people, _now = self.counted([*self.conditions, f"{PERSONS} = true"], deleted=False)
        return Count(accounts.n + people, accounts.exact)


class Contacts(SObjectStream):
    """Contacts, without those that are accounts: those come with them."""

    name = "contacts"
    sobject = "Contact"
    entities = (Contact,)
    mappings = (
        Mapping(
            Contact,
            **ENVELOPE,
            merged_into="MasterRecordId",
            custom=custom(CUSTOM),
            first_name="FirstName",
            last_name="LastName",
            name="Name",
            email="Email",
            phone=first("Phone", "MobilePhone"),
            title="Title",
            account_id="AccountId",
            owner_id="OwnerId",
            lead_source="LeadSource",
        ),
    )

    @property
    def conditions(self) -> list[str | None]:
        return [f"{PERSONS} = false" if PERSONS in self.described.fields else None]


class Leads(SObjectStream):
    """Leads, as contacts. A converted one is merged into the contact that it became."""

    name = "leads"
    sobject = "Lead"
    prefix = f"{LEAD}:"
    entities = (Contact,)
    mappings = (
        Mapping(
            Contact,
            **{**ENVELOPE, "source_id": computed("lead:", lead_key, "Id")},
            merged_into=computed("contact_or_lead", survivor_of_lead, "ConvertedContactId", "MasterRecordId"),
            custom=custom(CUSTOM),
            first_name="FirstName",
            last_name="LastName",
            name="Name",
            email="Email",
            phone=first("Phone", "MobilePhone"),
            title="Title",
            account_id="ConvertedAccountId",
            owner_id="OwnerId",
            lifecycle_stage=constant(LEAD),
            lead_source="LeadSource",
        ),
    )
    optional = True
    shares_table = True

    def count(self) -> Count | None:
        """Return how many leads there are that did not become contacts: the others count there."""
        leads = super().count()
        if leads is None or "ConvertedContactId" not in self.described.fields:
            return leads
        converted, _now = self.counted([*self.conditions, "ConvertedContactId != null"], deleted=False)
        return Count(leads.n - converted, leads.exact)


class AccountContactRelations(SObjectStream):
    """Which contacts belong to which accounts, where an org lets one belong to several."""

    name = "account_contact_relations"
    sobject = "AccountContactRelation"
    entities = (Association,)
    mappings = (
        Mapping(
            Association,
            **{name: source for name, source in ENVELOPE.items() if name != "url"},
            from_entity=constant("contacts"),
            from_id="ContactId",
            to_entity=constant("accounts"),
            to_id="AccountId",
            label="Roles",
            is_primary="IsDirect",
        ),
    )
    optional = True


class Users(SObjectStream):
    """Users of the org, those of its portals included: Salesforce deletes none, it only ends that they are active."""

    name = "users"
    sobject = "User"
    entities = (User,)
    mappings = (
        Mapping(
            User,
            **ENVELOPE,
            custom=custom(CUSTOM),
            name="Name",
            email="Email",
            role="UserType",
            team="UserRole.Name",
            active="IsActive",
        ),
    )


class Queues(SObjectStream):
    """Queues, which own cases and leads as users do."""

    name = "queues"
    sobject = "Group"
    where = "Type = 'Queue'"
    entities = (User,)
    mappings = (Mapping(User, **ENVELOPE, name="Name", role=constant("queue"), team="Name", active=constant(True)),)
    deletions = "census"
    optional = True
    shares_table = True
