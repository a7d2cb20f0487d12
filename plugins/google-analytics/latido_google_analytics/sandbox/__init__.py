"""A server that behaves like Google Analytics 4, over an imaginary business.

`python -m latido_google_analytics.sandbox` serves one; its first line says where.
"""

from latido_google_analytics.sandbox._sandbox import GoogleAnalyticsSandbox
from latido_google_analytics.sandbox._switches import GoogleAnalyticsSwitches

__all__ = ["GoogleAnalyticsSandbox", "GoogleAnalyticsSwitches"]
