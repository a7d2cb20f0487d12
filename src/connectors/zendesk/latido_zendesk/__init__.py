"""Latido's connector to Zendesk Support."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.plugins import hookimpl

if TYPE_CHECKING:
    from latido_zendesk.connector import Zendesk

__all__ = ["latido_connectors"]


@hookimpl
def latido_connectors() -> list[type[Zendesk]]:
    from latido_zendesk.connector import Zendesk

    return [Zendesk]
