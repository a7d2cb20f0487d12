"""What every connector promises, kept by this one."""

from __future__ import annotations

from latido.testing import connector_tests
from latido_hubspot.connector import HubSpot
from latido_hubspot.sandbox._oauth import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN
from latido_hubspot.satellites import SATELLITES

APP = {
    "access_token": None,
    "client_id": CLIENT_ID,
    "client_secret": CLIENT_SECRET,
    "refresh_token": REFRESH_TOKEN,
}
"""Unlike the token of a private app, those of an OAuth app expire."""

STREAMS = ("companies", "contacts", "leads", "deals", "line_items", "tickets", "carts")

TestHubSpot = connector_tests(HubSpot, settings=APP, streams=STREAMS, tickets=240)

# Whether tickets tell of spam is tried above.
TestSatellites = connector_tests(HubSpot, settings=APP, streams=[each.name for each in SATELLITES], own=("spam",))
