"""The pages about vendors say what is so."""

from __future__ import annotations

import pytest

from tests.connectors.vendor_pages import PAGES, VendorPage

TRAPS = [(page, *trap) for page in PAGES for trap in page.traps]

of_every_vendor = pytest.mark.parametrize("page", PAGES, ids=str)


@of_every_vendor
def test_the_tables_of_fields_are_the_mappings(page: VendorPage) -> None:
    """Made again with: uv run python -m tests.connectors.vendor_pages."""
    assert page.with_its_tables() == page.text


@pytest.mark.parametrize(("page", "file", "name"), TRAPS, ids=str)
def test_every_trap_has_its_test(page: VendorPage, file: str, name: str) -> None:
    assert page.has(file, name)


@of_every_vendor
def test_streams_settings_and_promises_that_cannot_be_kept_are_described(page: VendorPage) -> None:
    assert page.connector.undeliverable
    assert [] == page.silent_on()
