"""What people and machines do to the records while the sandbox stands."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from latido.testing.world import Assignment, Author, Comment, Move, Step, Survey, share
from latido_hubspot.sandbox import _people as people

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from latido.testing.world import Instant, Stage, Status, Ticket
    from latido_hubspot.sandbox._book import Book
    from latido_hubspot.sandbox._campaigns import Campaigns
    from latido_hubspot.sandbox._service import Service

_TURNS = 8
_MS = 1000


class Deeds:
    """Changes to records. *kind* is the type of object as in its address; numbers count records from 0.

    Each happens now, and not before the end of the world, and all that one deed writes is written in one millisecond.
    """

    def __init__(self, service: Service, campaigns: Campaigns) -> None:
        self._service = service
        self._records = service.records
        self._campaigns = campaigns
        self._written = 0

    @property
    def by_name(self) -> dict[str, Callable[..., Any]]:
        """The deeds that can be asked for from outside."""
        chosen = (
            self.change, self.touch, self.touch_all, self.archive, self.restore, self.erase, self.merge, self.relink,
            self.spoil, self.add_contacts, self.add_copies, self.add_tickets, self.reply, self.close, self.reopen,
            self.answer, self.move_deal, self.spend,
        )  # fmt: skip
        return {each.__name__: each for each in chosen}

    def change(self, kind: str, number: int, **properties: str | None) -> None:
        """Write properties of a record; without any, only the time of its last change moves."""
        with self._service.lock:
            book = self._service.book(kind)
            book.put(number, book.record(number).changed(self._now, **properties))

    def touch_all(self, kind: str, first: int, count: int) -> list[int]:
        """Let a machine write to *count* live records, from *first* on, in one and the same millisecond."""
        numbers = list(islice(self._service.book(kind).live(first), count))
        self.touch(kind, numbers)
        return numbers

    def touch(self, kind: str, numbers: Sequence[int]) -> None:
        """Let a machine write to records in one and the same millisecond."""
        with self._service.lock:
            book, now = self._service.book(kind), self._now
            for number in numbers:
                book.put(number, book.record(number).changed(now))

    def archive(self, kind: str, number: int) -> None:
        """Delete a record, as people do: it goes to the archive and its associations with it."""
        if kind == "tickets":
            self._put(replace(self._records.ticket(number), fate="deleted", gone_at=self._second))
            return
        with self._service.lock:
            book, now = self._service.book(kind), self._now
            book.put(number, replace(book.record(number), updated=now, archived=now))

    def restore(self, kind: str, number: int) -> None:
        """Bring an archived record back."""
        if kind == "tickets":
            self._put(replace(self._records.ticket(number), fate="live", gone_at=None, erased_at=None))
            return
        with self._service.lock:
            book = self._service.book(kind)
            book.put(number, replace(book.record(number), updated=self._now, archived=None))

    def erase(self, kind: str, number: int) -> None:
        """Delete a record for good: no list shows it any more."""
        if kind == "tickets":
            gone = replace(self._records.ticket(number), fate="deleted", gone_at=self._second, erased_at=self._second)
            self._records.changed[number] = gone
        with self._service.lock:
            self._service.book(kind).hide(number, self._now)

    def merge(self, kind: str, loser: int, survivor: int) -> int:
        """Merge two records into a new one, and return its number; both old ones vanish without a trace."""
        with self._service.lock:
            book = self._service.book(kind)
            ids = [book.identity(each) for each in (survivor, loser)]
            number = self._merged_ticket(loser, survivor) if kind == "tickets" else self._merged(book, loser, survivor)
            merged = {"hs_merged_object_ids": ";".join(ids)}
            if kind == "contacts":
                merged["hs_all_contact_vids"] = ";".join((book.identity(number), *ids))
            book.put(number, book.record(number).changed(self._now, **merged))
            for each in (loser, survivor):
                book.hide(each, self._now)
            return number

    def relink(self, kind: str, number: int, company: int) -> None:
        """Associate a record with another company. That moves no date, of neither."""
        with self._service.lock:
            self._records.links.untie(kind, number, "companies")
            self._records.links.tie(kind, number, "companies", company)

    def spoil(self, kind: str, number: int) -> None:
        """Give a record a date of creation that is none."""
        with self._service.lock:
            book = self._service.book(kind)
            book.put(number, book.record(number).changed(self._now), born="the day before")

    def add_contacts(self, count: int = 1) -> list[int]:
        """Let somebody import *count* contacts, and return their numbers."""
        with self._service.lock:
            return [self._add_contact() for _ in range(count)]

    def add_copies(self, kind: str, number: int, count: int) -> list[int]:
        """Let *count* records be made after the model of one, with all that it is associated with."""
        with self._service.lock:
            book, links, now = self._service.book(kind), self._records.links, self._now
            model = replace(book.record(number), created=now, updated=now)
            numbers = [book.add(model) for _ in range(count)]
            for each in numbers:
                links.copy(kind, number, each)
            return numbers

    def add_tickets(self, count: int = 1) -> list[int]:
        """Let *count* tickets come in, and return their numbers."""
        numbers = list(range(self._records.ticket_count, self._records.ticket_count + count))
        for number in numbers:
            self._put(self._records.world.ticket(number, self._second))
        return numbers

    def reply(self, number: int) -> None:
        """Let the ticket's agent write to the requester."""
        ticket, now = self._records.ticket(number), self._second
        agent = ticket.agent or 0
        said = replace(ticket, comments=(*ticket.comments, Comment(now, Author("agent", agent), public=True)))
        given = Assignment(now, ticket.team or 0, agent)
        self._put(said if ticket.agent is not None else replace(said, assignments=(*ticket.assignments, given)))

    def close(self, number: int) -> None:
        """Close a ticket."""
        ticket = self._records.ticket(number)
        self._become(ticket, "solved", Author("agent", ticket.agent or 0))

    def reopen(self, number: int) -> None:
        """Let the requester write to a closed ticket, which is open again then."""
        ticket = self._records.ticket(number)
        requester = Author("requester", ticket.requester)
        said = replace(ticket, comments=(*ticket.comments, Comment(self._second, requester, public=True)))
        self._become(said, "open", requester)

    def answer(self, number: int, *, satisfaction: int | None, ease: int | None = None) -> None:
        """Let the requester answer the questionnaire, or change the answer."""
        ticket, now = self._records.ticket(number), self._second
        before = ticket.survey or Survey(now)
        first, changed = (now, None) if before.answered_at is None else (before.answered_at, now)
        answered = Survey(before.offered_at, first, changed, satisfaction, ease or before.ease, before.remark)
        self._put(replace(ticket, rating=None, survey=answered))

    def move_deal(self, number: int, stage: Stage) -> None:
        """Let a deal get to another stage."""
        sales = self._records.sales
        with self._service.lock:
            deal = sales.deal(number)
            sales.put_deal(replace(deal, moves=(*deal.moves, Move(self._second, stage))), self._now)

    def spend(self, number: int, cents: int = 10_000) -> None:
        """Add an item to what was spent on a campaign."""
        with self._service.lock:
            self._campaigns.spend(number, cents, self._second)

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
                self._write_ticket(self._some("tickets", throw))
            case 5 if len(self._service.book("deals")):
                self._write_deal(self._some("deals", throw))
            case 6:
                self.change("companies", self._some("companies", throw), city=f"Vigo {self._written}")
            case 7:
                self._opine(self._some("tickets", throw))
            case _:
                self.change("contacts", self._some("contacts", throw), jobtitle=f"Puesto {self._written}")

    def _some(self, kind: str, throw: float) -> int:
        """Return the number of a live record."""
        book = self._service.book(kind)
        return next(book.live(int(throw * len(book))), next(book.live()))

    def _write_ticket(self, number: int) -> None:
        if self._records.ticket(number).is_solved:
            self.reopen(number)
        elif self._written % 3:
            self.reply(number)
        else:
            self.close(number)

    def _opine(self, number: int) -> None:
        """Let whoever was asked for an opinion give one, or another one; who was not, writes."""
        if self._records.ticket(number).survey is None:
            self._write_ticket(number)
        else:
            self.answer(number, satisfaction=1 + self._written % 5)

    def _write_deal(self, number: int) -> None:
        if self._records.sales.deal(number).status == "open":
            self.move_deal(number, "won" if self._written % 2 else "negotiation")
        else:
            self.change("deals", number)

    def _become(self, ticket: Ticket, status: Status, by: Author) -> None:
        self._put(replace(ticket, steps=(*ticket.steps, Step(self._second, status, by))))

    def _add_contact(self) -> int:
        world, book, now = self._records.world, self._service.book("contacts"), self._now
        number = len(book)
        model = replace(self._records.person(number % world.person_count), number=number, customer=None)
        fresh = replace(model, email=f"import.{number}@import.example", left_at=None, created_at=now // _MS)
        record = people.contact(world, fresh, book.identity(number), None)
        return book.add(replace(record, created=now, updated=now))

    def _merged(self, book: Book, loser: int, survivor: int) -> int:
        now, kind = self._now, book.kind.name
        number = book.add(replace(book.record(survivor), created=book.created[survivor], updated=now))
        for each in (survivor, loser):
            self._records.links.take_over(kind, each, number)
        return number

    def _merged_ticket(self, loser: int, survivor: int) -> int:
        """A conversation goes on under the new number; that of the loser is told no more."""
        kept = self._records.ticket(survivor)
        fresh = self._records.replace_ticket(kept, self._now)
        for each in (loser, survivor):
            self._records.changed[each] = replace(self._records.ticket(each), fate="merged", merged_into=fresh.number)
        return fresh.number

    def _put(self, ticket: Ticket) -> None:
        with self._service.lock:
            self._records.put_ticket(ticket, self._now)

    @property
    def _now(self) -> int:
        """Milliseconds since 1970."""
        return max(self._service.now, self._records.world.end * _MS)

    @property
    def _second(self) -> Instant:
        return self._now // _MS
