"""The envelope that every row of the common schema carries."""

from __future__ import annotations

from functools import cache
from types import UnionType
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict

from latido.schema._columns import TEXT, ColumnType, Flag, Instant, Json, Text, Whole, one_of


class Record(BaseModel):
    """One row of a table of the common schema.

    `source_id` is unique per source and table and always text: the table's main object keeps the vendor's id, further
    objects are prefixed (`lead:12`). `version` decides between two states of one row: a greater or equal one
    replaces, a smaller one never does; it defaults to `updated_at` in microseconds, and null is the oldest.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    table: ClassVar[str]

    source_id: Text
    version: Whole | None = None
    external_id: Text | None = None
    url: Text | None = None
    created_at: Instant | None = None
    updated_at: Instant | None = None
    is_deleted: Flag = False
    deleted_at: Instant | None = None
    merged_into: Text | None = None
    custom: Json | None = None

    @classmethod
    def columns(cls) -> dict[str, ColumnType]:
        """Return the type of each column that a connector fills, in the order of the table."""
        return _columns(cls)


@cache
def _columns(record: type[Record]) -> dict[str, ColumnType]:
    hints = get_type_hints(record, include_extras=True)
    return {name: _column_type(hints[name]) for name in record.model_fields}


def _column_type(hint: Any) -> ColumnType:
    if get_origin(hint) is Annotated:
        found = next((extra for extra in hint.__metadata__ if isinstance(extra, ColumnType)), None)
        return found or _column_type(hint.__origin__)
    if get_origin(hint) is Literal:
        return one_of(get_args(hint))
    if get_origin(hint) in (Union, UnionType):
        return _column_type(next(branch for branch in get_args(hint) if branch is not type(None)))
    return TEXT
