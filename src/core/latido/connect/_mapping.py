"""Mapping as data: for each column of the schema, where its value comes from in the vendor's record."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias
from zoneinfo import ZoneInfo

import orjson

from latido.connect._rows import UNFIT, Rejected, typed
from latido.errors import ConfigurationError
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from collections.abc import Mapping as Map

    from latido.connect._rows import Rows
    from latido.schema import Record

_ = marker("latido")

UTC_ZONE = ZoneInfo("UTC")

LOCAL_DATE = "local_date("
"""How the description of a date begins that depends on the project's time zone."""

JsonObject: TypeAlias = "Map[str, Any]"
Getter: TypeAlias = "Callable[[JsonObject], Any]"


@dataclass(frozen=True, slots=True)
class Context:
    """All that a mapping may know beside the record; it never changes while a stream is read.

    `reference` holds the vendor's reference tables by name, `time_zone` is the project's, and `custom` names the
    user-defined fields to keep (None keeps all).
    """

    reference: Map[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    time_zone: ZoneInfo = UTC_ZONE
    custom: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from: the vendor's fields that it needs, and how they become one value.

    `bind` is called once per stream with what never changes, and returns the function that is called per record; that
    one raises ValueError for a value that does not fit.
    """

    description: str
    paths: tuple[str, ...]
    bind: Callable[[Context], Getter]


def path(name: str) -> Source:
    """Return the value at *name*, dots leading into nested objects; absent on the way is null."""
    keys = tuple(name.split("."))
    return Source(name, (name,), lambda _context: getter(keys))


def getter(keys: tuple[str, ...]) -> Getter:
    """Return a function that walks *keys* into a record."""
    if len(keys) == 1:
        (key,) = keys
        return lambda record: record.get(key)
    if len(keys) == 2:  # noqa: PLR2004 - most nested paths; a loop takes three times as long
        outer, inner = keys

        def step(record: JsonObject) -> Any:
            found = record.get(outer)
            return found.get(inner) if isinstance(found, dict) else None

        return step

    def walk(record: JsonObject) -> Any:
        found: Any = record
        for key in keys:
            if not isinstance(found, dict):
                return None
            found = found.get(key)
        return found

    return walk


def source(value: Source | str) -> Source:
    """Return *value* itself, or the path that it names."""
    return path(value) if isinstance(value, str) else value


class Mapping:
    """How one entity is made of one kind of vendor record. Pure: no clock, no network."""

    def __init__(self, entity: type[Record], /, **fields: Source | str) -> None:
        unknown = [name for name in fields if name not in entity.columns()]
        if unknown:
            raise TypeError(f"{entity.table} has no column {unknown[0]}")
        self.entity = entity
        self.fields: Map[str, Source] = {name: source(value) for name, value in fields.items()}

    def overridden(self, fields: Map[str, str]) -> Mapping:
        """Return this mapping with the user's own *fields* on top: column name to vendor path.

        Raises ConfigurationError for a column that the entity does not have.
        """
        for name in fields:
            if name not in self.entity.columns():
                raise ConfigurationError(
                    _("{table} has no field {name}.", table=self.entity.table, name=name),
                    _("See its fields: docs/reference/schema.md, or run: latido fields"),
                )
        merged: dict[str, Source | str] = {**self.fields, **fields}
        return Mapping(self.entity, **merged)

    @property
    def paths(self) -> tuple[str, ...]:
        """The vendor's fields that this mapping reads, sorted: what a request has to ask for."""
        return tuple(sorted({name for value in self.fields.values() for name in value.paths}))

    def fingerprint(self, custom: Collection[str] | None = None, time_zone: ZoneInfo = UTC_ZONE) -> str:
        """Return a short text that changes when stored rows would come out differently; the same on every machine."""
        parts = {name: value.description for name, value in self.fields.items()}
        kept = None if custom is None else sorted(custom)
        zone = [str(time_zone)] if any(LOCAL_DATE in each for each in parts.values()) else []
        text = orjson.dumps([self.entity.table, sorted(parts.items()), kept, *zone])
        return hashlib.sha256(text).hexdigest()[:16]

    def bound(self, context: Context) -> BoundMapping:
        """Return the mapping ready to be applied to records."""
        return BoundMapping(self.entity, {name: value.bind(context) for name, value in self.fields.items()})


@dataclass(frozen=True, slots=True)
class BoundMapping:
    """A mapping together with the reference data that it looks things up in."""

    entity: type[Record]
    getters: Map[str, Getter]

    def rows(self, records: Sequence[JsonObject]) -> tuple[Rows, list[Rejected]]:
        """Return one row per record, and the records that do not fit with the reason."""
        try:
            columns = {name: list(map(get, records)) for name, get in self.getters.items()}
        except UNFIT:
            return self._one_by_one(records)
        return typed(self.entity, columns, records)

    def _one_by_one(self, records: Sequence[JsonObject]) -> tuple[Rows, list[Rejected]]:
        faults: list[Rejected] = []
        fitting: list[JsonObject] = []
        for record in records:
            reason = self._fault(record)
            if reason is None:
                fitting.append(record)
            else:
                faults.append(_rejected(self, record, reason))
        columns = {name: [get(record) for record in fitting] for name, get in self.getters.items()}
        rows, more = typed(self.entity, columns, fitting)
        return rows, [*faults, *more]

    def _fault(self, record: JsonObject) -> str | None:
        for name, get in self.getters.items():
            try:
                get(record)
            except UNFIT as error:
                return f"{name}: {error}"
        return None


def _rejected(mapping: BoundMapping, record: Any, reason: str) -> Rejected:
    """Return *record* under the key that its row would have, so that the row takes it out of quarantine one day."""
    try:
        key = mapping.getters["source_id"](record)
    except UNFIT:
        key = record.get("id") if isinstance(record, dict) else None
    return Rejected(mapping.entity.table, None if key is None else str(key), reason, record)
