"""The sandbox: a portal's doors, its limits, who may call what."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, ClassVar

from starlette.responses import RedirectResponse

from latido.testing import Known, Sandbox, json
from latido_bitrix24.sandbox import _bodies as bodies
from latido_bitrix24.sandbox._batch import PARTS, Batch
from latido_bitrix24.sandbox._bodies import Answer, Failure
from latido_bitrix24.sandbox._deeds import Deeds
from latido_bitrix24.sandbox._drills import Drills
from latido_bitrix24.sandbox._events import Events
from latido_bitrix24.sandbox._methods import Methods
from latido_bitrix24.sandbox._oauth import CLIENT_ID, CLIENT_SECRET, SECRET, USER, Doorkeeper
from latido_bitrix24.sandbox._params import asked
from latido_bitrix24.sandbox._records import Records
from latido_bitrix24.sandbox._service import Service
from latido_bitrix24.sandbox._switches import BitrixSwitches, MethodFault, documented_limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from latido.connect import Clock
    from latido.testing import Drill, Fault, Handler, Limit, World
    from latido.testing.world import Ticket
    from latido_bitrix24.sandbox._desk import Kept

ZONE = "Europe/Madrid"
PORTAL = "https://latido.bitrix24.com"
"""Where the portal says that it is; `base_url` leads here."""

SURVEYS = {
    "answers": {
        "items": "spa:134", "score": "ufCrm6Score", "kind_field": "ufCrm6Kind", "comment": "ufCrm6Comment",
        "ticket": "parentId130", "scales": {
            "nps": {"scale_min": 0, "scale_max": 10}, "csat": {"scale_min": 1, "scale_max": 5},
            "ces": {"scale_min": 1, "scale_max": 7},
        },
    },
}  # fmt: skip
CHURN = {"field": "ufCrm2Estado", "values": ["Baja"], "since": "ufCrm2_BAJA"}
"""Where this portal keeps answers, and what in it says that a customer has left."""


class BitrixSandbox(Sandbox):
    """A portal in *zone*, with *world* in it, where support has *kept* its tickets in one of three places.

    `deed` changes records, `doorkeeper` tokens; `events` is the queue of offline events. `called` counts calls of
    methods, those in batches included. `known`: neither promises nor thumbs are told.
    """

    known: ClassVar[Known] = Known(
        promises=False,
        thumbs=False,
        remarks="each",
        holds=frozenset({"accounts", "deals", "contracts", "recommendations"}),
        forgets=frozenset({"askers", "buyers", "people"}),
        addressed=False,
    )

    Switches: ClassVar[type[BitrixSwitches]] = BitrixSwitches
    switches: BitrixSwitches

    def __init__(
        self, world: World, clock: Clock | None = None, *, zone: str = ZONE, copies: int = 1, kept: Kept = "spa"
    ) -> None:
        self.world = world
        super().__init__(clock)
        self.records = Records(world, zone, copies, kept)
        self.called: Counter[str] = Counter()
        self.doorkeeper = Doorkeeper(self.clock, self.switches)
        self._service = Service(self.records, self.switches, self.clock, self.lock)
        self.events = Events(self._service)
        self._methods = Methods(self._service, self.events)
        self.deed = Deeds(self._service, self.events)
        self._batch = Batch(self._methods, self._called)

    def settings(self, *, oauth: bool = False) -> dict[str, Any]:
        """Return how the connector comes in: by an inbound webhook, or with *oauth* as a local application."""
        said = {"connector": "bitrix24", "base_url": self.url, "surveys": SURVEYS, "churn": CHURN}
        if not oauth:
            return {**said, "webhook_url": f"{PORTAL}/rest/{USER}/{SECRET}/"}
        return {**said, "portal": self.url, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}

    def tailored(self) -> dict[str, Any]:
        own = {"accounts": {"tax_id": "ufCrm_1700000001"}, "deals": {"supersedes": "ufCrm_1698765435"}}
        return {**self.settings(), "fields": own}

    def routes(self) -> Sequence[tuple[str, str, Handler]]:
        return (
            *((method, "/rest/{user}/{secret}/{name}", self._single) for method in ("POST", "GET")),
            *((method, "/rest/{name}", self._single) for method in ("POST", "GET")),
            *((method, "/oauth/token/", self.doorkeeper.token) for method in ("POST", "GET")),
            ("GET", "/oauth/authorize/", self.doorkeeper.authorize),
        )

    def tickets(self) -> Iterator[Ticket]:
        return self.records.desk.tickets()

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

    def path(self, path: str) -> str:
        return path.removeprefix(self.switches.folder)

    def named(self, route: str, request: Request) -> str:
        """Name the method, so that one of them can go wrong."""
        name = request.path_params.get("name")
        return route if name is None else f"/rest/{name.removesuffix('.json')}"

    def buckets(self, route: str) -> Sequence[str]:
        return ("portal",) if route.startswith("/rest/") else ()

    def authorized(self, request: Request, route: str) -> Response | None:
        if not route.startswith("/rest/"):
            return None
        if self.switches.moved_to is not None:
            return RedirectResponse(f"{self.switches.moved_to}{request.url.path}", 302)
        try:
            self._let_in(request)
        except Failure as failure:
            return failure.response()
        return None

    def refusal(self, fault: Fault) -> Response:
        if fault.kind == "edge":
            return bodies.gateway()
        return bodies.too_fast().response()

    def unknown(self, request: Request) -> Response:
        del request
        return bodies.no_method().response()

    def _let_in(self, request: Request) -> None:
        if self.switches.https_only and request.url.scheme == "http":
            raise Failure("INVALID_REQUEST", "Https required.")
        if not self.switches.commercial:
            raise bodies.denied("REST API is available only on commercial plans.")
        self.shown.add(self.doorkeeper.admit(request))
        self._methods.by_application = "secret" not in request.path_params

    def _single(self, request: Request) -> Response:
        """Answer a call of one method, or of `batch`."""
        name, params = request.path_params["name"].removesuffix(".json"), asked(request)
        try:
            if name == "batch":
                return json({"result": self._batched(params), "time": self._methods.time(name)})
            answer = self._called(name, params) or Answer([])
        except Failure as failure:
            return failure.response()
        told = {"total": answer.total, "next": answer.next}
        shown = {key: value for key, value in told.items() if value is not None}
        return json({"result": answer.result, **shown, "time": self._methods.time(name, answer.seconds)})

    def _batched(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return the result of a batch; one that goes wrong may come back with nothing in it."""
        fault = self._fault("batch")
        if fault is None:
            return self._batch.run(params, keyless=self.switches.keyless)
        if not fault.empty:
            raise Failure(fault.error, fault.description, fault.status)
        return {part: [] for part in PARTS}

    def _called(self, name: str, params: Mapping[str, Any]) -> Answer | None:
        """Return what a method answers, None if its answer gets lost; raises Failure."""
        known = f"{name}:{params['entityTypeId']}" if "entityTypeId" in params else name
        fault = self._fault(known)
        if fault is None:
            return self._methods.call(name, params)
        if fault.lost or fault.empty:
            return None if fault.lost else Answer([])
        raise Failure(fault.error, fault.description, fault.status)

    def _fault(self, method: str) -> MethodFault | None:
        """Count a call, and return in what it goes wrong."""
        self.called[method] += 1
        return next((each for each in self.switches.method_faults if each.strikes(method)), None)
