"""Answers as Bitrix24 words them: envelopes, errors, and PHP's idea of an empty object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.responses import Response

from latido.testing import json

if TYPE_CHECKING:
    from collections.abc import Mapping


class Answer(NamedTuple):
    """What a method answers; `seconds` of operating time it took."""

    result: Any
    total: int | None = None
    next: int | None = None
    seconds: float = 0


class Failure(Exception):
    """A method fails, with *code* as `error`; `status` is that of an answer to a single call."""

    def __init__(self, code: Any, description: str = "", status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.description = description
        self.status = status

    @property
    def body(self) -> dict[str, Any]:
        return {"error": self.code, "error_description": self.description}

    def response(self) -> Response:
        return json(self.body, self.status)


def php(container: Mapping[str, Any]) -> Any:
    """Return a PHP array as it arrives in JSON: empty, or with the keys 0, 1, 2 ..., it is a list."""
    if list(container) == [str(place) for place in range(len(container))]:
        return list(container.values())
    return container


def not_found() -> Failure:
    return Failure("NOT_FOUND", "Element not found")


def invalid(description: str) -> Failure:
    return Failure("INVALID_ARG_VALUE", description)


def no_method() -> Failure:
    return Failure("ERROR_METHOD_NOT_FOUND", "Method not found!", 404)


def not_supported() -> Failure:
    return Failure("ENTITY_TYPE_NOT_SUPPORTED", "Entity type is not supported")


def denied(description: str = "Access denied!") -> Failure:
    return Failure("ACCESS_DENIED", description, 403)


def too_fast() -> Failure:
    return Failure("QUERY_LIMIT_EXCEEDED", "Too many requests", 503)


def too_long() -> Failure:
    return Failure("OPERATION_TIME_LIMIT", "Method is blocked due to operation time limit.", 429)


def gateway() -> Response:
    """Return what the web server before the portal says when it has had enough."""
    page = b"<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body>nginx</body>\r\n</html>"
    return Response(page, 429, {"content-type": "text/html"})
