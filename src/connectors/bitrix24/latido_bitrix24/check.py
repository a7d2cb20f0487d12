"""Whether a portal can be read, and what to do where it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido.connect import Finding
from latido.errors import ConfigurationError, LatidoError, NotOffered
from latido.messages import marker
from latido_bitrix24.reading import BitrixStream, ItemStream, KeysetStream
from latido_bitrix24.ticketing import SPA, smart_processes, ticket_type
from latido_bitrix24.transforms import fields_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from latido_bitrix24.connector import Bitrix24

_ = marker("latido_bitrix24")

SKEWED = 60.0
"""Seconds that two clocks may differ before it is worth a word."""


def findings(connector: Bitrix24) -> Iterator[Finding]:
    """Yield who we are to the portal, and stream by stream what can be read."""
    try:
        profile = connector.portal.call("profile")
        scopes = connector.portal.call("scope")
        drift = connector.portal.drift.total_seconds()
    except LatidoError as error:
        yield Finding.of(error)
        return
    yield from about(connector, profile, scopes, drift)
    yield from places(connector)
    yield from misnamed(connector)
    for stream in connector.chosen():
        if isinstance(stream, BitrixStream):
            yield readable(stream)
            yield from expected(stream)
    yield from own_fields(connector)


def about(connector: Bitrix24, profile: Any, scopes: Any, drift: float) -> Iterator[Finding]:
    who = profile if isinstance(profile, dict) else {}
    name = " ".join(part for part in (who.get("NAME"), who.get("LAST_NAME")) if part) or who.get("ID")
    granted = ", ".join(sorted(map(str, scopes))) if isinstance(scopes, list) else "?"
    yield Finding(
        _(
            "Signed in at {host} as {name}; scopes: {scopes}.",
            host=connector.portal.http.host,
            name=name,
            scopes=granted,
        )
    )
    if not who.get("ADMIN"):
        yield Finding(
            _("This user is no administrator: what the CRM role may not read is left out without a word."),
            "warning",
            _("Give the role the right to read all companies, contacts, deals and leads, or set expect."),
        )
    if abs(drift) > SKEWED:
        yield Finding(_("The portal's clock is {n:,} s ahead of this machine's.", n=round(drift)), "warning")


def places(connector: Bitrix24) -> Iterator[Finding]:
    """Yield where requests for help are, and the smart processes that there are for them and for surveys."""
    try:
        types = smart_processes(connector.portal)
        guessed = ticket_type(connector)
    except LatidoError:
        return  # What cannot be read for that is said stream by stream.
    place = connector.settings.tickets or (guessed and f"{SPA}{guessed}")
    named = ", ".join(f"{SPA}{each['entityTypeId']} ({each.get('title')})" for each in types)
    if named and place:
        yield Finding(_("Tickets are read from {place}; smart processes: {named}.", place=place, named=named))
    elif named:
        yield Finding(_("Smart processes, one of which may hold tickets: {named}.", named=named))


def misnamed(connector: Bitrix24) -> Iterator[Finding]:
    """Yield a warning for each name in `expect` that is no stream whose records can be counted."""
    known = [each.name for each in connector.chosen() if isinstance(each, KeysetStream)]
    for name in connector.settings.expect:
        if name not in known:
            yield Finding(
                _("expect names {name}, of which no records are counted here.", name=name),
                "warning",
                _("Write one of: {names}", names=", ".join(known)),
            )


def readable(stream: BitrixStream) -> Finding:
    """Ask for as little of *stream* as possible."""
    try:
        stream.probe()
    except NotOffered as refusal:
        text = _("{stream}: {why}", stream=stream.name, why=refusal.message)
        return Finding(text, "warning" if stream.optional else "credential", refusal.hint)
    except LatidoError as error:
        return Finding.of(error)
    return Finding(_("{stream} can be read.", stream=stream.name))


def expected(stream: BitrixStream) -> Iterator[Finding]:
    """Yield a warning where fewer records are shown than the settings expect: rights filter without a word."""
    least = stream.connector.settings.expect.get(stream.name)
    if least is None or not isinstance(stream, KeysetStream):
        return
    try:
        n = stream.shown()
    except LatidoError:
        return  # That it cannot be read was said already.
    if n < least:
        yield Finding(
            _("{stream}: {n:,} records are shown, and {least:,} were expected.", stream=stream.name, n=n, least=least),
            "warning",
            _("Check what the user of the credential may read in the CRM."),
        )


def own_fields(connector: Bitrix24) -> Iterator[Finding]:
    """Yield what is wrong with the user's own mapping."""
    try:
        connector.context()
    except ConfigurationError as error:
        yield Finding.of(error)
    except LatidoError:
        return  # What cannot be read was said already.


def offered_per_table(connector: Bitrix24) -> dict[str, dict[str, str]]:
    """Return the fields of each table's main object, as far as this credential may know them."""
    readers, tables = connector.references(), dict[str, dict[str, str]]()
    for stream in connector.chosen():
        if isinstance(stream, ItemStream) and not stream.prefix and stream.entities[0].table not in tables:
            name = fields_of(stream.entity_type_id)
            try:
                known: Mapping[str, Any] = connector.runtime.remembered(name, readers[name])
            except NotOffered as refusal:
                connector.runtime.warn(_("{why}", why=refusal.message))
                continue
            tables[stream.entities[0].table] = {field: told_type(each) for field, each in known.items()}
    return tables


def told_type(field: Mapping[str, Any]) -> str:
    return f"{field['type']} ({field['title']})" if field["own"] else str(field["type"])
