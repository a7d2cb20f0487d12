"""A server that behaves like a vendor, with its moods at a switch."""

from __future__ import annotations

import asyncio
import gzip
from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from email.utils import format_datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from latido.testing._faults import Fault, Limit
from latido.testing._imitation import Imitation
from latido.testing._throttle import Allowance, Bucket

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from latido.connect import Clock

Handler: TypeAlias = Callable[[Request], Response]

HTML = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Please wait.</body></html>"
_CONTROL = "/_sandbox/"
_TOO_MANY = 429


class Dropped(Exception):
    """The connection is to break in the middle of the answer."""


class Stats:
    """What was asked and answered since the sandbox began, or since `clear`.

    `refused` counts what the limits refused, with whatever status this vendor does so.
    """

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        self.answers: Counter[int] = Counter()
        self.refused = 0

    @property
    def total(self) -> int:
        return self.requests.total()

    @property
    def too_many(self) -> int:
        """How often 429 was answered."""
        return self.answers[_TOO_MANY]

    def clear(self) -> None:
        self.requests.clear()
        self.answers.clear()
        self.refused = 0

    def asked(self, part: str) -> int:
        """Return how many requests had *part* in their route."""
        return sum(count for route, count in self.requests.items() if part in route)


class Sandbox(Imitation):
    """An ASGI app that answers as a vendor does.

    A vendor's sandbox brings `routes`, its wording of refusals, and `deeds`: what `POST /_sandbox/do` may have done to
    the records. `switches` (or `POST /_sandbox/pathologies`) makes it misbehave; `stats` (or `GET /_sandbox/stats`)
    tells what it was asked, `shown` which credentials came with it. Everything happens under one lock.

    For the conformance suite it also brings `drills`, `documented_limits` and, where tokens die, `expire_tokens`, and
    cuts its pages by `switches.at_most(...)`.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        super().__init__(clock)
        self.stats = Stats()
        self.url = ""
        self.shown: set[str] = set()
        self._buckets: dict[str, Bucket] = {}
        self._last_write = self.clock.monotonic()

    def address(self) -> dict[str, Any]:
        return {"base_url": self.url}

    @abstractmethod
    def routes(self) -> Sequence[tuple[str, str, Handler]]:
        """Return (method, path with {parameters}, handler) of everything that can be asked."""

    @abstractmethod
    def refusal(self, fault: Fault) -> Response:
        """Return this vendor's 429 for a fault `too_many` or `edge`, without Retry-After.

        Where a limit was hit, `path` of the fault is the name that `buckets` has for it.
        """

    def documented_limits(self) -> Mapping[str, Limit]:
        """Return the limits that the vendor documents, by the names that `buckets` has for them."""
        return {}

    def expire_tokens(self) -> None:
        """Reject from now on every access token that was handed out."""

    def write_something(self) -> None:
        """Change one record, as people do while a sync reads."""

    def path(self, path: str) -> str:
        """Return *path* as `routes` spells it."""
        return path

    def named(self, route: str, request: Request) -> str:
        """Return what stats and faults call a *request* of *route*: as `routes` has it, or less general."""
        del request
        return route

    def buckets(self, route: str) -> Sequence[str]:
        """Return the names of the limits that a request of *route* counts against."""
        del route
        return ("all",)

    def limit_headers(self, allowances: dict[str, Allowance]) -> dict[str, str]:
        """Return the headers with which this vendor tells how the limits stand."""
        del allowances
        return {}

    def unknown(self, request: Request) -> Response:
        """Return the answer to a request that has no route."""
        del request
        return json({"error": "not found"}, 404)

    def authorized(self, request: Request, route: str) -> Response | None:
        """Return the refusal of a request that may not be answered, or None."""
        del request, route
        return None

    def fail(self, kind: str, path: str = "", **more: Any) -> None:
        """Let requests go wrong: shorthand for one more `Fault`."""
        with self.lock:
            self.switches.faults.append(Fault.model_validate({"kind": kind, "path": path, **more}))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["path"] = self.path(scope["path"])
        request = Request(scope, receive)
        request.state.body = await request.body()
        if scope["path"].startswith(_CONTROL):
            response = await asyncio.to_thread(self._controlled, request)
            return await response(scope, receive, send)
        if self.switches.latency:
            await asyncio.to_thread(self.clock.sleep, self.switches.latency)
        try:
            with self.lock:
                response = self._answer(request)
        except Dropped:
            return await _broken_off(send)
        await response(scope, receive, send)
        return None

    def _answer(self, request: Request) -> Response:
        route, handler = self._routed(request)
        self.stats.requests[f"{request.method} {route}"] += 1
        if "authorization" in request.headers:
            self.shown.add(request.headers["authorization"])
        self._others_write()
        response = self._packed(request, self._answered(request, route, handler))
        response.headers["date"] = format_datetime(self.clock.now(), usegmt=True)
        self.stats.answers[response.status_code] += 1
        return response

    def _answered(self, request: Request, route: str, handler: Handler) -> Response:
        strikes = [fault for fault in self.switches.faults if fault.strikes(route)]
        for fault in strikes:
            if fault.kind not in {"truncate", "drop"}:
                return self._failed(fault)
        refused, headers = self._throttled(route)
        response = refused or self.authorized(request, route) or handler(request)
        response.headers.update(headers)
        for fault in strikes:
            response = _spoilt(fault, response)
        return response

    def _packed(self, request: Request, response: Response) -> Response:
        if not self.switches.gzip or "gzip" not in request.headers.get("accept-encoding", ""):
            return response
        response.body = gzip.compress(bytes(response.body), 1)
        response.headers.update({"content-encoding": "gzip", "content-length": str(len(response.body))})
        return response

    def _routed(self, request: Request) -> tuple[str, Handler]:
        for route, handler in self._routes:
            match, child = route.matches(request.scope)
            if match is Match.FULL:
                request.scope.update(child)
                return self.named(route.path, request), handler
        return request.url.path, self.unknown

    def _failed(self, fault: Fault) -> Response:
        if fault.kind == "html":
            return Response(HTML, 200, media_type="text/html")
        if fault.kind == "status":
            response = Response(HTML, fault.status, media_type="text/html")
        else:
            response = self.refusal(fault)
        if fault.retry_after is not None:
            response.headers["Retry-After"] = str(fault.retry_after)
        return response

    def _throttled(self, route: str) -> tuple[Response | None, dict[str, str]]:
        now = self.clock.now().timestamp()
        names = [name for name in self.buckets(route) if name in self.switches.limits]
        allowances: dict[str, Allowance] = {}
        for name in names:
            allowances[name] = self._buckets.setdefault(name, Bucket()).ask(self.switches.limits[name], now)
            if not allowances[name].granted:
                break
        headers = self.limit_headers(allowances)
        refused = [(name, each) for name, each in allowances.items() if not each.granted]
        return (self._too_many(*refused[0]) if refused else None), headers

    def _too_many(self, bucket: str, allowance: Allowance) -> Response:
        self.stats.refused += 1
        waits = {"told": allowance.resets, "zero": 0, "absent": None}
        return self._failed(Fault(kind="too_many", path=bucket, retry_after=waits[allowance.limit.retry_after]))

    def _others_write(self) -> None:
        now = self.clock.monotonic()
        due = int((now - self._last_write) * self.switches.writes_per_second)
        if due or not self.switches.writes_per_second:
            self._last_write = now
        for _ in range(due + self.switches.writes_per_request):
            self.write_something()

    def _controlled(self, request: Request) -> Response:
        asked = {name: orjson.loads(value) for name, value in request.query_params.items()}
        body: Any = orjson.loads(body_of(request) or b"{}") | asked
        with self.lock:
            match request.method, request.url.path.removeprefix(_CONTROL):
                case "GET", "stats":
                    return json({"requests": self.stats.requests, "answers": self.stats.answers})
                case "DELETE", "stats":
                    self.stats.clear()
                case "POST", "pathologies":
                    for name, value in body.items():
                        setattr(self.switches, name, value)
                case "POST", "do":
                    return json({"done": self.deeds()[body.pop("what")](**body)})
                case _, _:
                    pass
            return json(self.switches.model_dump())

    @cached_property
    def _routes(self) -> list[tuple[Route, Handler]]:
        return [(Route(path, _asgi, methods=[method]), handler) for method, path, handler in self.routes()]


async def _asgi(scope: Scope, receive: Receive, send: Send) -> None:
    """Stand in for an endpoint: starlette's routes only find the handler here."""


def body_of(request: Request) -> bytes:
    """Return the body of a request that a sandbox answers; it has been read already."""
    body: bytes = request.state.body
    return body


def json(content: Any, status: int = 200) -> Response:
    """Return *content* as a JSON answer."""
    return json_bytes(orjson.dumps(content, option=orjson.OPT_NON_STR_KEYS), status)


def json_bytes(content: bytes, status: int = 200) -> Response:
    """Return *content*, JSON already, as an answer."""
    return Response(content, status, {"content-type": "application/json; charset=utf-8"})


def _spoilt(fault: Fault, response: Response) -> Response:
    if fault.kind == "drop":
        raise Dropped
    body = bytes(response.body)
    return Response(body[: len(body) // 2], response.status_code, {"content-type": response.headers["content-type"]})


async def _broken_off(send: Send) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"', "more_body": True})
    raise ConnectionAbortedError
