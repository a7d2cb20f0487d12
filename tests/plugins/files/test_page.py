"""The page about files says what is so."""

from __future__ import annotations

import pytest

from latido_files.connector import Files
from tests.plugins.files import page


def test_the_table_of_tables_is_what_is_checked() -> None:
    """Made again with: uv run python -m tests.plugins.files.page."""
    assert page.with_its_tables() == page.PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(("file", "name"), page.traps(), ids=str)
def test_every_trap_has_its_test(file: str, name: str) -> None:
    assert name in page.tests_of(file)


@pytest.mark.parametrize("setting", page.own_settings())
def test_every_setting_is_described(setting: str) -> None:
    assert f"`{setting}`" in page.PAGE.read_text(encoding="utf-8")


def test_every_promise_that_cannot_be_kept_is_told() -> None:
    for promise in Files.undeliverable:
        assert f"\n| `{promise}` |" in page.PAGE.read_text(encoding="utf-8")
