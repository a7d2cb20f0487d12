"""Whether an org can be read, and what to do where it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.connect import Finding, Refused
from latido.errors import ConfigurationError, CredentialError, LatidoError, NotOffered
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido_salesforce.connector import Salesforce
    from latido_salesforce.reading import SObjectStream

_ = marker("latido_salesforce")


def findings(connector: Salesforce) -> Iterator[Finding]:
    """Yield which org this is, and stream by stream what can be read."""
    for stream in connector.chosen():
        if isinstance(stream, _streams()):
            yield readable(stream)


def _streams() -> type[SObjectStream]:
    from latido_salesforce.reading import SObjectStream

    return SObjectStream


def readable(stream: SObjectStream) -> Finding:
    """Ask for as little of *stream* as possible."""
    try:
        stream.probe()
    except NotOffered as refusal:
        text = _("{stream}: {why}", stream=stream.name, why=refusal.message)
        return Finding(text, "warning" if stream.optional else "credential", refusal.hint)
    except LatidoError as error:
        return trouble(error)
    return Finding(_("{stream} can be read.", stream=stream.name))


def trouble(error: LatidoError) -> Finding:
    """Return what *error* means for a check."""
    match error:
        case ConfigurationError():
            return Finding(error.message, "setting", error.hint)
        case CredentialError() | Refused(status=403):
            return Finding(error.message, "credential", error.hint)
        case _:
            return Finding(error.message, "outage", error.hint)
