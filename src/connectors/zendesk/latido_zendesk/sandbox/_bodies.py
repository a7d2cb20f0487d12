"""Zendesk's envelopes and refusals."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson
from starlette.responses import Response

from latido.testing import json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def listed(name: str, rows: Iterable[bytes]) -> bytes:
    """Return `"name":[rows]`."""
    return b'"%b":[%b]' % (name.encode(), b",".join(rows))


def envelope(lists: Iterable[bytes], rest: Mapping[str, Any]) -> bytes:
    """Return an object of ready *lists* and *rest*, in Zendesk's order."""
    return b"{" + b",".join(lists) + b"," + orjson.dumps(rest)[1:]


def opaque(text: str) -> str:
    """Return a cursor in the manner of Zendesk's."""
    return base64.b64encode(text.encode()).decode()


def query(**more: object) -> str:
    """Return a query as Zendesk's links write it, brackets escaped."""
    return "&".join(f"{quote(name)}={quote(str(value), safe='')}" for name, value in more.items())


def recent() -> Response:
    return json(
        {"error": "InvalidValue", "description": "Too recent start_time. Use a start_time older than 1 minute."}, 422
    )


def bad_start_time() -> Response:
    return json({"error": "InvalidValue", "description": "Invalid start_time"}, 422)


def bad_page(description: str = "page[size] must be between 1 and 100") -> Response:
    return json({"error": "InvalidPaginationParameter", "description": description}, 400)


def bad_cursor() -> Response:
    return json({"error": "InvalidValue", "description": "cursor is invalid"}, 422)


def unauthenticated() -> Response:
    return json({"error": "Couldn't authenticate you"}, 401)


def invalid_token() -> Response:
    description = "The access token provided is expired, revoked, malformed or invalid for other reasons."
    return json({"error": "invalid_token", "error_description": description}, 401)


def not_found() -> Response:
    return json({"error": "RecordNotFound", "description": "Not found"}, 404)


def no_endpoint() -> Response:
    return json({"error": "InvalidEndpoint", "description": "Not found"}, 404)


def too_many() -> Response:
    return json(
        {"error": "APIRateLimitExceeded", "description": "Number of allowed API requests per minute exceeded"}, 429
    )


def edge_too_many() -> Response:
    detail = "Rate limited by Zendesk edge protection"
    return json({"detail": detail, "status": "429", "title": "Automated response"}, 429)


_FORBIDDEN = "You do not have access to this page."


def forbidden(shape: str) -> Response:
    """Return one of the shapes that 403 comes in: `ticketing`, `object`, `text`, `empty`."""
    match shape:
        case "object":
            return json({"error": {"title": "Forbidden", "message": _FORBIDDEN}}, 403)
        case "empty":
            return Response(b"", 403, media_type="text/html")
        case "text":
            return Response(b"<html><body>Access denied</body></html>", 403, media_type="text/html")
        case _:
            more = " Please contact the account owner of this help desk for further help."
            return json({"error": "Forbidden", "description": _FORBIDDEN + more}, 403)
