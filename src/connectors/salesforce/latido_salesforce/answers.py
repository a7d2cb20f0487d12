"""What answers to queries look like, and what to say of those that do not."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from latido.errors import VendorUnavailable
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from latido.connect import Clock, Reply

_ = marker("latido_salesforce")


def body_of(reply: Reply) -> Mapping[str, Any]:
    """Return the object that *reply* is."""
    body = reply.json()
    if not isinstance(body, dict):
        raise nonsense("an object")
    return body


def following(root: str, address: Any) -> str:
    """Return the path of the next page: of an address in an answer only the path counts, it may lead elsewhere."""
    path = urlsplit(address).path if isinstance(address, str) else ""
    if not path.startswith(f"{root}/query"):
        raise nonsense("nextRecordsUrl")
    return path


def time_in(headers: Mapping[str, str], clock: Clock) -> datetime:
    """Return the server's time: ours may be another, and only counts where the server tells none."""
    try:
        # A server in front of another may add its own; the last is that of the first.
        return parsedate_to_datetime(headers.get("date", "")[-29:]).astimezone(UTC)
    except ValueError:
        return clock.now()


def nonsense(what: str) -> VendorUnavailable:
    return VendorUnavailable(
        _("Salesforce answers without {what}.", what=what), _("Run it again later, it resumes where it stopped.")
    )


def unreadable(sobject: str, why: str) -> VendorUnavailable:
    return VendorUnavailable(
        _("Salesforce cannot read {sobject} in time ({why}).", sobject=sobject, why=why),
        _("Run it again later, it resumes where it stopped."),
    )
