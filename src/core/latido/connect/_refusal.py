"""What a vendor says when it says no."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from latido.connect._redact import redacted
from latido.errors import LatidoError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latido.messages import Message

LONGEST = 200
"""Characters of a vendor's sentence that are shown."""


class Refused(LatidoError):
    """The vendor will not do what was asked, and asking again does not help. Whoever asked decides what that means.

    `body` is the parsed JSON answer, None if it was none; `sentence` what the vendor says in it, for people.
    """

    def __init__(
        self, message: Message, status: int, body: Any, headers: Mapping[str, str], hint: Message | None = None
    ) -> None:
        super().__init__(message, hint)
        self.status = status
        self.body = body
        self.headers = headers
        if status == HTTPStatus.FORBIDDEN:
            self.exit_code = 4  # type: ignore[misc]  # a missing scope, role or plan

    @property
    def sentence(self) -> str:
        return sentence(self.body)


def sentence(body: Any) -> str:
    """Return what a vendor's error *body* says, in one short line without secrets; empty if it says nothing.

    Vendors put it into `error` (a code or an object), into `errors[]`, beside them, or into a bare list.
    """
    said = " ".join(": ".join(dict.fromkeys(_parts(body))).split())
    return redacted(said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…")


def _parts(body: Any) -> list[str]:
    if isinstance(body, str):
        return [body] if body else []
    if isinstance(body, list):
        return _parts(body[0]) if body else []
    if not isinstance(body, dict):
        return []
    names = ("error", "errorCode", "title", "error_description", "description", "message", "detail", "errors")
    return [part for name in names for part in _parts(body.get(name))]
