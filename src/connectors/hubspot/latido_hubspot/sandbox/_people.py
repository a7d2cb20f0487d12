"""Companies, contacts and owners as HubSpot tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido.testing.world import iso
from latido_hubspot.sandbox._book import Record
from latido_hubspot.sandbox._definitions import QUESTIONNAIRE
from latido_hubspot.sandbox._stamps import binary, noted, told

if TYPE_CHECKING:
    from latido.testing.world import Agent, Customer, Person, Team, World

_OWNERS, _USERS, _TEAMS, _QUEUES = 31_871_817, 2_506_672, 177_001, 91_000_007
_STRIDE = 83
_SOURCES = ("ORGANIC_SEARCH", "PAID_SEARCH", "DIRECT_TRAFFIC", "REFERRALS", "EMAIL_MARKETING", "OFFLINE")
_JOBS = ("Compras", "IT", "Dirección", "Finanzas", "Operaciones", None)
_REVENUE_PER_HEAD = 81_350.1


def owner_id(agent: int | None) -> str:
    """Return the owner that an agent is; "" if there is none, as HubSpot often says instead of null."""
    return "" if agent is None else str(_OWNERS + _STRIDE * agent)


def user_id(agent: int) -> int:
    return _USERS + _STRIDE * agent


def team_id(team: int | None) -> str | None:
    return None if team is None else str(_TEAMS + team)


def company(world: World, customer: Customer, people: int = 0) -> Record:
    """Return a company with *people* contacts."""
    number = customer.number
    given = {
        "name": customer.name,
        "domain": customer.domains[0] if customer.domains else None,
        "hs_additional_domains": ";".join(customer.domains[1:]) or None,
        "website": f"https://www.{customer.domains[0]}" if customer.domains else None,
        "industry": customer.industry.upper(),
        "annualrevenue": binary(customer.employees * _REVENUE_PER_HEAD) if number % 3 else None,
        "numberofemployees": str(customer.employees),
        "lifecyclestage": "customer" if number % 5 else "opportunity",
        "country": customer.country,
        "hubspot_owner_id": owner_id(number % world.agent_count if number % 4 else None),
        "num_associated_contacts": str(people),
        "hs_object_source": "IMPORT",
        "nif": customer.tax_id,
        "clave_cliente": customer.key,
        "etiquetas": ";".join(customer.tags) or None,
    }
    return _stored(number, given, customer.created_at, customer.updated_at, customer.gone_at)


def contact(world: World, person: Person, identity: str, company_id: str | None) -> Record:
    """Return a contact with its id and that of its company."""
    number = person.number
    given = {
        "firstname": person.first_name,
        "lastname": person.last_name,
        "email": person.email,
        "hs_email_domain": person.email.partition("@")[2] if person.email else None,
        "phone": person.phone,
        "mobilephone": "" if number % 7 == 0 else None,
        "jobtitle": _JOBS[number % len(_JOBS)],
        "associatedcompanyid": company_id,
        "lifecyclestage": "lead" if person.customer is None else "customer",
        "hs_lead_status": "NEW" if person.customer is None else None,
        "hubspot_owner_id": owner_id(number % world.agent_count if number % 3 else None),
        "hs_all_contact_vids": identity,
        "hs_analytics_source": _SOURCES[number % len(_SOURCES)],
        "hs_latest_source": _SOURCES[number % len(_SOURCES)],
        "hs_language": person.language,
        "hs_email_optout": "true" if number % 11 == 0 else None,
        "hs_is_contact": "true",
        "hs_is_unworked": "false" if number % 3 else "true",
        "hs_marketable_status": "true" if "newsletter" in person.tags else "false",
        "hs_analytics_num_page_views": str(number % 40),
        "hs_analytics_num_visits": str(number % 9),
        "hs_analytics_revenue": "0.0",
        "hs_object_source": "FORM",
        "hs_object_source_label": "FORM",
        "idioma": person.language,
        "boletin": "true" if "newsletter" in person.tags else "false",
        "fecha_alta": iso(person.created_at)[:10],
        "puntuacion_interna": binary(number % 100 / 10),
        **dict.fromkeys(QUESTIONNAIRE, f"{person.language}-{number % 97}"),
    }
    return _stored(number, given, person.created_at, person.updated_at, person.left_at)


def owner_json(agent: Agent, team: Team) -> dict[str, Any]:
    """Return an agent as an owner: another id as owner than as user, and no user once gone."""
    first, _, last = agent.name.partition(" ")
    user = user_id(agent.number)
    gone = agent.left_at is not None
    shown = {
        "id": owner_id(agent.number),
        "email": agent.email,
        "type": "PERSON",
        "firstName": first,
        "lastName": last,
        "userId": None if gone else user,
        "userIdIncludingInactive": user,
        "createdAt": told(agent.created_at),
        "updatedAt": told(agent.updated_at),
        "archived": gone,
    }
    return shown if gone else shown | {"teams": [{"id": team_id(team.number), "name": team.name, "primary": True}]}


def queue_json(team: Team) -> dict[str, Any]:
    """Return a team's queue, which can own records too."""
    return {
        "id": str(_QUEUES + team.number),
        "email": None,
        "type": "QUEUE",
        "firstName": team.name,
        "lastName": "",
        "userId": None,
        "userIdIncludingInactive": None,
        "createdAt": told(team.created_at),
        "updatedAt": told(team.created_at),
        "archived": False,
    }


def _stored(number: int, given: dict[str, str | None], created: int, updated: int, gone: int | None) -> Record:
    archived = None if gone is None else noted(gone, number)
    return Record(given, noted(created, number), max(noted(updated, number), noted(created, number)), archived)
