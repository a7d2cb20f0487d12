"""Whether an account can be read, and what to do where it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.connect import Finding, Refused
from latido.errors import ConfigurationError, LatidoError, NotOffered
from latido.messages import marker
from latido_hubspot.answers import meant
from latido_hubspot.limits import daily
from latido_hubspot.versions import END_OF_LEGACY, LEGACY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from latido_hubspot.connector import HubSpot
    from latido_hubspot.reading import HubSpotStream

_ = marker("latido_hubspot")

SCARCE = 0.1


def findings(connector: HubSpot) -> Iterator[Finding]:
    """Yield which account this is, and stream by stream what can be read."""
    try:
        reply = connector.http.get(connector.paths.account)
    except LatidoError as error:
        yield Finding.of(meant(error, connector.paths.account) if isinstance(error, Refused) else error)
        return
    yield from about(connector, reply.json())
    yield from quota(reply.headers)
    for stream in connector.chosen():
        yield readable(stream)  # type: ignore[arg-type]  # every stream of ours is one
    yield from own_fields(connector)


def about(connector: HubSpot, account: Mapping[str, object]) -> Iterator[Finding]:
    portal, currency, zone = (account.get(name) for name in ("portalId", "companyCurrency", "timeZone"))
    yield Finding(
        _(
            "HubSpot account {portal}: its currency is {currency}, its day begins in {zone}.",
            portal=portal,
            currency=currency,
            zone=zone,
        )
    )
    if connector.settings.api_version == LEGACY and connector.runtime.clock.now().date() > END_OF_LEGACY:
        yield Finding(
            _(
                "HubSpot has not supported the v3 and v4 addresses of its API since {day}.",
                day=END_OF_LEGACY.isoformat(),
            ),
            "warning",
            _('Set api_version = "2026-09" in latido.toml.'),
        )


def quota(headers: Mapping[str, str]) -> Iterator[Finding]:
    if (found := daily(headers)) is None:
        return
    limit, left = found
    text = _("{left:,} of {limit:,} requests are left until midnight there.", left=left, limit=limit)
    if left < SCARCE * limit:
        yield Finding(text, "warning", _("Sync less often, or raise the account's API limit in HubSpot."))
    else:
        yield Finding(text)


def readable(stream: HubSpotStream) -> Finding:
    """Ask for as little of *stream* as possible."""
    try:
        stream.probe()
    except NotOffered as refusal:
        text = _("{stream}: {why}", stream=stream.name, why=refusal.message)
        return Finding(text, "warning" if stream.optional else "credential", refusal.hint)
    except LatidoError as error:
        return Finding.of(error)
    return Finding(_("{stream} can be read.", stream=stream.name))


def own_fields(connector: HubSpot) -> Iterator[Finding]:
    """Yield what is wrong with the user's own mapping."""
    try:
        connector.context()
    except ConfigurationError as error:
        yield Finding.of(error)
    except LatidoError:
        return  # What cannot be read was said already.
