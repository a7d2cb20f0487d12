"""A help desk on this machine that says what a test, or a recording, lets it say."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from latido.connect import Runtime
from latido_zendesk.connector import Zendesk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import Receive, Scope, Send

    from latido.connect import Page, Stream
    from latido.messages import Message
    from latido.schema import Record
    from latido.testing import ManualClock

RECORDED = Path(__file__).parent / "recorded"


def recorded(name: str) -> Any:
    """Return a recorded answer."""
    return orjson.loads((RECORDED / name).read_bytes())


@dataclass(frozen=True, slots=True)
class Says:
    """An answer that is not simply 200 with JSON; a body that is text is sent as HTML."""

    status: int
    body: Any = ""
    headers: dict[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        if isinstance(self.body, str):
            return Response(self.body, self.status, self.headers, media_type="text/html")
        return Response(orjson.dumps(self.body), self.status, self.headers, media_type="application/json")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came in."""

    path: str
    params: dict[str, str]
    headers: dict[str, str]
    body: Any


class Desk:
    """Answers each path with what was agreed for it, one after the other, the last again and again."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[Asked] = []
        self._answers: dict[str, list[Any]] = defaultdict(list)
        self.on("/oauth/tokens", {"access_token": "secret-access", "token_type": "bearer", "expires_in": None})
        self.on("users/me", {"user": {"id": 7001, "name": "Zoe", "role": "admin", "active": True}})
        for table in ("groups", "custom_statuses", "users", "ticket_fields", "user_fields", "organization_fields"):
            self.on(table, {table: []})

    def on(self, path: str, *answers: Any) -> Desk:
        """Answer *path* (below /api/v2/ unless it begins with a slash) with *answers*."""
        self._answers[_whole(path)] = list(answers)
        return self

    def requests(self, path: str) -> list[Asked]:
        """Return the requests of *path*."""
        return [each for each in self.asked if each.path == _whole(path)]

    def params(self, path: str, name: str) -> list[str | None]:
        """Return what each request of *path* said for the parameter *name*."""
        return [each.params.get(name) for each in self.requests(path)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        path = request.url.path.removesuffix(".json")
        said = orjson.loads(body) if body else None
        self.asked.append(Asked(path, dict(request.query_params), dict(request.headers), said))
        await self._answer(path).response()(scope, receive, send)

    def _answer(self, path: str) -> Says:
        answers = self._answers[path]
        if not answers:
            return Says(404, {"error": "InvalidEndpoint", "description": "Not found"})
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return answer if isinstance(answer, Says) else Says(200, answer)


class Office:
    """Makes connectors that speak to a desk, by a clock that stands still until somebody waits."""

    def __init__(self, desk: Desk, folder: Path, clock: ManualClock) -> None:
        self.desk = desk
        self.folder = folder
        self.clock = clock
        self.warnings: list[str] = []
        self._connectors: list[Zendesk] = []

    def settings(self, **more: Any) -> Any:
        said = {"connector": "zendesk", "base_url": self.desk.url, "client_id": "latido", "client_secret": "the-secret"}
        return Zendesk.Settings.model_validate({**said, **more})

    def runtime(self, **more: Any) -> Runtime:
        return Runtime("support", clock=self.clock, folder=self.folder, warn=self._note, **more)

    def zendesk(self, **settings: Any) -> Zendesk:
        connector = Zendesk(self.settings(**settings), self.runtime())
        self._connectors.append(connector)
        return connector

    def close(self) -> None:
        for connector in self._connectors:
            connector.close()

    def stream(self, name: str, **settings: Any) -> Stream:
        """Return the stream *name*, which the settings have chosen."""
        connector = self.zendesk(**{"streams": [name], **settings})
        return next(each for each in connector.streams() if each.name == name)

    def pages(self, name: str, cursor: Any = None, **settings: Any) -> list[Page]:
        """Return what the stream *name* reads from *cursor*, by default everything."""
        stream = self.stream(name, **settings)
        return list(stream.pages(stream.start(None) if cursor is None else cursor))

    def _note(self, message: Message) -> None:
        self.warnings.append(str(message))


def rows(pages: Iterable[Page], entity: type[Record]) -> list[Any]:
    """Return the records of *entity* in *pages*."""
    return [record for page in pages for each in page.rows if each.entity is entity for record in each]


def last_cursor(pages: Iterable[Page]) -> Any:
    """Return where *pages* end."""
    return [page.cursor for page in pages if page.cursor is not None][-1]


def _whole(path: str) -> str:
    return path if path.startswith("/") else f"/api/v2/{path}"
