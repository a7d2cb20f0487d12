"""Latido's connector to Google Analytics 4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.plugins import hookimpl

if TYPE_CHECKING:
    from latido_google_analytics.connector import GoogleAnalytics

__all__ = ["latido_connectors"]


@hookimpl
def latido_connectors() -> list[type[GoogleAnalytics]]:
    from latido_google_analytics.connector import GoogleAnalytics

    return [GoogleAnalytics]
