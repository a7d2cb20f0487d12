"""The tables of fields in docs/vendors/zendesk.md, made from the mappings: run this module to make them again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from latido_zendesk.connector import STREAMS

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parents[3] / "docs" / "vendors" / "zendesk.md"
PLACE = re.compile(r"(?<=<!-- fields -->\n).*?(?=<!-- /fields -->)", re.DOTALL)


def field_tables() -> str:
    """Return a table per stream and entity: which column comes from which of Zendesk's fields."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    for stream in STREAMS:
        for mapping in stream.mappings:
            yield f"\n### {stream.name}: {mapping.entity.table}\n"
            yield "| column | from |\n|---|---|"
            for column in mapping.entity.columns():
                if column in mapping.fields:
                    yield f"| {column} | `{mapping.fields[column].description}` |"
    yield ""


def written(page: str) -> str:
    """Return *page* with the tables as they are now."""
    return PLACE.sub(lambda _found: field_tables() + "\n", page)


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text()))
