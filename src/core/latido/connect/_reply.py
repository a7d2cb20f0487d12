"""What came back, and what it means for asking again."""

from __future__ import annotations

from enum import Enum, auto
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson

from latido.connect._lenient import leniently

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latido.connect._shape import Shape

JSON = "application/json"

_UNREAD = object()


class Reply:
    """An answer, read whole. The names of `headers` are found in upper and lower case."""

    __slots__ = ("_json", "_shape", "body", "headers", "status")

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes, shape: Shape | None = None) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self._json: Any = _UNREAD
        self._shape = shape

    def json(self) -> Any:
        """Return the decoded body, None if it is empty; of an asked shape, only that.

        Raises ValueError if it is not JSON; decodes only once.
        """
        if self._json is _UNREAD:
            decode = self._shape.decode if self._shape and self.status == HTTPStatus.OK else orjson.loads
            try:
                self._json = decode(self.body) if self.body else None
            except ValueError:
                self._json = leniently(self.body)
        return self._json

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Trouble(Enum):
    """What may be wrong with an answer, by what helps.

    THROTTLED waits as long as it is asked to, EXHAUSTED is a quota that no run waits for, FAILING and BROKEN (not
    readable) are tried a few times more, REFUSED is final.
    """

    NOTHING = auto()
    REDIRECTED = auto()
    UNAUTHORIZED = auto()
    REFUSED = auto()
    CONFLICT = auto()
    THROTTLED = auto()
    EXHAUSTED = auto()
    FAILING = auto()
    BROKEN = auto()


_BY_STATUS: dict[int, Trouble] = {
    HTTPStatus.UNAUTHORIZED: Trouble.UNAUTHORIZED,
    HTTPStatus.REQUEST_TIMEOUT: Trouble.FAILING,
    HTTPStatus.CONFLICT: Trouble.CONFLICT,
    HTTPStatus.TOO_MANY_REQUESTS: Trouble.THROTTLED,
}


def trouble(reply: Reply, accepts: str) -> Trouble:
    """Return what is wrong with *reply* by HTTP's own rules."""
    if reply.status in _BY_STATUS:
        return _BY_STATUS[reply.status]
    match reply.status // 100:
        case 2:
            return Trouble.NOTHING if _readable(reply, accepts) else Trouble.BROKEN
        case 3:
            return Trouble.REDIRECTED
        case 4:
            return Trouble.REFUSED
        case _:
            return Trouble.THROTTLED if _asks_to_wait(reply) else Trouble.FAILING


def _asks_to_wait(reply: Reply) -> bool:
    """Maintenance says how long it takes; an overloaded gateway does not."""
    return reply.status == HTTPStatus.SERVICE_UNAVAILABLE and "retry-after" in reply.headers


def _readable(reply: Reply, accepts: str) -> bool:
    """Whether the answer is what was asked for: an edge may send a page of its own; JSON may break off."""
    if reply.status == HTTPStatus.NO_CONTENT:
        return True
    if accepts != JSON:
        return reply.content_type == accepts
    try:
        reply.json()
    except ValueError:
        return False
    return bool(reply.body)
