"""The page about transforms says what transforms do."""

from __future__ import annotations

import inspect
from pathlib import Path

from latido import connect
from latido.connect import Source
from latido.connect._reference import EXAMPLES, TAKES, TRANSFORMS, kinds, reference_page

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "transforms.md"


def test_the_transforms_page_is_the_transforms() -> None:
    """Made again with: uv run python -m latido.connect > docs/reference/transforms.md."""
    assert reference_page() == PAGE.read_text(encoding="utf-8")


def test_every_transform_that_a_connector_may_use_is_on_the_page() -> None:
    public = {
        name
        for name in connect.__all__
        if inspect.isfunction(found := getattr(connect, name))
        and inspect.signature(found).return_annotation == Source.__name__
    }

    assert public == {each.__name__ for each in TRANSFORMS} == EXAMPLES.keys()


def test_every_kind_of_column_is_on_the_page() -> None:
    assert kinds() == TAKES.keys()
