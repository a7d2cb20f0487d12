"""Asking queries: what their answers look like, and what to say of those that do not."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from latido.connect import Refused
from latido.errors import VendorUnavailable
from latido.messages import marker
from latido_salesforce.describe import refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from latido.connect import Clock, Reply, Shape
    from latido_salesforce.connector import Salesforce

_ = marker("latido_salesforce")


def first_answer(
    connector: Salesforce, sobject: str, query: str, *, deleted: bool = False, shape: Shape | None = None
) -> Reply:
    """Return the first answer to *query*. Raises NotOffered for what is not there, or may not be read."""
    path = f"{connector.root}/{'queryAll' if deleted else 'query'}"
    try:
        return connector.http.get(path, {"q": query}, shape=shape)
    except Refused as refusal:
        raise refused(sobject, refusal) from refusal


def answers(
    connector: Salesforce, sobject: str, query: str, *, deleted: bool = False, shape: Shape | None = None
) -> Iterator[list[Any]]:
    """Yield the records of each answer to *query*: Salesforce may send fewer at once than it could."""
    body = body_of(first_answer(connector, sobject, query, deleted=deleted, shape=shape))
    while True:
        if not isinstance(records := body.get("records"), list):
            raise nonsense("records")
        yield records
        if body.get("done") is not False:
            return
        path = following(connector.root, body.get("nextRecordsUrl"))
        body = body_of(connector.http.get(path, shape=shape))


def listed(connector: Salesforce, sobject: str, query: str, *, deleted: bool = False) -> Iterator[dict[str, Any]]:
    """Yield the records that *query* finds."""
    for records in answers(connector, sobject, query, deleted=deleted):
        yield from records


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
