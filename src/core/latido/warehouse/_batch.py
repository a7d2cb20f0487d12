"""What one flush writes: rows as Arrow, tombstones, merges, replaced children, quarantine, and the cursor."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from latido.schema import whole_characters
from latido.warehouse._quarantine import key_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from arro3.core import Array, DataType, RecordBatch

    from latido.connect import Cursor, Page, Rejected, Rows
    from latido.schema import ColumnType, Record


@dataclass(slots=True)
class Layer:
    """Rows, and the marks that come after them. `replaced` maps (column, parent) to the children it has now."""

    rows: dict[type[Record], list[RecordBatch]] = field(default_factory=lambda: defaultdict(list))
    replaced: dict[type[Record], dict[tuple[str, str], set[str]]] = field(default_factory=lambda: defaultdict(dict))
    deleted: dict[type[Record], dict[str, datetime | None]] = field(default_factory=lambda: defaultdict(dict))
    merged: dict[type[Record], dict[str, str]] = field(default_factory=lambda: defaultdict(dict))

    def marks(self, rows: Rows) -> bool:
        """Whether any of *rows* is marked here: it comes after its mark, and has to be written after it."""
        marked = [each for each in (self.deleted.get(rows.entity), self.merged.get(rows.entity)) if each]
        keys = rows.values("source_id") if marked else []
        if not all(each.keys().isdisjoint(keys) for each in marked):
            return True
        replaced = self.replaced.get(rows.entity, {})
        columns = {column for column, _parent in replaced} & rows.columns.keys()
        return any((column, parent) in replaced for column in columns for parent in rows.values(column))


@dataclass(slots=True)
class Batch:
    """The pages of one stream since its last flush. `cursor` is where the stream resumes once this is stored.

    Its `layers` are written one after the other; `rejected` is known by table and key.
    """

    source: str
    stream: str
    layers: list[Layer] = field(default_factory=lambda: [Layer()])
    rejected: dict[tuple[str, str], Rejected] = field(default_factory=dict)
    settled: list[str] = field(default_factory=list)
    cursor: Cursor | None = None
    size: int = 0

    def add(self, page: Page) -> None:
        """Take in *page*: what it says comes after what is here already."""
        if any(self.layers[-1].marks(rows) for rows in page.rows):
            self.layers.append(Layer())
        layer = self.layers[-1]
        for rows in page.rows:
            self._add_rows(layer, rows)
        for entity, (column, parents) in page.replaces.items():
            layer.replaced[entity].update(_brought(page.rows, entity, column, parents))
            self.size += len(parents)
        for entity, ids in page.deleted.items():
            layer.deleted[entity].update(ids)
            self.size += len(ids)
        for entity, pairs in page.merged.items():
            layer.merged[entity].update(pairs)
            self.size += len(pairs)
        self.rejected.update({(each.table, key_of(each)): each for each in page.rejected})
        self.size += len(page.rejected)
        self.settled += page.settled

    def _add_rows(self, layer: Layer, rows: Rows) -> None:
        if len(rows):
            layer.rows[rows.entity].append(arrow(rows, self.size))
            self.size += len(rows)
        for key in rows.values("source_id") if self.rejected else ():
            self.rejected.pop((rows.entity.table, key), None)  # it fits by now


def _brought(
    page: Sequence[Rows], entity: type[Record], column: str, parents: Sequence[str]
) -> dict[tuple[str, str], set[str]]:
    """Return the children that *page* brings of those *parents* that it brings completely."""
    brought: dict[tuple[str, str], set[str]] = {(column, parent): set() for parent in parents}
    for rows in page:
        if rows.entity is entity and column in rows.columns:
            for parent, child in zip(rows.values(column), rows.values("source_id"), strict=True):
                if (column, parent) in brought:
                    brought[column, parent].add(child)
    return brought


def arrow(rows: Rows, offset: int) -> RecordBatch:
    """Return *rows* with every column that the entity has, and `_position`: the order in which rows arrived."""
    from arro3.core import DataType, RecordBatch

    types: Mapping[str, ColumnType] = rows.entity.columns()
    carriers = {
        "text": DataType.string(),
        "integer": DataType.int64(),
        "boolean": DataType.bool(),
        "double": DataType.float64(),
    }
    empty: list[None] = [None] * len(rows)
    arrays: dict[str, Any] = {
        name: _array(rows.columns.get(name, empty), carriers[kind.carrier]) for name, kind in types.items()
    }
    order = range(len(rows)) if rows.positions is None else rows.positions
    arrays["_position"] = _array([offset + each for each in order], DataType.int64())
    return RecordBatch.from_pydict(arrays)


def _array(values: Any, carrier: DataType) -> Array:
    from arro3.core import Array

    if isinstance(values, Array):
        return values
    try:
        return Array(values, carrier)
    except UnicodeEncodeError:
        return Array([whole_characters(each) if isinstance(each, str) else each for each in values], carrier)
