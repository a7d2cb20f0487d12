"""Latido's connector to HubSpot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.plugins import hookimpl

if TYPE_CHECKING:
    from latido_hubspot.connector import HubSpot

__all__ = ["latido_connectors"]


@hookimpl
def latido_connectors() -> list[type[HubSpot]]:
    from latido_hubspot.connector import HubSpot

    return [HubSpot]
