"""Lists, in the order of ids: the whole of an object, as it is at the moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from latido.connect import Refused
from latido.errors import VendorUnavailable
from latido.messages import marker
from latido_hubspot.answers import following, records_in, stuck

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from latido.connect import JsonObject
    from latido_hubspot.connector import HubSpot

_ = marker("latido_hubspot")

SIZE = 100
SIZE_WITH_HISTORY = 50

LONGEST = 5000
"""Bytes of an address that may name properties: longer ones are refused somewhere on the way, with 414."""

TOO_SLOW = (HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT)
LEAST = 10
"""So many records are read in one request whatever happens: fewer would not be quicker."""

HARMLESS = {"OBJECT_NOT_FOUND"}
"""How an answer calls records that are no longer there."""


@dataclass(frozen=True, slots=True)
class Part:
    """One answer of a list, the cursor behind it (None: the end), and when it was given, in HubSpot's milliseconds."""

    records: list[JsonObject]
    after: str | None
    at: int


def parts(connector: HubSpot, path: str, params: Mapping[str, str | int], after: str | None = None) -> Iterator[Part]:
    """Yield the answers of a list. Short and empty ones do not end it: only a missing cursor does."""
    seen = {after}
    while True:
        body = connector.get(path, {**params, **({"after": after} if after else {})})
        after = following(body)
        yield Part(records_in(body, path), after, connector.now_there())
        if after is None:
            return
        if after in seen:
            raise stuck(path)
        seen.add(after)


def joined(found: Iterator[Part], together: int) -> Iterator[Part]:
    """Yield so many of the parts that were *found* as one; after a short one nothing is waited for."""
    held: list[Part] = []
    for part in found:
        held.append(part)
        if len(held) == together or len(part.records) < SIZE:
            yield whole(held)
            held = []
    if held:
        yield whole(held)


def whole(held: Sequence[Part]) -> Part:
    records = [record for each in held for record in each.records]
    return replace(held[0], records=records, after=held[-1].after)


def fits_an_address(properties: Sequence[str]) -> bool:
    """Whether *properties* can be named in an address."""
    return len(quote_plus(",".join(properties))) <= LONGEST


class Batch:
    """Reads records by their ids, with any number of properties, and with the history of some."""

    def __init__(
        self, connector: HubSpot, object_type: str, properties: Sequence[str], history: Sequence[str] = ()
    ) -> None:
        self._connector = connector
        self._path = connector.paths.batch_read(object_type)
        self._asked = {"properties": list(properties), "propertiesWithHistory": list(history)}
        self._size = SIZE_WITH_HISTORY if history else SIZE

    def read(self, ids: Sequence[str]) -> list[JsonObject]:
        """Return the records that are (still) there, in the order of HubSpot's answers."""
        blocks = (ids[at : at + self._size] for at in range(0, len(ids), self._size))
        return [record for block in blocks for record in self._block(block)]

    def _block(self, ids: Sequence[str]) -> list[JsonObject]:
        asked: dict[str, Any] = {"inputs": [{"id": each} for each in ids], **self._asked}
        try:
            give_up_on = TOO_SLOW if len(ids) > LEAST else ()
            body = self._connector.post(self._path, asked, give_up_on=give_up_on)
        except Refused as refusal:
            if refusal.status not in TOO_SLOW:
                raise
            middle = len(ids) // 2
            return [*self._block(ids[:middle]), *self._block(ids[middle:])]
        check_errors(body, self._path)
        return records_in(body, self._path)


def check_errors(body: JsonObject, path: str) -> None:
    """Raise VendorUnavailable if a part of a batch failed, for another reason than that records are gone."""
    failed = [each for each in body.get("errors") or () if each.get("category") not in HARMLESS]
    if failed:
        said = failed[0].get("message") or failed[0].get("category") or "?"
        raise VendorUnavailable(
            _("{path}: HubSpot could read only a part ({said}).", path=path, said=said),
            _("Run it again later, it resumes where it stopped."),
        )
