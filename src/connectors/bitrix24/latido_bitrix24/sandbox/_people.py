"""Companies, contacts, leads and users as a portal tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido_bitrix24.sandbox._activities import INCOMING, activity
from latido_bitrix24.sandbox._book import Row
from latido_bitrix24.sandbox._kinds import COMPANY, CONTACT, EMPTY_IN_LEADS, KINDS, LEAD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latido.testing.world import Agent, Customer, Instant, Lead, Person, World
    from latido_bitrix24.sandbox._stamps import PortalTime

_SOURCES = ("WEB", "ADVERTISING", "CALL", "TRADE_SHOW", "PARTNER", "RECOMMENDATION")
_JOBS = ("Compras", "IT", "Dirección", "Finanzas", "Operaciones", None)
_REVENUE_PER_HEAD = 81_350
_HEADS = ((50, "EMPLOYEES_1"), (250, "EMPLOYEES_2"), (500, "EMPLOYEES_3"), (1 << 40, "EMPLOYEES_4"))
VIP = 61
_FORM = 5


def user_id(agent: int | None) -> int:
    """Return the user that an agent is; the administrator if there is none: a record always has somebody in charge."""
    return KINDS["users"].identity(agent or 0)


def base(time: PortalTime, at: Instant, changed: Instant, agent: int | None) -> dict[str, Any]:
    """Return what every item begins with."""
    user = user_id(agent)
    return {
        "createdTime": time.stamp(at),
        "updatedTime": time.stamp(changed),
        "createdBy": user,
        "updatedBy": user,
        "assignedById": user,
        "opened": "Y",
    }


def closing(type_id: int, time: PortalTime, changed: Instant, agent: int | None, **more: Any) -> dict[str, Any]:
    """Return what every item ends with."""
    return {
        "lastActivityBy": user_id(agent),
        "lastActivityTime": time.stamp(changed),
        "utmSource": None,
        "utmMedium": None,
        "utmCampaign": None,
        "utmContent": None,
        "utmTerm": None,
        "observers": [],
        **more,
        "entityTypeId": type_id,
    }


def origin(source: str | None = None, form: int = 0) -> dict[str, Any]:
    """Return where an item came from; a web form by its number."""
    return {"sourceId": source, "sourceDescription": None, "originatorId": None, "originId": None, "webformId": form}


def company(world: World, time: PortalTime, customer: Customer) -> Row:
    number = customer.number
    told = {
        **base(time, customer.created_at, customer.updated_at, number % world.agent_count),
        "title": customer.name,
        "companyType": "CUSTOMER" if number % 5 else "PARTNER",
        "industry": customer.industry.upper(),
        "revenue": customer.employees * _REVENUE_PER_HEAD if number % 3 else 0,
        "currencyId": "EUR",
        "employees": next(label for most, label in _HEADS if customer.employees <= most),
        "comments": "",
        "isMyCompany": "N",
        "hasPhone": "N",
        "hasEmail": "N",
        "fm": [_multi(number * 8 + at, "WEB", f"https://www.{domain}") for at, domain in enumerate(customer.domains)],
        "leadId": None,
        "address": None,
        **origin(_SOURCES[number % len(_SOURCES)]),
        **closing(COMPANY, time, customer.updated_at, None),
        "ufCrm_1700000001": customer.tax_id or "",
        "ufCrm_5_CLAVE": customer.key,
        "ufCrm_1700000003": f"{customer.employees * _REVENUE_PER_HEAD}|EUR" if number % 3 else "",
        "ufCrm_1700000004": [VIP] if "vip" in customer.tags else False,
        "ufCrm_1700000005": customer.country,
    }
    return Row(told, customer.updated_at)


def own_company(world: World, time: PortalTime) -> Row:
    """Return the legal entity that the portal belongs to: no customer."""
    row = company(world, time, world.customer(0))
    mine: dict[str, Any] = {"title": "Latido Software S.L.", "isMyCompany": "Y", "fm": [], "ufCrm_5_CLAVE": None}
    return Row({**row.told, **mine, "updatedTime": time.stamp(world.start)}, world.start)


def contact(world: World, time: PortalTime, person: Person, company_id: int) -> Row:
    """Return a contact; *company_id* is 0 if it belongs to none."""
    number = person.number
    channels = [
        _multi(number * 4 + at, kind, value)
        for at, (kind, value) in enumerate((("PHONE", person.phone), ("EMAIL", person.email)))
        if value
    ]
    told = {
        **base(time, person.created_at, person.updated_at, number % world.agent_count),
        "name": person.first_name,
        "lastName": person.last_name,
        "secondName": "",
        "birthdate": None,
        "typeId": "CLIENT" if person.customer is not None else "OTHER",
        "post": _JOBS[number % len(_JOBS)],
        "companyId": company_id,
        "companyIds": [company_id] if company_id else [],
        "export": "Y",
        "hasPhone": "Y" if person.phone else "N",
        "hasEmail": "Y" if person.email else "N",
        "fm": channels,
        **origin(_SOURCES[number % len(_SOURCES)]),
        **closing(CONTACT, time, person.updated_at, None),
        "ufCrm_1720019876534": person.language,
        "ufCrm3Boletin": 1 if "newsletter" in person.tags else 0,
    }
    return Row(told, person.updated_at)


def lead(time: PortalTime, told: Lead, agent: int, contact_id: int, company_id: int) -> Row:
    """Return a lead. Once it became a contact, it belongs to that; some of the others came to nothing."""
    stage, semantics = lead_stage(told)
    changed = told.converted_at or told.created_at
    closed = told.converted_at if semantics != "P" else None
    row = {
        **base(time, told.created_at, changed, agent),
        "title": f"Lead #{KINDS['leads'].identity(told.number)}",
        "name": told.first_name,
        "lastName": told.last_name,
        "secondName": None,
        "companyTitle": told.company,
        "stageId": stage,
        "stageSemanticId": semantics,
        "isConvert": "Y" if semantics == "S" else "N",
        "companyId": company_id,
        "contactId": contact_id,
        "contactIds": [contact_id] if contact_id else [],
        "opportunity": 0,
        "currencyId": "EUR",
        "isManualOpportunity": "N",
        "dateClosed": None if closed is None else time.stamp(closed),
        "isReturnCustomer": "N",
        "movedBy": user_id(agent),
        "movedTime": time.stamp(changed),
        "hasEmail": "Y",
        "fm": [_multi(1_000_000 + told.number, "EMAIL", told.email)],
        **origin(_SOURCES[told.number % len(_SOURCES)], form_of(told)),
        **closing(LEAD, time, changed, agent),
        "hasPhone": "N",
        "hasImol": "N",
        "productId": None,
        "birthdate": None,
        **dict.fromkeys(EMPTY_IN_LEADS),
        "emailWork": told.email,
        "email": told.email,
    }
    return Row(row, changed)


def lead_stage(told: Lead) -> tuple[str, str]:
    """Return the stage of a lead and what that means."""
    if told.converted_at is not None:
        return "CONVERTED", "S"
    return (("NEW", "P"), ("IN_PROCESS", "P"), ("JUNK", "F"))[told.number % 3]


def form_of(lead: Lead) -> int:
    """Return the web form that brought a lead, 0 if none did."""
    return _FORM if lead.number % 4 == 0 else 0


def form_filled(time: PortalTime, lead: Lead) -> Row:
    """Return the activity that says so."""
    owner = KINDS["leads"].identity(lead.number)
    kind = {"PROVIDER_ID": "CRM_WEBFORM", "PROVIDER_TYPE_ID": str(_FORM)}
    return Row(
        activity(time, (LEAD, owner), lead.created_at, user_id(None), **kind, DIRECTION=INCOMING),
        lead.created_at,
        owner,
    )


def user(time: PortalTime, agent: Agent) -> Row:
    first, _, last = agent.name.partition(" ")
    told = {
        "ACTIVE": agent.left_at is None,
        "NAME": first,
        "LAST_NAME": last,
        "SECOND_NAME": "",
        "EMAIL": agent.email,
        "LAST_LOGIN": time.stamp(agent.updated_at),
        "DATE_REGISTER": f"{time.stamp(agent.created_at)[:10]}T03:00:00{time.stamp(agent.created_at)[-6:]}",
        "TIME_ZONE": "",
        "IS_ONLINE": "N",
        # A date that was never set is an empty object.
        "TIMESTAMP_X": {},
        "LAST_ACTIVITY_DATE": {},
        "PERSONAL_GENDER": "",
        "PERSONAL_BIRTHDAY": "",
        "PERSONAL_WWW": "",
        "PERSONAL_MOBILE": "",
        "PERSONAL_CITY": "",
        "WORK_PHONE": "",
        "WORK_POSITION": "",
        "UF_EMPLOYMENT_DATE": "",
        "UF_DEPARTMENT": [agent.team + 1],
        "USER_TYPE": "employee",
    }
    return Row(told)


def brief(told: Mapping[str, Any], *, email: bool) -> dict[str, Any]:
    """Return what a narrower scope shows of a user."""
    shown = ("ID", "ACTIVE", "NAME", "LAST_NAME", "SECOND_NAME", *(("EMAIL", "USER_TYPE") if email else ()))
    return {name: told[name] for name in shown}


def _multi(identity: int, kind: str, value: str) -> dict[str, Any]:
    return {"id": 101 + identity, "valueType": "WORK", "value": value, "typeId": kind}
