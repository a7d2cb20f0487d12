"""Accounts, contacts, leads and users."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from latido.connect import Count
from latido.schema import Account, Association, Contact, User
from tests.connectors.salesforce.builders import account, key, record
from tests.connectors.salesforce.desk import found
from tests.desk import rows

if TYPE_CHECKING:
    from latido.schema import Record
    from tests.connectors.salesforce.desk import Office, SalesforceDesk

MASTER = {"type": "reference", "relationshipName": "MasterRecord", "referenceTo": ["Account"]}
ROLE = {"type": "reference", "relationshipName": "UserRole", "referenceTo": ["UserRole"]}
PERSONAL = ("FirstName", "LastName", "PersonEmail", "PersonTitle", "PersonMobilePhone", "Phone", "PersonContactId")


def only(office: Office, stream: str, entity: type[Record], **settings: Any) -> Any:
    """Return the one row of *entity* that *stream* brings."""
    (row,) = rows(office.pages(stream, **settings), entity)
    return row


def test_an_account_says_what_it_is(desk: SalesforceDesk, office: Office) -> None:
    told = {
        "Name": "Acme", "Website": "https://acme.example", "Industry": "Energy", "BillingCountry": "Spain",
        "NumberOfEmployees": 120, "AnnualRevenue": 1250000.5, "CurrencyIsoCode": "EUR", "OwnerId": key("005", 1),
        "ParentId": key("001", 9), "Type": "Customer - Direct", "Tier__c": "gold",
    }  # fmt: skip
    desk.has("Account", *told).rows("Account", found(account(1, **told)))

    row = only(office, "accounts", Account)

    assert ("Acme", "https://acme.example", "Energy", "Spain") == (row.name, row.website, row.industry, row.country)
    assert (120, Decimal("1250000.5"), "EUR") == (row.employees, row.annual_revenue, row.currency)
    assert (key("005", 1), key("001", 9), "Customer - Direct") == (row.owner_id, row.parent_id, row.lifecycle_stage)
    assert {"Tier__c": "gold"} == row.custom
    assert f"{desk.url}/{key('001', 1)}" == row.url
    assert datetime(2026, 1, 5, 12, tzinfo=UTC) == row.updated_at


@pytest.mark.parametrize(("told", "currency"), [(["CurrencyIsoCode"], None), ([], "USD")])
def test_an_org_with_one_currency_does_not_name_it(
    desk: SalesforceDesk, office: Office, told: list[str], currency: str | None
) -> None:
    """A record without one where records have one is not guessed at."""
    desk.has("Account", *told).rows("Account", found(account(1, CurrencyIsoCode=None)))

    assert currency == only(office, "accounts", Account, currency="USD").currency


def test_an_account_that_is_a_person_is_a_contact_too(desk: SalesforceDesk, office: Office) -> None:
    desk.has("Account", "Name", *PERSONAL, IsPersonAccount="boolean", MasterRecordId=MASTER)
    person = {
        "Name": "Ana Ruiz", "FirstName": "Ana", "LastName": "Ruiz", "PersonEmail": "ana@example.com",
        "PersonContactId": key("003", 5), "IsPersonAccount": True, "PersonMobilePhone": "+34 600", "Phone": None,
    }  # fmt: skip
    desk.rows("Account", found(account(1, **person), account(2, IsPersonAccount=False)))

    pages = office.pages("accounts")

    assert ["Ana Ruiz", "Rebel Alliance"] == [each.name for each in rows(pages, Account)]
    (contact,) = rows(pages, Contact)
    assert (key("003", 5), key("001", 1)) == (contact.source_id, contact.account_id)
    assert ("Ana", "Ruiz", "ana@example.com", "+34 600") == (
        contact.first_name, contact.last_name, contact.email, contact.phone,
    )  # fmt: skip


def test_a_person_that_was_merged_names_the_contact_that_is_left(desk: SalesforceDesk, office: Office) -> None:
    desk.has("Account", *PERSONAL, IsPersonAccount="boolean", MasterRecordId=MASTER)
    merged = {"MasterRecordId": key("001", 2), "MasterRecord": {"PersonContactId": key("003", 6)}}
    desk.rows(
        "Account", found(account(1, IsPersonAccount=True, PersonContactId=key("003", 5), IsDeleted=True, **merged))
    )

    pages = office.pages("accounts")

    assert [key("001", 2)] == [each.merged_into for each in rows(pages, Account)]
    assert [key("003", 6)] == [each.merged_into for each in rows(pages, Contact)]


def test_persons_count_twice(desk: SalesforceDesk, office: Office) -> None:
    """As what they are stored as."""
    desk.has("Account", IsPersonAccount="boolean").counts("Account", 10, 3)

    assert Count(13, exact=True) == office.stream("accounts").count()


def test_a_contact_says_who_it_is(desk: SalesforceDesk, office: Office) -> None:
    told = {
        "FirstName": "Ana", "LastName": "Ruiz", "Name": "Ana Ruiz", "Email": "ana@example.com", "Phone": "+34 91",
        "Title": "CFO", "AccountId": key("001", 1), "OwnerId": key("005", 1), "LeadSource": "Web",
        "MasterRecordId": None,
    }  # fmt: skip
    desk.has("Contact", *told).rows("Contact", found(record("Contact", "003", 1, **told)))

    row = only(office, "contacts", Contact)

    assert ("Ana", "Ruiz", "ana@example.com", "+34 91", "CFO") == (
        row.first_name, row.last_name, row.email, row.phone, row.title,
    )  # fmt: skip
    assert (key("001", 1), key("005", 1), "Web") == (row.account_id, row.owner_id, row.lead_source)


def test_contacts_of_persons_come_with_their_accounts(desk: SalesforceDesk, office: Office) -> None:
    desk.has("Contact", IsPersonAccount="boolean")

    office.pages("contacts")

    assert "WHERE (IsPersonAccount = false) AND " in desk.queries("Contact")[0]


def test_a_contact_of_two_accounts_has_two_associations(desk: SalesforceDesk, office: Office) -> None:
    told = {"ContactId": key("003", 1), "AccountId": key("001", 2), "IsDirect": False, "Roles": "Evaluator"}
    desk.has("AccountContactRelation", "ContactId", "AccountId", "Roles", IsDirect="boolean")
    desk.rows("AccountContactRelation", found(record("AccountContactRelation", "07k", 1, **told)))

    row = only(office, "account_contact_relations", Association)

    assert ("contacts", key("003", 1), "accounts", key("001", 2)) == (
        row.from_entity, row.from_id, row.to_entity, row.to_id,
    )  # fmt: skip
    assert ("Evaluator", False) == (row.label, row.is_primary)


def lead(**more: Any) -> dict[str, Any]:
    return record("Lead", "00Q", 1, **{"Name": "Ana Ruiz", "ConvertedContactId": None, "MasterRecordId": None, **more})


@pytest.mark.parametrize(
    ("told", "into"),
    [
        ({}, None),
        ({"ConvertedContactId": key("003", 4), "ConvertedAccountId": key("001", 4)}, key("003", 4)),
        ({"MasterRecordId": key("00Q", 2), "IsDeleted": True}, f"lead:{key('00Q', 2)}"),
    ],
)
def test_a_lead_is_a_contact_until_it_goes_into_one(
    desk: SalesforceDesk, office: Office, told: dict[str, Any], into: str | None
) -> None:
    desk.has("Lead", "Name", "ConvertedContactId", "ConvertedAccountId", "MasterRecordId")
    desk.rows("Lead", found(lead(**told)))

    row = only(office, "leads", Contact)

    assert (f"lead:{key('00Q', 1)}", "lead", into) == (row.source_id, row.lifecycle_stage, row.merged_into)
    assert told.get("ConvertedAccountId") == row.account_id


def test_converted_leads_count_as_contacts(desk: SalesforceDesk, office: Office) -> None:
    desk.has("Lead", "ConvertedContactId").counts("Lead", 10, 3)

    assert Count(7, exact=True) == office.stream("leads").count()


def test_a_field_that_only_contacts_have_does_not_stop_leads(desk: SalesforceDesk, office: Office) -> None:
    """One table holds both, and the user maps its columns once."""
    desk.has("Lead", "Name").rows("Lead", found(lead()))

    assert "Ana Ruiz" == only(office, "leads", Contact, fields={"contacts": {"title": "Job__c"}}).name


def test_a_user_says_who_it_is(desk: SalesforceDesk, office: Office) -> None:
    told = {"Name": "Zoe", "Email": "zoe@example.com", "UserType": "Standard", "IsActive": True}
    desk.has("User", "Name", "Email", "UserType", IsActive="boolean", UserRoleId=ROLE)
    desk.rows("User", found(record("User", "005", 1, **told, UserRole={"Name": "EMEA"})))

    row = only(office, "users", User)

    assert ("Zoe", "zoe@example.com", "Standard", "EMEA", True) == (row.name, row.email, row.role, row.team, row.active)


def test_the_name_of_a_related_record_costs_no_description(desk: SalesforceDesk, office: Office) -> None:
    desk.has("User", "Name", UserRoleId=ROLE)

    office.pages("users")

    assert [] == desk.requests("sobjects/UserRole/describe")
    assert "UserRole.Name" in desk.queries("User")[0]


def test_a_queue_owns_as_a_user_does(desk: SalesforceDesk, office: Office) -> None:
    """What a record says of its owner leads to it."""
    desk.has("Group", "Name", "Type").rows("Group", found(record("Group", "00G", 1, Name="Tier 2", Type="Queue")))

    row = only(office, "queues", User)

    assert (key("00G", 1), "Tier 2", "queue") == (row.source_id, row.name, row.role)
    assert "WHERE (Type = 'Queue') AND " in desk.queries("Group")[0]
