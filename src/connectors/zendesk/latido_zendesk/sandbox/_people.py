"""Users, organizations and groups in Zendesk's JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido.testing.world import iso
from latido_zendesk.sandbox._account import AGENTS, GROUPS, ORGANIZATIONS, USERS, record

if TYPE_CHECKING:
    from latido.testing.world import Agent, Customer, Person, Team
    from latido_zendesk.sandbox._account import Account

_LOCALES = {"es": ("es", 2), "en": ("en-US", 1), "de": ("de", 8), "pt": ("pt", 19), "fr": ("fr", 16)}
_LIGHT_AGENT = 1


def person_json(account: Account, person: Person) -> dict[str, Any]:
    """Return an end user. One who left is inactive and has no address any more."""
    locale, locale_id = _LOCALES[person.language]
    gone = person.left_at is not None
    shown = _user(account, USERS + person.number, person.name, None if gone else person.email)
    return shown | {
        "created_at": iso(person.created_at),
        "updated_at": iso(person.updated_at),
        "phone": None if gone else person.phone,
        "locale_id": locale_id,
        "locale": locale,
        "organization_id": account.organization_id(person.customer),
        "verified": person.email is not None and not gone,
        "tags": list(person.tags),
        "active": not gone,
        "user_fields": {"puesto": None, "idioma": person.language, "boletin": "newsletter" in person.tags},
    }


def agent_json(account: Account, agent: Agent) -> dict[str, Any]:
    """Return an agent; a light agent has the role of an agent and a role type of its own."""
    shown = _user(account, AGENTS + agent.number, agent.name, None if agent.left_at else agent.email)
    return shown | {
        "created_at": iso(agent.created_at),
        "updated_at": iso(agent.updated_at),
        "role": "admin" if agent.role == "admin" else "agent",
        "verified": True,
        "active": agent.left_at is None,
        "role_type": _LIGHT_AGENT if agent.role == "light" else None if agent.role == "agent" else 4,
        "custom_role_id": 12_345 if agent.role == "light" else None,
        "moderator": agent.role != "light",
        "ticket_restriction": None,
        "only_private_comments": agent.role == "light",
        "restricted_agent": agent.role != "admin",
        "default_group_id": GROUPS + agent.team,
        "user_fields": {"puesto": None, "idioma": None, "boletin": False},
    }


def organization_json(account: Account, customer: Customer) -> dict[str, Any]:
    """Return an organization. A deleted one is renamed and says when; the others have no such key."""
    identity = ORGANIZATIONS + customer.number
    name = customer.name if customer.gone_at is None else f"{identity}_deleted_{customer.name}"
    shown = record(
        account.url("organizations"),
        identity,
        name=name,
        shared_tickets=False,
        shared_comments=False,
        external_id=customer.key,
        created_at=iso(customer.created_at),
        updated_at=iso(customer.updated_at),
        domain_names=list(customer.domains),
        details=None,
        notes=None,
        group_id=None,
        tags=list(customer.tags),
        organization_fields={
            "nif": customer.tax_id,
            "sector": customer.industry,
            "empleados": customer.employees,
            "pais": customer.country,
        },
    )
    return shown if customer.gone_at is None else shown | {"deleted_at": iso(customer.gone_at)}


def group_json(account: Account, team: Team) -> dict[str, Any]:
    return record(
        account.url("groups"),
        GROUPS + team.number,
        name=team.name,
        deleted=False,
        created_at=iso(team.created_at),
        updated_at=iso(team.created_at),
    )


def _user(account: Account, identity: int, name: str, email: str | None) -> dict[str, Any]:
    return {
        "id": identity,
        "url": account.url(f"users/{identity}.json"),
        "name": name,
        "email": email,
        "created_at": None,
        "updated_at": None,
        "time_zone": "Madrid",
        "iana_time_zone": "Europe/Madrid",
        "phone": None,
        "shared_phone_number": None,
        "photo": None,
        "locale_id": 2,
        "locale": "es",
        "organization_id": None,
        "role": "end-user",
        "verified": False,
        "external_id": None,
        "tags": [],
        "alias": None,
        "active": True,
        "shared": False,
        "shared_agent": False,
        "last_login_at": None,
        "two_factor_auth_enabled": None,
        "signature": None,
        "details": None,
        "notes": None,
        "role_type": None,
        "custom_role_id": None,
        "moderator": False,
        "ticket_restriction": "requested",
        "only_private_comments": False,
        "restricted_agent": True,
        "suspended": False,
        "chat_only": False,
        "default_group_id": None,
        "report_csv": False,
        "user_fields": {},
    }
