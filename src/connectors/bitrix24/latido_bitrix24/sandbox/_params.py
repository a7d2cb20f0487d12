"""What a request asks: JSON, a form or a query, in PHP's notation of nested arrays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import orjson

from latido.testing import body_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request

_KEYS = re.compile(r"\[([^\]]*)\]")


def asked(request: Request) -> dict[str, Any]:
    """Return the parameters of a request: those of its address, and those of its body over them."""
    found = nested(request.query_params.multi_items())
    body = body_of(request)
    if not body:
        return found
    if "json" in request.headers.get("content-type", ""):
        told = orjson.loads(body)
        return found | (told if isinstance(told, dict) else {})
    return found | nested(parse_qsl(body.decode(), keep_blank_values=True))


def query(text: str) -> dict[str, Any]:
    """Return the parameters that a command of a batch has behind its `?`."""
    return nested(parse_qsl(text, keep_blank_values=True))


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return `filter[>id]=5` as `{"filter": {">id": "5"}}`; `select[]=id` counts on."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        first, bracket, rest = name.partition("[")
        _put(found, [first, *_KEYS.findall(bracket + rest)], value)
    return found


def listed(value: Any) -> list[Any]:
    """Return an array as a list: PHP does not tell one from an object with numbers as keys."""
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else [value]


def _put(found: dict[str, Any], keys: list[str], value: str) -> None:
    for key in keys[:-1]:
        inner = found.setdefault(key or str(len(found)), {})
        if not isinstance(inner, dict):
            return
        found = inner
    found[keys[-1] or str(len(found))] = value
