"""Rows on their way to the warehouse: one list per column, already in the form in which it travels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from arro3.core import Array

    from latido.schema import ColumnType, Record

Column: TypeAlias = "list[Any] | Array"

UNFIT = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError)
"""What a value raises that is not what its mapping or its column expects."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that could not be typed or keyed, with the reason and what the vendor sent."""

    table: str
    source_id: str | None
    reason: str
    payload: Any


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one entity as columns of equal length; a column that is left out is null in every row.

    A column is a list, or an Arrow array of the type that carries it: what was read set by set never becomes Python.
    Of rows with one key and one version the last wins; `positions`, from 0 upwards, says where that is not the order
    in which they stand here.
    """

    entity: type[Record]
    columns: Mapping[str, Column]
    positions: Sequence[int] | None = None

    def __len__(self) -> int:
        return len(self.columns["source_id"])

    def __iter__(self) -> Iterator[Record]:
        """Yield the rows as records of the schema: for reading and tests, not for bulk."""
        types = self.entity.columns()
        columns = {name: self.values(name) for name in self.columns}
        for position in range(len(self)):
            values = {name: _decoded(types[name], column[position]) for name, column in columns.items()}
            yield self.entity.model_validate({name: value for name, value in values.items() if value is not None})

    def values(self, column: str) -> list[Any]:
        """Return *column* in its travelling form, value by value."""
        found = self.columns.get(column)
        if found is None:
            return [None] * len(self)
        return found if isinstance(found, list) else found.to_pylist()

    @classmethod
    def of(cls, entity: type[Record], rows: Sequence[Mapping[str, Any]]) -> tuple[Rows, list[Rejected]]:
        """Return the *rows* that fit *entity* and those that do not; keys are column names, a missing key is null."""
        names = dict.fromkeys(name for row in rows for name in row)
        unknown = [name for name in names if name not in entity.columns()]
        if unknown:
            raise ValueError(f"{entity.table} has no column {unknown[0]}")
        return typed(entity, {name: [row.get(name) for row in rows] for name in ("source_id", *names)}, rows)


def typed(
    entity: type[Record], columns: Mapping[str, list[Any]], payloads: Sequence[Any]
) -> tuple[Rows, list[Rejected]]:
    """Return *columns* of raw values in their travelling form, without the rows that do not fit.

    *payloads* holds for each row what the vendor sent. `version` defaults to `updated_at`.
    """
    types = entity.columns()
    faults: dict[int, str] = {}
    done = {name: _column(name, types[name], values, faults) for name, values in columns.items()}
    for position, key in enumerate(done["source_id"]):
        if not key:
            faults[position] = "source_id: missing"
    if "updated_at" in done:
        versions = done.get("version") or [None] * len(payloads)
        done["version"] = [v if v is not None else at for v, at in zip(versions, done["updated_at"], strict=True)]
    if not faults:
        return Rows(entity, done), []
    rejected = [Rejected(entity.table, done["source_id"][at], faults[at], payloads[at]) for at in sorted(faults)]
    kept = {name: [v for at, v in enumerate(values) if at not in faults] for name, values in done.items()}
    return Rows(entity, kept), rejected


def _column(name: str, kind: ColumnType, values: list[Any], faults: dict[int, str]) -> list[Any]:
    coerce, exact = kind.coerce, kind.exact
    try:
        return [value if value is None or value.__class__ is exact else coerce(value) for value in values]
    except UNFIT:
        return [_value(name, kind, value, position, faults) for position, value in enumerate(values)]


def _value(name: str, kind: ColumnType, value: Any, position: int, faults: dict[int, str]) -> Any:
    if value is None:
        return None
    try:
        return kind.coerce(value)
    except UNFIT as error:
        faults.setdefault(position, f"{name}: {error}")
        return None


def _decoded(kind: ColumnType, value: Any) -> Any:
    if value is None:
        return None
    if kind.name == "instant":
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value)
    return orjson.loads(value) if kind.name in {"texts", "json"} else value
