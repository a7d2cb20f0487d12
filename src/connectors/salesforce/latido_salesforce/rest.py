"""Asking the REST API for records, with as much as fits into one address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from latido.connect import Refused
from latido_salesforce import soql
from latido_salesforce.answers import answers, body_of, first_answer, nonsense, time_in
from latido_salesforce.fields import layout
from latido_salesforce.quota import said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from latido.connect import JsonObject, Reply
    from latido_salesforce.reading import SObjectStream
    from latido_salesforce.values import Layout
    from latido_salesforce.window import Window

TOO_SLOW = frozenset({"QUERY_TIMEOUT", "OPERATION_TOO_LARGE"})
UNKNOWN_FIELD = "INVALID_FIELD"
TOO_LONG = frozenset({414, 431})
SHORTEST_ADDRESS = 1_000
COUNTLESS = 2**31

NO_FIELD = re.compile(r"No such column '(\w+)' on (?:entity|sobject of type) '?(\w+)")
NO_RELATION = re.compile(r"Didn't understand relationship '(\w+)'")


class Rest:
    """The way of one stream to its records; it remembers what Salesforce did not take."""

    def __init__(self, stream: SObjectStream) -> None:
        self._stream = stream
        self._longest = soql.LONGEST_ADDRESS
        self._layout: Layout | None = None
        self._without: frozenset[str] = frozenset()

    @property
    def layout(self) -> Layout:
        """The fields to ask for: those of the mappings that there are, and the user's own."""
        if self._layout is None:
            self._layout = layout(self._stream, self._without)
        return self._layout

    def ask(self, query: str, *, deleted: bool = True) -> Reply:
        """Return the first answer to *query*. Raises NotOffered for an object that cannot be read."""
        return first_answer(self._stream.connector, self._stream.sobject, query, deleted=deleted)

    def counted(self, conditions: Sequence[str | None], *, deleted: bool) -> tuple[int, datetime]:
        """Return how many records meet *conditions*, and the server's time; countless, where that takes too long."""
        clock = self._stream.connector.runtime.clock
        try:
            reply = self.ask(soql.select(["COUNT()"], self._stream.sobject, conditions), deleted=deleted)
        except Refused as refusal:
            if said(refusal.body)[0] not in TOO_SLOW or not deleted:
                raise
            return COUNTLESS, time_in(refusal.headers, clock)
        n = body_of(reply).get("totalSize")
        if not isinstance(n, int):
            raise nonsense("totalSize")
        return n, time_in(reply.headers, clock)

    def answers(self, query: str, *, deleted: bool = True) -> Iterator[list[Any]]:
        """Yield the records of each answer to *query*, of which only our fields are decoded."""
        stream = self._stream
        return answers(stream.connector, stream.sobject, query, deleted=deleted, shape=self.layout.shape)

    def records(self, window: Window) -> Iterator[Sequence[JsonObject]]:
        """Yield the records of *window* in their order, in pages."""
        field = self._stream.cursor_field
        first, *others = soql.portions(list(self.layout.types), ("Id", field), self._longest)
        conditions = [*self._stream.conditions, window.condition(field)]
        for answer in self.answers(soql.select(first, self._stream.sobject, conditions, (field, "Id"))):
            records: list[Any] = answer
            for portion in others:
                records = self._joined(records, portion, window)
            window = window.behind(answer, field)
            yield self.layout.settled(records)

    def repaired(self, refusal: Refused) -> bool:
        """Ask otherwise from now on: for other fields, or for fewer at once. False where that does not help."""
        code, sentence = said(refusal.body)
        if refusal.status in TOO_LONG and self._longest > SHORTEST_ADDRESS:
            self._longest //= 2
            return True
        if code != UNKNOWN_FIELD:
            return False
        before, self._layout = self.layout, None
        self._stream.connector.described(self._stream.sobject, afresh=True)
        if self.layout != before:
            return True
        lost = {path for path in before.types if names(sentence, path, self._stream.sobject)}
        self._without, self._layout = self._without | lost, None
        return bool(lost)

    def _joined(self, records: Sequence[Any], fields: Sequence[str], window: Window) -> list[Any]:
        """Return *records* with further *fields*, without those that changed meanwhile: they come again later."""
        field = self._stream.cursor_field
        last = window.behind(records, field)
        if last.at is None or last.after is None:
            return list(records)
        conditions = [*self._stream.conditions, window.condition(field), soql.up_to(field, last.at, last.after)]
        more = {
            each["Id"]: each
            for answer in self.answers(soql.select(fields, self._stream.sobject, conditions, (field, "Id")))
            for each in answer
        }
        return [{**each, **rest} for each in records if (rest := more.get(each["Id"])) and rest[field] == each[field]]


def names(complaint: str, path: str, sobject: str) -> bool:
    """Return whether a *complaint* about a query on *sobject* is about the field at *path*."""
    *way, name = path.split(".")
    if (relation := NO_RELATION.search(complaint)) is not None:
        return relation[1] in way
    field = NO_FIELD.search(complaint)
    return field is not None and name == field[1] and (field[2] == sobject) != bool(way)
