"""What mappings of Bitrix24 records are made of, beside the kit's own transforms.

Nothing is told as an empty text, 0, an empty list or false; a flag is Y or N; a day is a moment at midnight, more or
less, in its own time zone; phones and addresses are lists of kinds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido.connect import Source, computed, first

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from latido.connect import Context, JsonObject

DAY = len("2026-01-31")
FLAGS = {"Y": True, "N": False, "1": True, "0": False}
PORTAL = "portal"


def text(value: Source | str) -> Source:
    """A text, null where it is empty."""
    return computed("text", lambda told: told or None, value)


def number(value: Source | str) -> Source:
    """A number, null where it is empty; 0 is one."""
    return computed("number", filled, value)


def filled(told: Any) -> Any:
    return None if told == "" else told


def linked(value: Source | str) -> Source:
    """The id of another record; none is told as 0, or empty."""
    return computed("id", link, value)


def link(told: Any) -> str | None:
    return str(told) if told and told != "0" else None


def prefixed(prefix: str, value: Source | str = "id") -> Source:
    """The id of a record that is not the main object of its table."""
    return computed(f"{prefix}<id>", lambda told: None if told is None else f"{prefix}{told}", value)


def moment(value: Source | str) -> Source:
    """A moment, which comes with its zone; null where it is empty."""
    return computed("moment", lambda told: told or None, value)


def calendar_day(value: Source | str) -> Source:
    """The day in a field of type date: cut from the moment in its own time zone, never moved to another."""
    return computed("day_in_its_own_zone", own_day, value)


def own_day(told: Any) -> str | None:
    return told[:DAY] if told else None


def flag(value: Source | str) -> Source:
    """True or false, told as Y and N."""
    return computed("flag", lambda told: FLAGS.get(told, told) if told.__class__ is str else told, value)


def multiple(kind: str) -> Source:
    """The first phone, e-mail or address in the web (*kind*) of a person or a company."""

    def find(told: Any) -> str | None:
        return next((each["value"] for each in told or () if each.get("typeId") == kind and each.get("value")), None)

    return computed(f"first {kind.lower()}", find, "fm")


def any_of(*values: Source | str) -> Source:
    """The first of *values* that is not empty."""
    return first(*map(text, values))


def record_url(kind: str) -> Source:
    """The page of a record in Bitrix24."""

    def bind(context: Context) -> Callable[[JsonObject], str | None]:
        head = f"{context.reference.get(PORTAL) or ''}/crm/{kind}/details/"
        return lambda record: f"{head}{record['id']}/"

    return Source(f"page of the record ({kind})", ("id",), bind)


def own_fields(entity_type_id: int) -> Source:
    """The fields that users have defined, all or those that the settings name, without the empty ones."""

    def bind(context: Context) -> Callable[[JsonObject], dict[str, Any] | None]:
        known = context.reference.get(fields_of(entity_type_id)) or {}
        names = user_defined(known, context.custom)

        def find(record: JsonObject) -> dict[str, Any] | None:
            return {name: value for name in names if is_told(value := record.get(name), known[name])} or None

        return find if names else lambda _record: None

    return Source(f"user-defined fields of type {entity_type_id}", (), bind)


def is_told(value: Any, field: Mapping[str, Any]) -> bool:
    """Whether *value* of *field* is something: only of a field that is true or false is false an answer."""
    return value not in (None, "", []) and (value is not False or field.get("type") == "boolean")


def fields_of(entity_type_id: int) -> str:
    """Return the name of the reference table that tells the fields of a type."""
    return f"fields_{entity_type_id}"


def user_defined(known: Any, wanted: Any) -> tuple[str, ...]:
    """Return the names of the *known* fields that users have defined; of those only what is *wanted*."""
    own = (name for name, each in known.items() if each["own"])
    return tuple(sorted(name for name in own if wanted is None or name in wanted or known[name]["upper"] in wanted))


def word(value: str, dictionary: str) -> Source:
    """What an entry of one of the portal's dictionaries is called; an entry that is gone stays what it is."""

    def bind(context: Context) -> Callable[[JsonObject], Any]:
        known = (context.reference.get("words") or {}).get(dictionary) or {}

        def find(record: JsonObject) -> Any:
            told = record.get(value)
            return known.get(str(told), told) if told else None

        return find

    return Source(f"word({value} in {dictionary})", (value,), bind)
