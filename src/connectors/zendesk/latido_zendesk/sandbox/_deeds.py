"""What people, rules and time do to the records while the sandbox stands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from latido.testing.world import SYSTEM, Assignment, Author, Comment, Rating, Step, Survey, share
from latido_zendesk.sandbox._records import DELETED

if TYPE_CHECKING:
    from collections.abc import Callable

    from latido.testing.world import Customer, Instant, Person, Status, Ticket
    from latido_zendesk.sandbox._events import Events
    from latido_zendesk.sandbox._service import Service

_NEW_TICKET, _SOMEBODY = 9, 8


class Deeds:
    """Changes to tickets, people and organizations; numbers are the world's, a ticket's id is one more.

    Each happens now, and not before the end of the world. What Zendesk does not allow for a closed ticket is refused.
    """

    def __init__(self, service: Service, events: Events) -> None:
        self._service = service
        self._records = service.records
        self._events = events
        self._written = 0

    @property
    def by_name(self) -> dict[str, Callable[..., Any]]:
        """The deeds that can be asked for from outside."""
        chosen = (
            self.reply, self.solve, self.reopen, self.touch, self.delete, self.restore, self.erase, self.merge,
            self.rate, self.answer, self.add_tickets, self.touch_all, self.rename, self.part, self.move_house,
            self.close_down, self.add_organizations,
        )  # fmt: skip
        return {each.__name__: each for each in chosen}

    def reply(self, number: int, *, public: bool = True) -> None:
        """Let the ticket's agent write, publicly or as a note."""
        ticket, now = self._open(number), self._now
        agent = ticket.agent or 0
        said = replace(ticket, comments=(*ticket.comments, Comment(now, Author("agent", agent), public)))
        given = Assignment(now, ticket.team or 0, agent)
        self._put(said if ticket.agent is not None else replace(said, assignments=(*ticket.assignments, given)))

    def solve(self, number: int) -> None:
        self._become(number, "solved")

    def reopen(self, number: int) -> None:
        """Let the requester write to a solved ticket."""
        ticket, now = self._open(number), self._now
        requester = Author("requester", ticket.requester)
        said = (*ticket.comments, Comment(now, requester, public=True))
        self._put(replace(ticket, comments=said, steps=(*ticket.steps, Step(now, "open", requester))))

    def touch(self, number: int) -> None:
        """Let a machine write: `generated_timestamp` moves and `updated_at` does not."""
        self._put(replace(self._records.ticket(number), touched_at=self._now))

    def delete(self, number: int) -> None:
        self._put(replace(self._records.ticket(number), fate="deleted", gone_at=self._now))

    def restore(self, number: int) -> None:
        """Bring a deleted ticket back."""
        found = self._records.ticket(number)
        self._put(replace(found, fate="live", gone_at=None, erased_at=None, touched_at=self._now))

    def erase(self, number: int) -> None:
        """Destroy the content of a deleted ticket; `updated_at` does not move."""
        found = self._records.ticket(number)
        self._put(replace(found, fate="deleted", gone_at=found.gone_at or self._now, erased_at=self._now))

    def merge(self, number: int, into: int) -> None:
        """Close a ticket in favour of another one."""
        ticket = self._open(number)
        agent = Author("agent", ticket.agent or 0)
        self._put(
            replace(
                ticket,
                fate="merged",
                merged_into=into,
                comments=(*ticket.comments, Comment(self._now, agent, public=True)),
                steps=(*ticket.steps, Step(self._now, "closed", agent)),
            )
        )
        self.touch(into)

    def rate(self, number: int, *, good: bool, remark: str | None = None) -> None:
        """Let the customer put a thumb up or down."""
        ticket = self._records.ticket(number)
        offered_at = ticket.rating.offered_at if ticket.rating is not None else self._now
        self._put(replace(ticket, survey=None, rating=Rating(offered_at, self._now, good, remark)))

    def answer(
        self, number: int, *, satisfaction: int | None, ease: int | None = None, remark: str | None = None
    ) -> None:
        """Let the customer answer a questionnaire, or change the answer."""
        ticket, now = self._records.ticket(number), self._now
        before = ticket.survey or Survey(now)
        first, changed = (now, None) if before.answered_at is None else (before.answered_at, now)
        answered = Survey(before.offered_at, first, changed, satisfaction, ease or before.ease, remark or before.remark)
        self._put(replace(ticket, rating=None, survey=answered))

    def add_tickets(self, count: int = 1) -> list[int]:
        """Open *count* tickets in this second and return their numbers."""
        numbers = list(range(self._records.ticket_count, self._records.ticket_count + count))
        for number in numbers:
            self._put(self._records.world.ticket(number, self._now))
        return numbers

    def touch_all(self, first: int, count: int) -> None:
        """Let a machine write to *count* tickets in one and the same second."""
        for number in range(first, first + count):
            self.touch(number)

    def rename(self, person: int, last_name: str) -> None:
        self._put_person(person, last_name=last_name)

    def part(self, person: int) -> None:
        """Delete a user: inactive from now on, without address."""
        self._put_person(person, left_at=self._now)

    def move_house(self, customer: int, domain: str) -> None:
        """Give an organization another domain."""
        self._put_customer(self._records.customer(customer), domains=(domain,))

    def close_down(self, customer: int) -> None:
        """Delete an organization: renamed, and with the moment told."""
        self._put_customer(self._records.customer(customer), gone_at=self._now)

    def add_organizations(self, count: int) -> list[int]:
        """Import *count* organizations in this second and return their numbers."""
        model, first = self._records.customer(0), self._records.customer_count
        for number in range(first, first + count):
            fresh = replace(model, number=number, name=f"Import {number}", domains=(), key=None, gone_at=None)
            self._put_customer(fresh, created_at=self._now)
        return list(range(first, first + count))

    def something(self) -> None:
        """Change one record or add a ticket, each time another one."""
        self._written += 1
        throw = share(self._records.world.seed, "write", self._written)
        match self._written % 10:
            case n if n == _NEW_TICKET:
                self.add_tickets()
            case n if n == _SOMEBODY:
                self.rename(int(throw * self._records.person_count), f"Nuevo-{self._written}")
            case _:
                self._write_ticket(int(throw * self._records.ticket_count))

    def _write_ticket(self, number: int) -> None:
        if self._records.flags[number] & DELETED or self._records.status(number) == "closed":
            self.touch(number)
        elif self._records.status(number) == "solved":
            self.reopen(number)
        elif self._written % 3:
            self.reply(number)
        else:
            self.solve(number)

    def _become(self, number: int, status: Status) -> None:
        ticket = self._open(number)
        by = SYSTEM if ticket.agent is None else Author("agent", ticket.agent)
        self._put(replace(ticket, steps=(*ticket.steps, Step(self._now, status, by))))

    def _open(self, number: int) -> Ticket:
        ticket = self._records.ticket(number)
        if ticket.status == "closed" or ticket.gone_at is not None:
            raise ValueError(f"Ticket {number} is closed or deleted: nobody writes to it any more.")
        return ticket

    def _put(self, ticket: Ticket) -> None:
        with self._service.lock:
            self._records.put_ticket(ticket)
            self._events.changed(ticket)

    def _put_person(self, number: int, **more: Any) -> None:
        person: Person = replace(self._records.person(number), updated_at=self._now, **more)
        with self._service.lock:
            self._records.put_person(person)

    def _put_customer(self, customer: Customer, **more: Any) -> None:
        with self._service.lock:
            self._records.put_customer(replace(customer, updated_at=self._now, **more))

    @property
    def _now(self) -> Instant:
        return max(self._service.now, self._records.world.end)
