"""Every sentence that people read exists in every language, with the same values in it."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING

import pytest

from tests.catalogues import LANGUAGES, PACKAGES, compiled, po, sentences, translations

if TYPE_CHECKING:
    from pathlib import Path

EACH = pytest.mark.parametrize("language", LANGUAGES)
PACKAGE = pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)


def values(sentence: str) -> list[str]:
    """Return the names of the values that *sentence* has places for."""
    return sorted(name for _text, name, _form, _conversion in Formatter().parse(sentence) if name is not None)


@EACH
@PACKAGE
def test_every_sentence_is_translated(package: Path, language: str) -> None:
    catalogue = translations(po(package, language), language)

    translated = {str(each.id) for each in catalogue if each.id and each.string and not each.fuzzy}

    assert set() == sentences(package) - translated, "add them with: uv run python -m tests.catalogues"


@EACH
@PACKAGE
def test_translation_holds_the_same_values(package: Path, language: str) -> None:
    catalogue = translations(po(package, language), language)

    wrong = [each.id for each in catalogue if values(str(each.id)) != values(str(each.string))]

    assert [] == [sentence for sentence in wrong if sentence]


@EACH
@PACKAGE
def test_programs_read_what_translators_wrote(package: Path, language: str) -> None:
    file = po(package, language)

    assert compiled(translations(file, language)) == file.with_suffix(".mo").read_bytes()
