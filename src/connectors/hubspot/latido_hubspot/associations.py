"""Which records belong together: asked for a thousand records at a time, since the search does not tell."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from latido.connect import Mapping, Page, Refused
from latido.errors import NotOffered
from latido.messages import marker
from latido.schema import Association
from latido_hubspot.answers import following, records_in, stuck
from latido_hubspot.lists import LEAST, TOO_SLOW, check_errors
from latido_hubspot.reading import HubSpotStream, ObjectStream
from latido_hubspot.records import ids_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from latido.connect import Connector, Cursor, JsonObject
    from latido.schema import Record
    from latido_hubspot.connector import HubSpot

_ = marker("latido_hubspot")

BLOCK = 1000
"""How many records HubSpot tells the associations of in one answer."""

PRIMARY_TYPES = frozenset({1, 2, 5, 6, 25, 26})
"""HubSpot's own types of association that say: of several companies, this is the one."""

NOT_VALID = "VALIDATION_ERROR"
"""How an answer calls records that were deleted meanwhile, beside those that are not found."""


@dataclass(frozen=True, slots=True)
class Link:
    """A record that another is associated with. A pair has one, however many types of association it has."""

    id: str
    labels: tuple[str, ...] = ()
    primary: bool = False


@dataclass(slots=True)
class _Types:
    """The types of association between two records, as they come in."""

    labels: dict[str, None] = field(default_factory=dict)
    primary: bool = False

    def take(self, types: Iterable[JsonObject]) -> None:
        for each in types:
            self.primary = self.primary or is_primary(each)
            if each.get("label"):
                self.labels[each["label"]] = None


def associated(connector: HubSpot, from_type: str, to_type: str, ids: Iterable[str]) -> dict[str, list[Link]]:
    """Return for each of *ids* the records of *to_type* that it is associated with, in the order of the answers."""
    path = connector.paths.associations(from_type, to_type)
    found: dict[str, dict[str, _Types]] = {each: {} for each in ids}
    waiting = deque({"id": each} for each in found)
    seen: set[tuple[str, str]] = set()
    while waiting:
        block = [waiting.popleft() for _turn in range(min(BLOCK, len(waiting)))]
        for result in _results(connector, path, block):
            key, after = str(result["from"]["id"]), following(result)
            _take(found.setdefault(key, {}), result.get("to") or ())
            if after is not None:
                if (key, after) in seen:
                    raise stuck(path)
                seen.add((key, after))
                waiting.append({"id": key, "after": after})
    return {key: [Link(to, tuple(each.labels), each.primary) for to, each in to.items()] for key, to in found.items()}


def is_primary(kind: JsonObject) -> bool:
    if kind.get("category", "HUBSPOT_DEFINED") != "HUBSPOT_DEFINED":
        return False
    return kind.get("typeId") in PRIMARY_TYPES or kind.get("label") == "Primary"


def _results(connector: HubSpot, path: str, inputs: Sequence[dict[str, str]]) -> list[JsonObject]:
    """Return the answer to *inputs*; who has no associations is missing there, or named as an error."""
    try:
        give_up_on = TOO_SLOW if len(inputs) > LEAST else ()
        body = connector.post(path, {"inputs": list(inputs)}, give_up_on=give_up_on)
    except Refused as refusal:
        if refusal.status not in TOO_SLOW:
            raise
        middle = len(inputs) // 2
        return [*_results(connector, path, inputs[:middle]), *_results(connector, path, inputs[middle:])]
    check_errors({"errors": [each for each in body.get("errors") or () if each.get("category") != NOT_VALID]}, path)
    return records_in(body, path)


def _take(links: dict[str, _Types], told: Iterable[JsonObject]) -> None:
    for each in told:
        # A number in some versions, a text in others.
        links.setdefault(str(each["toObjectId"]), _Types()).take(each.get("associationTypes") or ())


class Links(ObjectStream):
    """The associations of the records of one object that changed, with those of `to`."""

    name = "associations"
    entities = (Association,)
    mappings = (
        Mapping(
            Association,
            source_id="key",
            external_id="parent",
            from_entity="from",
            from_id="from_id",
            to_entity="to",
            to_id="to_id",
            label="label",
            is_primary="primary",
        ),
    )
    deletions = "none"
    losers = ()
    together = 10
    to: ClassVar[tuple[str, ...]]

    def estimate(self, cursor: Cursor) -> int | None:
        listing = super().estimate(cursor) or 0
        return listing + (1 + listing // self.together) * len(self.to)

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        ids = ids_of(records)
        pairs = [
            pair(self.object_type, key, to_type, link)
            for to_type in self.to
            for key, links in associated(self.connector, self.object_type, to_type, ids).items()
            for link in links
        ]
        rows, rejected = self.rows(Association, pairs)
        parents = [parent(self.object_type, key) for key in ids]
        replaces: dict[type[Record], tuple[str, Sequence[str]]] = {Association: ("external_id", parents)}
        return Page((rows,), cursor, len(records), replaces=replaces, rejected=rejected)


class ContactLinks(Links):
    object_type = "contacts"
    changed = "lastmodifieddate"
    to = ("companies",)


class DealLinks(Links):
    object_type = "deals"
    to = ("companies", "contacts")


class TicketLinks(Links):
    object_type = "tickets"
    to = ("companies", "contacts")


TABLES = {"companies": "accounts", "contacts": "contacts", "deals": "deals", "tickets": "tickets"}


def parent(from_type: str, key: str) -> str:
    """Return what the associations of one record have in common: ids alone are not unique among objects."""
    return f"{TABLES[from_type]}:{key}"


def pair(from_type: str, key: str, to_type: str, link: Link) -> JsonObject:
    mine, its = TABLES[from_type], TABLES[to_type]
    return {
        "key": f"{mine}:{key}:{its}:{link.id}",
        "parent": parent(from_type, key),
        "from": mine,
        "from_id": key,
        "to": its,
        "to_id": link.id,
        "label": ", ".join(link.labels) or None,
        "primary": link.primary,
    }


class Associations(HubSpotStream):
    """Which company a contact, deal or ticket belongs to, and which contacts a deal or ticket has.

    Read for the records that changed. That somebody only associates them does not count as a change, so a sweep reads
    the associations of all records. The cursor holds one per object, and `swept`: when the last sweep began.
    """

    name = "associations"
    entities = (Association,)
    mappings = Links.mappings
    deletions = "reported"

    def __init__(self, connector: Connector) -> None:
        super().__init__(connector)
        self._parts = [each(connector) for each in (ContactLinks, DealLinks, TicketLinks)]

    def start(self, since: datetime | None) -> Cursor:
        return {} if since is None else {"since": since.isoformat()}

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        state = self._afresh(cursor) if self._sweeping(cursor) else dict(cursor)
        for each in self._parts:
            try:
                for page in each.pages(state[each.object_type]):
                    if page.cursor is not None:
                        state = {**state, each.object_type: page.cursor}
                    yield replace(page, cursor=None if page.cursor is None else state)
            except NotOffered as refusal:
                self.connector.runtime.warn(_("{why}", why=refusal.message))
        yield Page(cursor=state)

    def estimate(self, cursor: Cursor) -> int | None:
        state, requests = self._afresh(cursor) if self._sweeping(cursor) else cursor, 0
        for each in self._parts:
            with suppress(NotOffered):
                requests += each.estimate(state[each.object_type]) or 0
        return requests

    def probe(self) -> None:
        for each in self._parts:
            each.probe()

    def _sweeping(self, cursor: Cursor) -> bool:
        every = self.connector.settings.sweep_every // timedelta(milliseconds=1)
        return "swept" not in cursor or self.connector.now_there() - int(cursor["swept"]) >= every

    def _afresh(self, cursor: Cursor) -> dict[str, Any]:
        """Return the cursor that reads everything again, but for what is too old to be wanted."""
        since = datetime.fromisoformat(cursor["since"]) if "since" in cursor else None
        parts = {each.object_type: each.start(since) for each in self._parts}
        return {**cursor, **parts, "swept": self.connector.now_there()}
