"""Values as JSON and as CSV write them: the same instant ends in +0000 here and in Z there."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

from latido.testing.world import iso

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from latido_salesforce.sandbox._fields import Field, SObject

Writer: TypeAlias = "Callable[[Any], bytes]"
SEPARATOR = b"\x1f"
"""Stands between the values of a stored record: JSON escapes it, and no text of ours has it."""


def json_values(sobject: SObject, record: Mapping[str, Any]) -> bytes:
    """Return the record's values in the object's order, each in JSON."""
    return SEPARATOR.join([write(record.get(name)) for name, write in _json_writers(sobject)])


def csv_values(sobject: SObject, record: Mapping[str, Any]) -> bytes:
    """Return the record's values in the object's order, each as it stands between quotes; null is nothing."""
    return SEPARATOR.join([write(record.get(name)) for name, write in _csv_writers(sobject)])


@cache
def _json_writers(sobject: SObject) -> list[tuple[str, Writer]]:
    return [(each.name, _JSON.get(each.type, orjson.dumps)) for each in sobject.fields]


@cache
def _csv_writers(sobject: SObject) -> list[tuple[str, Writer]]:
    return [(each.name, _CSV.get(each.type, _csv_text)) for each in sobject.fields]


def json_value(field: Field, value: Any) -> bytes:
    return _JSON.get(field.type, orjson.dumps)(value)


def csv_value(field: Field, value: Any) -> bytes:
    return _CSV.get(field.type, _csv_text)(value)


def instant(at: int) -> str:
    return iso(at)[:-1] + ".000+0000"


def _json_instant(value: Any) -> bytes:
    return b'"%b.000+0000"' % iso(value)[:-1].encode() if isinstance(value, int) else orjson.dumps(value)


def _csv_instant(value: Any) -> bytes:
    return b"%b.000Z" % iso(value)[:-1].encode() if isinstance(value, int) else _csv_text(value)


def _json_long_text(value: Any) -> bytes:
    """Only the CSV of the Bulk API lets a NUL byte through."""
    return orjson.dumps(value.replace("\0", "") if isinstance(value, str) else value)


def _json_cents(value: Any) -> bytes:
    return orjson.dumps(value / 100) if isinstance(value, int) else orjson.dumps(value)


def _csv_cents(value: Any) -> bytes:
    return _csv_text(value / 100 if isinstance(value, int) else value)


def _json_double(value: Any) -> bytes:
    return orjson.dumps(float(value) if isinstance(value, int) else value)


def _csv_double(value: Any) -> bytes:
    return _csv_text(float(value) if isinstance(value, int) else value)


def _csv_boolean(value: Any) -> bytes:
    return b"true" if value else b"false"


def _csv_text(value: Any) -> bytes:
    if value is None:
        return b""
    if isinstance(value, str):
        return value.replace('"', '""').encode()
    text = value.isoformat() if isinstance(value, date) else str(value)
    return text.encode()


_JSON: dict[str, Writer] = {
    "datetime": _json_instant, "currency": _json_cents, "double": _json_double, "percent": _json_double,
    "textarea": _json_long_text,
}  # fmt: skip
_CSV: dict[str, Writer] = {
    "datetime": _csv_instant, "currency": _csv_cents, "double": _csv_double, "percent": _csv_double,
    "boolean": _csv_boolean,
}  # fmt: skip
