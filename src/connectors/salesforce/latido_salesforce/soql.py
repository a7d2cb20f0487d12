"""Queries in the vendor's language."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LONGEST_ADDRESS = 12_000
"""Bytes of a query in an address: Salesforce takes 16,384 for address and headers together, and a token is long."""

_CASE_BITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
SHORT, LONG = 15, 18


def text(value: str) -> str:
    """Return *value* as a literal."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def instant(value: datetime) -> str:
    """Return *value* as a literal, which has no quotes."""
    stamp = value.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
    return f"{stamp.removesuffix('.000')}Z"


def select(
    fields: Sequence[str], sobject: str, conditions: Iterable[str | None] = (), order: Sequence[str] = ()
) -> str:
    """Return a query; conditions that are None are left out."""
    where = " AND ".join(f"({each})" for each in conditions if each)
    parts = [f"SELECT {', '.join(fields)} FROM {sobject}"]  # noqa: S608 - names of fields, no values
    if where:
        parts.append(f"WHERE {where}")
    if order:
        parts.append(f"ORDER BY {', '.join(order)}")
    return " ".join(parts)


def between(field: str, begin: datetime | None, end: datetime | None) -> str | None:
    """Return the condition of the half-open stretch from *begin* to *end*, either of which may be open."""
    parts = []
    if begin is not None:
        parts.append(f"{field} >= {instant(begin)}")
    if end is not None:
        parts.append(f"{field} < {instant(end)}")
    return " AND ".join(parts) or None


def behind(field: str, at: datetime, key: str) -> str:
    """Return the condition of what comes after the record *key* of the moment *at*."""
    return f"{field} > {instant(at)} OR ({field} = {instant(at)} AND Id > {text(key)})"


def up_to(field: str, at: datetime, key: str) -> str:
    """Return the condition of what comes no later than the record *key* of the moment *at*."""
    return f"{field} < {instant(at)} OR ({field} = {instant(at)} AND Id <= {text(key)})"


def portions(fields: Sequence[str], always: Sequence[str], longest: int) -> list[tuple[str, ...]]:
    """Return *fields* in as few portions as fit into *longest* bytes of an address each; *always* are in every one."""
    room = longest - len(quote_plus(", ".join(always)))
    found: list[list[str]] = [[]]
    left = room
    for field in fields:
        if field in always:
            continue
        size = len(quote_plus(f", {field}"))
        if size > left and found[-1]:
            found.append([])
            left = room
        found[-1].append(field)
        left -= size
    return [(*always, *each) for each in found]


def long_id(key: str) -> str:
    """Return the form of an id that is safe where case does not count, for one of 15 characters; others as they are.

    Each of its last three characters says which of five characters are upper case.
    """
    if len(key) != SHORT:
        return key
    fives = (key[at : at + 5] for at in range(0, SHORT, 5))
    return key + "".join(
        _CASE_BITS[sum(1 << at for at, each in enumerate(five) if "A" <= each <= "Z")] for five in fives
    )
