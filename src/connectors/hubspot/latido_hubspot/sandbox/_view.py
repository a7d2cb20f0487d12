"""Records as a request wants to see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from latido_hubspot.sandbox._book import Book
    from latido_hubspot.sandbox._index import Pieces
    from latido_hubspot.sandbox._kinds import Kind
    from latido_hubspot.sandbox._links import Links
    from latido_hubspot.sandbox._switches import HubSpotSwitches

_CURRENCIES = ("deal_currency_code", "hs_exchange_rate")
_CONTENT = ("hs_email_text", "hs_email_html", "hs_email_subject")


@dataclass(frozen=True, slots=True)
class View:
    """Which properties are shown, of which the versions too, and links to what. Unknown names are passed over."""

    properties: frozenset[str]
    versions: tuple[str, ...] = ()
    linked: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()

    @classmethod
    def asked(
        cls, kind: Kind, switches: HubSpotSwitches, properties: Iterable[str], versions: Iterable[str] = ()
    ) -> View:
        """Return the view on *kind* that names *properties*; without any, those that HubSpot shows by itself."""
        wanted = tuple(properties) or kind.shown
        return cls(frozenset(wanted) | {*kind.always}, tuple(versions), blank=blanked(kind.name, switches))

    def shown(self, book: Book, numbers: Iterable[int], links: Links | None = None) -> list[bytes]:
        """Return records as they are now."""
        whole = not self.blank and self.properties.issuperset(book.names)
        first, step = book.kind.first, book.kind.step
        rows = []
        for number in numbers:
            properties, tail, history = book.pieces(number)
            values = properties if whole else self._chosen(properties)
            more = b"" if not self.versions else self._history(history, properties)
            if self.linked and links is not None:
                tail = tail[:-1] + b',"associations":%b}' % self._links(book, number, links)
            rows.append(b'{"id":"%d","properties":%b,%b%b' % (first + step * number, values, more, tail))
        return rows

    def found(self, book: Book, numbers: Iterable[int]) -> list[bytes]:
        """Return records as the search knows them: neither versions nor links."""
        return [self.row(book, number, book.indexed(number)) for number in numbers]

    def row(self, book: Book, number: int, pieces: Pieces) -> bytes:
        identity = book.kind.identity(number)
        return b'{"id":"%d","properties":%b,%b' % (identity, self._chosen(pieces[0]), pieces[1])

    def _chosen(self, properties: bytes) -> bytes:
        wanted, blank = self.properties, self.blank
        values: dict[str, Any] = orjson.loads(properties)
        if not blank:
            return orjson.dumps({name: value for name, value in values.items() if name in wanted})
        return orjson.dumps({name: None if name in blank else values[name] for name in values if name in wanted})

    def _history(self, history: bytes, properties: bytes) -> bytes:
        """Return the versions of a property, newest first; of one that was never changed, the only one."""
        versions = orjson.loads(history or b"{}")
        values = orjson.loads(properties)
        at = values.get("createdate") or values.get("hs_createdate")
        told = {name: versions.get(name, _only(values[name], at)) for name in sorted(self.versions) if name in values}
        return b'"propertiesWithHistory":%b,' % orjson.dumps(told)

    def _links(self, book: Book, number: int, links: Links) -> bytes:
        told: dict[str, Any] = {}
        for other in self.linked:
            if found := links.named(book.kind.name, number, other):
                told[other] = {"results": found}
        return orjson.dumps(told)


def blanked(kind: str, switches: HubSpotSwitches) -> tuple[str, ...]:
    """Return the properties that the account's state, or the app's scopes, leave empty."""
    if kind == "deals" and switches.single_currency:
        return _CURRENCIES
    if kind == "emails" and "sales-email-read" in switches.missing_scopes:
        return _CONTENT
    return ()


def _only(value: str | None, at: str | None) -> Sequence[dict[str, Any]]:
    return [] if value is None else [{"value": value, "timestamp": at, "sourceType": "API", "sourceId": "import"}]
