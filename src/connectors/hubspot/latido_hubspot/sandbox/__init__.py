"""A server that behaves like HubSpot, over an imaginary business.

`python -m latido_hubspot.sandbox --contacts 50000` serves one; its first line says where.
"""

from latido_hubspot.sandbox._sandbox import HubSpotSandbox
from latido_hubspot.sandbox._switches import HubSpotSwitches, documented_limits

__all__ = ["HubSpotSandbox", "HubSpotSwitches", "documented_limits"]
