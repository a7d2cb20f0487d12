"""The promises that every connector keeps, as tests that its author subscribes to in one statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from latido.connect import Connector

TICKETS = 36


def connector_tests(
    connector: type[Connector],
    *,
    settings: Mapping[str, Any] | None = None,
    streams: Collection[str] | None = None,
    tickets: int = TICKETS,
    own: Collection[str] = (),
) -> type:
    """Return a class of tests for pytest: one per promise and stream of *connector*, read from its own sandbox.

    *settings* are added to those of the sandbox, *streams* chooses among all that the connector offers, and *tickets*
    is the size of the imaginary business. *own* names the undeliverable promises that only this vendor could keep:
    this suite knows nothing of them. Raises TypeError for a connector that brings no sandbox.
    """
    from latido.testing._conformance._bench import Subject
    from latido.testing._conformance._tests import test_class

    return test_class(Subject(connector, settings or {}, tickets), streams, own)


def promises() -> dict[str, str]:
    """Return what every connector promises: by the name that `Connector.undeliverable` has for it, in a sentence."""
    from latido.testing._conformance._catalogue import PROMISES

    return {each.key: each.keep.__doc__ or "" for each in PROMISES}
