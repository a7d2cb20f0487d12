"""The SQL of facts keeps to what runs alike on DuckDB, PostgreSQL and Spark.

Much else parses everywhere and is silently wrong somewhere, so this is a list of what is allowed.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlglot

from latido.metrics import catalogue
from latido.metrics._portable import complaints

FOLDER = Path(catalogue.__file__).parent
FILES = sorted(FOLDER.rglob("*.sql"))


def complained(sql: str) -> list[str]:
    """Return what in *sql* is not known to run alike everywhere."""
    return [str(each.message) for each in complaints(sqlglot.parse_one(sql, dialect="duckdb"), sql)]


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_facts_keep_to_the_portable_subset(file: Path) -> None:
    assert [] == complained(file.read_text(encoding="utf-8"))


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
    assert [] != complained(sql)


@pytest.mark.parametrize("dialect", ["postgres", "spark"])
@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_facts_can_be_written_in_other_dialects(file: Path, dialect: str) -> None:
    (written,) = sqlglot.transpile(file.read_text(encoding="utf-8"), read="duckdb", write=dialect)

    assert sqlglot.parse_one(written, dialect=dialect)
