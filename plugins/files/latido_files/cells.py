"""What a cell means: text on its way to the column that it fills. The slow way, one by one; it knows every reason."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from latido.schema import ColumnType
    from latido_files.settings import FileFormat

Reader: TypeAlias = "Callable[[str], Any]"

TRUE = ("true", "t", "yes", "y", "1", "verdadero", "sí", "si")
FALSE = ("false", "f", "no", "n", "0", "falso")
WHOLE_FLOATS = 2**53

_WITH_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?")
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def as_text(value: Any) -> str | None:  # noqa: PLR0911 - a table
    """Return what a person sees in a cell, without the spaces around it; None where that is nothing.

    A whole number is written without a point, as spreadsheets do, whose numbers are all alike.
    """
    match value:
        case None:
            return None
        case str():
            return value.strip() or None
        case bool():
            return "true" if value else "false"
        case float() if math.isnan(value):  # how many programs write that a number is missing
            return None
        case float() if value.is_integer() and abs(value) < WHOLE_FLOATS:
            return str(int(value))
        case Decimal():
            return format(value, "f")
        case date():
            return value.isoformat()
        case list() | tuple() | dict():
            return orjson.dumps(value, default=_plain, option=orjson.OPT_NON_STR_KEYS).decode()
        case bytes() | memoryview():
            return bytes(value).decode(errors="replace").strip() or None
        case _:
            return str(value)


def as_json(value: Any) -> str | None:
    """Return a cell that no column of the schema wants as `custom` keeps it: numbers stay numbers."""
    text = as_text(value)
    if text is None:
        return None
    kept = value if isinstance(value, bool | int | float | list | tuple | dict) else text
    try:
        return orjson.dumps(kept, default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:  # a number of more than 64 bits
        return orjson.dumps(text).decode()


def _plain(value: Any) -> Any:
    return as_text(value)


@dataclass(frozen=True, slots=True)
class Cells:
    """How cells are read: as ISO 8601 has it and with a decimal point, else as *format* declares.

    A time without a zone is one of *zone*; in the hour that comes twice, the first is meant.
    """

    format: FileFormat
    zone: ZoneInfo

    def reader(self, kind: ColumnType) -> Reader:
        """Return what turns the text of a cell into something that *kind* takes; it raises ValueError with a reason."""
        readers: dict[str, Reader] = {
            "text": str,
            "one of": folded_word,
            "boolean": flag,
            "instant": self.instant,
            "date": self.day,
            "texts": words,
            "json": _object,
        }
        return readers.get(kind.name, self.number)

    def number(self, text: str) -> str:
        """Return a number with a decimal point."""
        if self.format.decimal == ",":
            if not _WITH_COMMA.fullmatch(text):
                raise ValueError("expected a number with a decimal comma")
            return text.replace(".", "").replace(",", ".")
        if "," in text:
            raise ValueError('expected a number with a decimal point; if the comma stands for it, set decimal = ","')
        if "_" in text:
            raise ValueError("expected a number, found other text")
        return text

    def instant(self, text: str) -> datetime:
        """Return a point in time; a date is where it begins."""
        return self._placed(self._time(text) or self._declared_day(text) or _iso_time(text))

    def day(self, text: str) -> date:
        """Return a date: of a time, that on which it falls in the zone."""
        if _ISO_DAY.fullmatch(text) and not self.is_reversed:
            return _iso_day(text)
        time = self._declared_day(text) or self._time(text) or _iso_time(text)
        return (time if time.tzinfo is None else time.astimezone(self.zone)).date()

    @property
    def is_reversed(self) -> bool:
        """Whether declared dates look like ISO 8601 and are not."""
        return (self.format.dates or "").startswith("%Y-%d")

    def _time(self, text: str) -> datetime | None:
        return _parsed(text, self.format.times)

    def _declared_day(self, text: str) -> datetime | None:
        return _parsed(text, self.format.dates)

    def _placed(self, time: datetime) -> datetime:
        return time if time.tzinfo is not None else time.replace(tzinfo=self.zone).astimezone(UTC)


def folded_word(text: str) -> str:
    """Return a word of a closed set as the schema writes it: `On hold` is `on_hold`."""
    return "_".join(text.casefold().replace("-", " ").replace("_", " ").split())


def flag(text: str) -> bool:
    """Return whether *text* says yes."""
    word = text.casefold()
    if word not in TRUE and word not in FALSE:
        raise ValueError("expected true or false")
    return word in TRUE


def words(text: str) -> list[str]:
    """Return a list of texts: JSON, or divided by semicolons, else by commas."""
    if text.startswith("["):
        found = _json(text, "a list of texts")
        return [each for each in map(as_text, found) if each is not None] if isinstance(found, list) else found
    parts = text.split(";" if ";" in text else ",")
    return [part for each in parts if (part := each.strip())]


def _object(text: str) -> Any:
    return _json(text, "an object")


def _json(text: str, what: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise ValueError(f"expected {what} as JSON") from None


def _parsed(text: str, form: str | None) -> datetime | None:
    if form is None:
        return None
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - a zone, where one is written, is part of the format
    except ValueError:
        return None


def _iso_time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(_expected(text)) from None


def _iso_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("expected a date that exists") from None


def _expected(text: str) -> str:
    if re.fullmatch(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}", text):
        return (
            'expected a date as 2026-01-31; of this one the order of day and month must be declared: dates = "%d/%m/%Y"'
        )
    return "expected a date as 2026-01-31 or a time as 2026-01-31T09:30:00+01:00; others are declared as dates or times"
