"""Tickets as requests, as sessions of an open channel, or as tasks: whichever of them this portal's support uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from latido_bitrix24.sandbox import _dialogs as dialogs
from latido_bitrix24.sandbox import _requests as requests
from latido_bitrix24.sandbox import _surveys as surveys
from latido_bitrix24.sandbox import _tasks as tasks
from latido_bitrix24.sandbox._kinds import KINDS
from latido_bitrix24.sandbox._sales import Parties

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.testing.world import Ticket
    from latido_bitrix24.sandbox._book import Row
    from latido_bitrix24.sandbox._records import Records

Kept: TypeAlias = Literal["spa", "openlines", "tasks"]


class SupportDesk:
    """The tickets of the world, told in one of three ways, with what was said in them and thought of them.

    Ticket *number* is request *number*, or task *number*; other records know it as their owner.
    """

    def __init__(self, records: Records, kept: Kept) -> None:
        self._records = records
        self._world = records.world
        self._time = records.time
        self.kept = kept
        self.changed: dict[int, Ticket] = {}
        self.count = records.world.ticket_count
        self.surveyed: dict[tuple[int, str], int] = {}
        self.sessions: dict[int, int] = {}

    @property
    def book_name(self) -> str:
        """The book in which tickets stand; sessions stand nowhere but among the activities."""
        return {"spa": "requests", "tasks": "tasks", "openlines": "activities"}[self.kept]

    def ticket(self, number: int) -> Ticket:
        return self.changed.get(number) or self._world.ticket(number)

    def tickets(self) -> Iterator[Ticket]:
        """Yield every ticket as it stands now: what the truth is computed from."""
        return (self.ticket(number) for number in range(self.count))

    def owner(self, number: int) -> int:
        """Return the id of the request, dialog's session or task that a ticket is."""
        return KINDS["tasks" if self.kept == "tasks" else "requests"].identity(number)

    def parties(self, ticket: Ticket) -> Parties:
        return Parties(self._records.company_id(ticket.customer), self._records.contact_id(ticket.requester))

    def request_rows(self) -> Iterator[Row]:
        return (self.request(each) for each in self._kept_as("spa"))

    def task_rows(self) -> Iterator[Row]:
        return (self.task(each) for each in self._kept_as("tasks"))

    def request(self, ticket: Ticket) -> Row:
        return requests.request_row(self._time, ticket, self.parties(ticket))

    def task(self, ticket: Ticket) -> Row:
        return tasks.task_row(self._time, ticket, self.parties(ticket))

    def history_rows(self) -> Iterator[Row]:
        for ticket in self._kept_as("spa"):
            if ticket.fate == "live":
                yield from requests.history(self._time, ticket)

    def activity_rows(self) -> Iterator[Row]:
        for ticket in self._world.tickets():
            if ticket.fate == "live" or self.kept == "openlines":
                yield from self.activities(ticket)

    def activities(self, ticket: Ticket) -> Iterator[Row]:
        """Yield what was done for a ticket, as far as the CRM knows of it."""
        if self.kept == "spa":
            yield from (requests.letter_row(self._time, ticket, each) for each in requests.letters(ticket))
            yield from requests.strays(self._time, ticket)
        elif self.kept == "openlines":
            yield dialogs.session_row(self._time, ticket, self.parties(ticket))

    def survey_rows(self) -> Iterator[Row]:
        place = 0
        for ticket in self._world.tickets():
            for answer in surveys.answers(ticket, self.owner(ticket.number)) if ticket.fate == "live" else ():
                self.surveyed[ticket.number, answer.kind] = place
                place += 1
                yield surveys.survey_row(self._time, answer, self.parties(ticket))
        for told in self._world.recommendations():
            if (recommended := surveys.recommendation(told)) is not None:
                yield surveys.survey_row(self._time, recommended, self._of_person(told.person))

    def _of_person(self, person: int) -> Parties:
        records = self._records
        return Parties(records.company_id(self._world.employer(person)), records.contact_id(person))

    def _kept_as(self, kept: Kept) -> Iterator[Ticket]:
        return self._world.tickets() if self.kept == kept else iter(())
