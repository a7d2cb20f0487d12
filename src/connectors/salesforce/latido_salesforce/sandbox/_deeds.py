"""What people, rules and time do to the records while the sandbox stands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from latido.testing.world import SYSTEM, Assignment, Author, Comment, Move, Step, Survey, share

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import RLock

    from latido.testing.world import Customer, Instant, Person, Stage, Status, Ticket
    from latido_salesforce.sandbox._org import Org
    from latido_salesforce.sandbox._records import Records

_NEW_CASE, _SOMEBODY, _DEAL, _HOUSE = 9, 8, 7, 6


class Deeds:
    """Changes to cases, contacts, accounts and opportunities; numbers are the world's, of opportunities the place.

    Each happens now, and not before the end of the world.
    """

    def __init__(self, records: Records, org: Org, lock: RLock) -> None:
        self._records = records
        self._org = org
        self._lock = lock
        self._written = 0

    @property
    def by_name(self) -> dict[str, Callable[..., Any]]:
        """The deeds that can be asked for from outside."""
        chosen = (
            self.reply, self.solve, self.reopen, self.touch, self.delete, self.restore, self.merge, self.answer,
            self.add_cases, self.touch_all, self.rename, self.leave, self.come_back, self.merge_people, self.move_house,
            self.close_down, self.reopen_account, self.merge_accounts, self.drift, self.advance, self.delete_deal,
            self.restore_deal, self.copy, self.stamp, self.spoil, self.destroy,
        )  # fmt: skip
        return {each.__name__: each for each in chosen}

    def reply(self, number: int, *, public: bool = True) -> None:
        """Let the case's owner write, to the customer or as a note."""
        ticket, now = self._records.ticket(number), self._now
        agent = ticket.agent or 0
        said = replace(ticket, comments=(*ticket.comments, Comment(now, Author("agent", agent), public)))
        given = Assignment(now, ticket.team or 0, agent)
        self._put(said if ticket.agent is not None else replace(said, assignments=(*ticket.assignments, given)))

    def solve(self, number: int) -> None:
        self._become(number, "solved")

    def reopen(self, number: int) -> None:
        """Let the requester write to a closed case."""
        ticket, now = self._records.ticket(number), self._now
        requester = Author("requester", ticket.requester)
        said = (*ticket.comments, Comment(now, requester, public=True))
        self._put(replace(ticket, comments=said, steps=(*ticket.steps, Step(now, "open", requester))))

    def touch(self, number: int) -> None:
        """Let a machine write: SystemModstamp moves and nothing else."""
        self._put(replace(self._records.ticket(number), touched_at=self._now))

    def delete(self, number: int) -> None:
        """Put a case into the recycle bin, and all that hangs on it."""
        self._put(replace(self._records.ticket(number), fate="deleted", gone_at=self._now))

    def restore(self, number: int) -> None:
        """Take a case out of the recycle bin."""
        found = self._records.ticket(number)
        self._put(replace(found, fate="live", gone_at=None, merged_into=None, erased_at=None, touched_at=self._now))

    def merge(self, number: int, into: int) -> None:
        """Merge a case away."""
        ticket = self._records.ticket(number)
        agent = Author("agent", ticket.agent or 0)
        steps = (*ticket.steps, Step(self._now, "closed", agent))
        self._put(replace(ticket, fate="merged", merged_into=into, steps=steps))
        self.touch(into)

    def answer(
        self, number: int, *, satisfaction: int | None, ease: int | None = None, remark: str | None = None
    ) -> None:
        """Let the customer answer the questionnaire, or change the answer."""
        ticket, now = self._records.ticket(number), self._now
        before = ticket.survey or Survey(now)
        first, changed = (now, None) if before.answered_at is None else (before.answered_at, now)
        answered = Survey(before.offered_at, first, changed, satisfaction, ease or before.ease, remark or before.remark)
        self._put(replace(ticket, rating=None, survey=answered))

    def add_cases(self, count: int = 1, ago: int = 0) -> list[int]:
        """Let *count* cases appear now that were written *ago* seconds earlier, in a transaction that took long."""
        numbers = list(range(self._records.ticket_count, self._records.ticket_count + count))
        for number in numbers:
            self._put(self._records.world.ticket(number, self._now - ago))
        return numbers

    def touch_all(self, first: int, count: int) -> None:
        """Let a machine write to *count* cases in one and the same second."""
        for number in range(first, first + count):
            self.touch(number)

    def rename(self, person: int, last_name: str) -> None:
        self._put_person(person, last_name=last_name)

    def leave(self, person: int) -> None:
        """Delete a contact."""
        self._put_person(person, left_at=self._now)

    def come_back(self, person: int) -> None:
        """Take a contact out of the recycle bin."""
        self._put_person(person, left_at=None)

    def merge_people(self, person: int, into: int) -> None:
        """Merge a contact away; its cases go over to the one that stays, in this second."""
        self._put_person(person, left_at=self._now)
        self._master("Contact", person, into)
        self._put_person(into)

    def move_house(self, customer: int, domain: str) -> None:
        """Give an account another website."""
        self._put_customer(customer, domains=(domain,))

    def close_down(self, customer: int) -> None:
        """Delete an account."""
        self._put_customer(customer, gone_at=self._now)

    def reopen_account(self, customer: int) -> None:
        """Take an account out of the recycle bin."""
        self._put_customer(customer, gone_at=None)

    def merge_accounts(self, customer: int, into: int) -> None:
        """Merge an account away."""
        self._put_customer(customer, gone_at=self._now)
        self._master("Account", customer, into)
        self._put_customer(into)

    def drift(self, customer: int, score: float) -> None:
        """Let a formula of an account have another value; nothing was written, so nothing is stamped."""
        self.set("Account", customer, "Health_Score__c", score)

    def advance(self, place: int, stage: Stage) -> None:
        """Move an opportunity to another stage."""
        deal = self._records.deal(place)
        with self._lock:
            moved = replace(deal, moves=(*deal.moves, Move(self._now, stage)))
            self._records.put_deal(place, moved, self._now)

    def delete_deal(self, place: int) -> None:
        with self._lock:
            self._records.put_deal(place, replace(self._records.deal(place), gone_at=self._now), self._now)

    def restore_deal(self, place: int) -> None:
        """Take an opportunity out of the recycle bin."""
        with self._lock:
            self._records.put_deal(place, replace(self._records.deal(place), gone_at=None), self._now)

    def destroy(self, sobject: str, number: int) -> None:
        """Empty the recycle bin of one record: only getDeleted knows it from now on."""
        with self._lock:
            self._records.tables[sobject].destroy(number, self._now)

    def stamp(self, sobject: str, number: int, **values: Any) -> None:
        """Write a record as a machine does, with other *values* maybe."""
        with self._lock:
            self._records.tables[sobject].write(number, {**values, "SystemModstamp": self._now})

    def copy(self, sobject: str, number: int) -> int:
        """Write a new record that is like another one but for its id and its times, and return its number."""
        with self._lock:
            return self._records.tables[sobject].copy(number, self._now)

    def spoil(self, sobject: str, number: int, name: str, value: Any) -> None:
        """Give a field a value that it cannot have."""
        self.stamp(sobject, number, **{name: value})

    def set(self, sobject: str, number: int, name: str, value: Any) -> None:
        """Give a field a value without a trace in SystemModstamp."""
        with self._lock:
            self._records.tables[sobject].write(number, {name: value})

    def something(self) -> None:
        """Change one record, mostly a case, or add a case, each time another one."""
        self._written += 1
        throw = share(self._records.world.seed, "write", self._written)
        match self._written % 10:
            case n if n == _NEW_CASE:
                self.add_cases()
            case n if n == _SOMEBODY:
                self.rename(int(throw * self._records.world.person_count), f"Nuevo-{self._written}")
            case n if n == _DEAL:
                self._write_deal(int(throw * self._records.tables["Opportunity"].count))
            case n if n == _HOUSE:
                self.move_house(int(throw * self._records.world.customer_count), f"nuevo-{self._written}.example")
            case _:
                self._write_case(int(throw * self._records.ticket_count))

    def _write_case(self, number: int) -> None:
        ticket = self._records.ticket(number)
        if ticket.fate != "live":
            self.add_cases()
        elif ticket.status == "closed":
            self.touch(number)
        elif ticket.status == "solved":
            self.reopen(number)
        elif self._written % 3:
            self.reply(number)
        else:
            self.solve(number)

    def _write_deal(self, place: int) -> None:
        deal = self._records.deal(place)
        if deal.status == "open" and deal.gone_at is None:
            self.advance(place, "won" if self._written % 3 else "negotiation")
        else:
            self.stamp("Opportunity", place)

    def _become(self, number: int, status: Status) -> None:
        ticket = self._records.ticket(number)
        by = SYSTEM if ticket.agent is None else Author("agent", ticket.agent)
        self._put(replace(ticket, steps=(*ticket.steps, Step(self._now, status, by))))

    def _put(self, ticket: Ticket) -> None:
        with self._lock:
            self._records.put_ticket(ticket, self._now)

    def _put_person(self, number: int, **more: Any) -> None:
        person: Person = replace(self._records.person(number), updated_at=self._now, **more)
        with self._lock:
            self._records.put_person(person)

    def _put_customer(self, number: int, **more: Any) -> None:
        customer: Customer = replace(self._records.customer(number), updated_at=self._now, **more)
        with self._lock:
            self._records.put_customer(customer)

    def _master(self, sobject: str, loser: int, survivor: int) -> None:
        table = self._records.tables[sobject]
        with self._lock:
            table.write(loser, {"MasterRecordId": table.identity(survivor)})

    @property
    def _now(self) -> Instant:
        return max(self._org.now, self._records.world.end)
