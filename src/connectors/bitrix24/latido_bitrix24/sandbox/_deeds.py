"""What people and machines do to the records while the portal stands."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from latido.testing.world import Move, share
from latido_bitrix24.sandbox import _histories as histories
from latido_bitrix24.sandbox import _people as people
from latido_bitrix24.sandbox._book import Row
from latido_bitrix24.sandbox._kinds import DEAL
from latido_bitrix24.sandbox._ticket_deeds import TicketDeeds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from latido.testing.world import Stage

_TURNS = 7
_STAMPS = ("createdTime", "updatedTime", "CREATED_TIME", "CREATED", "LAST_UPDATED", "dateInsert", "dateUpdate")


class Deeds(TicketDeeds):
    """Changes to records. *kind* is `companies`, `contacts`, `leads`, `deals` ...; numbers count records from 0.

    Each happens now, and not before the end of the world, and all that one deed writes is written in one second.
    """

    @property
    def by_name(self) -> dict[str, Callable[..., Any]]:
        """The deeds that can be asked for from outside."""
        chosen = (
            self.change, self.touch, self.touch_all, self.delete, self.restore, self.conceal, self.reveal, self.merge,
            self.spoil, self.add_contacts, self.add_copies, self.add_tickets, self.reply, self.solve, self.reopen,
            self.give_up, self.answer, self.move_deal, self.switch_off,
        )  # fmt: skip
        return {each.__name__: each for each in chosen}

    def touch(self, kind: str, numbers: Sequence[int]) -> None:
        """Let a machine write to records in one and the same second."""
        with self._service.lock:
            for number in numbers:
                self.change(kind, number)

    def touch_all(self, kind: str, first: int, count: int) -> list[int]:
        """Let a machine write to *count* live records, from *first* on, in one and the same second."""
        numbers = list(islice(self._service.book(kind).live(first), count))
        self.touch(kind, numbers)
        return numbers

    def delete(self, kind: str, number: int) -> None:
        """Delete a record, with what belongs to it: the lists no longer hold it."""
        with self._service.lock:
            if (ticket := self._ticket_at(kind, number)) is not None:
                self._desk.changed[ticket.number] = replace(ticket, fate="deleted", gone_at=self.now)
            self._hide(self._service.book(kind), number, hidden=True)
            self._tell("DELETE", kind, number)

    def restore(self, kind: str, number: int) -> None:
        """Take a record out of the recycle bin, which is written to it."""
        with self._service.lock:
            self._hide(self._service.book(kind), number, hidden=False)
            if (ticket := self._ticket_at(kind, number)) is not None:
                live = replace(ticket, fate="live", gone_at=None, erased_at=None, merged_into=None)
                self._desk.changed[ticket.number] = live
            self.change(kind, number)

    def conceal(self, kind: str, number: int) -> None:
        """Take from our user the right to see a record. To us that looks as if it were deleted."""
        with self._service.lock:
            self._hide(self._service.book(kind), number, hidden=True)

    def reveal(self, kind: str, number: int) -> None:
        """Let our user see a record again, which is as old as it was."""
        with self._service.lock:
            self._hide(self._service.book(kind), number, hidden=False)

    def merge(self, kind: str, loser: int, survivor: int) -> None:
        """Merge two records: the loser vanishes without a trace."""
        with self._service.lock:
            self.delete(kind, loser)
            self.change(kind, survivor)

    def spoil(self, kind: str, number: int) -> None:
        """Give a record a date of creation that is none."""
        with self._service.lock:
            book = self._service.book(kind)
            name = next(each for each in ("createdTime", "createdDate", "CREATED", "CREATED_TIME", "dateInsert",
                                          "DATE_REGISTER", "START_DATE") if each in book.kind.fields)  # fmt: skip
            self.change(kind, number, **{name: "the day before"})

    def add_contacts(self, count: int = 1) -> list[int]:
        """Let somebody import *count* contacts, and return their numbers."""
        with self._service.lock:
            return [self._add_contact() for _ in range(count)]

    def add_copies(self, kind: str, number: int, count: int) -> list[int]:
        """Let *count* records be made after the model of one."""
        with self._service.lock:
            book, now = self._service.book(kind), self.now
            model = book.row(number)
            stamp = self._service.time.stamp(now)
            fresh: dict[str, Any] = {each: stamp for each in _STAMPS if each in model.told}
            return [book.add(Row({**model.told, **fresh}, now, model.owner)) for _ in range(count)]

    def move_deal(self, number: int, stage: Stage) -> None:
        """Let a deal get to another stage."""
        with self._service.lock:
            deal = self._records.deal(number)
            moved = replace(deal, moves=(*deal.moves, Move(self.now, stage)))
            self._records.changed_deals[number] = moved
            book = self._service.book("deals")
            self._put(book, number, self._records.deal_row(moved).told)
            *_, last = histories.of_deal(self._service.time, moved)
            self._service.book(f"history:{DEAL}").add(last)

    def switch_off(self, number: int) -> None:
        """Switch a template of recurring deals off: that is all that can be seen of who leaves."""
        self.change("recurring", number, ACTIVE="N", NEXT_EXECUTION="")

    def something(self) -> None:
        """Change one record or add one, each time another one."""
        self._written += 1
        throw = share(self._records.world.seed, "write", self._written)
        match self._written % _TURNS:
            case 1:
                self.add_contacts()
            case 2:
                self.add_tickets()
            case 3 | 4:
                self._write_ticket(throw)
            case 5 if self._records.world.deal_count:
                self._write_deal(self._some("deals", throw))
            case 6:
                self.change("companies", self._some("companies", throw), comments=f"Vigo {self._written}")
            case _:
                self.change("contacts", self._some("contacts", throw), post=f"Puesto {self._written}")

    def _some(self, kind: str, throw: float) -> int:
        """Return the number of a live record."""
        book = self._service.book(kind)
        return next(book.live(int(throw * len(book))), next(book.live()))

    def _write_deal(self, number: int) -> None:
        is_open = number < self._records.world.deal_count and self._records.deal(number).status == "open"
        if is_open:
            self.move_deal(number, "won" if self._written % 2 else "negotiation")
        else:
            self.change("deals", number)

    def _add_contact(self) -> int:
        world, book, now = self._records.world, self._service.book("contacts"), self.now
        number = len(book)
        model = replace(self._records.world.person(number % world.person_count), number=number, customer=None)
        fresh = replace(model, email=f"import.{number}@import.example", left_at=None, created_at=now, updated_at=now)
        added = book.add(people.contact(world, self._service.time, fresh, 0))
        self._tell("ADD", "contacts", added)
        return added
