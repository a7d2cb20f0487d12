"""How an object and its fields are declared."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

AUDIT = (
    "CreatedDate!:datetime CreatedById!>User LastModifiedDate!:datetime LastModifiedById!>User SystemModstamp!:datetime"
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its type, and what one may do with it.

    `formula` is computed when it is read, so that its changes leave SystemModstamp alone; `compound` names the field
    that this one is a part of.
    """

    name: str
    type: str
    to: tuple[str, ...] = ()
    nillable: bool = True
    formula: bool = False
    compound: str | None = None
    filterable: bool = True
    writable: bool = True
    related: bool = True

    @property
    def relationship(self) -> str | None:
        """The name under which the record that it points to can be asked for; some references have none."""
        if not self.to or not self.related:
            return None
        return self.name.removesuffix("__c") + "__r" if self.custom else self.name.removesuffix("Id")

    @property
    def custom(self) -> bool:
        return self.name.endswith("__c")


@dataclass(frozen=True, eq=False)
class SObject:
    """A kind of records. `bulk` and `replicated` say whether the Bulk API and getDeleted know it."""

    name: str
    prefix: str
    fields: tuple[Field, ...]
    label: str = ""
    bulk: bool = True
    replicated: bool = True
    picklists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def by_name(self) -> dict[str, tuple[int, Field]]:
        """Place and field by name in small letters: SOQL does not look at the case."""
        return {each.name.lower(): (place, each) for place, each in enumerate(self.fields)}

    @cached_property
    def by_relationship(self) -> dict[str, tuple[int, Field]]:
        return {each.relationship.lower(): (place, each) for place, each in enumerate(self.fields) if each.relationship}

    @cached_property
    def stamp(self) -> str:
        """The field by which changes are found: history has no SystemModstamp."""
        return "SystemModstamp" if "systemmodstamp" in self.by_name else "CreatedDate"

    @property
    def deletable(self) -> bool:
        return "isdeleted" in self.by_name


def sobject(  # noqa: PLR0913 - what an object may be
    name: str,
    prefix: str,
    text: str,
    *,
    audit: str = AUDIT,
    label: str = "",
    deletable: bool = True,
    bulk: bool = True,
    replicated: bool = True,
    picklists: Mapping[str, tuple[str, ...]] | None = None,
) -> SObject:
    """Return the object whose fields *text* lists.

    `Name:string` is a field with its type, `OwnerId>User|Group` a reference. Before these, `!` says that it is never
    null, `=` a formula, `~` that it cannot be filtered by, `^` that nobody writes it, `#` that a reference has no
    relationship; and `@BillingAddress` after them says of which compound it is a part.
    """
    first = "Id!:id IsDeleted!:boolean" if deletable else "Id!:id"
    fields = tuple(_fields(f"{first} {text} {audit}".split()))
    return SObject(name, prefix, fields, label or name, bulk, replicated, picklists or {})


def _fields(words: Iterable[str]) -> Iterable[Field]:
    for word in words:
        told, _, compound = word.partition("@")
        reference = ">" in told
        left, _, right = told.partition(">" if reference else ":")
        name = left.rstrip("!=~^#")
        marks = left[len(name) :]
        yield Field(
            name=name,
            type="reference" if reference else right,
            to=tuple(right.split("|")) if reference else (),
            nillable="!" not in marks,
            formula="=" in marks,
            compound=compound or None,
            filterable="~" not in marks and right not in {"textarea", "address"},
            writable="^" not in marks,
            related="#" not in marks,
        )
