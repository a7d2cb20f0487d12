"""Those who buy and ask, and those who answer."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from latido.testing.world import _words as words

if TYPE_CHECKING:
    from random import Random

    from latido.testing.world._instants import Instant

Role = Literal["agent", "admin", "light"]


@dataclass(frozen=True, slots=True)
class Customer:
    """A company that buys. `gone_at` is when its record was deleted, `key` what other systems know it by."""

    number: int
    name: str
    domains: tuple[str, ...]
    country: str
    industry: str
    tax_id: str | None
    employees: int
    key: str | None
    tags: tuple[str, ...]
    created_at: Instant
    updated_at: Instant
    gone_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who asks; works for a customer or for nobody we know. `left_at` is when the record was given up."""

    number: int
    customer: int | None
    first_name: str
    last_name: str
    email: str | None
    phone: str | None
    language: str
    tags: tuple[str, ...]
    created_at: Instant
    updated_at: Instant
    left_at: Instant | None = None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who answers. A light agent only writes notes."""

    number: int
    name: str
    email: str
    role: Role
    team: int
    created_at: Instant
    updated_at: Instant
    left_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Team:
    """A group of agents."""

    number: int
    name: str
    created_at: Instant


def full_name(dice: Random) -> tuple[str, str]:
    """Return a first and a last name."""
    return dice.choice(words.FIRST_NAMES), dice.choice(words.LAST_NAMES)


def company_name(dice: Random) -> str:
    """Return a company's name with its legal form."""
    parts = dice.choice(words.COMPANY_HEADS), dice.choice(words.COMPANY_TAILS), dice.choice(words.COMPANY_FORMS)
    return " ".join(part for part in parts if part)


def plain(text: str) -> str:
    """Return *text* in the letters that an address may have."""
    letters = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return "".join(letter if letter.isalnum() else "-" for letter in letters).strip("-")
