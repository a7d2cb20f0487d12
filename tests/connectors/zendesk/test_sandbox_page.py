"""What the page about testing says of the sandbox is there."""

from __future__ import annotations

import re
from pathlib import Path

from latido_zendesk.sandbox import ZendeskSwitches
from tests.connectors.zendesk.visiting import Visitor

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "testing.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`(\w+)", PAGE))


def test_every_switch_is_on_the_page() -> None:
    assert set() == ZendeskSwitches.model_fields.keys() - NAMED


def test_every_deed_is_on_the_page() -> None:
    assert set() == Visitor(20).sandbox.deeds().keys() - NAMED


def test_the_examples_of_the_page_run() -> None:
    for example in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(compile(example, "testing.md", "exec"), {})  # noqa: S102 - our own page
