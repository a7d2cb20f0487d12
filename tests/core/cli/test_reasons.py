"""Every reason that SQL can give has words for people."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import sqlglot
from sqlglot import exp

from latido.cli._figures import EXCLUDED, REASONS
from latido.metrics import Reason
from latido.metrics.model import STEPS, step_sql

if TYPE_CHECKING:
    from collections.abc import Iterator

SAYS_WHY = {"excluded": EXCLUDED, "refused": EXCLUDED, "invalid": EXCLUDED, "blocked": REASONS}


def test_every_reason_has_words() -> None:
    assert {*get_args(Reason)} == {*REASONS}


def test_every_exclusion_has_words() -> None:
    said = {(column, word) for column, word in written() if word not in SAYS_WHY[column]}

    assert set() == said


def test_every_reason_stands_on_the_page_with_its_words() -> None:
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "missing-figures.md").read_text(encoding="utf-8")

    assert [] == [name for name, words in REASONS.items() if f"| `{name}` | {words} |" not in page]
    assert [] == [name for name, words in EXCLUDED.items() if f"`{name}`" not in page or str(words) not in page]


def test_words_are_found_in_sql() -> None:
    found = {word for _column, word in written()}

    assert {"waiting", "spam", "negative_amount", "missing_fx_rate", "insufficient_coverage", "superseded"} <= found


def written() -> Iterator[tuple[str, str]]:
    """Yield every word that a query may put into a column which says why something does not count."""
    folder = resources.files("latido.metrics.catalogue")
    folders = (folder, *(each for each in folder.iterdir() if each.is_dir()))
    texts = [each.read_text() for at in folders for each in at.iterdir() if each.name.endswith(".sql")]
    for text in (*texts, *(step_sql(name) for step in STEPS for name in step)):
        for select in sqlglot.parse_one(text, read="duckdb").find_all(exp.Select):
            for name, each in zip(_names(select), select.expressions, strict=False):
                column = next((known for known in SAYS_WHY if name == known or name.endswith(f"_{known}")), None)
                if column is not None:
                    yield from ((column, word) for word in _results(each))


def _names(select: exp.Select) -> list[str]:
    """Return the names of its columns: in a union they are those of the first query."""
    first: Any = select
    while isinstance(first.parent, exp.SetOperation):
        first = first.parent
    while isinstance(first, exp.SetOperation):
        first = first.left
    return [each.alias_or_name for each in first.expressions]


def _results(each: exp.Expression) -> Iterator[str]:
    """Yield the texts that an expression may come out as; those it only compares with are none."""
    if isinstance(each, exp.Literal) and each.is_string:
        yield str(each.this)
    elif isinstance(each, exp.Case):
        for branch in (*(case.args["true"] for case in each.args["ifs"]), each.args.get("default")):
            if branch is not None:
                yield from _results(branch)
    elif isinstance(each, exp.Alias | exp.Paren | exp.Min | exp.Max | exp.Coalesce | exp.Cast):
        for part in (each.this, *each.expressions):
            yield from _results(part)
