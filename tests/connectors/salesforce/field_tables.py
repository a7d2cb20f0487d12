"""The tables of fields in docs/vendors/salesforce.md, made from the mappings: run this module to make them again."""

from __future__ import annotations

from latido_salesforce.connector import STREAMS, Salesforce
from tests.connectors.vendor_pages import VendorPage

PAGE = VendorPage(Salesforce, STREAMS)

if __name__ == "__main__":
    PAGE.write()
