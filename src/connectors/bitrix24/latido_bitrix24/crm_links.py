"""How tasks name records of the CRM: by a letter, or by a type of their own in hexadecimal digits (`CO_3`, `T82_5`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido.connect import Source, computed

if TYPE_CHECKING:
    from collections.abc import Iterable

COMPANY, CONTACT, LEAD, DEAL = "CO", "C", "L", "D"


def named(told: Any, kind: str) -> str | None:
    """Return the id of the first record of *kind* that a task is *told* to belong to; nothing is false, or no list."""
    links: Iterable[Any] = told if isinstance(told, list) else ()
    parts = (str(each).partition("_") for each in links)
    return next((key for name, _, key in parts if name == kind), None)


def company(field: str) -> Source:
    return computed("company among", lambda told: named(told, COMPANY), field)


def person(field: str) -> Source:
    """The contact among the links, else the lead."""
    return computed("contact or lead among", _person, field)


def _person(told: Any) -> str | None:
    contact, lead = named(told, CONTACT), named(told, LEAD)
    return contact or (f"lead:{lead}" if lead else None)
