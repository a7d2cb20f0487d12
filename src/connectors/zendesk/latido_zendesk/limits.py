"""Zendesk's limits, under the names that its headers give them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from latido.connect import ACCOUNT, Bucket

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from latido.connect import Announced

EXPORTS = "incremental-exports"
USERS_EXPORT = "incremental-exports-cursor"
METRIC_EVENTS = "ticket-metric-events"
DELETED_TICKETS = "deleted-tickets-index"
TICKETS_LIST = "tickets-index"
SEARCH_EXPORT = "search-export"

BUCKETS = {
    # The smallest plan's; an answer's headers tell the account's own.
    ACCOUNT: Bucket(200),
    EXPORTS: Bucket(10),
    USERS_EXPORT: Bucket(20),
    # No header of its own was ever seen.
    METRIC_EVENTS: Bucket(10),
    DELETED_TICKETS: Bucket(10),
    # Lists have a limit of their own, 50, only from page 500 on: a header announces it there.
    TICKETS_LIST: Bucket(2500),
    SEARCH_EXPORT: Bucket(100),
}

_OWN = "zendesk-ratelimit-"
_PAIR = re.compile(r"(\w+)\s*=\s*(\d+)")
_LIMIT = ("x-rate-limit", "ratelimit-limit", "rate-limit")
_REMAINING = ("x-rate-limit-remaining", "ratelimit-remaining", "rate-limit-remaining")
_RESET = ("ratelimit-reset", "rate-limit-reset", "x-rate-limit-reset")


def announced(headers: Mapping[str, str]) -> Iterator[Announced]:
    """Yield what *headers* say of each bucket. All of them are optional, and some accounts send older names."""
    said = {name.lower(): value for name, value in headers.items()}
    limit, remaining, reset = (_whole(said, names) for names in (_LIMIT, _REMAINING, _RESET))
    if limit is not None or remaining is not None:
        yield ACCOUNT, limit, remaining, reset
    for name, value in said.items():
        if name.startswith(_OWN):
            pairs = {key: int(number) for key, number in _PAIR.findall(value)}
            yield name.removeprefix(_OWN), pairs.get("total"), pairs.get("remaining"), pairs.get("resets")


def _whole(said: Mapping[str, str], names: tuple[str, ...]) -> int | None:
    return next((int(said[name]) for name in names if said.get(name, "").isdecimal()), None)
