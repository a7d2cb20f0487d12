"""What a conformance suite has done to the records, each time to other ones."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from latido.testing import Drill
from latido_bitrix24.sandbox._kinds import COMPANY, CONTACT, DEAL, KINDS, LEAD, REQUEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from latido_bitrix24.sandbox._deeds import Deeds
    from latido_bitrix24.sandbox._records import Records

_PREFIXES = {"companies": "", "contacts": "", "leads": "lead:", "deals": ""}
_MERGED = (COMPANY, CONTACT, LEAD, DEAL)


class Drills:
    """The drills of each stream, over *records*, done by *deeds*."""

    def __init__(self, records: Records, deeds: Deeds) -> None:
        self._records = records
        self._deeds = deeds

    @property
    def by_stream(self) -> Mapping[str, Drill]:
        items = {name: self._items(name, prefix) for name, prefix in _PREFIXES.items()}
        kept = {"spa": {"tickets": self._items("requests", "")}, "tasks": {"tickets": self._items("tasks", "")}}
        return {
            **items,
            **kept.get(self._records.desk.kept, {}),
            "deal_stages": self._added(f"history:{DEAL}"),
            "ticket_stages": self._added(f"history:{REQUEST}"),
            "users": Drill(spoil=self._spoil_user),
        }

    def _items(self, name: str, prefix: str) -> Drill:
        book, chosen = self._records.book(name), self._told(name)

        def key(number: int) -> str:
            return f"{prefix}{book.kind.identity(number)}"

        def done(deed: Callable[[str, int], None]) -> str:
            number = next(chosen)
            deed(name, number)
            return key(number)

        def merged() -> tuple[str, str]:
            loser, survivor = next(chosen), next(chosen)
            self._deeds.merge(name, loser, survivor)
            return key(loser), key(survivor)

        return Drill(
            touch=lambda count: [key(number) for number in self._touch(name, count)],
            delete=lambda: done(self._deeds.delete),
            restore=lambda gone: self._deeds.restore(name, self._number(name, gone.removeprefix(prefix))),
            merge=merged if book.kind.type_id in _MERGED else None,
            spoil=lambda: done(self._deeds.spoil),
        )

    def _touch(self, name: str, count: int) -> list[int]:
        """Touch records; of a kind that has fewer of them, more are made in the same second."""
        chosen = list(islice(self._told(name), count))
        self._deeds.touch(name, chosen)
        missing = 0 if name == self._records.desk.book_name else count - len(chosen)
        return chosen + (self._deeds.add_copies(name, chosen[0], missing) if missing > 0 else [])

    def _told(self, name: str) -> Iterator[int]:
        """Yield live records that make a row of their own: neither templates nor the company of the portal itself."""
        book = self._records.book(name)
        for number in book.live():
            told = book.told(number)
            if told.get("isRecurring") != "Y" and told.get("isMyCompany") != "Y":
                yield number

    def _number(self, name: str, identity: str) -> int:
        number = KINDS[name].number(int(identity))
        assert number is not None  # noqa: S101 - the drill itself told the id
        return number

    def _added(self, name: str) -> Drill:
        """What is only ever added to: in one second many rows of one owner, as an import makes them."""
        book = self._records.book(name)
        return Drill(
            touch=lambda count: [
                str(book.kind.identity(number)) for number in self._deeds.add_copies(name, next(book.live()), count)
            ]
        )

    def _spoil_user(self) -> str:
        book = self._records.book("users")
        self._deeds.spoil("users", len(book) - 1)
        return str(book.kind.identity(len(book) - 1))
