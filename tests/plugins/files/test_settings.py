"""What a source of files may say, and what is said of a mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from latido.config import Project
from latido.errors import ConfigurationError
from latido.plugins import plugin_manager
from latido_files.settings import FilesSettings

if TYPE_CHECKING:
    from pathlib import Path


def settings(folder: Path, *lines: str) -> FilesSettings:
    """Return what `[sources.old]` comes to with these *lines*."""
    written = "\n".join(("[sources.old]", 'connector = "files"', *lines))
    (folder / "latido.toml").write_text(written)
    (config,) = Project.load(folder).chosen([])
    found = config.settings(plugin_manager())
    assert isinstance(found, FilesSettings)
    return found


def test_three_lines_are_enough(tmp_path: Path) -> None:
    assert tmp_path / "data" == settings(tmp_path, 'path = "data"').path


def test_two_are_enough_where_the_folder_is_called_files(tmp_path: Path) -> None:
    said = settings(tmp_path)

    assert ("files", None, None) == (str(said.path), said.url, said.deletions)


def test_how_files_are_written_is_said_for_all_and_for_one_table(tmp_path: Path) -> None:
    rates_are = ("[sources.old.formats.fx_rates]", 'decimal = "."', 'dates = "%d.%m.%Y"')
    said = settings(tmp_path, 'delimiter = ";"', 'decimal = ","', *rates_are)

    spend, rates = said.format_of("marketing_spend"), said.format_of("fx_rates")

    assert (";", ",", None) == (spend.delimiter, spend.decimal, spend.dates)
    assert (";", ".", "%d.%m.%Y") == (rates.delimiter, rates.decimal, rates.dates)


@pytest.mark.parametrize(("written", "known"), [("latin-1", "iso8859-1"), ("UTF8", "utf-8"), ("cp1252", "cp1252")])
def test_an_encoding_goes_by_one_name(written: str, known: str, tmp_path: Path) -> None:
    assert known == settings(tmp_path, f'encoding = "{written}"').encoding


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (['path = "data"', 'url = "sqlite:///x.db"'], "give path, or url and queries: a source is one of both."),
        (['url = "sqlite:///x.db"'], "queries is missing: per table the one query that fills it."),
        (["[sources.old.queries]", 'tickets = "select 1"'], "queries and cursors are for a database: give its url."),
        (
            ['url = "sqlite:///x.db"', "[sources.old.queries]", 'ticket = "select 1"'],
            "there is no table ticket. Did you mean tickets?",
        ),
        (
            ['url = "sqlite:///x.db"', 'queries = { tickets = "select 1" }', 'cursors = { deals = "updated_at" }'],
            "cursors has deals, and queries has not.",
        ),
        (['encoding = "latin-12"'], "there is no encoding latin-12. Write utf-8, latin-1 …"),
        (['dates = "dd/mm/yyyy"'], "dd/mm/yyyy says no order. Write it as %d/%m/%Y."),
        (["[sources.old.formats.fx_rate]", 'decimal = ","'], "there is no table fx_rate. Did you mean fx_rates?"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_in_words(lines: list[str], complaint: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        settings(tmp_path, *lines)

    assert str(caught.value).endswith(complaint)
    assert "Correct it, then run: latido check" == str(caught.value.hint)


@pytest.mark.parametrize("line", ['decimal = ";"', 'delimiter = ";;"'])
def test_a_value_that_cannot_be_is_refused(line: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"latido.toml, line 3"):
        settings(tmp_path, line)
