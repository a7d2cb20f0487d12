"""Cells into rows of the schema: what is certainly fine all at once, the rest one by one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import orjson

from latido.connect import Rejected, Rows
from latido_files.cells import Cells, as_json, as_text
from latido_files.layout import Layout
from latido_files.needs import CONTENT_KEY, KEY_LENGTH, NATURAL_KEYS
from latido_files.setwise import SetWise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from latido.connect import JsonObject
    from latido.schema import Record
    from latido_files.cells import Reader
    from latido_files.table import Chunk, Torn
    from latido_files.table_stream import TableStream

UNREADABLE = (ValueError, TypeError, ArithmeticError)


@dataclass
class Fitting:
    """What is made of the cells of one table of the schema, as the settings have it.

    A row that does not fit is put away with the file, sheet or result and the line where it stands.
    """

    entity: type[Record]
    cells: Cells
    own: Mapping[str, str] = field(default_factory=dict)
    kept: Sequence[str] | None = None

    @classmethod
    def of(cls, stream: TableStream) -> Fitting:
        """Return what the settings of *stream* ask for."""
        settings, zone = stream.connector.settings, stream.connector.runtime.time_zone
        return cls(stream.entity, Cells(stream.format, zone), settings.fields.get(stream.name, {}), settings.custom)

    def fitted(self, place: str, chunk: Chunk) -> tuple[list[Rows], list[Rejected]]:
        """Return the rows of *chunk*, which was read from *place*, and those that do not fit.

        Of two rows with one key, a later one wins, whichever way each was read.
        """
        layout = self.layout([*chunk.cells])
        fine, places, odd = self._setwise.look(chunk, layout)
        if not odd:
            return [_in_order(fine, places)], []
        rows, rejected = self.one_by_one(layout, chunk.records(odd))
        behind = [odd[at] for at in rows.positions or ()]
        unfit = [_put_away(place, chunk.lines[odd[at]], each) for at, each in rejected]
        return [_together(fine, places, rows, behind)], unfit

    def again(self, payloads: Sequence[JsonObject]) -> tuple[Rows, list[Rejected]]:
        """Return what rows from quarantine come to now."""
        records = [payload.get("row") or {} for payload in payloads]
        layout = self.layout([*dict.fromkeys(header for record in records for header in record)])
        rows, rejected = self.one_by_one(layout, records)
        return rows, [_put_away(payloads[at]["file"], payloads[at]["line"], each) for at, each in rejected]

    def torn(self, place: str, row: Torn) -> Rejected:
        """Return a row that could not be split into cells."""
        payload = {"file": place, "line": row.line, "text": row.text}
        return Rejected(self.entity.table, None, f"{place}, line {row.line}: {row.reason}", payload)

    def layout(self, headers: Sequence[str]) -> Layout:
        """Return which of *headers* fills which column; raises ConfigurationError."""
        return Layout.of(self.entity, headers, self.own, self.kept)

    def one_by_one(self, layout: Layout, records: Sequence[JsonObject]) -> tuple[Rows, list[tuple[int, Rejected]]]:
        """Return what *records* come to, cell by cell, and those that do not fit with their position; empty ones go."""
        made: dict[int, dict[str, Any]] = {}
        unfit: dict[int, Rejected] = {}
        for at, record in enumerate(records):
            texts = {column: as_text(record.get(header)) for column, header in layout.columns.items()}
            custom = {header: text for header in layout.custom if (text := as_json(record.get(header))) is not None}
            if custom or any(text is not None for text in texts.values()):
                self._make(at, texts, custom, record, made, unfit)
        rows, rejected = Rows.of(self.entity, [*made.values()])
        places = {id(row): at for at, row in made.items()}
        for each in rejected:
            at = places[id(each.payload)]
            unfit[at] = Rejected(each.table, each.source_id, each.reason, records[at])
        positions = [at for at in made if at not in unfit]
        return Rows(rows.entity, rows.columns, positions), sorted(unfit.items())

    def _make(
        self,
        at: int,
        texts: Mapping[str, str | None],
        custom: Mapping[str, str],
        record: JsonObject,
        made: dict[int, dict[str, Any]],
        unfit: dict[int, Rejected],
    ) -> None:
        try:
            made[at] = self._row(texts, custom)
        except UNREADABLE as error:
            key = texts.get("source_id") or texts.get("external_id")
            unfit[at] = Rejected(self.entity.table, key, str(error), record)

    def _row(self, texts: Mapping[str, str | None], custom: Mapping[str, str]) -> dict[str, Any]:
        row = {name: _read(name, self.readers[name], text) for name, text in texts.items() if text is not None}
        if custom:
            row["custom"] = {**row.get("custom", {}), **{name: orjson.Fragment(text) for name, text in custom.items()}}
        row["source_id"] = row.get("source_id") or row.get("external_id") or self._natural_key(row)
        return row

    def _natural_key(self, row: Mapping[str, Any]) -> str | None:
        if self.entity.table not in NATURAL_KEYS:
            return None
        types = self.entity.columns()
        travelling = {name: _read(name, kind.coerce, row[name]) for name, kind in types.items() if name in row}
        return natural_key(self.entity.table, travelling)

    @cached_property
    def _setwise(self) -> SetWise:
        return SetWise(self.entity, self.cells)

    def close(self) -> None:
        """Give up what is held for reading."""
        self._setwise.close()

    @cached_property
    def readers(self) -> Mapping[str, Reader]:
        """How the cell of each column is read."""
        return {name: self.cells.reader(kind) for name, kind in self.entity.columns().items()}


def natural_key(table: str, row: Mapping[str, Any]) -> str | None:
    """Return what tells *row*, in its travelling form, from others of *table*; None where that is missing too."""
    if named := NATURAL_KEYS[table]:
        parts = [row.get(name) for name in named]
        return ":".join(part or "" for part in parts) if parts[0] is not None and parts[2] is not None else None
    whole = "\x1f".join(
        f"{name}={str(value).lower() if isinstance(value, bool) else value}" for name, value in row.items()
    )
    return CONTENT_KEY + hashlib.sha256(whole.encode()).hexdigest()[:KEY_LENGTH]


def _read(name: str, reader: Reader, text: Any) -> Any:
    try:
        return reader(text)
    except UNREADABLE as error:
        raise ValueError(f"{name}: {error}") from error


def _put_away(place: str, line: int, unfit: Rejected) -> Rejected:
    row = {header: text for header, cell in unfit.payload.items() if (text := as_text(cell)) is not None}
    payload = {"file": place, "line": line, "row": row}
    return Rejected(unfit.table, unfit.source_id, f"{place}, line {line}: {unfit.reason}", payload)


def _in_order(rows: Rows, places: Sequence[int]) -> Rows:
    in_order = all(before < after for before, after in pairwise(places))
    return rows if in_order else Rows(rows.entity, rows.columns, _ranks(places))


def _together(fine: Rows, places: Sequence[int], others: Rows, behind: Sequence[int]) -> Rows:
    """Return both as rows of one chunk; *places* and *behind* say where in it they stand."""
    if not len(others):
        return _in_order(fine, places)
    names = dict.fromkeys([*fine.columns, *others.columns])
    types = fine.entity.columns()
    columns = {name: _appended(fine, others, name, types[name].carrier) for name in names}
    return Rows(fine.entity, columns, _ranks([*places, *behind]))


def _appended(fine: Rows, others: Rows, name: str, carrier: str) -> Any:
    from arro3.core import Array, ChunkedArray, DataType

    kinds = {
        "text": DataType.string(),
        "integer": DataType.int64(),
        "boolean": DataType.bool(),
        "double": DataType.float64(),
    }
    kind = kinds[carrier]
    first = fine.columns.get(name)
    if first is None:
        first = Array([None] * len(fine), kind)
    return ChunkedArray([first, Array(others.values(name), kind)]).combine_chunks()


def _ranks(places: Sequence[int]) -> list[int]:
    ranks = {place: rank for rank, place in enumerate(sorted(places))}
    return [ranks[place] for place in places]
