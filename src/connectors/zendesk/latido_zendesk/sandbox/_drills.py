"""What a conformance suite has done to the records, each time to other ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from latido.testing import Drill
from latido_zendesk.sandbox._account import ORGANIZATIONS, RATINGS, USERS
from latido_zendesk.sandbox._events import audits
from latido_zendesk.sandbox._opinions import QUESTION, response_id
from latido_zendesk.sandbox._records import DELETED
from latido_zendesk.sandbox._tickets import ticket_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from latido.testing import Shelf
    from latido_zendesk.sandbox._deeds import Deeds
    from latido_zendesk.sandbox._records import Records


class Drills:
    """The drills of each stream, over *records*, done by *deeds*."""

    def __init__(self, records: Records, deeds: Deeds) -> None:
        self._records = records
        self._deeds = deeds
        self._tickets = self._live_tickets()
        self._people = (each.number for each in records.world.people() if each.left_at is None)
        self._companies = (each.number for each in records.world.customers() if each.gone_at is None)

    @property
    def by_stream(self) -> Mapping[str, Drill]:
        return {
            "tickets": Drill(
                self._touch_tickets, self._delete_ticket, self._restore_ticket, self._merge, self._spoil_ticket
            ),
            "users": Drill(self._rename, self._part, spoil=self._spoil_person),
            "organizations": Drill(self._found, self._close_down, spoil=self._spoil_organization),
            "satisfaction_ratings": Drill(self._rate),
            "survey_responses": Drill(self._answer),
            "ticket_events": Drill(self._reply),
        }

    def _live_tickets(self) -> Iterator[int]:
        return (number for number in range(self._records.ticket_count) if not self._records.flags[number] & DELETED)

    def _touch_tickets(self, count: int) -> list[str]:
        chosen = [number for number, _ in zip(self._live_tickets(), range(count), strict=False)]
        for number in chosen:
            self._deeds.touch(number)
        return [str(ticket_id(number)) for number in chosen]

    def _delete_ticket(self) -> str:
        number = next(self._tickets)
        self._deeds.delete(number)
        return str(ticket_id(number))

    def _restore_ticket(self, key: str) -> None:
        self._deeds.restore(int(key) - 1)

    def _merge(self) -> tuple[str, str]:
        loser, survivor = self._deeds.add_tickets(2)
        self._deeds.merge(loser, survivor)
        return str(ticket_id(loser)), str(ticket_id(survivor))

    def _spoil_ticket(self) -> str:
        number = next(self._tickets)
        self._deeds.touch(number)
        _spoil(self._records.tickets, number)
        return str(ticket_id(number))

    def _rename(self, count: int) -> list[str]:
        chosen = [number for number, _ in zip(self._people, range(count), strict=False)]
        for number in chosen:
            self._deeds.rename(number, "Renombrada")
        return [str(USERS + number) for number in chosen]

    def _part(self) -> str:
        number = next(self._people)
        self._deeds.part(number)
        return str(USERS + number)

    def _spoil_person(self) -> str:
        number = next(self._people)
        self._deeds.rename(number, "Renombrada")
        _spoil(self._records.users, self._records.world.agent_count + number)
        return str(USERS + number)

    def _found(self, count: int) -> list[str]:
        return [str(ORGANIZATIONS + number) for number in self._deeds.add_organizations(count)]

    def _close_down(self) -> str:
        number = next(self._companies)
        self._deeds.close_down(number)
        return str(ORGANIZATIONS + number)

    def _spoil_organization(self) -> str:
        number = next(self._companies)
        self._deeds.move_house(number, "neu.example")
        _spoil(self._records.organizations, number)
        return str(ORGANIZATIONS + number)

    def _rate(self, count: int) -> list[str]:
        numbers = self._deeds.add_tickets(count)
        for number in numbers:
            self._deeds.rate(number, good=True)
        return [f"rating:{RATINGS + number}" for number in numbers]

    def _answer(self, count: int) -> list[str]:
        keys = []
        for number in self._deeds.add_tickets(count):
            self._deeds.answer(number, satisfaction=5)
            ticket = self._records.ticket(number)
            if ticket.survey is not None:
                keys.append(f"{response_id(ticket, ticket.survey)}:{QUESTION}")
        return keys

    def _reply(self, count: int) -> list[str]:
        keys = []
        for number in self._deeds.add_tickets(count):
            self._deeds.reply(number)
            for audit in audits(self._records.ticket(number), comments=True):
                keys += [f"{each['id']}:reply" for each in audit["child_events"] if each.get("type") == "Comment"]
        return keys


def _spoil(shelf: Shelf, number: int) -> None:
    """Give a record a date that is none."""
    shown, *more = shelf.pieces(number)
    shelf.put(number, orjson.dumps({**orjson.loads(shown), "created_at": "the day before"}), *more)
