"""What every connector promises, kept by this one."""

from __future__ import annotations

from latido.testing import connector_tests
from latido_google_analytics.connector import GoogleAnalytics

TestGoogleAnalytics = connector_tests(GoogleAnalytics)
