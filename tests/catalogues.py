"""The sentences that people read, and their translations. To take over changes: `python -m tests.catalogues`.

Every sentence marked `_("…")` in a distribution's modules, and the definition that heads a KPI's SQL, belongs into its
`locale/<language>/LC_MESSAGES/<package>.po`; beside it lies the compiled `.mo`.
"""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from latido.metrics import Query

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
LANGUAGES = ("es",)
NEVER = datetime(2026, 1, 1, tzinfo=UTC)


def sentences(package: Path) -> set[str]:
    """Return every sentence of *package* that people read."""
    marked = {found for path in package.rglob("*.py") for found in _marked(ast.parse(path.read_text(encoding="utf-8")))}
    headed = {
        Query.parsed(path.read_text(encoding="utf-8")).meaning.template for path in package.rglob("catalogue/*.sql")
    }
    return (marked | headed) - {""}


def _marked(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_" and node.args:
            text = node.args[0]
            assert isinstance(text, ast.Constant), f"line {node.lineno}: a sentence is a text, not an expression"
            yield str(text.value)


PACKAGES = sorted(
    path.parent
    for path in (*ROOT.glob("src/**/latido*/__init__.py"), *ROOT.glob("plugins/*/latido*/__init__.py"))
    if path.parent.name.isidentifier() and sentences(path.parent)
)


def po(package: Path, language: str) -> Path:
    """Return where *package*'s sentences in *language* are."""
    return package / "locale" / language / "LC_MESSAGES" / f"{package.name}.po"


def translations(file: Path, language: str) -> Catalog:
    """Return what *file* says."""
    with file.open("rb") as stream:
        return read_po(stream, locale=language)


def compiled(catalogue: Catalog) -> bytes:
    """Return *catalogue* as programs read it."""
    written = BytesIO()
    write_mo(written, catalogue)
    return written.getvalue()


def update(package: Path, language: str) -> list[str]:
    """Write the catalogue anew, with the sentences that there are now, and return those that nobody has translated."""
    file = po(package, language)
    before = translations(file, language) if file.exists() else Catalog(language)
    catalogue = Catalog(language, project="Latido", creation_date=NEVER, revision_date=NEVER, fuzzy=False)
    for sentence in sorted(sentences(package)):
        known = before.get(sentence)
        catalogue.add(sentence, known.string if known else "")
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as stream:
        write_po(stream, catalogue, width=0)
    file.with_suffix(".mo").write_bytes(compiled(translations(file, language)))
    return [str(each.id) for each in catalogue if each.id and not each.string]


if __name__ == "__main__":
    for folder in PACKAGES:
        for wanted in LANGUAGES:
            for missing in update(folder, wanted):
                print(f"{folder.name}/{wanted}: {missing}")
