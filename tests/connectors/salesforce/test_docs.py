"""The page about Salesforce says what is so."""

from __future__ import annotations

import pytest

from tests.connectors.salesforce.field_tables import PAGE


def test_the_tables_of_fields_are_the_mappings() -> None:
    """Made again with: uv run python -m tests.connectors.salesforce.field_tables."""
    assert PAGE.with_its_tables() == PAGE.text


@pytest.mark.parametrize(("file", "name"), PAGE.traps)
def test_every_trap_has_its_test(file: str, name: str) -> None:
    assert PAGE.has(file, name)


def test_streams_settings_and_promises_that_cannot_be_kept_are_described() -> None:
    assert PAGE.connector.undeliverable
    assert [] == PAGE.silent_on()
