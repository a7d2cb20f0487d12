"""The tables of fields in docs/vendors/hubspot.md, made from the mappings: run this module to make them again."""

from __future__ import annotations

from latido_hubspot.connector import STREAMS, HubSpot
from tests.connectors.vendor_pages import VendorPage

PAGE = VendorPage(HubSpot, STREAMS)

if __name__ == "__main__":
    PAGE.write()
