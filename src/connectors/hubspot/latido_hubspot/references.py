"""What mappings look things up in: the account, the stages of pipelines, and which properties there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido.errors import NotOffered
from latido_hubspot.answers import records_in

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from latido_hubspot.connector import HubSpot

ACCOUNT = "account"
DEAL_PIPELINES = "deal_pipelines"
LEAD_PIPELINES = "lead_pipelines"
TICKET_PIPELINES = "ticket_pipelines"

PER_STAGE = ("hs_v2_", "hs_date_entered_", "hs_date_exited_", "hs_time_in_")
"""How the properties begin that HubSpot makes for each stage, hundreds of them; history tells the same and more."""


def readers(connector: HubSpot, object_types: Collection[str]) -> dict[str, Callable[[], Any]]:
    """Return the functions that read the reference tables, by name."""
    return {
        ACCOUNT: lambda: account(connector),
        DEAL_PIPELINES: lambda: stages(connector, "deals", deal_status),
        LEAD_PIPELINES: lambda: stages(connector, "leads", lead_status),
        TICKET_PIPELINES: lambda: stages(connector, "tickets", ticket_status),
        **{f"properties_{of}": lambda of=of: properties(connector, of) for of in object_types},  # type: ignore[misc]
    }


def listed(connector: HubSpot, path: str) -> Sequence[Mapping[str, Any]]:
    """Return a list that has no pages; empty where it may not be read, since its object may not be either."""
    try:
        return records_in(connector.get(path), path)
    except NotOffered:
        return ()


def account(connector: HubSpot) -> dict[str, Any]:
    """Return what HubSpot says of the account."""
    told = connector.get(connector.paths.account)
    return {name: told.get(name) for name in ("portalId", "uiDomain", "accountType", "timeZone", "companyCurrency")}


def stages(connector: HubSpot, object_type: str, status: Callable[[Mapping[str, Any]], str]) -> dict[str, Any]:
    """Return the stages of all pipelines by id, each with its label, its pipeline's, and what *status* makes of it."""
    return {
        str(stage["id"]): {
            "label": stage.get("label"),
            "pipeline": pipeline.get("label"),
            "status": status(stage.get("metadata") or {}),
        }
        for pipeline in listed(connector, connector.paths.pipelines(object_type))
        for stage in pipeline.get("stages") or ()
    }


def deal_status(metadata: Mapping[str, Any]) -> str:
    """Return what a stage means: it is closed, and then won or lost for certain."""
    closed, probability = str(metadata.get("isClosed")).lower(), _number(metadata.get("probability"))
    if closed == "false":
        return "open"
    return {1.0: "won", 0.0: "lost"}.get(probability, "unknown" if closed == "true" else "open")


def ticket_status(metadata: Mapping[str, Any]) -> str:
    """Return what a stage means: HubSpot knows open and closed, whatever else its label says."""
    return {"OPEN": "open", "CLOSED": "closed"}.get(str(metadata.get("ticketState")).upper(), "unknown")


def lead_status(metadata: Mapping[str, Any]) -> str:
    """Return what a stage means: new, in_progress, qualified, unqualified."""
    return str(metadata.get("leadState") or "unknown").lower()


def properties(connector: HubSpot, object_type: str) -> dict[str, Any]:
    """Return the properties of an object by name: their types, and whether users defined them."""
    told = listed(connector, connector.paths.properties(object_type))
    return {
        str(each["name"]): {"type": each.get("type"), "own": each.get("hubspotDefined") is not True}
        for each in told
        if not each.get("archived")
    }


def user_defined(known: Mapping[str, Any] | None, wanted: Collection[str] | None) -> tuple[str, ...]:
    """Return the names of the *known* properties that users have defined; of those only what is *wanted*."""
    own = (name for name, each in (known or {}).items() if each["own"])
    return tuple(sorted(name for name in own if wanted is None or name in wanted))


def offered(known: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the paths and types of the *known* properties that somebody may want to map."""
    for name, each in known.items():
        if each["own"] or not name.startswith(PER_STAGE):
            yield f"properties.{name}", str(each["type"])


def _number(told: Any) -> float:
    try:
        return float(told)
    except (TypeError, ValueError):
        return -1.0
