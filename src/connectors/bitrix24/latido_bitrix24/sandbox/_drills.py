"""What a conformance suite has done to the records, each time to other ones."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

from latido.testing import Drill
from latido_bitrix24.sandbox._kinds import COMPANY, CONTACT, DEAL, KINDS, LEAD, REQUEST
from latido_bitrix24.sandbox._sales import PAID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from latido_bitrix24.sandbox._deeds import Deeds
    from latido_bitrix24.sandbox._records import Records

Wanted: TypeAlias = "Callable[[Mapping[str, Any]], bool]"

_MERGED = (COMPANY, CONTACT, LEAD, DEAL)
_EVENT_DIGITS = 12


class Drills:
    """The drills of each stream, over *records*, done by *deeds*."""

    def __init__(self, records: Records, deeds: Deeds) -> None:
        self._records = records
        self._deeds = deeds

    @property
    def by_stream(self) -> Mapping[str, Drill]:
        return {
            "companies": self._items("companies", "", lambda told: told["isMyCompany"] == "N"),
            "contacts": self._items("contacts"),
            "leads": self._items("leads", "lead:"),
            "deals": self._items("deals", "", lambda told: told["isRecurring"] == "N"),
            "deal_stages": self._added(f"history:{DEAL}", str),
            "recurring_deals": self._items("recurring", "template:"),
            "invoices": self._items("invoices", "invoice:", lambda told: told["stageId"] == PAID),
            "orders": self._items("orders", "order:"),
            "surveys": self._items("surveys", "answers:"),
            "users": Drill(spoil=self._spoil_user),
            **self._of_tickets(),
        }

    def _of_tickets(self) -> dict[str, Drill]:
        match self._records.desk.kept:
            case "spa":
                return {
                    "tickets": self._items("requests"),
                    "ticket_stages": self._added(f"history:{REQUEST}", lambda key: f"stage:{key:0{_EVENT_DIGITS}}"),
                    "ticket_replies": self._items("activities", "activity:", _is_letter),
                }
            case "tasks":
                return {"tasks": self._items("tasks", "task:")}
            case "openlines":
                return {"sessions": self._items("activities", "session:", _is_session)}

    def _items(self, name: str, prefix: str = "", is_told: Wanted = lambda _told: True) -> Drill:
        """Return the drill of a stream that tells, *prefix* before their ids, of the records that *is_told* picks."""
        book, chosen = self._records.book(name), self._told(name, is_told)

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
            touch=lambda count: [key(number) for number in self._touch(name, count, is_told)],
            delete=lambda: done(self._deeds.delete),
            restore=lambda gone: self._deeds.restore(name, self._number(name, gone.removeprefix(prefix))),
            merge=merged if book.kind.type_id in _MERGED else None,
            spoil=lambda: done(self._deeds.spoil),
        )

    def _touch(self, name: str, count: int, is_told: Wanted) -> list[int]:
        """Touch records; of a kind that has fewer of them, more are made in the same second."""
        chosen = list(islice(self._told(name, is_told), count))
        self._deeds.touch(name, chosen)
        missing = 0 if name == self._records.desk.book_name else count - len(chosen)
        return chosen + (self._deeds.add_copies(name, chosen[0], missing) if missing > 0 else [])

    def _told(self, name: str, is_told: Wanted) -> Iterator[int]:
        book = self._records.book(name)
        return (number for number in book.live() if is_told(book.told(number)))

    def _number(self, name: str, identity: str) -> int:
        number = KINDS[name].number(int(identity))
        assert number is not None  # noqa: S101 - the drill itself told the id
        return number

    def _added(self, name: str, key: Callable[[int], str]) -> Drill:
        """What is only ever added to: in one second many rows of one owner, as an import makes them."""
        book = self._records.book(name)
        return Drill(
            touch=lambda count: [
                key(book.kind.identity(number)) for number in self._deeds.add_copies(name, next(book.live()), count)
            ]
        )

    def _spoil_user(self) -> str:
        book = self._records.book("users")
        self._deeds.spoil("users", len(book) - 1)
        return str(book.kind.identity(len(book) - 1))


def _is_letter(told: Mapping[str, Any]) -> bool:
    return bool(told["PROVIDER_ID"] == "CRM_EMAIL")


def _is_session(told: Mapping[str, Any]) -> bool:
    return bool(told["PROVIDER_ID"] == "IMOPENLINES_SESSION")
