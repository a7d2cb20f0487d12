"""What docs/vendors/files.md promises. Run this module to make its table of tables again."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

from latido.connect import ConnectorSettings
from latido.schema import TABLES
from latido_files.needs import KEYS, NATURAL_KEYS, NEEDED
from latido_files.settings import FilesSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
PAGE = HERE.parents[2] / "docs" / "vendors" / "files.md"
OF_TABLES = re.compile(r"(?<=<!-- tables -->\n).*?(?=<!-- /tables -->)", re.DOTALL)
TRAP = re.compile(r"`(test_\w+\.py)::(test_\w+)`")


def with_its_tables() -> str:
    """Return the page with a line per table of the schema."""
    lines = "\n".join(_lines()) + "\n\n"
    return OF_TABLES.sub(lambda _found: lines, PAGE.read_text(encoding="utf-8"))


def _lines() -> Iterator[str]:
    yield "\n| table | a row is told from others by | needs |\n|---|---|---|"
    for table in TABLES:
        yield f"| `{table}` | {_key(table)} | {_listed(NEEDED[table])} |"


def _key(table: str) -> str:
    own = _listed(KEYS, " or ")
    if table not in NATURAL_KEYS:
        return own
    return f"{own}, else {_listed(NATURAL_KEYS[table]) or 'the whole row'}"


def _listed(columns: tuple[str, ...], by: str = ", ") -> str:
    return by.join(f"`{each}`" for each in columns)


def traps() -> list[tuple[str, str]]:
    """Return the tests that the page names, each with its file."""
    return TRAP.findall(PAGE.read_text(encoding="utf-8"))


def tests_of(file: str) -> set[str]:
    tree = ast.parse((HERE / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def own_settings() -> list[str]:
    return sorted(FilesSettings.model_fields.keys() - ConnectorSettings.model_fields.keys())


if __name__ == "__main__":
    PAGE.write_text(with_its_tables(), encoding="utf-8")
