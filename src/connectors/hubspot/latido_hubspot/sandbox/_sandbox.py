"""The sandbox: HubSpot's routes, by version and by date, its limits, who may read what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from latido.testing import Known, Sandbox
from latido_hubspot.sandbox import _bodies as bodies
from latido_hubspot.sandbox._associations import Associations
from latido_hubspot.sandbox._campaigns import Campaigns
from latido_hubspot.sandbox._conversations import Conversations
from latido_hubspot.sandbox._currencies import Currencies
from latido_hubspot.sandbox._deeds import Deeds
from latido_hubspot.sandbox._drills import Drills
from latido_hubspot.sandbox._feedback import CSAT
from latido_hubspot.sandbox._kinds import kind_of, scope_of
from latido_hubspot.sandbox._oauth import ACCESS_TOKEN, Doorkeeper
from latido_hubspot.sandbox._objects import Objects
from latido_hubspot.sandbox._records import Records
from latido_hubspot.sandbox._search import Search
from latido_hubspot.sandbox._service import Service
from latido_hubspot.sandbox._switches import HubSpotSwitches, documented_limits
from latido_hubspot.sandbox._tables import Tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from latido.connect import Clock
    from latido.testing import Allowance, Drill, Fault, Handler, Limit, World
    from latido.testing.world import Ticket

_SCOPES = (
    ("/owners", "crm.objects.owners.read"),
    ("/campaigns", "marketing.campaigns.read"),
    ("/currencies", "settings.currencies.read"),
    ("/conversations", "conversations.read"),
)
_SCALES = {str(CSAT.number): {"kind": "csat", "scale_min": 1, "scale_max": 5}}


class HubSpotSandbox(Sandbox):
    """HubSpot, with *world* in it.

    `deed` changes records, `doorkeeper` tokens. `known`: promises and thumbs are not told.
    """

    known: ClassVar[Known] = Known(
        promises=False,
        thumbs=False,
        remarks="satisfaction",
        holds=frozenset({"accounts", "deals", "contracts", "recommendations", "spend", "carts"}),
        spends="by campaign",
        items=False,
        forgets=frozenset({"askers", "buyers", "people"}),
        named=frozenset(),
    )

    Switches: ClassVar[type[HubSpotSwitches]] = HubSpotSwitches
    switches: HubSpotSwitches

    def __init__(self, world: World, clock: Clock | None = None) -> None:
        self.world = world
        super().__init__(clock)
        self.records = Records(world)
        self.doorkeeper = Doorkeeper(self.clock, self.switches)
        self._service = Service(self.records, self.switches, self.clock, self.lock)
        self._campaigns = Campaigns(self._service)
        self.deed = Deeds(self._service, self._campaigns)

    def settings(self) -> dict[str, Any]:
        return {"connector": "hubspot", "base_url": self.url, "access_token": ACCESS_TOKEN, "surveys": _SCALES}

    def tailored(self) -> dict[str, Any]:
        own = {"accounts": {"tax_id": "properties.nif"}, "deals": {"supersedes": "properties.sustituye_a"}}
        return {**self.settings(), "fields": own}

    def tickets(self) -> Iterator[Ticket]:
        return self.records.all_tickets()

    def routes(self) -> Sequence[tuple[str, str, Handler]]:
        objects, search, tables = Objects(self._service), Search(self._service), Tables(self._service)
        links, campaigns = Associations(self._service), self._campaigns
        money, inbox = Currencies(self._service), Conversations(self._service)
        crm: tuple[tuple[str, str, Handler], ...] = (
            ("GET", "objects/{type}", objects.listed),
            ("POST", "objects/{type}/search", search.search),
            ("POST", "objects/{type}/batch/read", objects.batch),
            ("GET", "objects/{type}/{id}", objects.read),
            ("GET", "properties/{type}", tables.properties),
            ("GET", "pipelines/{type}", tables.pipelines),
            ("GET", "owners", tables.owners),
        )
        marketing: tuple[tuple[str, Handler], ...] = (
            ("", campaigns.listed),
            ("/{id}", campaigns.one),
            ("/{id}/budget/totals", campaigns.totals),
            ("/{id}/reports/revenue", campaigns.revenue),
        )
        settings: tuple[tuple[str, Handler], ...] = (
            ("exchange-rates", money.rates),
            ("exchange-rates/current", money.current),
            ("company-currency", money.company),
        )
        return (
            ("GET", "/oauth/authorize", self.doorkeeper.authorize),
            *(("POST", f"/oauth/{version}/token", self.doorkeeper.token) for version in ("v1", "v3", "2026-09")),
            *((method, f"/crm/v3/{path}", handler) for method, path, handler in crm),
            *((method, f"/crm/{_dated(path)}", handler) for method, path, handler in crm),
            ("POST", "/crm/v4/associations/{from}/{to}/batch/read", links.batch),
            ("POST", "/crm/associations/{version}/{from}/{to}/batch/read", links.batch),
            ("GET", "/crm/v4/objects/{from}/{id}/associations/{to}", links.of_one),
            *(("GET", f"/marketing/v3/campaigns{path}", handler) for path, handler in marketing),
            *(("GET", f"/marketing/campaigns/{{version}}{path}", handler) for path, handler in marketing),
            *(("GET", f"/settings/v3/currencies/{path}", handler) for path, handler in settings),
            *(("GET", f"/settings/currencies/{{version}}/{path}", handler) for path, handler in settings),
            ("GET", "/conversations/v3/conversations/threads", inbox.threads),
            ("GET", "/conversations/v3/conversations/threads/{id}/messages", inbox.messages),
            ("GET", "/conversations/conversations/{version}/threads", inbox.threads),
            ("GET", "/conversations/conversations/{version}/threads/{id}/messages", inbox.messages),
            ("GET", "/account-info/{version}/details", tables.account),
            ("GET", "/account-info/{version}/api-usage/daily/private-apps", tables.usage),
        )

    def deeds(self) -> dict[str, Callable[..., Any]]:
        door = {"expire_tokens": self.doorkeeper.expire, "revoke_tokens": self.doorkeeper.revoke}
        return {**self.deed.by_name, **door}

    def write_something(self) -> None:
        self.deed.something()

    def drills(self) -> Mapping[str, Drill]:
        return Drills(self.records, self.deed).by_stream

    def documented_limits(self) -> Mapping[str, Limit]:
        return documented_limits()

    def expire_tokens(self) -> None:
        self.doorkeeper.expire()

    def authorized(self, request: Request, route: str) -> Response | None:
        if len(str(request.url)) > self.switches.longest_url:
            return bodies.too_long()
        if route.startswith("/oauth/"):
            return None
        if (refused := self.doorkeeper.refusal(request)) is not None:
            return refused
        return self._closed(request.path_params, route)

    def _closed(self, names: dict[str, str], route: str) -> Response | None:
        if "/campaigns" in route and "campaigns" in self.switches.not_in_plan:
            return bodies.not_in_plan("campaigns")
        told = [names[key] for key in ("type", "from", "to") if key in names]
        asked = [kind for name in told if (kind := kind_of(name))]
        if len(asked) < len(told):
            return bodies.invalid(f"Unable to infer object type from: {', '.join(told)}")
        for kind in asked:
            if kind.name in self.switches.not_in_plan:
                return bodies.not_in_plan(kind.name)
        needed = [scope_of(kind) for kind in asked] + [scope for part, scope in _SCOPES if part in route]
        missing = [scope for scope in needed if scope in self.switches.missing_scopes]
        return bodies.missing_scopes(missing) if missing else None

    def named(self, route: str, request: Request) -> str:
        """Name the types of objects, so that one of them can go wrong."""
        for key in ("type", "from", "to"):
            route = route.replace(f"{{{key}}}", str(request.path_params.get(key)))
        return route

    def buckets(self, route: str) -> Sequence[str]:
        if route.startswith("/oauth/"):
            return ()
        return ("daily", "search" if route.endswith("/search") else "account")

    def limit_headers(self, allowances: dict[str, Allowance]) -> dict[str, str]:
        """Searches tell nothing but the day's limit."""
        headers = {"X-HubSpot-Correlation-Id": bodies.correlation()}
        if (daily := allowances.get("daily")) is not None:
            headers["X-HubSpot-RateLimit-Daily"] = str(daily.limit.requests)
            headers["X-HubSpot-RateLimit-Daily-Remaining"] = str(daily.remaining)
        if (burst := allowances.get("account")) is not None:
            a_second = burst.limit.requests * 1000 // int(burst.limit.seconds * 1000)
            headers["X-HubSpot-RateLimit-Interval-Milliseconds"] = str(int(burst.limit.seconds * 1000))
            headers["X-HubSpot-RateLimit-Max"] = str(burst.limit.requests)
            headers["X-HubSpot-RateLimit-Remaining"] = str(burst.remaining)
            headers["X-HubSpot-RateLimit-Secondly"] = str(a_second)
            headers["X-HubSpot-RateLimit-Secondly-Remaining"] = str(min(a_second, burst.remaining))
        return headers

    def refusal(self, fault: Fault) -> Response:
        if fault.kind == "edge":
            return bodies.edge_too_many()
        return bodies.too_many("search" if "search" in fault.path else fault.path)

    def unknown(self, request: Request) -> Response:
        del request
        return bodies.not_found()


def _dated(path: str) -> str:
    """Return where *path* stands in the versions by date."""
    resource, slash, rest = path.partition("/")
    return f"{resource}/{{version}}{slash}{rest}"
