"""What happens to tickets, wherever the portal's support keeps them."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from latido.testing.world import Assignment, Author, Comment, Step, Survey
from latido_bitrix24.sandbox import _histories as histories
from latido_bitrix24.sandbox import _requests as requests
from latido_bitrix24.sandbox import _surveys as surveys
from latido_bitrix24.sandbox._kinds import KINDS
from latido_bitrix24.sandbox._writing import Writing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latido.testing.world import Status, Ticket
    from latido_bitrix24.sandbox._book import Book, Row


class TicketDeeds(Writing):
    """Changes to tickets, by their numbers."""

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

    def _write_ticket(self, throw: float) -> None:
        live = [each.number for each in self._desk.tickets() if each.fate == "live"]
        number = live[int(throw * len(live))]
        if self._desk.ticket(number).is_solved:
            self.reopen(number)
        elif self._written % 3:
            self.reply(number)
        else:
            self.solve(number)

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

    def _ticket_at(self, kind: str, number: int) -> Ticket | None:
        """Return the ticket that a record is, if it is one."""
        if kind != self._desk.book_name:
            return None
        if self._desk.kept == "openlines" and number >= self._records.world.ticket_count:
            number = next((each for each, place in self._desk.sessions.items() if place == number), self._desk.count)
        return self._desk.ticket(number) if number < self._desk.count else None
