"""HubSpot's envelopes and refusals."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from latido.testing import json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NOT_FOUND = (
    b'<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>\n'
    b"<title>Error 404 Not Found</title>\n</head>\n<body><h2>HTTP ERROR 404</h2>\n<p>Resource not found</p>\n"
    b"</body>\n</html>\n"
)
_POLICIES = {
    "account": ("TEN_SECONDLY_ROLLING", "ten_secondly_rolling"),
    "search": ("SECONDLY", "secondly"),
    "daily": ("DAILY", "daily"),
}
_turns = count(1)


def correlation() -> str:
    """Return the next name of an exchange, for HubSpot's support to find it by."""
    return f"0fce89d5-9ed8-41f5-b4c4-{next(_turns):012x}"


def page(rows: Iterable[bytes], after: str | None, link: str | None = None, total: int | None = None) -> bytes:
    """Return a page of ready *rows*. Without *after* it has no `paging` at all."""
    begin = b"" if total is None else b'"total":%d,' % total
    if after is None:
        return b'{%b"results":[%b]}' % (begin, b",".join(rows))
    more = b"" if link is None else b',"link":"%b"' % link.encode()
    ending = b'"paging":{"next":{"after":"%b"%b}}' % (after.encode(), more)
    return b'{%b"results":[%b],%b}' % (begin, b",".join(rows), ending)


def error(status: int, message: str, category: str, **more: Any) -> Response:
    body = {"status": "error", "message": message, "correlationId": correlation(), "category": category}
    return json(body | more, status)


def invalid(message: str) -> Response:
    return error(400, message, "VALIDATION_ERROR")


def not_found() -> Response:
    """Return the page for people that HubSpot answers for a record, or a path, that is not there."""
    return Response(_NOT_FOUND, 404, {"content-type": "text/html;charset=iso-8859-1", "X-HubSpot-NotFound": "true"})


def no_object(message: str) -> Response:
    return error(404, message, "OBJECT_NOT_FOUND")


def no_credentials() -> Response:
    return error(401, "Authentication credentials not found.", "INVALID_AUTHENTICATION")


def unknown_token() -> Response:
    message = "Authentication credentials not found. This API supports OAuth 2.0 authentication."
    return error(401, message, "INVALID_AUTHENTICATION")


def expired_token(seconds: int) -> Response:
    message = f"The OAuth token used to make this call expired {seconds} second(s) ago."
    return error(401, message, "EXPIRED_AUTHENTICATION")


def missing_scopes(scopes: Sequence[str]) -> Response:
    missing = {
        "message": "One or more of the following scopes are required.",
        "context": {"requiredGranularScopes": list(scopes)},
    }
    message = "This app hasn't been granted all required scopes to make this call."
    return error(403, message, "MISSING_SCOPES", errors=[missing])


def not_in_plan(name: str) -> Response:
    return error(403, f"This portal does not have access to {name}.", "BANNED")


def too_many(bucket: str) -> Response:
    """Return the 429 of the limit *bucket*."""
    policy, words = _POLICIES.get(bucket, _POLICIES["account"])
    body = {
        "status": "error",
        "message": f"You have reached your {words} limit.",
        "errorType": "RATE_LIMIT",
        "correlationId": correlation(),
        "policyName": policy,
        "groupName": "publicapi:private-apps:api-calls:daily",
    }
    return json(body, 429)


def edge_too_many() -> Response:
    return Response(b"<html><title>429 Too Many Requests</title></html>", 429, media_type="text/html")


def too_long() -> Response:
    page = b"<html><head><title>414 Request-URI Too Large</title></head></html>"
    return Response(page, 414, media_type="text/html")


def broken() -> Response:
    """Return what HubSpot answers where it trips over itself."""
    return error(500, "internal error", "INTERNAL_ERROR")


def batch(rows: Iterable[bytes], errors: Sequence[dict[str, Any]], at: str) -> tuple[bytes, int]:
    """Return the answer of a batch and its status: 207 once something was not found."""
    import orjson

    times = b'"startedAt":"%b","completedAt":"%b"' % (at.encode(), at.encode())
    listed = b'"status":"COMPLETE","results":[%b]' % b",".join(rows)
    if not errors:
        return b"{%b,%b}" % (listed, times), 200
    wrong = b'"numErrors":%d,"errors":%b' % (len(errors), orjson.dumps(list(errors)))
    return b"{%b,%b,%b}" % (listed, wrong, times), 207
