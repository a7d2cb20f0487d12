"""What every connector promises, kept by this one."""

from __future__ import annotations

from latido.testing import connector_tests
from latido_google_analytics.connector import GoogleAnalytics

WEEKS = {"start_date": "2026-10-18"}
"""The last weeks, of two years: with five rows a page they would be a thousand requests."""

TestGoogleAnalytics = connector_tests(GoogleAnalytics, settings=WEEKS)
