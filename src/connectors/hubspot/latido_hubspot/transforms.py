"""What mappings of HubSpot records are made of, beside the kit's own transforms.

HubSpot tells every property as text: numbers, true and false, lists with semicolons. A time is ISO 8601, milliseconds
since 1970, or a date, whatever the property is called and whoever calculated it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from math import isfinite
from typing import TYPE_CHECKING, Any

from latido.connect import Mapping, Source, computed, local_date, path
from latido_hubspot.references import ACCOUNT, user_defined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from collections.abc import Mapping as Map

    from latido.connect import Context, JsonObject
    from latido.schema import Record

PROPERTIES = "properties."

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_ONLY = len("2026-01-31")
_EXACT = 2.0**53
_TRUTH = {"true": True, "false": False}


def named(name: str) -> str:
    """Return the path of property *name* in a record."""
    return f"{PROPERTIES}{name}"


def instant(told: Any) -> datetime | None:
    """Return the instant that HubSpot means: ISO 8601, milliseconds since 1970, or a date, which begins in UTC.

    Raises ValueError for anything else.
    """
    if told is None or told == "":
        return None
    text = str(told).strip()
    if _is_number(text):
        return _EPOCH + timedelta(milliseconds=round(float(text)))
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def millis(told: Any) -> int | None:
    """Return the milliseconds since 1970 that HubSpot means."""
    found = instant(told)
    return None if found is None else (found - _EPOCH) // timedelta(milliseconds=1)


def day(told: Any) -> date | None:
    """Return the calendar day of a property that holds days: at midnight UTC if it comes as an instant."""
    found = instant(told)
    return None if found is None else found.date()


def moment(value: Source | str) -> Source:
    """The instant that a property tells."""
    return computed("instant", _stamp, value)


def calendar_day(value: Source | str) -> Source:
    """The day that a property of type date tells, which no time zone moves."""
    return computed("day", day, value)


def local_day(value: Source | str) -> Source:
    """The day in the project's time zone on which a moment falls; a day that came without a time stays what it is."""
    return local_date(computed("instant_or_day", _instant_or_day, value))


def own_day(value: Source | str) -> Source:
    """The day in a property that a user mapped, of type date or datetime: one at midnight UTC is a day, and stays."""
    return local_date(computed("instant_or_day_at_midnight", _day_if_midnight, value))


def flag(value: Source | str) -> Source:
    """True or false, told as text."""
    return computed("flag", lambda told: _TRUTH.get(told, told), value)


def lower(value: Source | str) -> Source:
    """A word that HubSpot writes in capitals."""
    return computed("lower", lambda told: told.lower() if isinstance(told, str) else told, value)


def several(value: Source | str) -> Source:
    """The members of a list with semicolons."""
    return computed("list", members, value)


def members(told: str | None) -> list[str] | None:
    return None if told is None else [part for each in told.split(";") if (part := each.strip())]


def prefixed(prefix: str) -> Source:
    """The id of a record that is not the main object of its table."""
    return computed(f"{prefix}<id>", lambda told: None if told is None else f"{prefix}{told}", "id")


def record_url(object_type_id: str) -> Source:
    """The page of a record in HubSpot."""

    def bind(context: Context) -> Callable[[JsonObject], str | None]:
        account = context.reference.get(ACCOUNT) or {}
        if not (portal := account.get("portalId")):
            return lambda _record: None
        head = f"https://{account.get('uiDomain') or 'app.hubspot.com'}/contacts/{portal}/record/{object_type_id}/"
        return lambda record: f"{head}{record['id']}"

    return Source(f"page of the record ({object_type_id})", ("id",), bind)


def company_currency() -> Source:
    """The currency of the account, in which everything is where no record says otherwise."""

    def bind(context: Context) -> Callable[[JsonObject], str | None]:
        told = (context.reference.get(ACCOUNT) or {}).get("companyCurrency")
        return lambda _record: told

    return Source("account.companyCurrency", (), bind)


def own_properties(object_type: str) -> Source:
    """The properties that users have defined, all or those that the settings name, without the empty ones.

    Numbers and truth values become what they are: HubSpot tells 9.9 with fifty digits.
    """

    def bind(context: Context) -> Callable[[JsonObject], dict[str, Any] | None]:
        known = context.reference.get(f"properties_{object_type}") or {}
        reads = [(name, _PLAIN.get(known[name]["type"])) for name in user_defined(known, context.custom)]

        def find(record: JsonObject) -> dict[str, Any] | None:
            told = record["properties"]
            found = {name: read(value) if read else value for name, read in reads if (value := told.get(name))}
            return found or None

        return find if reads else lambda _record: None

    return Source(f"user-defined properties of {object_type}", (), bind)


def fitted(entity: type[Record], fields: Map[str, str]) -> dict[str, Source]:
    """Return the user's own *fields* of *entity* as sources that understand how HubSpot tells such a value."""
    types = entity.columns()
    return {name: _BY_TYPE.get(types[name].name, path)(where) for name, where in fields.items() if name in types}


_BY_TYPE: Map[str, Callable[[str], Source]] = {
    "instant": moment,
    "date": own_day,
    "boolean": flag,
    "texts": several,
}


def with_own_fields(mappings: Iterable[Mapping], fields: Map[str, Map[str, str]]) -> tuple[Mapping, ...]:
    """Return *mappings* with the user's own fields per table on top. Raises ConfigurationError for no such column."""
    return tuple(_with(each, fields.get(each.entity.table, {})) for each in mappings)


def _with(mapping: Mapping, fields: Map[str, str]) -> Mapping:
    checked = mapping.overridden(fields)
    return Mapping(mapping.entity, **{**checked.fields, **fitted(mapping.entity, fields)}) if fields else mapping


def _number(told: str) -> int | float | str:
    try:
        found = float(told)
    except ValueError:
        return told
    return int(found) if found.is_integer() and abs(found) < _EXACT else found if isfinite(found) else told


_PLAIN: Map[str, Callable[[str], Any]] = {"number": _number, "bool": lambda told: _TRUTH.get(told, told)}


def _stamp(told: Any) -> Any:
    """Leave alone what its column reads by itself, as nearly all times."""
    return told if told.__class__ is str and told[-1:] == "Z" else instant(told)


def _instant_or_day(told: Any) -> Any:
    return told if isinstance(told, str) and len(told) == _DAY_ONLY and not _is_number(told) else instant(told)


def _day_if_midnight(told: Any) -> Any:
    found = instant(told)
    return found.date() if found is not None and found.timetz() == time(tzinfo=UTC) else found


def _is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdecimal()
