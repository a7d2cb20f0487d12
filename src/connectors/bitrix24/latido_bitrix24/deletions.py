"""Deletions as an app is told of them, within the run and with their time; a webhook is told nothing.

An app keeps a queue at the portal. What is taken from it stays reserved until we say that it is done. The next run
does, since only then it is certain that what this one found is stored. What slips through the daily census finds.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from latido.connect import Page
from latido.schema import Account, Contact, Deal, SurveyResponse, Ticket
from latido_bitrix24.answers import contained, stuck
from latido_bitrix24.reading import BitrixStream, ItemStream
from latido_bitrix24.references import COMPANY, CONTACT, DEAL, LEAD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latido.connect import Cursor
    from latido.schema import Record

EVENTS = {
    "ONCRMCOMPANYDELETE": COMPANY,
    "ONCRMCONTACTDELETE": CONTACT,
    "ONCRMLEADDELETE": LEAD,
    "ONCRMDEALDELETE": DEAL,
    "ONCRMDYNAMICITEMDELETE": None,
}
"""The types of records that events are about; of what users have made, the event itself names the type."""

MOST = 50


class Deletions(BitrixStream):
    """What was deleted since the last run, of all that the other streams read.

    Its cursor names the `processes` whose events are stored, so that the portal may forget them.
    """

    name = "deletions"
    entities = (Account, Contact, Deal, Ticket, SurveyResponse)
    deletions: ClassVar[Literal["reported", "census", "none"]] = "reported"
    optional = True

    @property
    def on_by_default(self) -> bool:  # type: ignore[override] # for others it is a constant
        settings = self.connector.settings
        return settings.client_id is not None and settings.deletion_events

    def start(self, since: datetime | None) -> Cursor:
        del since
        return {"processes": []}

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        for process in cursor["processes"]:
            self.connector.portal.call("event.offline.clear", {"process_id": process})
        reserves, processes = self.connector.runtime.remembered("deletion_events", self._subscribed), list[str]()
        while True:
            told = self._taken(reserves=reserves)
            events = contained(told, ("events",), "event.offline.get")
            if told and told.get("process_id") in processes:
                raise stuck("event.offline.get")
            processes += [told["process_id"]] if events and told.get("process_id") else []
            yield Page(cursor={"processes": processes}, fetched=len(events), deleted=self._gone(events))
            if len(events) < MOST:
                return

    def probe(self) -> None:
        self.connector.portal.call("event.get")

    def _subscribed(self) -> bool:
        """Let deletions be put into the queue; return whether the plan lets what is taken be reserved."""
        portal = self.connector.portal
        known = {str(each.get("event")).upper() for each in contained(portal.call("event.get"), (), "event.get")}
        for event in EVENTS.keys() - known:
            portal.call("event.bind", {"event": event, "event_type": "offline"})
        feature = portal.call("feature.get", {"CODE": "rest_offline_extended"})
        return isinstance(feature, dict) and feature.get("value") == "Y"

    def _taken(self, *, reserves: bool) -> Any:
        clear = {"clear": 0} if reserves else {}
        return self.connector.portal.call("event.offline.get", {"limit": MOST, **clear})

    def _gone(self, events: Sequence[Any]) -> dict[type[Record], dict[str, datetime | None]]:
        """Return what *events* say was deleted; one that does not say what counts for nothing."""
        found: dict[type[Record], dict[str, datetime | None]] = {}
        items = (each for each in self.connector.chosen() if isinstance(each, ItemStream))
        streams = [each for each in items if each.entities[0] in self.entities]  # contracts are no items
        for event in events:
            kind, key = about(event)
            for stream in streams:
                if key and stream.entity_type_id == kind and stream.deletions == "census":
                    found.setdefault(stream.entities[0], {})[stream.key(key)] = moment(event)
        return found


def about(event: Any) -> tuple[int | None, str]:
    """Return the type and the id of what *event* is about; no id if it does not tell, or is none of ours."""
    told = event if isinstance(event, dict) else {}
    name, said = str(told.get("EVENT_NAME")).upper(), told.get("EVENT_DATA")
    fields = said.get("FIELDS") if isinstance(said, dict) else None
    if name not in EVENTS or not isinstance(fields, dict):
        return None, ""
    kind = str(EVENTS[name] or fields.get("ENTITY_TYPE_ID"))
    return (int(kind), str(fields.get("ID") or "")) if kind.isdecimal() else (None, "")


def moment(event: Any) -> datetime | None:
    """Return when *event* happened; None where it does not say in which zone."""
    try:
        at = datetime.fromisoformat(event["TIMESTAMP_X"])
    except (KeyError, TypeError, ValueError):
        return None
    return None if at.tzinfo is None else at
