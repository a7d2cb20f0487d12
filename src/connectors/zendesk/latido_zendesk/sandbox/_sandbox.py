"""The sandbox: Zendesk's routes, its limits, who may read what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from starlette.responses import RedirectResponse, Response

from latido.testing import Known, Sandbox
from latido_zendesk.sandbox import _bodies as bodies
from latido_zendesk.sandbox._account import Account
from latido_zendesk.sandbox._deeds import Deeds
from latido_zendesk.sandbox._drills import Drills
from latido_zendesk.sandbox._events import Events
from latido_zendesk.sandbox._exports import Exports
from latido_zendesk.sandbox._lists import Lists
from latido_zendesk.sandbox._oauth import CLIENT_ID, CLIENT_SECRET, Doorkeeper
from latido_zendesk.sandbox._opinions import EFFORT_ALIAS, Opinions
from latido_zendesk.sandbox._records import Records
from latido_zendesk.sandbox._search import Search
from latido_zendesk.sandbox._service import Service
from latido_zendesk.sandbox._switches import ZendeskSwitches, documented_limits
from latido_zendesk.sandbox._tables import Tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from starlette.requests import Request

    from latido.connect import Clock
    from latido.testing import Allowance, Drill, Fault, Handler, Limit, World
    from latido.testing.world import Ticket

_API = "/api/v2/"
_ADMIN_ONLY = ("/incremental/", "/satisfaction_ratings", "/guide/survey_responses", "/ticket_audits")
_RESOURCES = {"ticket": "tickets", "user": "users", "organization": "organizations"}
_BUCKETS = (
    ("/incremental/tickets", "exports"), ("/incremental/organizations", "exports"),
    ("/incremental/ticket_events", "exports"), ("/incremental/users", "user-exports"),
    ("/deleted_tickets", "deleted-tickets"), ("/search/export", "search-export"),
)  # fmt: skip
_HEADERS = {
    "exports": "zendesk-ratelimit-incremental-exports",
    "user-exports": "zendesk-ratelimit-incremental-exports-cursor",
    "deleted-tickets": "zendesk-ratelimit-deleted-tickets-index",
    "search-export": "zendesk-ratelimit-search-export",
}


class ZendeskSandbox(Sandbox):
    """Zendesk Support, with *world* in it.

    `deed` changes records, `doorkeeper` tokens. `known` says how finely Zendesk tells what happened: the first reply in
    whole minutes, in seconds for messaging, promises only to who reads metric events.
    """

    known: ClassVar[Known] = Known(
        first_reply=60,
        first_reply_in_chat=1,
        promises=False,
        holds=frozenset({"accounts"}),
        forgets=frozenset({"askers"}),
        addressed=False,
    )

    Switches: ClassVar[type[ZendeskSwitches]] = ZendeskSwitches
    switches: ZendeskSwitches

    def __init__(self, world: World, clock: Clock | None = None) -> None:
        self.world = world
        self._account = Account(world)
        super().__init__(clock)
        self.records = Records(self._account)
        self.doorkeeper = Doorkeeper(self.clock, self.switches)
        self._service = Service(self.records, self.switches, self.clock, self.lock)
        self._events = Events(self._service)
        self.deed = Deeds(self._service, self._events)

    def settings(self) -> dict[str, Any]:
        return {
            "connector": "zendesk",
            "subdomain": self._account.subdomain,
            "base_url": self.url,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
        }

    def tailored(self) -> dict[str, Any]:
        effort = {"alias": EFFORT_ALIAS, "scale_min": 1, "scale_max": 7, "higher_is_better": True}
        return {**self.settings(), "ces": effort, "fields": {"accounts": {"tax_id": "organization_fields.nif"}}}

    def tickets(self) -> Iterator[Ticket]:
        return self.records.all_tickets()

    def routes(self) -> Sequence[tuple[str, str, Handler]]:
        exports, lists, events = Exports(self._service), Lists(self._service), self._events
        search, opinions, tables = Search(self._service), Opinions(self._service), Tables(self._account, self.switches)
        asked: tuple[tuple[str, Handler], ...] = (
            ("users/me", self._me),
            ("incremental/tickets/cursor", exports.tickets),
            ("incremental/users/cursor", exports.users),
            ("incremental/organizations", exports.organizations),
            ("incremental/ticket_events", events.ticket_events),
            ("incremental/ticket_metric_events", events.metric_events),
            ("tickets", lists.tickets),
            ("tickets/count", lists.count_tickets),
            ("tickets/show_many", lists.show_many),
            ("tickets/{id}", lists.ticket),
            ("deleted_tickets", lists.deleted_tickets),
            ("users", lists.users),
            ("users/count", lists.count_users),
            ("deleted_users", lists.deleted_users),
            ("organizations", lists.organizations),
            ("organizations/count", lists.count_organizations),
            ("search/export", search.export),
            ("search/count", search.count),
            ("satisfaction_ratings", opinions.ratings),
            ("guide/survey_responses", opinions.responses),
            ("guide/{locale}/survey_responses/{id}", opinions.response),
            ("groups", tables.groups),
            ("brands", tables.brands),
            ("custom_statuses", tables.custom_statuses),
            ("ticket_fields", tables.ticket_fields),
            ("user_fields", tables.user_fields),
            ("organization_fields", tables.organization_fields),
        )
        return (
            ("POST", "/oauth/tokens", self.doorkeeper.token),
            ("GET", "/oauth/authorizations/new", self.doorkeeper.authorize),
            *(("GET", _API + path, handler) for path, handler in asked),
        )

    def deeds(self) -> dict[str, Callable[..., Any]]:
        door = {"expire_tokens": self.doorkeeper.expire, "revoke_tokens": self.doorkeeper.revoke}
        return {**self.deed.by_name, **door}

    def drills(self) -> Mapping[str, Drill]:
        return Drills(self.records, self.deed).by_stream

    def documented_limits(self) -> Mapping[str, Limit]:
        return documented_limits()

    def expire_tokens(self) -> None:
        self.doorkeeper.expire()

    def write_something(self) -> None:
        self.deed.something()

    def path(self, path: str) -> str:
        return path.removesuffix(".json")

    def authorized(self, request: Request, route: str) -> Response | None:
        if (elsewhere := self._not_here(request)) is not None or route.startswith("/oauth/"):
            return elsewhere
        scopes = self.doorkeeper.scopes(request)
        if scopes is None:
            return self._stranger(request, route)
        for part, shape in self.switches.forbidden.items():
            if part in route:
                return bodies.forbidden(shape)
        if self.switches.role != "admin" and any(part in route for part in _ADMIN_ONLY):
            return bodies.forbidden("ticketing")
        return None if {"read", *_scopes(route)} & scopes else bodies.forbidden("object")

    def _not_here(self, request: Request) -> Response | None:
        if not self.switches.exists:
            return Response(b"", 404)
        if self.switches.moved_to is not None:
            return RedirectResponse(f"{self.switches.moved_to}{request.url.path}", 302)
        return None

    def buckets(self, route: str) -> Sequence[str]:
        if route.startswith("/oauth/"):
            return ()
        return ("account", *(name for part, name in _BUCKETS if part in route))

    def limit_headers(self, allowances: dict[str, Allowance]) -> dict[str, str]:
        family = self.switches.headers
        headers: dict[str, str] = {}
        for name, each in allowances.items():
            if name != "account":
                told = f"total={each.limit.requests}; remaining={each.remaining}; resets={each.resets}"
                headers |= {_HEADERS[name]: told} if family != "none" else {}
                continue
            if family in {"both", "old"}:
                headers |= {"x-rate-limit": str(each.limit.requests), "x-rate-limit-remaining": str(each.remaining)}
            if family in {"both", "new"}:
                headers |= {"ratelimit-limit": str(each.limit.requests), "ratelimit-remaining": str(each.remaining)}
                headers |= {"ratelimit-reset": str(each.resets)}
        return headers

    def refusal(self, fault: Fault) -> Response:
        return bodies.edge_too_many() if fault.kind == "edge" else bodies.too_many()

    def unknown(self, request: Request) -> Response:
        del request
        return bodies.no_endpoint()

    def _me(self, request: Request) -> Response:
        return Tables(self._account, self.switches).me(request, known=self.doorkeeper.scopes(request) is not None)

    def _stranger(self, request: Request, route: str) -> Response | None:
        if request.headers.get("authorization", "").startswith("Bearer"):
            return bodies.invalid_token()
        return None if route.endswith("/users/me") else bodies.unauthenticated()


def _scopes(route: str) -> set[str]:
    """Return the narrow scopes that open *route*; `read` opens everything."""
    named = {f"{scope}:read" for part, scope in _RESOURCES.items() if f"/{part}" in route}
    if "/guide/" in route:
        return {"hc:read"}
    return named or {"tickets:read", "users:read"}
