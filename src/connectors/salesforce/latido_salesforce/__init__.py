"""Latido's connector to Salesforce."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.plugins import hookimpl

if TYPE_CHECKING:
    from latido_salesforce.connector import Salesforce

__all__ = ["latido_connectors"]


@hookimpl
def latido_connectors() -> list[type[Salesforce]]:
    from latido_salesforce.connector import Salesforce

    return [Salesforce]
