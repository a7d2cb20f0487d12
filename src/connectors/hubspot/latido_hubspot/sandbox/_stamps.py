"""Instants and amounts as HubSpot writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from latido.testing.world import iso

if TYPE_CHECKING:
    from latido.testing.world import Instant

_MS = 1000
_CENTS = Decimal(100)


def stamp(ms: int) -> str:
    """Return milliseconds since 1970 as `2022-11-03T09:40:36.946Z`; without fraction where there is none."""
    seconds, fraction = divmod(ms, _MS)
    whole = iso(seconds)
    return f"{whole[:-1]}.{fraction:03}Z" if fraction else whole


def told(at: Instant | None) -> str | None:
    return None if at is None else iso(at)


def noted(at: Instant, number: int) -> int:
    """Return the millisecond of second *at* in which record *number* was stored."""
    return at * _MS + number * 37 % _MS


def milliseconds(text: str) -> int | None:
    """Return what a text says as milliseconds since 1970: ISO, a date, or the number itself. None: nothing."""
    if text.lstrip("-").isdecimal():
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * _MS)


def amount(cents: int | Decimal) -> str:
    """Return cents as a property's text: `500`, `1200.5`."""
    text = f"{Decimal(cents) / _CENTS:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def binary(number: float) -> str:
    """Return *number* with all digits of its binary form, as calculated properties come."""
    return f"{Decimal(number):f}"
