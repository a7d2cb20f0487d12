"""The statement that looks at a chunk of cells: each row in travelling form, and whether all of it is certain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from latido_files.certain import ESCAPED, ODD_EDGES, Cell, Certain, json, quoted, text
from latido_files.needs import CONTENT_KEY, KEY_LENGTH, NATURAL_KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from latido.schema import Record
    from latido_files.cells import Cells
    from latido_files.layout import Layout

SEPARATOR = "CHR(31)"
CARRIERS = {"text": "VARCHAR", "integer": "BIGINT", "boolean": "BOOLEAN", "double": "DOUBLE"}


@dataclass(frozen=True, slots=True)
class Look:
    """A query over `cells`.

    That has `nth` (the position of a row), a column `c0`, `c1` … for each header that fills a column, and `j0`, `j1` …
    for each that `custom` keeps, of the DuckDB types *kinds*; *as_json* if those are JSON. *places* is the SQL of the
    instant of a time without a zone.
    """

    entity: type[Record]
    cells: Cells
    places: Callable[[str], str]
    layout: Layout
    kinds: Mapping[str, str]
    as_json: bool

    @property
    def sql(self) -> str:
        """The query: `nth`, `fine`, and the columns in travelling form, which hold only where a row is fine."""
        made = [f"{self._key} AS source_id", *self._carried(), f"source_id IS NOT NULL AND {self._sure} AS fine"]
        return f"""
            SELECT nth, {", ".join(made)}
            FROM (SELECT *, {", ".join(self._values())}
                  FROM (SELECT *, {", ".join(self._texts())} FROM cells))"""  # noqa: S608 - all names are ours

    def _texts(self) -> Iterator[str]:
        for name in self._names:
            yield f"{text(name, self.kinds[name]) or 'CAST(NULL AS VARCHAR)'} AS {_text(name)}"

    def _values(self) -> Iterator[str]:
        types, certain = self.entity.columns(), Certain(self.cells, self.places)
        for column, name in self._filled.items():
            value = certain.value(self._cell(name), types[column])
            yield f"CAST({value} AS {CARRIERS[types[column].carrier]}) AS {_value(column)}"
        for name in self._kept:
            yield f"{self._json(name)} AS {_value(name)}"

    def _cell(self, name: str) -> Cell:
        return Cell(name, self.kinds[name], _text(name))

    def _carried(self) -> Iterator[str]:
        for column in self._columns:
            if column == "version":
                yield f"{_first(self._value_of('version'), self._value_of('updated_at'))} AS version"
            elif column == "custom" and self._kept:
                yield f"{self._custom} AS custom"
            elif column != "source_id":
                yield f"{_value(column)} AS {column}"

    @property
    def _columns(self) -> list[str]:
        made = {
            *self._filled,
            *(["custom"] if self._kept else []),
            *(["version"] if "updated_at" in self._filled else []),
        }
        return [column for column in self.entity.columns() if column in made]

    @property
    def _sure(self) -> str:
        return " AND ".join(self._conditions())

    def _conditions(self) -> Iterator[str]:
        for column, name in self._filled.items():
            if self.entity.columns()[column].name != "text":
                yield f"({_text(name)} IS NULL) = ({_value(column)} IS NULL)"
        for name in self._names:
            if text(name, self.kinds[name]) is None:
                yield f"{name} IS NULL"
        for name in self._kept:
            yield f"({_text(name)} IS NULL) = ({_value(name)} IS NULL)"
        if "custom" in self._filled and self._kept:
            yield f"{_text(self._filled['custom'])} IS NULL"
        yield f"NOT REGEXP_MATCHES({self._together(self._names)}, {quoted(ODD_EDGES)})"
        if self._kept and not self.as_json:
            yield f"NOT REGEXP_MATCHES({self._together(self._kept, ' ')}, {quoted(ESCAPED)})"

    def _together(self, names: Mapping[str, str] | list[str], separator: str = "\x1f") -> str:
        plain = [_text(name) for name in names if self.kinds[name] == "VARCHAR"]
        return f"CONCAT_WS({quoted(separator)}, {', '.join(plain)})" if plain else "''"

    @property
    def _names(self) -> list[str]:
        return [*dict.fromkeys(self._filled.values()), *self._kept]

    @property
    def _filled(self) -> dict[str, str]:
        headers = self.layout.headers
        return {column: f"c{headers.index(header)}" for column, header in self.layout.columns.items()}

    @property
    def _kept(self) -> dict[str, str]:
        return {f"j{at}": header for at, header in enumerate(self.layout.custom)}

    def _json(self, name: str) -> str:
        return name if self.as_json else json(name, _text(name), self.kinds[name])

    @property
    def _custom(self) -> str:
        members = [
            f"{quoted(orjson.dumps(header).decode() + ':')} || {_value(name)}" for name, header in self._kept.items()
        ]
        return f"NULLIF('{{' || CONCAT_WS(',', {', '.join(members)}) || '}}', '{{}}')"

    def _value_of(self, column: str) -> str | None:
        return _value(column) if column in self._filled else None

    @property
    def _key(self) -> str:
        return _first(self._value_of("source_id"), self._value_of("external_id"), self._natural_key)

    @property
    def _natural_key(self) -> str | None:
        if self.entity.table not in NATURAL_KEYS:
            return None
        if not (named := NATURAL_KEYS[self.entity.table]):
            return self._whole
        first, third = (self._value_of(named[at]) for at in (0, 2))
        parts = " || ':' || ".join(f"COALESCE({self._value_of(name) or 'NULL'}, '')" for name in named)
        return f"CASE WHEN {first} IS NOT NULL AND {third} IS NOT NULL THEN {parts} END" if first and third else None

    @property
    def _whole(self) -> str:
        values = {name: self._custom if name == "custom" and self._kept else _value(name) for name in self._columns}
        given = [name for name in values if name in self._filled or name == "custom"]
        parts = ", ".join(f"'{name}=' || CAST({values[name]} AS VARCHAR)" for name in given)
        whole = f"CONCAT_WS({SEPARATOR}, {parts})"
        return f"CASE WHEN {whole} <> '' THEN '{CONTENT_KEY}' || LEFT(SHA256({whole}), {KEY_LENGTH}) END"


def _text(name: str) -> str:
    return f"{name}_text"


def _value(name: str) -> str:
    return f"{name}_value"


def _first(*values: str | None) -> str:
    given = [value for value in values if value is not None]
    return f"COALESCE({', '.join(given)})" if given else "CAST(NULL AS VARCHAR)"
