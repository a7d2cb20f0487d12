"""One form for records, however they came: JSON of the REST API, or CSV of the Bulk API.

Related records are nested as in JSON (`{"Owner": {"Name": …}}`), null where there is none. The user's own fields stand
once more below `custom`. Numbers with decimals are exact where they are mapped, instants end in `Z`, ids have 18
characters, empty text is null.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypedDict

from latido.connect import Shape
from latido_salesforce.describe import NUMBERS
from latido_salesforce.soql import LONG, long_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from latido.connect import JsonObject

CUSTOM, TEXT, ANY = "custom", "string", "anyType"
CURRENCY, SITE = "CurrencyIsoCode", ":site"
"""What every record is given: the currency of an org with only one, and where the org's pages are."""

UNFIT = (ValueError, ArithmeticError, LookupError)
_FLAGS = {"true": True, "false": False}


@dataclass(frozen=True)
class Layout:
    """The fields of the records that one stream asks for, dotted where they are a related record's, with their types.

    `own` are those that go into `custom`, of which the `mapped` ones also stay; numbers with decimals are
    kept exactly for the fields in `exact`. Every record is `given` the same further values. What the mapping reads and
    there is not, or the user may not see, is `unseen`.
    """

    types: Mapping[str, str]
    own: tuple[str, ...] = ()
    mapped: frozenset[str] = frozenset()
    exact: frozenset[str] = frozenset()
    given: Mapping[str, Any] = field(default_factory=dict)
    unseen: frozenset[str] = frozenset()

    @cached_property
    def shape(self) -> Shape:
        """What to decode of an answer with records."""
        return Records({name: self._decoded(name) for name in self.types})

    def settled(self, records: Sequence[Any]) -> list[JsonObject]:
        """Bring *records* of the REST API into the common form, in place, and return them; what is none stays."""
        for record in records:
            if isinstance(record, dict):
                self._repair(record)
        return list(records)

    def parsed(self, names: Sequence[str], rows: Sequence[Sequence[str]]) -> Sequence[JsonObject]:
        """Return the records in *rows* of a CSV file whose columns are *names*."""
        if not rows:
            return []
        columns = {
            name: self._column(name, values) for name, values in zip(names, zip(*rows, strict=True), strict=True)
        }
        if self.own:
            columns[CUSTOM] = self._gathered(columns)
        for outer in {name.partition(".")[0] for name in names if "." in name}:
            columns[outer] = _nested(columns, f"{outer}.")
        columns.update({name: [value] * len(rows) for name, value in self.given.items()})
        # A whole column at a time: record by record takes twice as long.
        keys = list(columns)
        return [dict(zip(keys, values)) for values in zip(*columns.values())]  # noqa: B905 - for speed

    def _repair(self, record: dict[str, Any]) -> None:
        for way, name, repair in self._repairs:
            found = _inner(record, way) if way else record
            if found is not None and (value := found.get(name)) is not None:
                found[name] = repair(value)
        record.update(self.given)
        if self.own:
            found = {name: value for name in self.own if (value := record.get(name)) is not None}
            record[CUSTOM] = {name: _inexact(value) for name, value in found.items()}

    def _gathered(self, columns: dict[str, list[Any]]) -> list[dict[str, Any]]:
        """Return what goes into `custom`; what only goes there leaves *columns*."""
        names = [name for name in self.own if name in columns]
        taken = [columns[name] if name in self.mapped else columns.pop(name) for name in names]
        values = [
            [*map(_inexact, each)] if name in self.exact else each for name, each in zip(names, taken, strict=True)
        ]
        rows = zip(*values, strict=True)
        return [{name: v for name, v in zip(names, row) if v is not None} for row in rows]  # noqa: B905 - for speed

    def _column(self, name: str, values: Sequence[str]) -> list[Any]:
        parse = self._parser(name)
        if parse is None:
            return [value or None for value in values]
        if parse is long_id:
            return [(value if len(value) == LONG else long_id(value)) if value else None for value in values]
        try:
            return [parse(value) if value else None for value in values]
        except UNFIT:
            return [_tried(parse, value) if value else None for value in values]

    def _parser(self, name: str) -> Callable[[str], Any] | None:
        kind = self.types.get(name, TEXT)
        if kind in NUMBERS:
            return Decimal if name in self.exact else float
        return _PARSERS.get(kind)

    @cached_property
    def _repairs(self) -> list[tuple[list[str], str, Callable[[Any], Any]]]:
        found = []
        for path, kind in self.types.items():
            *way, name = path.split(".")
            repair = (_exact if path in self.exact else _number) if kind in NUMBERS else _REPAIRS.get(kind)
            if repair is not None:
                found.append((way, name, repair))
        return found

    def _decoded(self, name: str) -> Any:
        return Decimal | None if name in self.exact and self.types[name] in NUMBERS else Any


class Records(Shape):
    """An answer to a query, of which only the *fields* that were asked for are decoded, each as its type says."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        import msgspec

        record = _typed("Record", fields)
        self._decoder = msgspec.json.Decoder(
            _typed("Answer", {"totalSize": Any, "done": Any, "nextRecordsUrl": Any, "records": list[record]})  # type: ignore[valid-type]
        )


def _typed(name: str, fields: Mapping[str, Any]) -> Any:
    """Return the type of an object with *fields*, all optional; dotted ones are those of objects in it."""
    members: dict[str, Any] = {}
    inner: dict[str, dict[str, Any]] = {}
    for path, kind in fields.items():
        outer, _, rest = path.partition(".")
        if rest:
            inner.setdefault(outer, {})[rest] = kind
        else:
            members[outer] = kind
    related = {outer: _typed(f"{name}_{outer}", parts) | None for outer, parts in inner.items()}
    return TypedDict(name, {**members, **related}, total=False)  # type: ignore[operator]


def _inner(record: dict[str, Any], way: Sequence[str]) -> dict[str, Any] | None:
    found: Any = record
    for key in way:
        found = found.get(key)
        if not isinstance(found, dict):
            return None
    return found  # type: ignore[no-any-return]


def _nested(columns: dict[str, list[Any]], outer: str) -> list[dict[str, Any] | None]:
    """Take what begins with *outer*, the columns of a related record, out of *columns*, and return those records."""
    inner = {name.removeprefix(outer): columns.pop(name) for name in [*columns] if name.startswith(outer)}
    for deeper in {name.partition(".")[0] for name in inner if "." in name}:
        inner[deeper] = _nested(inner, f"{deeper}.")
    names = list(inner)
    return [
        dict(zip(names, values, strict=True)) if any(value is not None for value in values) else None
        for values in zip(*inner.values(), strict=True)
    ]


def _inexact(value: Any) -> Any:
    """Return a number as JSON has it."""
    return float(value) if value.__class__ is Decimal else value


def _tried(parse: Callable[[str], Any], value: str) -> Any:
    """Return what *parse* makes of *value*, which stays text if it is none: the mapping says what does not fit."""
    try:
        return parse(value)
    except UNFIT:
        return value


def _zulu(stamp: Any) -> Any:
    """Return an instant of the REST API as the Bulk API writes it."""
    return f"{stamp[:-5]}Z" if isinstance(stamp, str) and stamp.endswith("+0000") else stamp


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _exact(value: Any) -> Any:
    if value.__class__ is Decimal or isinstance(value, bool):
        return value
    try:
        return Decimal(str(value))
    except ArithmeticError:
        return value


def _key(value: Any) -> Any:
    return long_id(value) if isinstance(value, str) else value


def _any(value: Any) -> Any:
    """Return a value of no fixed type as the Bulk API writes it: as text."""
    if isinstance(value, bool):
        return str(value).lower()
    return _zulu(value if isinstance(value, str) else str(value))


_PARSERS: dict[str, Callable[[str], Any]] = {
    "boolean": _FLAGS.__getitem__,
    "int": int,
    "long": int,
    "id": long_id,
    "reference": long_id,
    "datetime": _zulu,
    ANY: _zulu,
}

_REPAIRS: dict[str, Callable[[Any], Any]] = {"id": _key, "reference": _key, "datetime": _zulu, ANY: _any}
