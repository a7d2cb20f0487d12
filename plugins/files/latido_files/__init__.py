"""Latido's connector to files and SQL databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.plugins import hookimpl

if TYPE_CHECKING:
    from latido_files.connector import Files

__all__ = ["latido_connectors"]


@hookimpl
def latido_connectors() -> list[type[Files]]:
    from latido_files.connector import Files

    return [Files]
