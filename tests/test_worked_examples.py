"""The worked examples of the KPI catalogue: files that people could have written, and the figures that they come to.

Each folder of `worked_examples` is one. `example.txt` tells it and ends with the figures, a KPI per line; the other
files are what it is about: of one source, or in a folder per source. `latido.toml` is what the project says besides.
Time zone Europe/Madrid, currency EUR, as of 60 days after the period's end; the period is January 2024 unless told.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from latido.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = Path(__file__).parent / "worked_examples"
NAMES = [*(f"E{number:02}" for number in range(1, 44)), "T1", "T2"]
TEXT = "example.txt"
SETTINGS = "latido.toml"
PERIOD = re.compile(r"Period\s+\[([\d-]+),\s+([\d-]+)\)")
PROJECT = """\
[latido]
timezone = "Europe/Madrid"
currency = "EUR"
"""
SOURCE = """
[sources.{name}]
connector = "files"
path = "{path}"
"""


@dataclass(frozen=True)
class Example:
    """What stands in a folder."""

    folder: Path
    text: str

    @property
    def period(self) -> tuple[date, date]:
        told = PERIOD.search(self.text)
        first, end = told.groups() if told else ("2024-01-01", "2024-02-01")
        return date.fromisoformat(first), date.fromisoformat(end)

    @property
    def figures(self) -> list[tuple[str, dict[str, str]]]:
        """What is asked, each with what is answered, as it is written."""
        lines = [line.split(" -> ") for line in self.text.splitlines() if " -> " in line]
        return [(ask, dict(each.split(" = ") for each in said.split("; "))) for ask, said in lines]

    @property
    def project(self) -> str:
        """The settings of a project whose sources are the files of the example."""
        folders = [each for each in self.folder.iterdir() if each.is_dir()] or [self.folder]
        sources = (SOURCE.format(name=each.name, path=(each / "*.csv").as_posix()) for each in folders)
        own = self.folder / SETTINGS
        return "".join((PROJECT, *sources, "\n", own.read_text(encoding="utf-8") if own.exists() else ""))

    def question(self) -> Iterator[str]:
        first, end = self.period
        yield from ("kpis", *(ask for ask, _ in self.figures))
        yield from ("--period", f"{first}/{end}", "--as-of", f"{end + timedelta(days=60)}", "--format", "json")


def written(number: float | str | None, like: str) -> str:
    """Return what was answered in the way of the expected: six decimals where that has some."""
    if isinstance(number, int | float) and "." in like:
        return f"{number:.6f}"
    return "null" if number is None else str(number)


def said(answer: dict[str, Any], expected: dict[str, str]) -> dict[str, str]:
    """Return those fields and parts of *answer* that are expected."""
    flat = answer | answer["parts"]
    return {name: written(flat.get(name), like) for name, like in expected.items()}


@pytest.mark.parametrize("name", NAMES)
def test_worked_example(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example = Example(EXAMPLES / name, (EXAMPLES / name / TEXT).read_text(encoding="utf-8"))
    (tmp_path / SETTINGS).write_text(example.project, encoding="utf-8")
    project = ("--project", str(tmp_path))

    assert 0 == main([*project, "--quiet", "sync", "--format", "json"], environ={})
    receipts = json.loads(capsys.readouterr().out)["receipts"]
    assert 0 == main([*project, *example.question()], environ={})
    answers = json.loads(capsys.readouterr().out)["answers"]

    assert 0 == sum(each["quarantined"] for each in receipts)
    asked = example.figures
    assert asked == [(ask, said(answer, figures)) for (ask, figures), answer in zip(asked, answers, strict=True)]


def test_every_example_is_there() -> None:
    assert NAMES == sorted(each.name for each in EXAMPLES.iterdir())
