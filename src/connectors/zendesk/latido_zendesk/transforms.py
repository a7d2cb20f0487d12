"""What mappings of Zendesk records are made of, beside the kit's own transforms."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from latido.connect import UNKNOWN_SURVIVOR, Source

if TYPE_CHECKING:
    from latido.connect import Context, JsonObject

MERGED = "closed_by_merge"
SCRUBBED = "SCRUBBED"
_LATEST = 2**31 - 1


def link(kind: str) -> Source:
    """The page of a record in the agents' interface, on the host that the record names itself."""

    def find(record: JsonObject) -> str | None:
        site, api, _ = (record.get("url") or "").partition("/api/v2/")
        return f"{site}/agent/{kind}/{record.get('id')}" if api else None

    return Source(f"agent_link({kind})", ("url", "id"), lambda _context: find)


def export_version() -> Source:
    """Orders the states of a ticket by (`generated_timestamp`, `updated_at`, whether its metrics came along).

    Lists have no `generated_timestamp`; theirs counts as the moment of the update. Packed into 31 + 32 + 1 bits.
    """

    def find(ticket: JsonObject) -> int | None:
        stamp, generated = ticket.get("updated_at"), ticket.get("generated_timestamp")
        if stamp is None and generated is None:
            return None
        updated = 0 if stamp is None else min(_LATEST, int(datetime.fromisoformat(stamp).timestamp()))
        measured = ticket.get("metric_set") is not None
        return (updated if generated is None else generated) << 32 | updated << 1 | measured

    return Source(
        "export_version(generated_timestamp, updated_at, metric_set)",
        ("generated_timestamp", "updated_at", "metric_set"),
        lambda _context: find,
    )


def subject() -> Source:
    """The subject, unless the vendor has scrubbed it."""

    def find(ticket: JsonObject) -> Any:
        found = ticket.get("subject")
        return None if found == SCRUBBED and ticket.get("status") == "deleted" else found

    return Source("subject_unless_scrubbed(subject)", ("subject", "status"), lambda _context: find)


def survivor() -> Source:
    """`unknown` for a ticket that was merged into another: Zendesk closes and tags it, but does not name the other."""

    def find(ticket: JsonObject) -> str | None:
        return UNKNOWN_SURVIVOR if MERGED in (ticket.get("tags") or ()) else None

    return Source(f"unknown_if_tagged({MERGED} in tags)", ("tags",), lambda _context: find)


def opened_by_agent() -> Source:
    """Whether an agent opened the ticket for somebody else.

    Known to be true when the submitter is an agent today, and false when the requester submitted it; a submitter who
    is neither may have been an agent then, so that is left open.
    """

    def bind(context: Context) -> Any:
        agents = context.reference.get("agents", {})

        def find(ticket: JsonObject) -> bool | None:
            submitter = ticket.get("submitter_id")
            if submitter is None:
                return None
            if submitter == ticket.get("requester_id"):
                return False
            return True if str(submitter) in agents else None

        return find

    return Source("opened_by_agent(submitter_id, requester_id)", ("submitter_id", "requester_id"), bind)


def first_reply() -> Source:
    """Creation plus the time to the first public reply: seconds where Zendesk keeps them (messaging), else minutes."""

    def find(ticket: JsonObject) -> datetime | None:
        if (metrics := ticket.get("metric_set")) is None:
            return None
        if ticket.get("from_messaging_channel"):
            seconds = (metrics.get("reply_time_in_seconds") or {}).get("calendar")
            if seconds is not None:
                return after(ticket.get("created_at"), seconds=seconds)
        minutes = (metrics.get("reply_time_in_minutes") or {}).get("calendar")
        return None if minutes is None else after(ticket.get("created_at"), seconds=60 * minutes)

    return Source(
        "created_at + (metric_set.reply_time_in_seconds.calendar of messaging, else .reply_time_in_minutes.calendar)",
        (
            "created_at",
            "from_messaging_channel",
            "metric_set.reply_time_in_seconds",
            "metric_set.reply_time_in_minutes",
        ),
        lambda _context: find,
    )


def first_solve() -> Source:
    """Creation plus the minutes to the first solve."""

    def find(ticket: JsonObject) -> datetime | None:
        if (metrics := ticket.get("metric_set")) is None:
            return None
        minutes = (metrics.get("first_resolution_time_in_minutes") or {}).get("calendar")
        return None if minutes is None else after(ticket.get("created_at"), seconds=60 * minutes)

    return Source(
        "created_at + metric_set.first_resolution_time_in_minutes.calendar",
        ("created_at", "metric_set.first_resolution_time_in_minutes"),
        lambda _context: find,
    )


def closing() -> Source:
    """When a closed ticket's status changed for the last time: nothing leaves `closed`."""

    def find(ticket: JsonObject) -> Any:
        return (ticket.get("metric_set") or {}).get("status_updated_at") if ticket.get("status") == "closed" else None

    paths = ("status", "metric_set.status_updated_at")
    return Source("metric_set.status_updated_at of closed", paths, lambda _context: find)


def after(created: str | None, seconds: float) -> datetime | None:
    """Return the instant *seconds* after *created*."""
    return None if created is None else datetime.fromisoformat(created) + timedelta(seconds=seconds)
