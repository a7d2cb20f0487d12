"""Cursor-based pagination: `page[size]` and `page[after]`, at most a hundred rows, a thousand in a search."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from latido.testing import json_bytes
from latido_zendesk.sandbox import _bodies as bodies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from latido_zendesk.sandbox._switches import ZendeskSwitches

_PAGE = 100
_OBP_DEEPEST = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page of a list is asked for: behind `mark` (None: the first), at most `size` rows."""

    size: int
    mark: int | None


def asked_page(request: Request, switches: ZendeskSwitches, *, most: int = _PAGE) -> Asked | Response:
    """Return what *request* asks for, or the refusal."""
    query = request.query_params
    size = _whole(query.get("page[size]", str(min(most, _PAGE))))
    if size is None or not 1 <= size <= most:
        return bodies.bad_page(f"page[size] must be between 1 and {most}")
    size = switches.at_most(size)
    after = query.get("page[after]")
    if after is None:
        return Asked(size, None)
    mark = None if switches.bad_cursors else _opened(after)
    return bodies.bad_page("page[after] is not a valid cursor") if mark is None else Asked(size, mark)


def page(url: str, request: Request, asked: Asked, lists: Lists) -> Response:
    """Return the page: a cursor is there on the last one too, but not on an empty one."""
    marked = list(islice(lists.rows, asked.size + 1))
    shown, more = marked[: asked.size], len(marked) > asked.size
    first, last = (_sealed(shown[0][0]), _sealed(shown[-1][0])) if shown else (None, None)
    rest = {
        **lists.rest,
        "meta": {"has_more": more, "after_cursor": last, "before_cursor": first},
        "links": {"prev": _link(url, request, "before", first), "next": _link(url, request, "after", last)},
    }
    return json_bytes(bodies.envelope(lists.render([number for _, number in shown]), rest))


@dataclass(frozen=True, slots=True)
class Lists:
    """What a page shows: rows as (mark, number), how to render them, and what else the answer says."""

    rows: Iterator[tuple[int, int]]
    render: Callable[[list[int]], Iterable[bytes]]
    rest: Mapping[str, Any]


def offset_page(request: Request) -> tuple[int, int] | Response:
    """Return first row and number of rows of the older way, `page` and `per_page`; deep pages are refused."""
    query = request.query_params
    number, size = _whole(query.get("page", "1")), _whole(query.get("per_page", str(_PAGE)))
    if not number or not size:
        return bodies.bad_page("page and per_page must be positive integers")
    if number > _OBP_DEEPEST:
        return bodies.bad_page("Page should be between 1 and 100")
    size = min(size, _PAGE)
    return (number - 1) * size, size


def by_cursor(request: Request) -> bool:
    """Return whether *request* asks for cursor-based pages."""
    return any(name.startswith("page[") for name in request.query_params)


def _link(url: str, request: Request, way: str, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    query = {name: value for name, value in request.query_params.items() if not name.startswith("page[")}
    size = request.query_params.get("page[size]", _PAGE)
    return f"{url}?{bodies.query(**query, **{f'page[{way}]': cursor, 'page[size]': size})}"


def _sealed(mark: int) -> str:
    value = base64.b64encode(mark.to_bytes(12, "big")).decode()
    return bodies.opaque(f'{{"o":"id","v":"{value}"}}')


def _opened(cursor: str) -> int | None:
    try:
        inner = base64.b64decode(cursor, validate=True).decode().split('"')[7]
        return int.from_bytes(base64.b64decode(inner, validate=True), "big")
    except (binascii.Error, ValueError, IndexError):
        return None


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() else None
