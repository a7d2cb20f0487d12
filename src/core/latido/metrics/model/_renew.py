"""Renewing only what a change reaches, in one transaction: nobody sees half of it, and nothing is left of a half."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.metrics.model._build import ECB, bound, build, step_sql
from latido.metrics.model._reach import REACHES, Reach, Whole
from latido.schema import TABLES
from latido.warehouse import scalar

if TYPE_CHECKING:
    import duckdb

    from latido.metrics._settings import EngineSettings

_MUCH = 0.05
"""A greater share of all rows is not worth picking: everything is built again in less time."""

_FEW = 1_000
"""So many rows are always few."""


class TooMuch(Exception):
    """So much moved that everything is built again in less time."""


def renew(connection: duckdb.DuckDBPyConnection, settings: EngineSettings, since: int) -> None:
    """Renew what comes out differently by rows that were written after *since*, and by what was noted.

    Raises TooMuch where that is better left.
    """
    few = max(_FEW, _MUCH * scalar(connection, "SELECT COALESCE(CAST(SUM(n) AS BIGINT), 0) FROM m_delivered"))
    moved = _moved(connection, since, few)
    for table, reach in REACHES.items():
        if isinstance(reach, Whole):
            done = _build_again(connection, table, reach, moved, settings)
        else:
            done = _renew(connection, table, reach, moved, settings, few)
        if done and table in _TOLD and scalar(connection, f"SELECT EXISTS (FROM new_{table})"):
            moved.add(table)
    connection.execute("DELETE FROM _latido_moved")


_TOLD = frozenset(
    cause for reach in REACHES.values() for cause in (reach.after if isinstance(reach, Whole) else reach.causes)
)


def _moved(connection: duckdb.DuckDBPyConnection, since: int, few: float) -> set[str]:
    """Return the tables with rows that were written after *since*, and what was noted; each can be read as `new_…`."""
    counts = " UNION ALL ".join(f"SELECT '{table}', COUNT(*) FROM {table} WHERE seq > {since}" for table in TABLES)
    fresh = {table: n for table, n in connection.execute(counts).fetchall() if n}
    noted = {what for (what,) in connection.execute("SELECT DISTINCT what FROM _latido_moved").fetchall()}
    if "everything" in noted or sum(fresh.values()) > few:
        raise TooMuch
    for table in fresh:
        connection.execute(f"CREATE TEMP VIEW new_{table} AS SELECT * FROM main.{table} WHERE seq > {since}")
    for what in noted:
        connection.execute(
            f"""CREATE TEMP VIEW new_{what} AS SELECT entity, source, id AS source_id
                FROM main._latido_moved WHERE what = '{what}'"""
        )
    return {"rows", *fresh, *noted}


def _build_again(
    connection: duckdb.DuckDBPyConnection, table: str, reach: Whole, moved: set[str], settings: EngineSettings
) -> bool:
    after = reach.after if table != "m_quotes" or settings.fx == ECB else reach.after[:1]
    if moved.isdisjoint(after):
        return False
    if table in _TOLD:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE was AS {reach.told.format(rows=table)}")
    build(connection, table, settings)
    if table in _TOLD:
        _tell(connection, table, reach.told.format(rows=table))
    return True


def _renew(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    reach: Reach,
    moved: set[str],
    settings: EngineSettings,
    few: float,
) -> bool:
    queries = [query for cause, query in reach.causes.items() if cause in moved]
    reached = _reached(connection, reach, " UNION ALL ".join(queries)) if queries else 0
    if reached > few:
        raise TooMuch
    if not reached:
        return False
    same = " AND ".join(f"r.{name} = t.{name}" for name in reach.key)
    values = bound(connection, table, settings)
    if table in _TOLD:
        rows = f"(SELECT t.* FROM {table} AS t SEMI JOIN reached AS r ON {same})"
        connection.execute(f"CREATE OR REPLACE TEMP TABLE was AS {reach.told.format(rows=rows)}")
    stored = scalar(connection, """SELECT '"' || current_database() || '".main'""")
    for name, condition in reach.reads.items():
        # The query finds this view in front of the table of the same name.
        among = condition.format(stored=stored)
        connection.execute(f"CREATE TEMP VIEW {name} AS SELECT t.* FROM {stored}.{name} AS t SEMI JOIN {among}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE becomes AS {step_sql(table)}", values)
    for name in reach.reads:
        connection.execute(f"DROP VIEW temp.{name}")
    connection.execute(f"DELETE FROM {table} AS t USING reached AS r WHERE {same}")
    connection.execute(f"INSERT INTO {table} FROM becomes")
    if table in _TOLD:
        _tell(connection, table, reach.told.format(rows="becomes"))
    return True


def _reached(connection: duckdb.DuckDBPyConnection, reach: Reach, query: str) -> int:
    """Find the keys of rows that may come out differently; return how many there are."""
    key = ", ".join(reach.key)
    named = " AND ".join(f"{name} IS NOT NULL" for name in reach.key)
    found = "found" if reach.spread else "reached"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {found} AS SELECT DISTINCT {key} FROM ({query}) WHERE {named}")
    if reach.spread:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE reached AS {reach.spread}")
    return int(scalar(connection, "SELECT COUNT(*) FROM reached"))


def _tell(connection: duckdb.DuckDBPyConnection, table: str, told: str) -> None:
    """Let others see, as `new_…`, what came out differently: as it was, and as it is."""
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE new_{table} AS
            (FROM was EXCEPT ALL {told}) UNION ALL ({told} EXCEPT ALL FROM was)"""
    )
