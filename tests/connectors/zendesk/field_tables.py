"""The tables of fields in docs/vendors/zendesk.md, made from the mappings: run this module to make them again."""

from __future__ import annotations

from latido_zendesk.connector import STREAMS, Zendesk
from tests.connectors.vendor_pages import VendorPage

PAGE = VendorPage(Zendesk, STREAMS)

if __name__ == "__main__":
    PAGE.write()
