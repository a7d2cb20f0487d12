"""The vendor's records for Latido."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido import hookimpl

if TYPE_CHECKING:
    from latido_template.connector import Template

__all__ = ["latido_connectors"]


@hookimpl
def latido_connectors() -> list[type[Template]]:
    from latido_template.connector import Template

    return [Template]
