"""The page about Zendesk says what is so."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from latido.connect import HttpSettings
from latido_zendesk.connector import STREAMS, Zendesk
from latido_zendesk.settings import ZendeskSettings
from tests.connectors.zendesk.field_tables import PAGE, written

TESTS = Path(__file__).parent
TRAPS = re.findall(r"`(test_\w+\.py)::(test_\w+)`", PAGE.read_text())


def test_the_tables_of_fields_are_the_mappings() -> None:
    """Made again with: uv run python -m tests.connectors.zendesk.field_tables."""
    assert written(PAGE.read_text()) == PAGE.read_text()


@pytest.mark.parametrize(("file", "name"), TRAPS)
def test_every_trap_has_its_test(file: str, name: str) -> None:
    tree = ast.parse((TESTS / file).read_text())

    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_stream_and_every_setting_is_described() -> None:
    page = PAGE.read_text()
    ours = ZendeskSettings.model_fields.keys() - HttpSettings.model_fields.keys()

    assert [] == [stream.name for stream in STREAMS if f"| `{stream.name}`" not in page]
    assert [] == [name for name in sorted(ours) if f"`{name}`" not in page and f"\n{name} = " not in page]


def test_every_promise_that_cannot_be_kept_is_described() -> None:
    page = PAGE.read_text()

    assert Zendesk.undeliverable
    assert [] == [promise for promise in Zendesk.undeliverable if f"\n| `{promise}` |" not in page]
