"""The SQL of facts keeps to what runs alike on DuckDB, PostgreSQL and Spark.

Much else parses everywhere and is silently wrong somewhere, so this is a list of what is allowed.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlglot
from sqlglot import exp

from latido.metrics import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(catalogue.__file__).parent
FILES = sorted(FOLDER.rglob("*.sql"))

ALLOWED: tuple[type[exp.Expr], ...] = (
    # The shape of a query.
    exp.Select, exp.With, exp.CTE, exp.From, exp.Table, exp.TableAlias, exp.Identifier, exp.Subquery, exp.Union,
    exp.Join, exp.Where, exp.Group, exp.Having, exp.Order, exp.Ordered, exp.Column, exp.Alias, exp.Distinct,
    # Values and conditions.
    exp.Literal, exp.Null, exp.Boolean, exp.Parameter, exp.Placeholder, exp.Var, exp.Tuple, exp.Paren, exp.Case, exp.If,
    exp.Cast, exp.DataType, exp.DataTypeParam, exp.And, exp.Or, exp.Not, exp.Is, exp.In, exp.Exists, exp.EQ, exp.NEQ,
    exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg, exp.Between,
    # Functions that mean the same everywhere.
    exp.Coalesce, exp.Nullif, exp.Least, exp.Greatest, exp.Lower, exp.Upper, exp.Trim, exp.Abs, exp.DateDiff,
    exp.Count, exp.Sum, exp.Min, exp.Max, exp.Star,
    exp.Any, exp.Window, exp.WindowSpec, exp.RowNumber, exp.Rank, exp.Lag, exp.Lead, exp.Interval,
)  # fmt: skip


def complaints(sql: str) -> Iterator[str]:
    """Yield what in *sql* is not known to run alike everywhere."""
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    for node in tree.walk():
        if type(node) not in ALLOWED:
            yield f"{type(node).__name__}: {node.sql()}"
    yield from (
        f"star: {node.parent and node.parent.sql()}"
        for node in tree.find_all(exp.Star)
        if not isinstance(node.parent, exp.Count)
    )
    yield from (
        f"side: {node.sql()}" for node in tree.find_all(exp.Join) if node.side not in ("", "LEFT") or node.method
    )
    yield from (
        f"unit: {node.sql()}"
        for node in tree.find_all(exp.DateDiff)
        if node.text("unit").lower() not in ("microsecond", "day")
    )
    yield from (f"group: {node.sql()}" for node in tree.find_all(exp.Group) if node.args.get("all"))
    ordered = sum(len(list(window.find_all(exp.Ordered))) for window in tree.find_all(exp.Window))
    if ordered > len(re.findall(r"\bNULLS (FIRST|LAST)\b", sql)):
        yield "nulls: say in windows where they go"
    yield from (f"division: {node.sql()}" for node in tree.find_all(exp.Div) if not _is_guarded(node))


def _is_guarded(division: exp.Div) -> bool:
    """Whether a division stands where its divisor cannot be 0: under a CASE, or by NULLIF."""
    return isinstance(division.expression, exp.Nullif) or division.find_ancestor(exp.Case) is not None


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_facts_keep_to_the_portable_subset(file: Path) -> None:
    assert [] == list(complaints(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM m_tickets",
        "SELECT a FROM m_tickets QUALIFY ROW_NUMBER() OVER (ORDER BY a NULLS LAST) = 1",
        "SELECT MEDIAN(a) FROM m_tickets",
        "SELECT QUANTILE_CONT(a, 0.5) FROM m_tickets",
        "SELECT ANY_VALUE(a) FROM m_tickets",
        "SELECT a, COUNT(*) FROM m_tickets GROUP BY ALL",
        "SELECT EPOCH(a) FROM m_tickets",
        "SELECT DATE_DIFF('month', a, b) FROM m_tickets",
        "SELECT a FROM m_tickets ASOF JOIN periods USING (a)",
        "SELECT a FROM m_tickets AS t FULL JOIN periods AS p ON t.a < p.a",
        "SELECT UNNEST([1, 2])",
        "SELECT TRY_CAST(a AS BIGINT) FROM m_tickets",
        "SELECT ROW_NUMBER() OVER (PARTITION BY a ORDER BY b) FROM m_tickets",
        "SELECT a / b FROM m_tickets",
    ],
)
def test_what_differs_between_engines_is_found(sql: str) -> None:
    assert [] != list(complaints(sql))


@pytest.mark.parametrize("dialect", ["postgres", "spark"])
@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_facts_can_be_written_in_other_dialects(file: Path, dialect: str) -> None:
    (written,) = sqlglot.transpile(file.read_text(encoding="utf-8"), read="duckdb", write=dialect)

    assert sqlglot.parse_one(written, dialect=dialect)
