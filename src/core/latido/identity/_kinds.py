"""What can be unified: accounts into customers, contacts into people, and by which rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from latido.schema import Account, Contact

if TYPE_CHECKING:
    from latido.schema import Record

TOO_COMMON = 20
"""A domain, id or telephone that more records of one source have says nothing about any of them."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A reason for which two records are one.

    A `decisive` one joins whatever else is known. Any other joins nobody whose values for a stronger rule are known and
    differ, and, when `capped`, nobody by a value that is too common.
    """

    name: str
    decisive: bool = False
    capped: bool = True


@dataclass(frozen=True, slots=True)
class Kind:
    """A table whose records are unified. `rules` are in order, the strongest first."""

    entity: type[Record]
    links: str
    id_column: str
    rules: tuple[Rule, ...]

    @property
    def table(self) -> str:
        return self.entity.table

    @property
    def capped(self) -> tuple[str, ...]:
        return tuple(rule.name for rule in self.rules if rule.capped and not rule.decisive)


MERGED = Rule("merged", decisive=True)
LINK = Rule("link", decisive=True)

ACCOUNTS = Kind(
    Account,
    "account_links",
    "customer_id",
    (MERGED, LINK, Rule("external_id"), Rule("tax_id"), Rule("domain")),
)
CONTACTS = Kind(Contact, "contact_links", "person_id", (MERGED, Rule("email", capped=False), Rule("phone")))
KINDS = (ACCOUNTS, CONTACTS)
