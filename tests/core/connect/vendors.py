"""Vendors that say what a test wants to hear."""

from __future__ import annotations

import threading
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import httpx
import orjson

from latido.connect import Http, Runtime
from latido.testing import ManualClock

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

HOST = "https://vendor.test"
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)

Outcome: TypeAlias = "httpx.Response | Exception"


def answer(status: int = 200, body: Any = None, **headers: str) -> httpx.Response:
    """Return an answer with *body* as JSON (or as it is, if bytes); header names are written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if isinstance(body, bytes):
        return httpx.Response(status, content=body, headers=named)
    return httpx.Response(status, json={} if body is None else body, headers=named)


class Scripted(httpx.BaseTransport):
    """Gives its *outcomes* one after the other, the last one again and again, and keeps the requests."""

    def __init__(self, *outcomes: Outcome) -> None:
        self._outcomes = list(outcomes)
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        outcome = self._outcomes.pop(0) if len(self._outcomes) > 1 else self._outcomes[0]
        if isinstance(outcome, Exception):
            raise outcome
        return httpx.Response(outcome.status_code, headers=outcome.headers, content=outcome.content)


@dataclass
class Setting:
    """One vendor behind a transport, with a clock that stands still until somebody waits."""

    transport: httpx.BaseTransport
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOON))
    stopping: threading.Event = field(default_factory=threading.Event)
    folder: Path = Path("/nowhere")

    @property
    def runtime(self) -> Runtime:
        return Runtime("support", self.clock, self.transport, self.folder, stopping=self.stopping)

    def http(self, **arguments: Any) -> Http:
        return Http(HOST, self.runtime, **arguments)


@dataclass(frozen=True)
class Asked:
    """A request as it came over the wire."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    connection: int


def raw(body: bytes, status: str = "200 OK", length: int | None = None, **headers: str) -> bytes:
    """Return a whole answer as bytes, with a `Content-Length` that may lie."""
    lines = {"Content-Type": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}}
    lines["Content-Length"] = str(len(body) if length is None else length)
    head = "".join(f"{name}: {text}\r\n" for name, text in lines.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def raw_json(body: Any, status: str = "200 OK", **headers: str) -> bytes:
    return raw(orjson.dumps(body), status, None, **headers)


class Loopback:
    """A server on this machine that says what *say* returns, and keeps what it was asked."""

    def __init__(self, say: Callable[[Asked], bytes]) -> None:
        self.asked: list[Asked] = []
        self.clock = ManualClock(NOON)
        self._open = ExitStack()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(say, self.asked))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def runtime(self, folder: Path = Path("/nowhere")) -> Runtime:
        return Runtime("support", clock=self.clock, folder=folder)

    def http(self, path: str = "", **arguments: Any) -> Http:
        """Return a way to this server, closed when the server ends."""
        return self._open.enter_context(closing(Http(self.url + path, self.runtime(), **arguments)))

    def stop(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()
        self.stop()


def _handler(say: Callable[[Asked], bytes], asked: list[Asked]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Asked(self.command, self.path, headers, body, self.client_address[1])
            asked.append(request)
            said = say(request)
            self.wfile.write(said)
            head, _blank, content = said.partition(b"\r\n\r\n")
            self.close_connection = f"Content-Length: {len(content)}\r\n".encode() not in head + b"\r\n"

        do_POST = do_DELETE = do_GET  # noqa: N815 - the names that the server calls

        def log_message(self, *_arguments: object) -> None:
            """A test says nothing."""

    return Handler
