"""The types of objects: what they are called, how their ids run, what a list shows if nothing is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from latido_hubspot.sandbox._definitions import DEFINITIONS

if TYPE_CHECKING:
    from starlette.requests import Request


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of object. Record *number* has the id `first + step * number`.

    Contacts and tickets begin with short ids: as text they sort otherwise than as numbers.
    """

    name: str
    singular: str
    type_id: str
    first: int
    step: int
    shown: tuple[str, ...] = ()
    created: str = "hs_createdate"
    modified: str = "hs_lastmodifieddate"
    scope: str = ""

    def identity(self, number: int) -> int:
        return self.first + self.step * number

    def number(self, identity: str) -> int | None:
        """Return which record has *identity*, None if it cannot be one of ours."""
        if not identity.isdecimal():
            return None
        number, rest = divmod(int(identity) - self.first, self.step)
        return number if number >= 0 and not rest else None

    @property
    def always(self) -> tuple[str, str, str]:
        """The properties that come whatever is asked for."""
        return self.created, self.modified, "hs_object_id"

    @property
    def names(self) -> tuple[str, ...]:
        """All properties, as records list them."""
        return tuple(sorted({*DEFINITIONS[self.name], *self.always}))


_CONTACT = ("email", "firstname", "lastname")
_DEAL = ("amount", "closedate", "dealname", "dealstage", "pipeline")
_TICKET = ("content", "hs_pipeline", "hs_pipeline_stage", "hs_ticket_category", "hs_ticket_priority", "subject")
_ALL = (
    Kind("contacts", "contact", "0-1", 51, 50, _CONTACT, "createdate", "lastmodifieddate"),
    Kind("companies", "company", "0-2", 7_086_461_639, 2_820, ("domain", "name"), "createdate"),
    Kind("deals", "deal", "0-3", 6_744_192_456, 264, _DEAL, "createdate"),
    Kind("tickets", "ticket", "0-5", 901, 11, _TICKET, "createdate", scope="tickets"),
    Kind("products", "product", "0-7", 1_155_995_587, 121, ("description", "name", "price"), "createdate"),
    Kind("line_items", "line_item", "0-8", 5_203_117_001, 17, created="createdate"),
    Kind("feedback_submissions", "feedback_submission", "0-19", 9_001, 3),
    Kind("emails", "email", "0-49", 27_475_250_495, 14, scope="crm.objects.contacts.read"),
    Kind("subscriptions", "subscription", "0-69", 402_118_003, 29),
    Kind("orders", "order", "0-123", 310_550_017, 31),
    Kind("leads", "lead", "0-136", 512_004_911, 23),
    Kind("carts", "cart", "0-142", 300_410_029, 37),
)

KINDS = {kind.name: kind for kind in _ALL}
_NAMED = {name: kind for kind in _ALL for name in (kind.name, kind.singular, kind.type_id)}


def kind_of(name: str) -> Kind | None:
    """Return the type that a path names: `contacts`, `contact`, `Contact` or `0-1`."""
    return _NAMED.get(name.lower())


def asked_kind(request: Request, parameter: str = "type") -> Kind:
    """Return the type that the path of *request* names; whoever names another one was turned away at the door."""
    return _NAMED[request.path_params[parameter].lower()]


def scope_of(kind: Kind) -> str:
    return kind.scope or f"crm.objects.{kind.name}.read"
