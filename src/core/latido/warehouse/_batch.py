"""What one flush writes: rows as Arrow, tombstones, merges, replaced children, quarantine, and the cursor."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from latido.schema import whole_characters

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from arro3.core import RecordBatch

    from latido.connect import Cursor, Page, Rejected, Rows
    from latido.schema import ColumnType, Record


@dataclass(slots=True)
class Batch:
    """The pages of one stream since its last flush. `cursor` is where the stream resumes once this is stored."""

    source: str
    stream: str
    rows: dict[type[Record], list[RecordBatch]] = field(default_factory=lambda: defaultdict(list))
    deleted: dict[type[Record], dict[str, datetime | None]] = field(default_factory=lambda: defaultdict(dict))
    merged: dict[type[Record], dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    replaced: dict[type[Record], dict[tuple[str, str], set[str]]] = field(default_factory=lambda: defaultdict(dict))
    rejected: list[Rejected] = field(default_factory=list)
    cursor: Cursor | None = None
    size: int = 0

    def add(self, page: Page) -> None:
        """Take in *page*: what it says comes after what is here already."""
        for rows in page.rows:
            for key in rows.columns["source_id"] if self.deleted.get(rows.entity) else ():
                self.deleted[rows.entity].pop(key, None)  # it came back
            if len(rows):
                self.rows[rows.entity].append(arrow(rows, self.size))
                self.size += len(rows)
        for entity, ids in page.deleted.items():
            self.deleted[entity].update(ids)
            self.size += len(ids)
        for entity, pairs in page.merged.items():
            self.merged[entity].update(pairs)
        for entity, (column, parents) in page.replaces.items():
            self._replace(page, entity, column, parents)
        self.rejected.extend(page.rejected)

    def _replace(self, page: Page, entity: type[Record], column: str, parents: Any) -> None:
        brought: dict[str, set[str]] = {parent: set() for parent in parents}
        for rows in page.rows:
            if rows.entity is entity:
                for parent, child in zip(rows.columns[column], rows.columns["source_id"], strict=True):
                    brought.setdefault(parent, set()).add(child)
        self.replaced[entity].update({(column, parent): children for parent, children in brought.items()})


def arrow(rows: Rows, offset: int) -> RecordBatch:
    """Return *rows* with every column that the entity has, and `_position`: the order in which rows arrived."""
    from arro3.core import Array, DataType, RecordBatch

    types: Mapping[str, ColumnType] = rows.entity.columns()
    carriers = {
        "text": DataType.string(),
        "integer": DataType.int64(),
        "boolean": DataType.bool(),
        "double": DataType.float64(),
    }
    empty: list[None] = [None] * len(rows)
    arrays: dict[str, Any] = {
        name: _array(Array, rows.columns.get(name, empty), carriers[kind.carrier]) for name, kind in types.items()
    }
    arrays["_position"] = Array(list(range(offset, offset + len(rows))), DataType.int64())
    return RecordBatch.from_pydict(arrays)


def _array(make: Any, values: list[Any], carrier: Any) -> Any:
    try:
        return make(values, carrier)
    except UnicodeEncodeError:
        return make([whole_characters(each) if isinstance(each, str) else each for each in values], carrier)
