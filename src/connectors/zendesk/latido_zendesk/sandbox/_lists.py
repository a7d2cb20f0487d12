"""Lists of tickets, users and organizations, and how many there are."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import Response

from latido.testing import json, json_bytes, place
from latido.testing.world import DAY, iso
from latido_zendesk.sandbox import _bodies as bodies
from latido_zendesk.sandbox import _cbp as cbp
from latido_zendesk.sandbox._account import AGENTS, ORGANIZATIONS, USERS
from latido_zendesk.sandbox._records import ARCHIVED, DELETED
from latido_zendesk.sandbox._tickets import ticket_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

    from latido_zendesk.sandbox._records import Records
    from latido_zendesk.sandbox._service import Service


_KEPT = 30 * DAY
_MOST_IDS = 100
_COUNTED_AT_ONCE = 100_000
_END = place(1 << 31, 0)


class Lists:
    """What is live now: neither archived nor deleted."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._records = service.records
        self._switches = service.switches

    def tickets(self, request: Request) -> Response:
        """Answer with live tickets by id, or by (`updated_at`, id) up or down."""
        sort = request.query_params.get("sort", "id")
        if sort not in {"id", "updated_at", "-updated_at"}:
            return bodies.bad_page("sort is not valid")
        if not cbp.by_cursor(request):
            return self._by_offset(request, "tickets", self._live_tickets)
        asked = cbp.asked_page(request, self._switches)
        if isinstance(asked, Response):
            return asked
        rows = self._live_tickets(sort, asked.mark)
        metric_sets = "metric_sets" in request.query_params.get("include", "").split(",")
        shown = cbp.Lists(rows, lambda numbers: tickets_shown(self._records, numbers, metric_sets=metric_sets), {})
        return cbp.page(self._url("tickets.json"), request, asked, shown)

    def ticket(self, request: Request) -> Response:
        """Answer with one ticket, archived or not; a deleted one is not found."""
        number = self._ticket_number(request.path_params["id"])
        if number is None:
            return bodies.not_found()
        return json_bytes(b'{"ticket":%b}' % self._records.tickets.piece(number))

    def show_many(self, request: Request) -> Response:
        """Answer with the tickets among at most a hundred ids; those that are not there are silently left out."""
        ids = [each.strip() for each in request.query_params.get("ids", "").split(",") if each.strip()]
        if len(ids) > _MOST_IDS:
            return json({"error": "InvalidValue", "description": "Too many ids"}, 413)
        found = [number for each in ids if (number := self._ticket_number(each)) is not None]
        metric_sets = "metric_sets" in request.query_params.get("include", "").split(",")
        shown = tickets_shown(self._records, found, metric_sets=metric_sets)
        return json_bytes(bodies.envelope(shown, {"next_page": None, "previous_page": None, "count": len(found)}))

    def users(self, request: Request) -> Response:
        """Answer with active users by id, agents first; with `role`, those who have it."""
        return self._listed(request, "users")

    def organizations(self, request: Request) -> Response:
        return self._listed(request, "organizations")

    def deleted_tickets(self, request: Request) -> Response:
        """Answer with tickets deleted in the last 30 days whose content is still there."""
        limit = self._service.now - _KEPT
        gone = sorted(number for number, at in self._records.gone.items() if at >= limit)
        return self._from(request, "deleted_tickets", gone, self._deleted_ticket)

    def deleted_users(self, request: Request) -> Response:
        """Answer with users that were deleted; a month later nothing personal is left of them."""
        agents = self._records.world.agent_count
        gone = sorted(place - agents for place in self._records.inactive if place >= agents)
        return self._from(request, "deleted_users", gone, self._deleted_user)

    def count_tickets(self, request: Request) -> Response:
        """Answer with about how many live tickets there are, without the archive."""
        del request
        return self._counted(sum(not flags & (DELETED | ARCHIVED) for flags in self._records.flags))

    def count_users(self, request: Request) -> Response:
        del request
        return self._counted(sum(1 for _ in self._everybody()))

    def count_organizations(self, request: Request) -> Response:
        del request
        return self._counted(sum(1 for _ in self._companies()))

    def _live_tickets(self, sort: str = "id", mark: int | None = None) -> Iterator[tuple[int, int]]:
        records = self._records
        if sort == "id":
            rows = ((number, number) for number in range(0 if mark is None else mark + 1, records.ticket_count))
        elif sort == "updated_at":
            rows = ((place(*row), row[1]) for row in records.update_feed.after(mark or 0))
        else:
            rows = ((place(*row), row[1]) for row in records.update_feed.before(_END if mark is None else mark))
        return (row for row in rows if not records.flags[row[1]] & (DELETED | ARCHIVED))

    def _listed(self, request: Request, name: str) -> Response:
        shelf = self._records.users if name == "users" else self._records.organizations
        everything = self._everybody if name == "users" else self._companies
        if not cbp.by_cursor(request):
            return self._by_offset(request, name, lambda: ((number, number) for number in everything()))
        asked = cbp.asked_page(request, self._switches)
        if isinstance(asked, Response):
            return asked
        mark = -1 if asked.mark is None else asked.mark
        roles = {*request.query_params.getlist("role"), *request.query_params.getlist("role[]")}
        wanted = (number for number in everything() if not roles or self._role(number) in roles)
        rows = ((number, number) for number in wanted if number > mark)
        shown = cbp.Lists(rows, lambda numbers: [bodies.listed(name, (shelf.piece(each) for each in numbers))], {})
        return cbp.page(self._url(f"{name}.json"), request, asked, shown)

    def _from(self, request: Request, name: str, numbers: list[int], render: Any) -> Response:
        asked = cbp.asked_page(request, self._switches)
        if isinstance(asked, Response):
            return asked
        mark = -1 if asked.mark is None else asked.mark
        rows = ((number, number) for number in numbers if number > mark)

        def shown(chosen: list[int]) -> list[bytes]:
            return [bodies.listed(name, (orjson.dumps(render(number)) for number in chosen))]

        return cbp.page(self._url(f"{name}.json"), request, asked, cbp.Lists(rows, shown, {"count": len(numbers)}))

    def _by_offset(self, request: Request, name: str, rows: Any) -> Response:
        asked = cbp.offset_page(request)
        if isinstance(asked, Response):
            return asked
        first, size = asked
        shelf = {"tickets": self._records.tickets, "users": self._records.users}.get(name, self._records.organizations)
        everything = [number for _, number in rows()]
        shown = list(islice(everything, first, first + size))
        more = f"{self._url(name)}.json?page={first // size + 2}" if first + size < len(everything) else None
        rest = {"next_page": more, "previous_page": None, "count": len(everything)}
        return json_bytes(bodies.envelope([bodies.listed(name, (shelf.piece(each) for each in shown))], rest))

    def _role(self, number: int) -> str:
        world = self._records.world
        if number >= world.agent_count:
            return "end-user"
        return "admin" if world.agent(number).role == "admin" else "agent"

    def _everybody(self) -> Iterator[int]:
        everybody = range(self._records.world.agent_count + self._records.person_count)
        return (number for number in everybody if number not in self._records.inactive)

    def _companies(self) -> Iterator[int]:
        gone = self._records.account.gone_customers
        return (number for number in range(self._records.customer_count) if number not in gone)

    def _deleted_ticket(self, number: int) -> dict[str, Any]:
        ticket = self._records.ticket(number)
        return {
            "id": ticket_id(number),
            "subject": ticket.subject,
            "actor": {"id": AGENTS, "name": self._records.world.agent(0).name},
            "deleted_at": iso(self._records.gone[number]),
            "previous_state": "hold" if ticket.status == "on_hold" else ticket.status,
        }

    def _deleted_user(self, number: int) -> dict[str, Any]:
        person = self._records.person(number)
        erased = (person.left_at or 0) < self._service.now - _KEPT
        return {
            "id": USERS + number,
            "url": self._url(f"deleted_users/{USERS + number}.json"),
            "name": "Permanently Deleted User" if erased else person.name,
            "email": None if erased else person.email,
            "created_at": iso(person.created_at),
            "updated_at": iso(person.updated_at),
            "time_zone": "Madrid",
            "phone": None if erased else person.phone,
            "shared_phone_number": None,
            "photo": None,
            "locale_id": 2,
            "locale": "es",
            "organization_id": None if person.customer is None else ORGANIZATIONS + person.customer,
            "role": "end-user",
            "active": False,
        }

    def _counted(self, count: int) -> Response:
        """Answer with a count; while a big one is being counted anew it stops at 100,000."""
        stale = count > _COUNTED_AT_ONCE and self._switches.counting
        refreshed_at = None if stale else iso(self._service.now - (DAY // 2 if count > _COUNTED_AT_ONCE else 0))
        return json({"count": {"value": _COUNTED_AT_ONCE if stale else count, "refreshed_at": refreshed_at}})

    def _ticket_number(self, text: str) -> int | None:
        number = int(text) - 1 if text.isdecimal() else -1
        there = 0 <= number < self._records.ticket_count and not self._records.flags[number] & DELETED
        return number if there else None

    def _url(self, path: str) -> str:
        return self._service.url(path)


def tickets_shown(records: Records, numbers: list[int], *, metric_sets: bool) -> list[bytes]:
    """Return tickets as lists show them, and beside them their metric sets if asked for."""
    pieces = [records.tickets.pieces(number) for number in numbers]
    shown = [bodies.listed("tickets", (ticket for ticket, _ in pieces))]
    return [*shown, bodies.listed("metric_sets", (measured for _, measured in pieces))] if metric_sets else shown
