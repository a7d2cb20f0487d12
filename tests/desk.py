"""A vendor on this machine that says what a test, or a recording, lets it say."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request
from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from starlette.types import Receive, Scope, Send

    from latido.connect import Page
    from latido.schema import Record


def recorded(file: Path) -> Any:
    """Return a recorded answer."""
    return orjson.loads(file.read_bytes())


@dataclass(frozen=True, slots=True)
class Says:
    """An answer that is not simply 200 with JSON; a body that is text is sent as HTML, unless *headers* name a type."""

    status: int
    body: Any = ""
    headers: dict[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        if isinstance(self.body, bytes):
            return Response(self.body, self.status, self.headers)
        if isinstance(self.body, str):
            return Response(self.body, self.status, self.headers, media_type="text/html")
        return Response(orjson.dumps(self.body), self.status, self.headers, media_type="application/json")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came in; the body of a form is a dictionary too."""

    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    body: Any


class Desk:
    """Answers each path with what was agreed for it, one after the other, the last again and again."""

    below = "/"
    """The folder that paths without a slash at their beginning lie in."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[Asked] = []
        self._answers: dict[str, list[Any]] = defaultdict(list)
        self._locks: dict[str, tuple[str, Says]] = {}

    def on(self, path: str, *answers: Any) -> Self:
        """Answer *path* with *answers*: bodies, or `Says`."""
        self._answers[self._whole(path)] = list(answers)
        return self

    def lock(self, path: str, authorization: str, refusal: Says) -> Self:
        """Answer *path* only who has this *authorization*, and others with *refusal*, in whatever order they come."""
        self._locks[self._whole(path)] = authorization, refusal
        return self

    def requests(self, path: str) -> list[Asked]:
        """Return the requests of *path*."""
        return [each for each in self.asked if each.path == self._whole(path)]

    def params(self, path: str, name: str) -> list[str | None]:
        """Return what each request of *path* said for the parameter *name*."""
        return [each.params.get(name) for each in self.requests(path)]

    def spelled(self, path: str) -> str:
        """Return *path* as `on` spells it."""
        return path

    def routed(self, asked: Asked) -> str:
        """Return under which path answers to what was *asked* are agreed on."""
        return asked.path

    def unknown(self) -> Says:
        """Return the answer to what nobody agreed on."""
        return Says(404, {"message": "not found"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        path = self.spelled(request.url.path)
        asked = Asked(request.method, path, dict(request.query_params), dict(request.headers), _decoded(request, body))
        self.asked.append(asked)
        says = self._refusal(asked) or self._answer(self.routed(asked))
        await says.response()(scope, receive, send)

    def _refusal(self, asked: Asked) -> Says | None:
        authorization, refusal = self._locks.get(asked.path, (None, None))
        return None if asked.headers.get("authorization") == authorization else refusal

    def _answer(self, path: str) -> Says:
        answers = self._answers[path]
        if not answers:
            return self.unknown()
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return answer if isinstance(answer, Says) else Says(200, answer)

    def _whole(self, path: str) -> str:
        return path if path.startswith("/") else f"{self.below}{path}"


class Front:
    """One server for all tests: to begin and end one takes longer than most of them."""

    url = ""
    desk: Desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.desk(scope, receive, send)


def rows(pages: Iterable[Page], entity: type[Record]) -> list[Any]:
    """Return the records of *entity* in *pages*."""
    return [record for page in pages for each in page.rows if each.entity is entity for record in each]


def last_cursor(pages: Iterable[Page]) -> Any:
    """Return where *pages* end."""
    return [page.cursor for page in pages if page.cursor is not None][-1]


def _decoded(request: Request, body: bytes) -> Any:
    if not body:
        return None
    if "form" in request.headers.get("content-type", ""):
        return dict(parse_qsl(body.decode()))
    return orjson.loads(body)
