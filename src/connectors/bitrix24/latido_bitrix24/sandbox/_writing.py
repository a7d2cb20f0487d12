"""How records are written: everything that is told of one, and who is told that it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido_bitrix24.sandbox._book import Row
from latido_bitrix24.sandbox._kinds import KINDS

if TYPE_CHECKING:
    from latido.testing.world import Instant
    from latido_bitrix24.sandbox._book import Book
    from latido_bitrix24.sandbox._events import Events
    from latido_bitrix24.sandbox._service import Service


class Writing:
    """Writes to records, now, and not before the end of the world."""

    def __init__(self, service: Service, events: Events) -> None:
        self._service = service
        self._records = service.records
        self._desk = service.records.desk
        self._events = events
        self._written = 0

    def change(self, kind: str, number: int, **fields: Any) -> None:
        """Write fields of a record; without any, only the time of its last change moves."""
        with self._service.lock:
            book = self._service.book(kind)
            row = book.row(number)
            self._put(book, number, {**row.told, **fields})

    @property
    def now(self) -> Instant:
        return max(self._service.now, self._records.world.end)

    def _put(self, book: Book, number: int, told: dict[str, Any]) -> None:
        """Store what a record says now, and that it was now."""
        name, now = book.kind.changed_name, self.now
        stamped = {name: self._service.time.stamp(now)} if name else {}
        row = book.row(number)
        book.put(number, Row({**told, **stamped}, now if name else row.changed, row.owner))
        self._tell("UPDATE", book.kind.name, number)

    def _hide(self, book: Book, number: int, *, hidden: bool) -> None:
        """Hide a record and what is told of it elsewhere, or show all of that again."""
        self._turn(book, number, hidden=hidden)
        owner, type_id = book.kind.identity(number), book.kind.type_id
        if not type_id:
            return
        if f"history:{type_id}" in KINDS:
            history = self._service.book(f"history:{type_id}")
            for each in history.owned(owner):
                self._turn(history, each, hidden=hidden)
        activities = self._service.book("activities")
        for each in activities.owned(owner):
            if activities.told(each)["OWNER_TYPE_ID"] == str(type_id):
                self._turn(activities, each, hidden=hidden)

    def _turn(self, book: Book, number: int, *, hidden: bool) -> None:
        if hidden:
            book.hide(number)
        else:
            book.show(number)

    def _tell(self, what: str, kind: str, number: int) -> None:
        type_id = KINDS[kind].type_id
        if type_id:
            self._events.happened(what, type_id, KINDS[kind].identity(number))
