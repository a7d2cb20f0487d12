"""What people and machines do to the records while the portal stands."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from latido.testing.world import Assignment, Author, Comment, Move, Step, Survey, share
from latido_bitrix24.sandbox import _histories as histories
from latido_bitrix24.sandbox import _people as people
from latido_bitrix24.sandbox import _requests as requests
from latido_bitrix24.sandbox import _surveys as surveys
from latido_bitrix24.sandbox._book import Row
from latido_bitrix24.sandbox._kinds import DEAL, KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from latido.testing.world import Instant, Stage, Status, Ticket
    from latido_bitrix24.sandbox._book import Book
    from latido_bitrix24.sandbox._events import Events
    from latido_bitrix24.sandbox._service import Service

_TURNS = 7
_STAMPS = ("createdTime", "updatedTime", "CREATED_TIME", "CREATED", "LAST_UPDATED", "dateInsert", "dateUpdate")


class Deeds:
    """Changes to records. *kind* is `companies`, `contacts`, `leads`, `deals` ...; numbers count records from 0.

    Each happens now, and not before the end of the world, and all that one deed writes is written in one second.
    """

    def __init__(self, service: Service, events: Events) -> None:
        self._service = service
        self._records = service.records
        self._desk = service.records.desk
        self._events = events
        self._written = 0

    @property
    def by_name(self) -> dict[str, Callable[..., Any]]:
        """The deeds that can be asked for from outside."""
        chosen = (
            self.change, self.touch, self.touch_all, self.delete, self.restore, self.conceal, self.reveal, self.merge,
            self.spoil, self.add_contacts, self.add_copies, self.add_tickets, self.reply, self.solve, self.reopen,
            self.give_up, self.answer, self.move_deal, self.switch_off,
        )  # fmt: skip
        return {each.__name__: each for each in chosen}

    def change(self, kind: str, number: int, **fields: Any) -> None:
        """Write fields of a record; without any, only the time of its last change moves."""
        with self._service.lock:
            book = self._service.book(kind)
            row = book.row(number)
            self._put(book, number, {**row.told, **fields})

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

    def add_tickets(self, count: int = 1) -> list[int]:
        """Let *count* tickets come in, and return their numbers."""
        with self._service.lock:
            numbers = list(range(self._desk.count, self._desk.count + count))
            for number in numbers:
                self._tell_ticket(self._service.world.ticket(number, self.now), ())
            return numbers

    def reply(self, number: int) -> None:
        """Let the ticket's agent write to the requester."""
        ticket = self._desk.ticket(number)
        agent = ticket.agent or 0
        said = replace(ticket, comments=(*ticket.comments, Comment(self.now, Author("agent", agent), public=True)))
        given = Assignment(self.now, ticket.team or 0, agent)
        self._tell_ticket(
            said if ticket.agent is not None else replace(said, assignments=(*ticket.assignments, given)),
            said.comments[-1:],
        )

    def solve(self, number: int) -> None:
        """Move a request to the stage in which it is solved."""
        ticket = self._desk.ticket(number)
        self._become(ticket, "solved", Author("agent", ticket.agent or 0))

    def reopen(self, number: int) -> None:
        """Let the requester write to a solved ticket, which is open again then."""
        ticket = self._desk.ticket(number)
        requester = Author("requester", ticket.requester)
        said = replace(ticket, comments=(*ticket.comments, Comment(self.now, requester, public=True)))
        self._become(said, "open", requester, said.comments[-1:])

    def give_up(self, number: int) -> None:
        """Move a request to the stage of those that nobody solved. The ticket itself goes on, unsolved."""
        with self._service.lock:
            stage = f"DT130_{requests.CATEGORY}:FAIL"
            self.change("requests", number, stageId=stage, movedTime=self._service.time.stamp(self.now))
            owner = KINDS["requests"].identity(number)
            row = histories.row(self._service.time, owner, self.now, requests.CATEGORY, stage, first=False)
            self._service.book("history:130").add(row)

    def answer(self, number: int, *, satisfaction: int | None, ease: int | None = None) -> None:
        """Let the requester answer the questionnaire, or change the answer."""
        with self._service.lock:
            ticket, now = self._desk.ticket(number), self.now
            before = ticket.survey or Survey(now)
            first, changed = (now, None) if before.answered_at is None else (before.answered_at, now)
            told = Survey(before.offered_at, first, changed, satisfaction, ease or before.ease, before.remark)
            answered = replace(ticket, rating=None, survey=told)
            self._tell_ticket(answered, ())
            self._tell_answers(answered)

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

    @property
    def now(self) -> Instant:
        return max(self._service.now, self._records.world.end)

    def _some(self, kind: str, throw: float) -> int:
        """Return the number of a live record."""
        book = self._service.book(kind)
        return next(book.live(int(throw * len(book))), next(book.live()))

    def _ticket_at(self, kind: str, number: int) -> Ticket | None:
        """Return the ticket that a record is, if it is one."""
        if kind != self._desk.book_name:
            return None
        if self._desk.kept == "openlines" and number >= self._records.world.ticket_count:
            number = next((each for each, place in self._desk.sessions.items() if place == number), self._desk.count)
        return self._desk.ticket(number) if number < self._desk.count else None

    def _write_ticket(self, throw: float) -> None:
        live = [each.number for each in self._desk.tickets() if each.fate == "live"]
        number = live[int(throw * len(live))]
        if self._desk.ticket(number).is_solved:
            self.reopen(number)
        elif self._written % 3:
            self.reply(number)
        else:
            self.solve(number)

    def _write_deal(self, number: int) -> None:
        is_open = number < self._records.world.deal_count and self._records.deal(number).status == "open"
        if is_open:
            self.move_deal(number, "won" if self._written % 2 else "negotiation")
        else:
            self.change("deals", number)

    def _become(self, ticket: Ticket, status: Status, by: Author, said: Sequence[Comment] = ()) -> None:
        before = len(requests.stays(ticket))
        stepped = replace(ticket, steps=(*ticket.steps, Step(self.now, status, by)))
        self._tell_ticket(stepped, said)
        if self._desk.kept == "spa":
            for row in islice(requests.history(self._service.time, stepped), before, None):
                self._service.book("history:130").add(row)

    def _tell_ticket(self, ticket: Ticket, said: Sequence[Comment]) -> None:
        """Store a ticket that was written to, or a new one, and what was *said* in it just now."""
        with self._service.lock:
            is_new = ticket.number == self._desk.count
            self._desk.changed[ticket.number] = ticket
            self._desk.count += is_new
            match self._desk.kept:
                case "spa":
                    self._tell_request(ticket, said, is_new=is_new)
                case "tasks":
                    self._store(self._service.book("tasks"), ticket.number, self._desk.task(ticket), is_new=is_new)
                case "openlines":
                    self._tell_session(ticket, is_new=is_new)

    def _tell_request(self, ticket: Ticket, said: Sequence[Comment], *, is_new: bool) -> None:
        activities, history = self._service.book("activities"), self._service.book("history:130")
        self._store(self._service.book("requests"), ticket.number, self._desk.request(ticket), is_new=is_new)
        for comment in said:
            activities.add(requests.letter_row(self._service.time, ticket, comment))
        for row in self._desk.activities(ticket) if is_new else ():
            activities.add(row)
        for row in requests.history(self._service.time, ticket) if is_new else ():
            history.add(row)

    def _tell_session(self, ticket: Ticket, *, is_new: bool) -> None:
        book = self._service.book("activities")
        (row,) = self._desk.activities(ticket)
        if is_new:
            self._desk.sessions[ticket.number] = book.add(row)
        else:
            place = self._desk.sessions.get(ticket.number, ticket.number)
            self._put(book, place, row.told)

    def _tell_answers(self, ticket: Ticket) -> None:
        book = self._service.book("surveys")
        for answer in surveys.answers(ticket, self._desk.owner(ticket.number)):
            row = surveys.survey_row(self._service.time, answer, self._desk.parties(ticket))
            key = ticket.number, answer.kind
            if key in self._desk.surveyed:
                self._put(book, self._desk.surveyed[key], row.told)
            else:
                self._desk.surveyed[key] = book.add(row)

    def _store(self, book: Book, number: int, row: Row, *, is_new: bool) -> None:
        if is_new:
            book.add(row)
            self._tell("ADD", book.kind.name, number)
        else:
            self._put(book, number, row.told)

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

    def _add_contact(self) -> int:
        world, book, now = self._records.world, self._service.book("contacts"), self.now
        number = len(book)
        model = replace(self._records.world.person(number % world.person_count), number=number, customer=None)
        fresh = replace(model, email=f"import.{number}@import.example", left_at=None, created_at=now, updated_at=now)
        added = book.add(people.contact(world, self._service.time, fresh, 0))
        self._tell("ADD", "contacts", added)
        return added
