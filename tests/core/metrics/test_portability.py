"""The SQL of facts keeps to what runs alike on DuckDB, PostgreSQL and Spark.

Much else parses everywhere and is silently wrong somewhere, so this is a list of what is allowed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlglot

from latido.metrics import catalogue
from latido.metrics._portable import complaints
from latido.metrics.catalogue import built_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.metrics import Query

FOLDER = Path(catalogue.__file__).parent
FILES = sorted(FOLDER.rglob("*.sql"))


def complained(sql: str) -> list[str]:
    """Return what in *sql* is not known to run alike everywhere."""
    return [str(each.message) for each in complaints(sqlglot.parse_one(sql, dialect="duckdb"), sql)]


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_facts_keep_to_the_portable_subset(file: Path) -> None:
    assert [] == complained(file.read_text(encoding="utf-8"))


def queries() -> Iterator[tuple[str, Query]]:
    """Yield the facts of every KPI, hidden ones too, and those that a parameter puts in their place."""
    for kpi in built_in():
        changes = [(name, change) for name, param in kpi.params.items() for change in param.overrides.values()]
        for name, query in [("", kpi.facts), *((name, change.facts) for name, change in changes)]:
            if query is not None:
                yield f"{kpi.id} {name}", query


def test_so_do_facts_as_they_are_made_of_files() -> None:
    """Some are read over another view, some are turned round."""
    assert {} == {name: found for name, query in queries() if (found := complained(query.sql))}


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
        "SELECT CAST(a / 2 AS BIGINT) FROM m_answers",
        "SELECT CAST(a AS HUGEINT) FROM m_answers",
        "SELECT COUNT(DISTINCT a) OVER (PARTITION BY b) FROM m_answers",
    ],
)
def test_what_differs_between_engines_is_found(sql: str) -> None:
    assert [] != complained(sql)


@pytest.mark.parametrize("dialect", ["postgres", "spark"])
@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_facts_can_be_written_in_other_dialects(file: Path, dialect: str) -> None:
    (written,) = sqlglot.transpile(file.read_text(encoding="utf-8"), read="duckdb", write=dialect)

    assert sqlglot.parse_one(written, dialect=dialect)
