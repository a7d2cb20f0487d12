"""What a conformance suite has done to the records, each time to other ones."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from latido.testing import Drill
from latido_hubspot.sandbox._campaigns import campaign_id
from latido_hubspot.sandbox._emails import is_reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from latido_hubspot.sandbox._deeds import Deeds
    from latido_hubspot.sandbox._records import Records

_PREFIXES = {
    "contacts": "", "companies": "", "deals": "", "tickets": "", "leads": "lead:", "subscriptions": "subscription:",
    "carts": "", "orders": "order:", "feedback_submissions": "", "line_items": "",
}  # fmt: skip
_MERGED = ("contacts", "companies", "deals", "tickets")


class Drills:
    """The drills of each stream, over *records*, done by *deeds*. A stream of objects is called as their type is."""

    def __init__(self, records: Records, deeds: Deeds) -> None:
        self._records = records
        self._deeds = deeds

    @property
    def by_stream(self) -> Mapping[str, Drill]:
        objects = {kind: self._objects(kind, prefix) for kind, prefix in _PREFIXES.items()}
        return objects | {
            "ticket_statuses": Drill(lambda count: self._steps("tickets", "hs_pipeline_stage", "status:", count)),
            "deal_stages": Drill(lambda count: self._steps("deals", "dealstage", "stage:", count)),
            "email_replies": self._emails(),
            "associations": Drill(self._touch_associations),
            "campaigns": Drill(self._touch_campaigns),
        }

    def _objects(self, kind: str, prefix: str) -> Drill:
        book, chosen = self._records.books[kind], self._told(kind)

        def key(number: int) -> str:
            return prefix + book.identity(number)

        def done(deed: Callable[[str, int], None]) -> str:
            number = next(chosen)
            deed(kind, number)
            return key(number)

        def merged() -> tuple[str, str]:
            loser, survivor = next(chosen), next(chosen)
            return key(loser), key(self._deeds.merge(kind, loser, survivor))

        return Drill(
            touch=lambda count: [key(number) for number in self._touch(kind, count)],
            delete=lambda: done(self._deeds.archive),
            restore=lambda gone: self._deeds.restore(kind, self._number(kind, gone.removeprefix(prefix))),
            merge=merged if kind in _MERGED else None,
            spoil=lambda: done(self._deeds.spoil),
        )

    def _touch(self, kind: str, count: int) -> list[int]:
        """Touch records; of a kind that has fewer of them, more are made in the same instant."""
        chosen = list(islice(self._told(kind), count))
        self._deeds.touch(kind, chosen)
        missing = 0 if kind == "tickets" else count - len(chosen)
        return chosen + (self._deeds.add_copies(kind, chosen[0], missing) if missing else [])

    def _told(self, kind: str) -> Iterator[int]:
        """Yield live records that make a row: of line items those that recur, once their deal is won."""
        book = self._records.books[kind]
        if kind != "line_items":
            return book.live()
        return (
            number
            for number in book.live()
            if book.record(number).properties["recurringbillingfrequency"] and self._is_sold(number)
        )

    def _is_sold(self, line: int) -> bool:
        deals = self._records.links.of("line_items", line, "deals")
        return bool(deals) and self._records.sales.deal(deals[0]).status == "won"

    def _number(self, kind: str, identity: str) -> int:
        number = self._records.books[kind].kind.number(identity)
        assert number is not None  # noqa: S101 - the drill itself told the id
        return number

    def _steps(self, kind: str, name: str, prefix: str, count: int) -> list[str]:
        """Touch records and return the ids of the last stay of each."""
        book, keys = self._records.books[kind], []
        for number in self._touch(kind, count):
            last = book.record(number).history[name][0]
            since = "".join(mark for mark in str(last["timestamp"]) if mark not in "-:Z")
            keys.append(f"{prefix}{book.identity(number)}:{since}000000:{last['value']}")
        return keys

    def _emails(self) -> Drill:
        """E-mails of live tickets: one reply each."""
        written = self._replies()

        def touched(count: int) -> Sequence[str]:
            chosen = list(islice(self._replies(), count))
            self._deeds.touch("emails", chosen)
            return [self._reply(number) for number in chosen]

        def deleted() -> str:
            number = next(written)
            key = self._reply(number)
            self._deeds.archive("emails", number)
            return key

        return Drill(
            touch=touched,
            delete=deleted,
            restore=lambda gone: self._deeds.restore("emails", self._number("emails", gone.split(":")[1])),
        )

    def _replies(self) -> Iterator[int]:
        book = self._records.books["emails"]
        return (number for number in book.live() if is_reply(book.record(number)) and self._ticket_of(number))

    def _reply(self, email: int) -> str:
        return f"email:{self._records.books['emails'].identity(email)}"

    def _ticket_of(self, email: int) -> str:
        found = self._records.links.of("emails", email, "tickets")
        return self._records.books["tickets"].identity(found[0]) if found else ""

    def _touch_associations(self, count: int) -> list[str]:
        contacts, companies = self._records.books["contacts"], self._records.books["companies"]
        return [
            f"contacts:{contacts.identity(number)}:accounts:{companies.identity(company)}"
            for number in self._touch("contacts", count)
            for company in self._records.links.of("contacts", number, "companies")
        ]

    def _touch_campaigns(self, count: int) -> list[str]:
        numbers = [each.number for each in islice(self._records.world.campaigns(), count)]
        for number in numbers:
            self._deeds.spend(number)
        return [campaign_id(number) for number in numbers]
