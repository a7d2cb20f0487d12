"""The named transforms of a mapping. A plain text in a mapping is a path; these are for the rest."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from latido.connect._mapping import LOCAL_DATE, Context, Getter, JsonObject, Source, source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def constant(value: Any) -> Source:
    """The same value in every row."""
    return Source(f"constant({value!r})", (), lambda _context: lambda _record: value)


def reference(name: str) -> Source:
    """The whole reference table *name*: for one that is a single value, as a company's currency."""
    return Source(f"reference({name})", (), lambda context: constant(context.reference.get(name)).bind(context))


def first(*choices: Source | str) -> Source:
    """The first of *choices* that is not null."""
    sources = [source(choice) for choice in choices]

    def bind(context: Context) -> Getter:
        getters = [each.bind(context) for each in sources]

        def find(record: JsonObject) -> Any:
            for get in getters:
                if (found := get(record)) is not None:
                    return found
            return None

        return find

    return Source(f"first({_listed(sources)})", _paths(sources), bind)


def lookup(value: Source | str, table: Mapping[str, Any] | str, key: str | None = None) -> Source:
    """What *table* says of a value: a fixed table, or the name of a reference table. Its keys are text.

    With *key* the entry is an object and *key* one of its members. A value that the table lacks becomes null in a
    reference table and stays what it is in a fixed one, where the column's own set of words decides.
    """
    looked_up = source(value)
    named = table if isinstance(table, str) else "{" + ", ".join(f"{k}: {v}" for k, v in sorted(table.items())) + "}"

    def bind(context: Context) -> Getter:
        get = looked_up.bind(context)
        entries: Mapping[str, Any] = context.reference.get(table, {}) if isinstance(table, str) else table
        fixed = not isinstance(table, str)

        def find(record: JsonObject) -> Any:
            found = get(record)
            return None if found is None else entries.get(str(found), found if fixed else None)

        def find_member(record: JsonObject) -> Any:
            entry = find(record)
            return entry.get(key) if isinstance(entry, dict) else entry

        return find if key is None else find_member

    suffix = "" if key is None else f".{key}"
    return Source(f"lookup({looked_up.description} in {named}{suffix})", looked_up.paths, bind)


def computed(name: str, function: Callable[..., Any], *values: Source | str) -> Source:
    """What *function* makes of *values*; *name* stands for it in docs and fingerprints.

    Change the name when the function comes to mean something else: stored rows are then read again.
    """
    sources = [source(value) for value in values]

    def bind(context: Context) -> Getter:
        getters = [each.bind(context) for each in sources]
        match getters:  # most are made of few values, and a list for each record takes as long as the rest
            case [get]:
                return lambda record: function(get(record))
            case [first, second]:
                return lambda record: function(first(record), second(record))
            case [first, second, third]:
                return lambda record: function(first(record), second(record), third(record))
        return lambda record: function(*[get(record) for get in getters])

    return Source(f"{name}({_listed(sources)})", _paths(sources), bind)


def epoch_seconds(value: Source | str) -> Source:
    """The instant that many seconds after 1970 UTC."""
    return computed("epoch_seconds", lambda seconds: _since_epoch(seconds, 1), value)


def epoch_millis(value: Source | str) -> Source:
    """The instant that many milliseconds after 1970 UTC."""
    return computed("epoch_millis", lambda millis: _since_epoch(millis, 1000), value)


def local_date(value: Source | str) -> Source:
    """The date that an instant falls on in the project's time zone; a date stays what it is."""
    instant = source(value)

    def bind(context: Context) -> Getter:
        get = instant.bind(context)

        def find(record: JsonObject) -> date | None:
            found = get(record)
            if isinstance(found, str):
                found = date.fromisoformat(found) if len(found) == len("2026-01-31") else datetime.fromisoformat(found)
            if isinstance(found, datetime) and found.tzinfo is None:
                raise ValueError("expected a point in time with its zone")
            return found.astimezone(context.time_zone).date() if isinstance(found, datetime) else found

        return find

    return Source(f"{LOCAL_DATE}{instant.description})", instant.paths, bind)


def custom(fields: Source | str) -> Source:
    """The user-defined fields at *fields* (an object), all or those that the settings name."""
    everything = source(fields)

    def bind(context: Context) -> Getter:
        get, wanted = everything.bind(context), context.custom
        if wanted is None:
            return lambda record: get(record) or None
        return lambda record: {name: v for name, v in (get(record) or {}).items() if name in wanted} or None

    return Source(f"custom({everything.description})", everything.paths, bind)


def _since_epoch(value: Any, per_second: int) -> datetime | None:
    if value is None:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=round(float(value) * 1_000_000 / per_second))


def _listed(sources: list[Source]) -> str:
    return ", ".join(each.description for each in sources)


def _paths(sources: list[Source]) -> tuple[str, ...]:
    return tuple(name for each in sources for name in each.paths)
