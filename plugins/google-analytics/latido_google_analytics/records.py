"""A row of a report as a record: what the mapping reads."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from latido_google_analytics.days import parsed
from latido_google_analytics.query import KEY_EVENTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from latido_google_analytics.report import Report

NOT_SET, OTHER, PENDING = "(not set)", "(other)", "(data not available)"
"""`(other)` is where Google puts what its tables have no room for."""

UNTOLD = {NOT_SET, OTHER, PENDING}
"""What Google writes where it does not know a source: such visits are of none, which is not the same as direct."""


def key(date: str, source: str | None, medium: str | None) -> str:
    """Return the id of a row: within a property, source and medium make it one of its day."""
    return "|".join((parsed(date).isoformat(), _escaped(source), _escaped(medium)))


def day_id(date: str) -> str:
    """Return what all rows of a day have in common, and are replaced by."""
    return day_name(parsed(date))


def day_name(day: date) -> str:
    return f"day:{day}"


def source(said: str | None) -> str | None:
    """Return the source that Google names, None where it knows none."""
    return None if said is None or said.strip().lower() in UNTOLD else said


def record(
    row: Mapping[str, str | None], zone: str, key_events: Sequence[str], kept: Sequence[str], report: Report
) -> dict[str, Any]:
    """Return *row* with its day's *zone*, all *key_events* as one, and what is *kept* beside the columns."""
    return {
        **row,
        "timeZone": zone,
        KEY_EVENTS: total([row.get(name) for name in key_events]),
        "custom": beside(row, kept, report) or None,
    }


def beside(row: Mapping[str, str | None], kept: Sequence[str], report: Report) -> dict[str, Any]:
    """Return what has no column: further metrics, the word for a source that is none, how large a sample was."""
    told: dict[str, Any] = {name: figure(value) for name in kept if (value := row.get(name)) is not None}
    said = row.get("sessionSource")
    if said is not None and source(said) is None:
        told["sessionSource"] = said
    if report.sampling is not None:
        told["samplesReadCount"], told["samplingSpaceSize"] = report.sampling
    return told


def total(values: Sequence[str | None]) -> str | None:
    """Return the sum of metrics that count the same thing; where one is no number, that one is what is wrong."""
    told = [value for value in values if value is not None]
    if not told:
        return None
    try:
        return format(sum(map(Decimal, told), Decimal()), "f")
    except InvalidOperation:
        return next(value for value in told if not value.replace(".", "", 1).isdigit())


def figure(text: str) -> int | float | str:
    """Return a metric of whatever type as a number, if it is one."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def _escaped(text: str | None) -> str:
    return (text or "").replace("\\", "\\\\").replace("|", "\\|")
