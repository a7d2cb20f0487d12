"""What the account holds: the world as it ended, and what was written since."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from latido_hubspot.sandbox import _people as people
from latido_hubspot.sandbox._book import Book, Record
from latido_hubspot.sandbox._books import SalesBooks
from latido_hubspot.sandbox._emails import email_record, letters, strays
from latido_hubspot.sandbox._feedback import answers, feedback_record
from latido_hubspot.sandbox._kinds import KINDS
from latido_hubspot.sandbox._links import Links
from latido_hubspot.sandbox._tickets import THREADS, Around, ticket_record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.testing.world import Person, Ticket, World
    from latido_hubspot.sandbox._feedback import Answer, Questionnaire


class Records:
    """All records by type, rendered once when the sandbox starts, and who belongs to whom.

    A company, contact or ticket has the number that its counterpart has in the world.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.books = {name: Book(kind) for name, kind in KINDS.items()}
        self.links = Links(self.there)
        self.person = lru_cache(maxsize=8192)(world.person)
        self.changed: dict[int, Ticket] = {}
        self.ticket_count = world.ticket_count
        self._letters: dict[int, int] = Counter()
        self._answers: dict[tuple[int, int], int] = {}
        self._swallowed: dict[int, list[int]] = defaultdict(list)
        self.sales = SalesBooks(self)
        self._render()
        self.sales.render()
        for book in self.books.values():
            book.seal()

    def ticket(self, number: int) -> Ticket:
        return self.changed.get(number) or self.world.ticket(number)

    def all_tickets(self) -> Iterator[Ticket]:
        """Yield every ticket as it stands now: what the truth is computed from."""
        return (self.ticket(number) for number in range(self.ticket_count))

    def put_ticket(self, ticket: Ticket, at: int) -> None:
        """Store a ticket that was written to at *at* (ms), or a new one, with its e-mails and answers."""
        self.changed[ticket.number] = ticket
        if ticket.number == self.ticket_count:
            self.ticket_count += 1
        self._tell_ticket(ticket, at)

    def replace_ticket(self, old: Ticket, at: int) -> Ticket:
        """Store ticket *old* once more, under a new number, with the conversation that it had, and return it."""
        fresh = replace(old, number=self.ticket_count)
        self._letters[fresh.number] = self._letters.pop(old.number, 0)
        for number, which in [key for key in self._answers if key[0] == old.number]:
            self._answers[fresh.number, which] = self._answers.pop((number, which))
        self.put_ticket(fresh, at)
        self.links.take_over("tickets", old.number, fresh.number)
        return fresh

    def identity(self, kind: str, number: int | None) -> str | None:
        """Return the id of a record, None if there is none or it was deleted."""
        return None if number is None or not self.there(kind, number) else self.books[kind].identity(number)

    def there(self, kind: str, number: int) -> bool:
        book = self.books[kind]
        return number < len(book) and number not in book.archived and number not in book.hidden

    def _render(self) -> None:
        world = self.world
        staff: dict[int | None, int] = Counter(world.employer(number) for number in range(world.person_count))
        for customer in world.customers():
            self.books["companies"].add(people.company(world, customer, staff[customer.number]))
        for person in world.people():
            self._tell_person(person)
        for ticket in world.tickets():
            self._tell_ticket(ticket)

    def _tell_person(self, person: Person) -> None:
        book = self.books["contacts"]
        number = len(book)
        company = self.identity("companies", person.customer)
        book.add(people.contact(self.world, person, book.identity(number), company))
        if person.left_at is not None or person.customer is None or company is None:
            return
        self.tie("contacts", number, "companies", person.customer)
        if number % 9 == 4:  # noqa: PLR2004 - some advise a second company, too
            second = (person.customer + 1) % self.world.customer_count
            if second != person.customer and self.there("companies", second):
                self.links.tie("contacts", number, "companies", second, primary=False)

    def _tell_ticket(self, ticket: Ticket, at: int | None = None) -> None:
        number, book = ticket.number, self.books["tickets"]
        fresh = number == len(book)
        if ticket.fate == "merged" and fresh and ticket.merged_into is not None:
            self._swallow(ticket, ticket.merged_into)
            return
        if fresh:
            # Before its e-mails, which name it; what they are called is known beforehand.
            book.add(_written(self._record(ticket), at), hidden=ticket.erased_at is not None)
            if ticket.gone_at is None:
                self.tie("tickets", number, "contacts", ticket.requester)
                self.tie("tickets", number, "companies", ticket.customer)
        else:
            book.put(number, _written(self._record(ticket), at))
        if ticket.gone_at is None:
            self._tell_letters(ticket, at)
            self._tell_answers(ticket, at)

    def _record(self, ticket: Ticket) -> Record:
        first = self.links.of("tickets", ticket.number, "emails")
        letter = first[0] if first else len(self.books["emails"]) if letters(ticket) else None
        merged = [self.books["tickets"].identity(each) for each in self._swallowed.get(ticket.number, ())]
        around = Around(
            self.identity("companies", ticket.customer),
            None if letter is None else self.books["emails"].identity(letter),
            str(THREADS + ticket.number),
            ";".join(merged) or None,
        )
        return ticket_record(ticket, around)

    def _swallow(self, ticket: Ticket, survivor: int) -> None:
        """Hide a ticket that was merged into an earlier one, which remembers its id."""
        book = self.books["tickets"]
        number = book.add(self._record(ticket), hidden=True)
        self._swallowed[survivor].append(number)
        before = book.record(survivor)
        at = max(before.updated, book.updated[number])
        book.put(
            survivor,
            before.changed(
                at, hs_merged_object_ids=self._record(self.ticket(survivor)).properties["hs_merged_object_ids"]
            ),
        )

    def _tell_letters(self, ticket: Ticket, at: int | None) -> None:
        """Log the e-mails that are not logged yet."""
        said = letters(ticket)
        if self._letters[ticket.number] == len(said):
            return
        address = self.person(ticket.requester).email
        for comment in said[self._letters[ticket.number] :]:
            self._log(ticket, _written(email_record(self.world, ticket, comment, address), at))
        for stray in strays(self.world, ticket, address) if at is None else ():
            self._log(ticket, stray)
        self._letters[ticket.number] = len(said)

    def _log(self, ticket: Ticket, letter: Record) -> None:
        number = self.books["emails"].add(letter)
        self.links.tie("emails", number, "tickets", ticket.number)
        self.tie("emails", number, "contacts", ticket.requester)
        self.tie("emails", number, "companies", ticket.customer)

    def _tell_answers(self, ticket: Ticket, at: int | None) -> None:
        for which, answer in answers(ticket):
            key = ticket.number, which.number
            record = _written(self.feedback(which, answer, ticket.requester), at)
            if key in self._answers:
                self.books["feedback_submissions"].put(self._answers[key], record)
                continue
            number = self.books["feedback_submissions"].add(record)
            self._answers[key] = number
            self.links.tie("feedback_submissions", number, "tickets", ticket.number)
            self.tie("feedback_submissions", number, "contacts", ticket.requester)

    def feedback(self, which: Questionnaire, answer: Answer, person: int) -> Record:
        """Return somebody's submission."""
        contact = self.identity("contacts", person)
        return feedback_record(which, answer, contact, self.person(person).email)

    def tie(self, kind: str, number: int, other: str, to: int | None) -> None:
        """Link a record, if the other one is there still."""
        if to is not None and self.there(other, to):
            self.links.tie(kind, number, other, to)


def _written(record: Record, at: int | None) -> Record:
    """Return *record* as it was stored at *at*, if that is known to the millisecond."""
    return record if at is None else replace(record, updated=at)
