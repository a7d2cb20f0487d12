"""HubSpot's limits, and what its answers mean where it has rules of its own."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from latido.connect import ACCOUNT, Bucket, Retry, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from latido.connect import Announced, Reply

SEARCH = "search"

WINDOW = 10.0
"""Seconds in which an app may ask so many times."""

BUCKETS = {
    # The least that any account gives to an app; answers tell the app's own. Nobody else takes from it.
    ACCOUNT: Bucket(100, WINDOW, share=1.0),
    # No answer tells of it, and every app of the account takes from it: one of the five is left to them.
    SEARCH: Bucket(5, 1.0, share=0.8),
}

RETRY = Retry(unannounced=(2.0, 10.0))
"""HubSpot says seldom how long to wait: its windows are a second and ten seconds long."""

BAD_TOKEN = 530
MIGRATING = 477

_LIMIT = "x-hubspot-ratelimit-max"
_REMAINING = "x-hubspot-ratelimit-remaining"
_INTERVAL = "x-hubspot-ratelimit-interval-milliseconds"
_DAILY = "x-hubspot-ratelimit-daily"


def announced(headers: Mapping[str, str]) -> Iterator[Announced]:
    """Yield what *headers* say of the app's window; answers of the search say nothing of it."""
    limit, interval = _whole(headers, _LIMIT), _whole(headers, _INTERVAL)
    if limit is not None:
        seconds = interval / 1000 if interval else WINDOW
        yield ACCOUNT, max(1, int(limit * WINDOW / seconds)), _whole(headers, _REMAINING), seconds


def daily(headers: Mapping[str, str]) -> tuple[int, int] | None:
    """Return how many requests a day the account may make, and how many are left today; None if not metered."""
    limit, left = _whole(headers, _DAILY), _whole(headers, f"{_DAILY}-remaining")
    return None if limit is None or left is None else (limit, left)


def judge(reply: Reply) -> Trouble | None:
    """Return what is wrong with *reply* by HubSpot's own rules, None where everybody's apply."""
    match reply.status:
        case HTTPStatus.TOO_MANY_REQUESTS:
            return Trouble.EXHAUSTED if policy(reply).startswith("DAILY") else Trouble.THROTTLED
        case HTTPStatus.LOCKED:
            return Trouble.THROTTLED
        case status if status == MIGRATING:
            return Trouble.EXHAUSTED  # The account moves to another data centre, for up to a day.
        case status if status == BAD_TOKEN:
            return Trouble.UNAUTHORIZED  # What the edge says of a token that is none.
        case _:
            return None


def policy(reply: Reply) -> str:
    """Return which limit was hit; empty if the answer does not say."""
    try:
        body = reply.json()
    except ValueError:
        return ""
    return str(body.get("policyName") or "") if isinstance(body, dict) else ""


def date_in(headers: Mapping[str, str]) -> datetime | None:
    """Return HubSpot's own time, None if it does not tell."""
    try:
        return parsedate_to_datetime(headers["date"]).astimezone(UTC)
    except (KeyError, TypeError, ValueError):
        return None


def _whole(headers: Mapping[str, str], name: str) -> int | None:
    value = headers.get(name, "")
    return int(value) if value.isdecimal() else None
