"""The records of one type: what they say now, and what the search knows of them."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

from latido.testing import Shelf
from latido_hubspot.sandbox._index import Index, Pieces
from latido_hubspot.sandbox._stamps import stamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from latido_hubspot.sandbox._kinds import Kind

Version: TypeAlias = "dict[str, str | int]"
PORTAL = 144_000_021
_KEPT = 90 * 86_400_000
_WITH_PAGE = ("contacts", "companies", "deals", "tickets")


@dataclass(frozen=True, slots=True)
class Record:
    """An object: its properties, when it was created, last changed and archived (ms), and who was what before."""

    properties: dict[str, str | None]
    created: int
    updated: int
    archived: int | None = None
    history: Mapping[str, Sequence[Version]] = field(default_factory=dict)

    def changed(self, at: int, **properties: str | None) -> Record:
        """Return the record as it stands once somebody wrote *properties* at *at*."""
        return replace(self, properties=self.properties | properties, updated=at)


class Book:
    """The records of one type by number, rendered; `hidden` ones were erased, or merged into others, without a trace.

    The three pieces of a rendered record: its properties, what follows them, the versions of some of them.
    """

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.names = kind.names
        self.archived: dict[int, int] = {}
        self.hidden: set[int] = set()
        self.created = array("Q")
        self.updated = array("Q")
        self.index = Index()
        self.writes = 0
        self._shelf = Shelf(pieces=3)
        self._sealed = False

    def __len__(self) -> int:
        return len(self.updated)

    def add(self, record: Record, *, hidden: bool = False) -> int:
        """Store one more record and return its number."""
        number = len(self)
        self.created.append(record.created)
        self.updated.append(record.updated)
        if hidden:
            self.hidden.add(number)
        if self._sealed:
            self.index.keep(number, None)
            self.put(number, record)
        else:
            self._shelf.append(*self._pieces(number, record, stamp(record.created)))
            self._note(number, record)
        return number

    def seal(self) -> None:
        """Let the search know everything that is there; from now on records change."""
        self._shelf.seal()
        self._sealed = True
        self.index.begin([(self.updated[number], number) for number in self.live()], len(self))

    def put(self, number: int, record: Record, *, born: str | None = None) -> None:
        """Store what a record says now; the search learns of it when its time comes. *born*: a false creation date."""
        self.writes += 1
        pieces = self._pieces(number, record, born or stamp(record.created))
        if self._sealed and number not in self.index.kept:
            self.index.keep(number, self._shown(number))
        self._shelf.put(number, *pieces)
        self._note(number, record)
        if self._sealed:
            self.index.learn(record.updated, number, self._shown(number), record.updated)

    def hide(self, number: int, now: int) -> None:
        """Let a record vanish without a trace."""
        self.writes += 1
        self.index.keep(number, self._shown(number))
        self.hidden.add(number)
        self.archived.pop(number, None)
        self.index.learn(now, number, None, now)

    def record(self, number: int) -> Record:
        """Return what a record says, read back."""
        properties, _, history = self._shelf.pieces(number)
        values: dict[str, str | None] = orjson.loads(properties)
        versions: dict[str, Any] = orjson.loads(history or b"{}")
        return Record(values, self.created[number], self.updated[number], self.archived.get(number), versions)

    def pieces(self, number: int) -> Pieces:
        return self._shelf.pieces(number)

    def indexed(self, number: int) -> Pieces:
        """Return a record as the search knows it."""
        return self.index.kept.get(number) or self._shelf.pieces(number)

    def live(self, first: int = 0) -> Iterator[int]:
        """Yield the numbers of what lists show, from *first* on."""
        archived, hidden = self.archived, self.hidden
        numbers = range(first, len(self))
        return (number for number in numbers if number not in archived and number not in hidden)

    def bin(self, first: int, now: int) -> Iterator[int]:
        """Yield the numbers of what was archived in the last 90 days, from *first* on."""
        return iter(sorted(number for number, at in self.archived.items() if number >= first and at > now - _KEPT))

    def find(self, identity: str, *, archived: bool = False) -> int | None:
        """Return the number of the record with *identity* if it is live, or archived if those are wanted."""
        number = self.kind.number(identity)
        if number is None or number >= len(self) or number in self.hidden:
            return None
        return number if (number in self.archived) == archived else None

    def identity(self, number: int) -> str:
        return str(self.kind.identity(number))

    def _note(self, number: int, record: Record) -> None:
        self.updated[number] = record.updated
        if record.archived is None:
            self.archived.pop(number, None)
        elif number not in self.hidden:
            self.archived[number] = record.archived

    def _shown(self, number: int) -> Pieces | None:
        return None if number in self.hidden or number in self.archived else self._shelf.pieces(number)

    def _pieces(self, number: int, record: Record, born: str) -> Pieces:
        created, modified, _ = self.kind.always
        given = record.properties | {
            created: born,
            modified: stamp(record.updated),
            "hs_object_id": self.identity(number),
        }
        return (
            orjson.dumps({name: given.get(name) for name in self.names}),
            self._tail(number, record, born),
            orjson.dumps(record.history) if record.history else b"",
        )

    def _tail(self, number: int, record: Record, born: str) -> bytes:
        told: dict[str, Any] = {
            "createdAt": born,
            "updatedAt": stamp(record.updated),
            "archived": record.archived is not None,
        }
        if record.archived is not None:
            told["archivedAt"] = stamp(record.archived)
        if self.kind.name in _WITH_PAGE:
            page = f"{PORTAL}/record/{self.kind.type_id}/{self.identity(number)}"
            told["url"] = f"https://app-eu1.hubspot.com/contacts/{page}"
        return orjson.dumps(told)[1:]
