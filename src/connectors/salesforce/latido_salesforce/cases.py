"""Cases, which are tickets here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from latido.connect import Mapping, computed, custom, first
from latido.schema import Ticket
from latido_salesforce.declared import DeclaredStream
from latido_salesforce.people import ENVELOPE
from latido_salesforce.statuses import case_status
from latido_salesforce.values import CUSTOM

if TYPE_CHECKING:
    from collections.abc import Mapping as Map

    from latido.connect import Source

USER, QUEUE = "005", "00G"
"""What the id of an owner begins with."""

AT_ONCE = timedelta(minutes=1)


def user_owner(owner: Any) -> Any:
    return owner if isinstance(owner, str) and owner.startswith(USER) else None


def queue_name(owner: Any, name: Any) -> Any:
    return name if isinstance(owner, str) and owner.startswith(QUEUE) else None


def settled_at_once(on_create: Any, closed_at: Any, created_at: Any) -> bool:
    """Whether a case was closed by its creation and has stayed so: a later close would have a later date."""
    if not on_create or closed_at is None or created_at is None:
        return False
    return datetime.fromisoformat(closed_at) - datetime.fromisoformat(created_at) <= AT_ONCE


def none_if_at_once(*told: Any) -> int | None:
    """Return 0 for a case that was closed by its creation, None for others: only their events tell."""
    return 0 if settled_at_once(*told) else None


def close_if_at_once(on_create: Any, closed_at: Any, created_at: Any) -> Any:
    return closed_at if settled_at_once(on_create, closed_at, created_at) else None


_CLOSING = ("IsClosedOnCreate", "ClosedDate", "CreatedDate")

TICKET = Mapping(
    Ticket,
    **ENVELOPE,
    custom=custom(CUSTOM),
    merged_into="MasterRecordId",
    subject="Subject",
    account_id="AccountId",
    contact_id="ContactId",
    requester_email=first("SuppliedEmail", "ContactEmail"),
    assignee_id=computed("user", user_owner, "OwnerId"),
    team=computed("name_of_queue", queue_name, "OwnerId", "Owner.Name"),
    status=case_status(),
    status_raw="Status",
    priority="Priority",
    type="Type",
    channel="Origin",
    agent_replies=computed("0_if_closed_at_once", none_if_at_once, *_CLOSING),
    first_solved_at=computed("close_if_closed_at_once", close_if_at_once, *_CLOSING),
    solved_at="ClosedDate",
    closed_at="ClosedDate",
    reopens=computed("0_if_closed_at_once", none_if_at_once, *_CLOSING),
)


class Cases(DeclaredStream):
    """Cases. Whether one is closed its flag says, never the word for its status.

    `ClosedDate` is the last close, and empty again once a case is reopened; what was before only its history tells.
    """

    name = "cases"
    sobject = "Case"
    entities = (Ticket,)
    mappings = (TICKET,)
    reference = ("case_statuses",)

    def declared(self) -> Map[str, Source | str]:
        return {"status": case_status(self.connector.settings.case_statuses)}
