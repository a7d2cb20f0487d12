"""Accounts, contacts, users and queues as records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido.testing.world import share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.testing.world import Agent, Customer, Person, Team
    from latido_salesforce.sandbox._account import Account

_INTEGRATION = 0


def account_record(account: Account, customer: Customer) -> dict[str, Any]:
    """Return a customer. One that is gone is deleted."""
    website = f"https://www.{customer.domains[0]}" if customer.domains else None
    return {
        "IsDeleted": customer.gone_at is not None,
        "Name": customer.name,
        "Type": "Customer - Direct",
        "BillingCountry": customer.country,
        "BillingAddress": _address(customer.country),
        "Website": website,
        "Industry": customer.industry,
        "NumberOfEmployees": customer.employees,
        "OwnerId": account.user(customer.number % account.world.agent_count),
        "CurrencyIsoCode": "EUR",
        "AccountSource": "Web" if customer.number % 3 else None,
        "External_Key__c": customer.key,
        "Tax_Id__c": customer.tax_id,
        "Tags__c": ";".join(customer.tags) or None,
        "Health_Score__c": round(share(account.world.seed, "health", customer.number), 2),
        "IsPersonAccount": False,
        **_written(account, customer.created_at, customer.gone_at or customer.updated_at),
    }


def person_account_record(account: Account, person: Person) -> dict[str, Any]:
    """Return a person who is an account."""
    return {
        "IsDeleted": person.left_at is not None,
        "Name": person.name,
        "FirstName": person.first_name,
        "LastName": person.last_name,
        "Type": "Customer - Direct",
        "Phone": person.phone,
        "OwnerId": account.user(person.number % account.world.agent_count),
        "CurrencyIsoCode": "EUR",
        "IsPersonAccount": True,
        "PersonContactId": account.contact(person.number),
        "PersonEmail": person.email,
        **_written(account, person.created_at, person.left_at or person.updated_at),
    }


def contact_record(account: Account, person: Person) -> dict[str, Any]:
    """Return a person. One who works for nobody has no account, or is one."""
    return {
        "IsDeleted": person.left_at is not None,
        "AccountId": account.account_of(person.customer, person.number),
        "FirstName": person.first_name,
        "LastName": person.last_name,
        "Name": person.name,
        "Email": person.email,
        "Phone": person.phone,
        "OwnerId": account.user(person.number % account.world.agent_count),
        "CurrencyIsoCode": "EUR",
        "HasOptedOutOfEmail": False,
        "IsEmailBounced": False,
        "Language__c": person.language,
        "Newsletter__c": "newsletter" in person.tags,
        "IsPersonAccount": account.persons and person.customer is None,
        **_written(account, person.created_at, person.left_at or person.updated_at),
    }


def relation_records(account: Account) -> Iterator[dict[str, Any]]:
    """Yield who belongs to which account: each contact to its own, every tenth to another one beside it."""
    world = account.world
    for person in world.people():
        own = account.account_of(person.customer, person.number)
        if own is None or person.left_at is not None:
            continue
        yield _relation(account, own, person, direct=True)
        other = (person.customer or 0) + 1
        if person.number % 10 == 0 and other < world.customer_count and other not in account.gone_customers:
            yield _relation(account, account.customer(other), person, direct=False)


def user_records(account: Account) -> Iterator[dict[str, Any]]:
    """Yield the agents, then the user of rules and bots, then one of the customers' own."""
    world = account.world
    for agent in world.agents():
        yield user_record(account, agent)
    born = world.start
    for name, email, kind in (
        ("Automated Process", "autoproc@00d7q.example", "AutomatedProcess"),
        ("Portal Guest", "guest@00d7q.example", "Guest"),
    ):
        yield _user(name, email, kind, born, born) | {"CreatedById": account.system, "LastModifiedById": account.system}


def user_record(account: Account, agent: Agent) -> dict[str, Any]:
    """Return an agent; one who left is there, and not active."""
    first, _, last = agent.name.partition(" ")
    shown = _user(agent.name, agent.email, "Standard", agent.created_at, agent.updated_at)
    return shown | {
        "Username": "latido@acme.example" if agent.number == _INTEGRATION else agent.email,
        "FirstName": first,
        "LastName": last,
        "IsActive": agent.left_at is None,
        "ManagerId": None if agent.number == _INTEGRATION else account.user(0),
        "Department": account.world.team(agent.team).name,
        "CreatedById": account.system,
        "LastModifiedById": account.system,
    }


def group_record(account: Account, team: Team) -> dict[str, Any]:
    """Return a team as a queue."""
    return {
        "Name": team.name,
        "DeveloperName": f"Queue_{team.number}",
        "Type": "Queue",
        **_written(account, team.created_at, team.created_at),
    }


def group_records(account: Account) -> Iterator[dict[str, Any]]:
    """Yield the queues, then a group that is none."""
    for team in account.world.teams():
        yield group_record(account, team)
    born = account.world.start
    yield {"Name": None, "DeveloperName": "AllInternalUsers", "Type": "Organization", **_written(account, born, born)}


def _written(account: Account, created_at: int, stamp: int) -> dict[str, Any]:
    return {
        "CreatedDate": created_at,
        "CreatedById": account.integration,
        "LastModifiedById": account.integration,
        "SystemModstamp": stamp,
    }


def _relation(account: Account, owner: str, person: Person, *, direct: bool) -> dict[str, Any]:
    return {
        "AccountId": owner,
        "ContactId": account.contact(person.number),
        "IsDirect": direct,
        "IsActive": True,
        **_written(account, person.created_at, person.updated_at),
    }


def _user(name: str, email: str, kind: str, created_at: int, stamp: int) -> dict[str, Any]:
    return {
        "Username": email,
        "LastName": name,
        "Name": name,
        "Email": email,
        "Alias": name[:8].lower(),
        "IsActive": True,
        "TimeZoneSidKey": "Europe/Madrid",
        "LocaleSidKey": "es_ES",
        "LanguageLocaleKey": "es",
        "UserType": kind,
        "DefaultCurrencyIsoCode": "EUR",
        "CreatedDate": created_at,
        "SystemModstamp": stamp,
    }


def _address(country: str) -> dict[str, Any]:
    parts = ("city", "geocodeAccuracy", "latitude", "longitude", "postalCode", "state", "street")
    return {"country": country, **dict.fromkeys(parts)}
