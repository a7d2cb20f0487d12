"""Conditions and orders of a search, as its body tells them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, NamedTuple

from latido_hubspot.sandbox import _bodies as bodies
from latido_hubspot.sandbox._definitions import DEFINITIONS
from latido_hubspot.sandbox._stamps import milliseconds

if TYPE_CHECKING:
    from starlette.responses import Response

    from latido_hubspot.sandbox._kinds import Kind

FOREVER = 1 << 60
BOUNDS = {"EQ", "GT", "GTE", "LT", "LTE", "BETWEEN"}
_OPERATORS = BOUNDS | {"NEQ", "IN", "NOT_IN", "HAS_PROPERTY", "NOT_HAS_PROPERTY"}
_MOST_GROUPS, _MOST_FILTERS, _MOST_IN_ALL = 5, 6, 18
_LINKED = "associations."


class Wrong(Exception):
    """The request cannot be fulfilled; `answer` says why."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


class Sort(NamedTuple):
    """By which property, and whether the least comes first."""

    name: str
    upwards: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition; its values are what the property's are compared as."""

    name: str
    operator: str
    value: Any = None
    high: Any = None
    values: tuple[Any, ...] = ()

    @property
    def linked(self) -> str | None:
        """The type of the record that has to be associated, if this is about one."""
        return self.name.removeprefix(_LINKED) if self.name.startswith(_LINKED) else None

    def holds(self, value: Any) -> bool:
        match self.operator:
            case "HAS_PROPERTY" | "NOT_HAS_PROPERTY":
                return (value is not None) == (self.operator == "HAS_PROPERTY")
            case "NEQ":
                return bool(value != self.value)
            case "IN" | "NOT_IN":
                return (value in self.values) == (self.operator == "IN")
        return value is not None and self._compares(value)

    def span(self) -> tuple[int, int]:
        """Return from where to where (both included) a whole number fulfils this."""
        value = self.value
        match self.operator:
            case "GT" | "GTE":
                return value + (self.operator == "GT"), FOREVER
            case "LT" | "LTE":
                return 0, value - (self.operator == "LT")
        return value, value if self.operator == "EQ" else self.high

    def _compares(self, value: Any) -> bool:
        match self.operator:
            case "EQ":
                return bool(value == self.value)
            case "GT":
                return bool(value > self.value)
            case "GTE":
                return bool(value >= self.value)
            case "LT":
                return bool(value < self.value)
            case "LTE":
                return bool(value <= self.value)
        return bool(self.value <= value <= self.high)


@dataclass(frozen=True, slots=True)
class Terms:
    """Reads conditions on one type of object; ids are numbers, or texts."""

    kind: Kind
    text_ids: bool

    def groups(self, asked: dict[str, Any]) -> list[list[Filter]]:
        """Return the groups of conditions, one of which has to be fulfilled whole."""
        told = [group.get("filters", []) for group in asked.get("filterGroups") or ()]
        told += [asked["filters"]] if asked.get("filters") else []
        if len(told) > _MOST_GROUPS:
            raise Wrong(bodies.invalid(f"Too many filter groups: {len(told)}, at most {_MOST_GROUPS} are allowed."))
        if any(len(each) > _MOST_FILTERS for each in told) or sum(map(len, told)) > _MOST_IN_ALL:
            raise Wrong(bodies.invalid(f"Too many filters: at most {_MOST_FILTERS} are allowed in a group."))
        return [[self.filter(each) for each in group] for group in told]

    def filter(self, told: dict[str, Any]) -> Filter:
        name, operator = str(told.get("propertyName")), str(told.get("operator"))
        if operator not in _OPERATORS:
            raise Wrong(bodies.invalid(f"Invalid input JSON: {operator} is not an operator."))
        if name.startswith(_LINKED):
            return Filter(name, operator, str(told.get("value")))
        self._known(name)
        value, high = (self._value(name, told.get(key)) for key in ("value", "highValue"))
        if operator in BOUNDS and (value is None or (operator == "BETWEEN" and high is None)):
            raise Wrong(bodies.invalid(f"Invalid value of {name} for {operator}."))
        return Filter(name, operator, value, high, tuple(self._value(name, each) for each in told.get("values") or ()))

    def sorts(self, asked: dict[str, Any]) -> list[Sort]:
        found = []
        for each in asked.get("sorts") or ():
            by = {"propertyName": each} if isinstance(each, str) else each
            self._known(by["propertyName"])
            found.append(Sort(by["propertyName"], by.get("direction", "ASCENDING") == "ASCENDING"))
        return found

    def comparable(self, name: str, text: str | None) -> Any:
        """Return a property's text as what it is compared as: milliseconds, a number, or text in small letters."""
        if not text:
            return None
        if name == "hs_object_id":
            return text if self.text_ids else int(text)
        match self._type(name):
            case "date" | "datetime":
                return milliseconds(text)
            case "number":
                return _number(text)
        return text.lower()

    def _value(self, name: str, text: object) -> Any:
        found = self.comparable(name, None if text is None else str(text))
        if found == 0 and self._type(name) == "datetime":
            raise Wrong(bodies.broken())  # HubSpot trips over the first instant of 1970.
        return found

    def _type(self, name: str) -> str:
        if name in {self.kind.created, self.kind.modified}:
            return "datetime"
        return DEFINITIONS[self.kind.name][name].type

    def _known(self, name: str) -> None:
        if name not in self.kind.names:
            raise Wrong(bodies.invalid(f"There was a problem with the request: no property {name}."))


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
