"""Conditions, made ready to look at records."""

from __future__ import annotations

import operator
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

from latido_salesforce.sandbox import _errors as errors
from latido_salesforce.sandbox import _ids as ids
from latido_salesforce.sandbox._fields import Field
from latido_salesforce.sandbox._soql import All, Comparison, Negated, Some

if TYPE_CHECKING:
    from collections.abc import Callable

    from latido_salesforce.sandbox._fields import SObject
    from latido_salesforce.sandbox._org import Org
    from latido_salesforce.sandbox._soql import Condition, Literal, Query

Values: TypeAlias = "list[bytes]"
Reader: TypeAlias = "Callable[[Values], Any]"
Predicate: TypeAlias = "Callable[[Values], bool]"

_SEVERAL = 2
_IDS = {"id", "reference"}
_NUMBERS = {"int", "double", "currency", "percent"}
_KINDS = {"datetime": "instant", "date": "date", "boolean": "boolean"} | dict.fromkeys(_NUMBERS, "number")
_CALLED = {"datetime": "dateTime", "id": "id", "reference": "id"}
_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


class Conditions:
    """Turns the words of one query into functions of a record's values."""

    def __init__(self, org: Org, query: Query) -> None:
        self._org = org
        self._query = query

    def predicate(self, condition: Condition, sobject: SObject) -> Predicate:
        """Return whether a record of *sobject* fulfils *condition*, as a function."""
        match condition:
            case All(parts):
                every = [self.predicate(part, sobject) for part in parts]
                return lambda values: all(each(values) for each in every)
            case Some(parts):
                some = [self.predicate(part, sobject) for part in parts]
                return lambda values: any(each(values) for each in some)
            case Negated(part):
                inner = self.predicate(part, sobject)
                return lambda values: not inner(values)
            case Comparison():
                return self._comparison(condition, sobject)

    def reader(self, sobject: SObject, path: str, at: int) -> tuple[Reader, Field]:
        """Return how to read what *path* leads to, and which field that is."""
        first, _, rest = path.partition(".")
        if not rest or (first.lower() == sobject.name.lower() and not self._org.relation(sobject, first)):
            return self._own(sobject, rest or first, at)
        found = self._org.relation(sobject, first)
        if found is None:
            raise errors.no_relationship(self._query, at, first)
        place, field = found
        readers = self._readers(field, rest, at)
        if not readers:
            raise errors.no_relationship(self._query, at, first)

        def read(values: Values) -> Any:
            parent = self._org.parent(values[place])
            if parent is None or parent[0].sobject.name not in readers:
                return None
            return readers[parent[0].sobject.name][0](parent[0].json(parent[1]))

        return read, next(reversed(readers.values()))[1]

    def _readers(self, field: Field, path: str, at: int) -> dict[str, tuple[Reader, Field]]:
        """Return how to read *path* from each kind of parent; where there are several, some may lack the field."""
        targets = [table.sobject for name in field.to if (table := self._org.table(name)) is not None]
        if len(targets) < _SEVERAL:
            return {each.name: self.reader(each, path, at) for each in targets}
        having = [each for each in targets if path.lower() == "type" or self._org.column(each, path) is not None]
        return {each.name: self._kind_or_field(each, path, at) for each in having}

    def _kind_or_field(self, sobject: SObject, path: str, at: int) -> tuple[Reader, Field]:
        if self._org.column(sobject, path) is not None:
            return self._own(sobject, path, at)
        return (lambda _values: sobject.name), Field("Type", "picklist")

    def _own(self, sobject: SObject, name: str, at: int) -> tuple[Reader, Field]:
        found = self._org.column(sobject, name)
        if found is None:
            raise errors.no_column(self._query, at, name, sobject.name)
        place, field = found
        return (lambda values: orjson.loads(values[place])), field

    def _comparison(self, comparison: Comparison, sobject: SObject) -> Predicate:
        read, field = self.reader(sobject, comparison.path, comparison.at)
        if not field.filterable:
            raise errors.not_filterable(self._query, comparison.at, field.name)
        wanted = [self._wanted(comparison, field, each) for each in comparison.literals]
        folds = field.type not in {*_IDS, *_KINDS}
        told = (lambda values: _folded(read(values))) if folds else read
        return _compared(comparison.operator, told, wanted) or self._refuse(comparison, field)

    def _refuse(self, comparison: Comparison, field: Field) -> Predicate:
        del field
        raise errors.bad_operator(self._query, comparison.at)

    def _wanted(self, comparison: Comparison, field: Field, literal: Literal) -> Any:
        if literal.kind == "null":
            return None
        if literal.kind != _KINDS.get(field.type, "text"):
            called = _CALLED.get(field.type, "double" if field.type in _NUMBERS else field.type)
            kind = called if field.type in {*_KINDS, *_IDS} else "string"
            raise errors.bad_value(self._query, comparison.at, field.name, kind)
        if field.type in _IDS and comparison.operator == "like":
            raise errors.bad_operator(self._query, comparison.at)
        match field.type:
            case "datetime":
                return f"{seconds(literal.value):%Y-%m-%dT%H:%M:%S}.000+0000"
            case "id" | "reference":
                return ids.long(literal.value) or literal.value
            case _:
                return _folded(literal.value)


def seconds(text: str) -> datetime:
    """Return a datetime literal in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _compared(sign: str, read: Reader, wanted: list[Any]) -> Predicate | None:
    """Return how records are compared; None if that cannot be done with these values."""
    one, among = wanted[0], frozenset(wanted)
    if sign in {"=", "in"}:
        return lambda values: read(values) in among
    if sign in {"!=", "not in"}:
        return lambda values: read(values) not in among
    if sign == "like":
        return _like(read, one) if isinstance(one, str) else None
    if one is None:
        return None
    holds = _ORDERED[sign]
    return lambda values: (value := read(values)) is not None and holds(value, one)


def _like(read: Reader, wanted: str) -> Predicate:
    pattern = "".join({"%": ".*", "_": "."}.get(each, re.escape(each)) for each in wanted)
    found = re.compile(pattern, re.DOTALL)
    return lambda values: isinstance(value := read(values), str) and found.fullmatch(value) is not None
