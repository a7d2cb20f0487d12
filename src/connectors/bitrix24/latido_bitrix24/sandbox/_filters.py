"""Filters of lists: `>=updatedTime`, `@stageId`, and what becomes of values that nobody understands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from latido_bitrix24.sandbox import _bodies as bodies
from latido_bitrix24.sandbox._kinds import NUMBERS, TIMES
from latido_bitrix24.sandbox._params import listed
from latido_bitrix24.sandbox._stamps import has_offset

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from latido_bitrix24.sandbox._kinds import Kind
    from latido_bitrix24.sandbox._stamps import PortalTime

_KEY = re.compile(r"(!=%|!%|!=|!@|!|>=|<=|><|>|<|=%|%=|=|@|%)?(.+)", re.DOTALL)
_EVERYTHING = (0, 1 << 32)
_EARLIEST, _LATEST = 0, (1 << 31) - 1

Test = "Callable[[Mapping[str, Any]], bool]"


@dataclass
class Wanted:
    """What a filter asks for: ids in [low, high), changes in [since, until), owners, and `tests` of what is told."""

    low: int = _EVERYTHING[0]
    high: int = _EVERYTHING[1]
    since: int = _EARLIEST
    until: int = _LATEST
    owners: frozenset[int] | None = None
    nothing: bool = False
    tests: list[Callable[[Mapping[str, Any]], bool]] = field(default_factory=list)

    @property
    def is_dated(self) -> bool:
        return (self.since, self.until) != (_EARLIEST, _LATEST)


class Filters:
    """Reads the filters of lists of *kind*. *iso_dates* says what becomes of instants in ISO 8601 with an offset.

    A *strict* list refuses a field that it does not know; an old one ignores it.
    """

    def __init__(self, kind: Kind, time: PortalTime, *, iso_dates: str = "read", strict: bool = True) -> None:
        self._kind = kind
        self._time = time
        self._iso_dates = iso_dates
        self._strict = strict

    def read(self, told: Any) -> Wanted:
        wanted = Wanted()
        for key, value in told.items() if isinstance(told, dict) else ():
            if key.isdecimal():
                wanted.tests.append(self._any_or_all(value))
            elif key != "logic":
                self._take(wanted, key, value)
        return wanted

    def _any_or_all(self, told: Any) -> Callable[[Mapping[str, Any]], bool]:
        """Return the test of a filter inside of a filter."""
        either = str(told.get("logic", "AND")).upper() == "OR"
        tests = [test for key, value in told.items() if key != "logic" for test in self._tests(key, value)]
        return lambda record: (any if either else all)(test(record) for test in tests)

    def _tests(self, key: str, value: Any) -> list[Callable[[Mapping[str, Any]], bool]]:
        if key.isdecimal():
            return [self._any_or_all(value)]
        operator, name = self._parts(key)
        return [] if name not in self._kind.fields else [self._test(operator, name, value)]

    def _take(self, wanted: Wanted, key: str, value: Any) -> None:
        operator, name = self._parts(key)
        if name not in self._kind.fields:
            if self._strict:
                raise bodies.invalid(f"Invalid filter: field '{name}' is not allowed in filter")
            return
        if self._kind.fields[name].type in TIMES and self._is_ignored(value):
            return
        if name == self._kind.id_name and operator in _BOUNDS:
            wanted.low, wanted.high = _narrowed(operator, number(value), (wanted.low, wanted.high))
        elif name == self._kind.changed_name and operator in _BOUNDS:
            self._take_change(wanted, operator, value)
        else:
            if name == self._kind.owner_name and operator in {"", "=", "@"}:
                wanted.owners = frozenset(number(each) for each in listed(value))
            wanted.tests.append(self._test(operator, name, value))

    def _take_change(self, wanted: Wanted, operator: str, value: Any) -> None:
        at = self._instant(value)
        if at is None:
            wanted.nothing = True
        else:
            wanted.since, wanted.until = _narrowed(operator, at, (wanted.since, wanted.until))

    def _test(self, operator: str, name: str, value: Any) -> Callable[[Mapping[str, Any]], bool]:
        read = self._reader(self._kind.fields[name].type)
        meant = [read(each) for each in listed(value)]
        matches = _MATCHES[operator]
        return lambda record: matches(_values(read, record.get(name)), meant)

    def _reader(self, kind: str) -> Callable[[Any], Any]:
        if kind in NUMBERS or kind == "enumeration":
            return lambda value: None if value in {None, ""} else number(value)
        if kind == "double":
            return lambda value: None if value in {None, ""} else float(value)
        return self._instant if kind in TIMES else _text

    def _instant(self, value: Any) -> int | None:
        if value is None or (self._iso_dates == "nothing" and has_offset(str(value))):
            return None
        return self._time.instant(str(value))

    def _is_ignored(self, value: Any) -> bool:
        return self._iso_dates == "ignored" and has_offset(str(value))

    def _parts(self, key: str) -> tuple[str, str]:
        found = _KEY.fullmatch(key)
        return ("", key) if found is None else (found[1] or "", found[2])


def number(value: Any) -> int:
    """Return what PHP makes of a value where it needs a number: of nonsense 0."""
    found = re.match(r"\s*-?\d+", str(value))
    return int(found[0]) if found else 0


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "Y" if value else "N"
    return None if value in {None, ""} else str(value)


def _values(read: Callable[[Any], Any], value: Any) -> list[Any]:
    return [read(each) for each in value] if isinstance(value, list) else [read(value)]


def _narrowed(operator: str, value: int, span: tuple[int, int]) -> tuple[int, int]:
    low, high = _BOUNDS[operator](value)
    return max(span[0], low), min(span[1], high)


_BOUNDS: dict[str, Callable[[int], tuple[int, int]]] = {
    ">": lambda value: (value + 1, _EVERYTHING[1]),
    ">=": lambda value: (value, _EVERYTHING[1]),
    "<": lambda value: (0, value),
    "<=": lambda value: (0, value + 1),
}


def _compared(holds: Callable[[Any, Any], bool]) -> Callable[[list[Any], list[Any]], bool]:
    return lambda found, meant: any(
        each is not None and meant[0] is not None and holds(each, meant[0]) for each in found
    )


def _in(found: list[Any], meant: list[Any]) -> bool:
    return any(each in meant for each in found)


def _has(found: list[Any], meant: list[Any]) -> bool:
    return any(str(part).strip("%").lower() in str(each or "").lower() for each in found for part in meant)


_MATCHES: dict[str, Callable[[list[Any], list[Any]], bool]] = {
    **dict.fromkeys(("", "=", "@"), _in),
    **dict.fromkeys(("!", "!=", "!@"), lambda found, meant: not _in(found, meant)),
    **dict.fromkeys(("%", "=%", "%="), _has),
    **dict.fromkeys(("!%", "!=%"), lambda found, meant: not _has(found, meant)),
    "><": lambda found, meant: any(each is not None and meant[0] <= each <= meant[-1] for each in found),
    ">": _compared(lambda one, other: one > other),
    ">=": _compared(lambda one, other: one >= other),
    "<": _compared(lambda one, other: one < other),
    "<=": _compared(lambda one, other: one <= other),
}
