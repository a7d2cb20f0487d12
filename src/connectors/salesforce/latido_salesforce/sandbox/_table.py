"""The records of one object, rendered once, in the order of their ids and of their changes."""

from __future__ import annotations

from array import array
from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson

from latido.testing import Feed, Shelf
from latido.testing.world import DAY
from latido_salesforce.sandbox import _ids as ids
from latido_salesforce.sandbox._values import SEPARATOR, csv_value, csv_values, json_value, json_values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from latido_salesforce.sandbox._fields import SObject

BIN_LIFE = 15 * DAY
"""How long a deleted record stays in the recycle bin, and a destroyed one in the log of deletions."""


class Table:
    """Records by number. They are made by *source* when somebody first asks for them.

    A deleted record is in the recycle bin (`gone`) for fifteen days; a destroyed one is nowhere but in `destroyed`.
    """

    def __init__(self, sobject: SObject, source: Callable[[], Iterable[Mapping[str, Any]]] = tuple) -> None:
        self.sobject = sobject
        self._source = source
        self._filled = False
        self._json, self._csv = Shelf(), Shelf()
        self._stamps = array("Q")
        self._gone: dict[int, int] = {}
        self._destroyed: dict[int, int] = {}
        self._indexes: dict[int, dict[bytes, list[int]]] = {}

    def identity(self, number: int) -> str:
        return ids.identity(self.sobject.prefix, number)

    def fill(self) -> None:
        """Make the records, unless that was done."""
        if not self._filled:
            self._filled = True
            for record in self._source():
                self.append(record)
            self.seal()

    def append(self, record: Mapping[str, Any]) -> int:
        """Add the next record while the table is filled."""
        number = self.length
        whole = self._whole(number, record)
        self._json.append(json_values(self.sobject, whole))
        self._csv.append(csv_values(self.sobject, whole))
        self._note(number, whole)
        return number

    def seal(self) -> None:
        self._filled = True
        self._json.seal()
        self._csv.seal()

    def put(self, number: int, record: Mapping[str, Any]) -> None:
        """Write a record again, or one more: the number behind the last."""
        self.fill()
        self._indexes.clear()
        whole = self._whole(number, record)
        self._json.put(number, json_values(self.sobject, whole))
        self._csv.put(number, csv_values(self.sobject, whole))
        self._gone.pop(number, None)
        self._destroyed.pop(number, None)
        feed, former = self.feed, self._stamps[number] if number < self.length else None
        self._note(number, whole)
        if self._stamps[number] != former:
            feed.move(number, self._stamps[number])

    def write(self, number: int, values: Mapping[str, Any]) -> None:
        """Give some fields of a record other values; one that the object does not have is left out."""
        self.fill()
        self._indexes.clear()
        shown, flat = self.json(number), self.csv(number)
        for name, value in values.items():
            if name.lower() not in self.sobject.by_name:
                continue
            place, field = self.sobject.by_name[name.lower()]
            shown[place], flat[place] = json_value(field, value), csv_value(field, value)
        self._json.put(number, SEPARATOR.join(shown))
        self._csv.put(number, SEPARATOR.join(flat))
        if "IsDeleted" in values:
            self._gone.pop(number, None)
            if values["IsDeleted"]:
                self._gone[number] = values.get(self.sobject.stamp, self._stamps[number])
        if self.sobject.stamp in values and values[self.sobject.stamp] != self._stamps[number]:
            self._stamps[number] = values[self.sobject.stamp]
            self.feed.move(number, self._stamps[number])

    def copy(self, number: int, now: int) -> int:
        """Add a record that is like another one but for its id and its times."""
        fresh, _ = self.count, self.feed
        self._json.put(fresh, SEPARATOR.join(self.json(number)))
        self._csv.put(fresh, SEPARATOR.join(self.csv(number)))
        self._stamps.append(0)
        self.write(
            fresh, {"Id": self.identity(fresh), "CreatedDate": now, "LastModifiedDate": now, self.sobject.stamp: now}
        )
        return fresh

    def destroy(self, number: int, at: int) -> None:
        """Take a record out of the recycle bin for good."""
        self.fill()
        self._destroyed[number] = at

    @property
    def count(self) -> int:
        """How many records were ever there."""
        self.fill()
        return self.length

    @property
    def length(self) -> int:
        """How many records were made so far."""
        return len(self._stamps)

    @cached_property
    def feed(self) -> Feed:
        """Numbers by when they were last changed."""
        self.fill()
        return Feed((time, number) for number, time in enumerate(self._stamps))

    def stamp(self, number: int) -> int:
        return self._stamps[number]

    def deleted(self, number: int) -> bool:
        return number in self._gone

    def there(self, number: int, now: int) -> bool:
        """Return whether a record can still be read by who asks for deleted ones too."""
        if number in self._destroyed:
            return False
        gone = self._gone.get(number)
        return gone is None or now < gone + BIN_LIFE

    def hidden(self, now: int) -> Iterator[int]:
        """Yield the numbers of records that can no longer be read."""
        self.fill()
        return (number for number in {*self._gone, *self._destroyed} if not self.there(number, now))

    def deletions(self) -> Iterator[tuple[int, int]]:
        """Yield (time, number) of what was deleted or destroyed, the later of both."""
        self.fill()
        return ((time, number) for number, time in {**self._gone, **self._destroyed}.items())

    def in_bin(self) -> int:
        """Return how many records are deleted."""
        self.fill()
        return len(self._gone)

    def json(self, number: int) -> list[bytes]:
        """Return the values of a record, each in JSON."""
        return self._json.piece(number).split(SEPARATOR)

    def csv(self, number: int) -> list[bytes]:
        """Return the values of a record, each as it stands between quotes."""
        return self._csv.piece(number).split(SEPARATOR)

    def children(self, place: int, parent: str | None) -> list[int]:
        """Return the numbers of the records whose field at *place* is the id *parent*."""
        if place not in self._indexes:
            index: dict[bytes, list[int]] = {}
            for number in range(self.count):
                index.setdefault(self.json(number)[place], []).append(number)
            self._indexes[place] = index
        return self._indexes[place].get(orjson.dumps(parent), [])

    def value(self, number: int, name: str) -> Any:
        """Return one value of a record."""
        return orjson.loads(self.json(number)[self.sobject.by_name[name.lower()][0]])

    def _whole(self, number: int, record: Mapping[str, Any]) -> dict[str, Any]:
        stamp = record.get("SystemModstamp", record["CreatedDate"])
        defaults = {"Id": self.identity(number), "IsDeleted": False, "SystemModstamp": stamp}
        return {**defaults, "LastModifiedDate": stamp, **record}

    def _note(self, number: int, whole: Mapping[str, Any]) -> None:
        stamp = whole[self.sobject.stamp]
        if number == self.length:
            self._stamps.append(stamp)
        self._stamps[number] = stamp
        if whole["IsDeleted"]:
            self._gone[number] = whole.get("GoneAt", stamp)
