"""What a column can hold: its type in the warehouse, and how a connector's value becomes one of it.

Values travel to the warehouse in the plainest Arrow form that carries them exactly (text, 64-bit integers, booleans,
doubles) and are cast there, a whole column at a time.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable

Carrier: TypeAlias = Literal["text", "integer", "boolean", "double"]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LONE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class ColumnType:
    """One kind of column.

    `coerce` turns a value that is not None into what `carrier` carries and raises ValueError, with a reason that
    names no value, when it cannot; a value of the type `exact` travels as it is. `cast` is the SQL around the carried
    column, with one `{}` for its name. `words` is the closed set of an enumeration.
    """

    name: str
    sql: str
    carrier: Carrier
    coerce: Callable[[Any], Any]
    cast: str = "{}"
    exact: type | None = None
    words: tuple[str, ...] = ()


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise ValueError(f"expected text, found {type(value).__name__}")


def _whole(value: Any) -> int:
    number = value if value.__class__ is int else _number(value)
    if not -(2**63) <= number < 2**63:
        raise ValueError("expected a whole number of at most 64 bits")
    if number != number // 1:
        raise ValueError(f"expected a whole number, found {type(value).__name__}")
    return int(number)


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(f"expected true or false, found {type(value).__name__}")


def _double(value: Any) -> float:
    number = float(_number(value))
    if number - number != 0:
        raise ValueError("expected a finite number")
    return number


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError(f"expected a number, found {type(value).__name__}")
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError("expected a number, found other text") from None
    if not number.is_finite():
        raise ValueError("expected a finite number")
    return number


def instant(value: Any) -> int:
    """Return microseconds since 1970 UTC of a datetime or an ISO 8601 text, both with a zone."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        raise ValueError(f"expected a point in time, found {type(value).__name__}")
    if value.tzinfo is None:
        raise ValueError("expected a point in time with its zone")
    return (value - _EPOCH) // _MICROSECOND


def _day(value: Any) -> str:
    if isinstance(value, str):
        return date.fromisoformat(value).isoformat()
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    raise ValueError(f"expected a date, found {type(value).__name__}")


def _tags(value: Any) -> str:
    if not isinstance(value, list | tuple):
        raise ValueError(f"expected a list of texts, found {type(value).__name__}")
    return orjson.dumps([_text(item) for item in value]).decode()


def _json(value: Any) -> str:
    if not isinstance(value, dict):
        raise ValueError(f"expected an object, found {type(value).__name__}")
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:  # A number of more than 64 bits, or half a character.
        return whole_characters(json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False))


def whole_characters(text: str) -> str:
    """Return *text* with a mark for each half of a surrogate pair: nothing can store what was cut through."""
    return _LONE.sub("\N{REPLACEMENT CHARACTER}", text)


def _decimal(precision: int, scale: int) -> ColumnType:
    limit = Decimal(10) ** (precision - scale)

    def coerce(value: Any) -> str:
        number = _number(value)
        # Decimal.quantize rounds half to even, as the schema asks; the warehouse's own cast rounds half up.
        rounded = number.quantize(Decimal(1).scaleb(-scale)) if abs(number) < limit else number
        if abs(rounded) >= limit:
            raise ValueError(f"expected a number below 10^{precision - scale}")
        return format(rounded, "f")

    kind = f"DECIMAL({precision},{scale})"
    return ColumnType(f"decimal({precision},{scale})", kind, "text", coerce, f"CAST({{}} AS {kind})")


def one_of(words: tuple[str, ...]) -> ColumnType:
    """Return the type of a closed set of words; any other word becomes `unknown`."""
    known = frozenset(words)

    def coerce(value: Any) -> str:
        return value if value in known else "unknown"

    return ColumnType("one of", "VARCHAR", "text", coerce, words=words)


TEXT = ColumnType("text", "VARCHAR", "text", _text, exact=str)

Text = Annotated[str, TEXT]
Whole = Annotated[int, ColumnType("integer", "BIGINT", "integer", _whole)]
Flag = Annotated[bool, ColumnType("boolean", "BOOLEAN", "boolean", _flag, exact=bool)]
Double = Annotated[float, ColumnType("double", "DOUBLE", "double", _double)]
Money = Annotated[Decimal, _decimal(18, 4)]
MonthlyMoney = Annotated[Decimal, _decimal(18, 6)]
Rate = Annotated[Decimal, _decimal(20, 12)]
Instant = Annotated[datetime, ColumnType("instant", "TIMESTAMPTZ", "integer", instant, "MAKE_TIMESTAMPTZ({})")]
Day = Annotated[date, ColumnType("date", "DATE", "text", _day, "CAST({} AS DATE)")]
Tags = Annotated[
    tuple[str, ...], ColumnType("texts", "VARCHAR[]", "text", _tags, "CAST(CAST({} AS JSON) AS VARCHAR[])")
]
Json = Annotated[dict[str, Any], ColumnType("json", "JSON", "text", _json, "CAST({} AS JSON)")]
