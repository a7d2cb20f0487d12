"""Latido's connector to Bitrix24, cloud and self-hosted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.plugins import hookimpl

if TYPE_CHECKING:
    from latido_bitrix24.connector import Bitrix24

__all__ = ["latido_connectors"]


@hookimpl
def latido_connectors() -> list[type[Bitrix24]]:
    from latido_bitrix24.connector import Bitrix24

    return [Bitrix24]
