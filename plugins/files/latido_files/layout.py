"""Which header fills which column."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from latido.errors import ConfigurationError
from latido.messages import marker
from latido.suggest import nearest
from latido_files.table_stream import folded

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from latido.schema import Record

_ = marker("latido_files")


@dataclass(frozen=True, slots=True)
class Layout:
    """The header of each column that has one, and the headers whose cells `custom` keeps, in the order of JSON."""

    columns: Mapping[str, str]
    custom: tuple[str, ...]

    @property
    def headers(self) -> list[str]:
        """The headers that fill a column, each once."""
        return [*dict.fromkeys(self.columns.values())]

    @classmethod
    def of(
        cls, entity: type[Record], headers: Sequence[str], own: Mapping[str, str], kept: Collection[str] | None
    ) -> Layout:
        """Return how *headers* fill *entity*: as the user's *own* mapping says, else by their names.

        Of the others `custom` keeps those that are *kept*, None meaning all. The word of a closed set fills
        `<column>_raw` too. Raises ConfigurationError for a mapped header that is not there, and for two of one column.
        """
        mapped = {column: _header(entity, column, wanted, headers) for column, wanted in own.items()}
        free = [each for each in headers if each not in mapped.values()]
        named = {each: name for each in headers if (name := folded(each)) in entity.columns() and name not in mapped}
        _once(entity, named)
        columns = {**mapped, **{name: header for header, name in named.items()}}
        others = [each for each in free if each not in named]
        return cls(_with_raw(entity, columns), tuple(sorted(each for each in others if kept is None or each in kept)))


def _header(entity: type[Record], column: str, wanted: str, headers: Sequence[str]) -> str:
    there = {folded(each): each for each in reversed(headers)} | {each: each for each in headers}
    found = there.get(wanted) or there.get(folded(wanted))
    if found is None:
        near = nearest(wanted, headers)
        raise ConfigurationError(
            _("{table}.{column}: there is no column {header}.", table=entity.table, column=column, header=wanted),
            _("Did you mean {near}?", near=near) if near else _("There are: {all}", all=", ".join(headers)),
        )
    return found


def _once(entity: type[Record], named: Mapping[str, str]) -> None:
    for column, n in Counter(named.values()).items():
        if n > 1:
            both = ", ".join(header for header, name in named.items() if name == column)
            raise ConfigurationError(
                _("{table}: {headers} are the same column.", table=entity.table, headers=both),
                _(
                    "Rename one, or say which one it is: {column} under fields.{table}",
                    column=column,
                    table=entity.table,
                ),
            )


def _with_raw(entity: type[Record], columns: Mapping[str, str]) -> dict[str, str]:
    types = entity.columns()
    raw = {f"{name}_raw": header for name, header in columns.items() if types[name].name == "one of"}
    return {**{name: header for name, header in raw.items() if name in types}, **columns}
