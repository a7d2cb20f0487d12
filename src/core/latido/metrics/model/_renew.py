"""Renewing only what a change reaches, in one transaction: nobody sees half of it, and nothing is left of a half."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from latido.metrics.model._build import ECB, bound, build, step_sql
from latido.metrics.model._reach import REACHES, Whole
from latido.schema import TABLES
from latido.warehouse import scalar

if TYPE_CHECKING:
    import duckdb

    from latido.metrics._settings import EngineSettings
    from latido.metrics.model._reach import Reach

_MUCH = 0.05
"""A greater share of all rows is not worth picking: everything is built again in less time."""

_FEW = 1_000
"""So many rows are always few."""

_TOLD = frozenset(
    cause
    for reach in REACHES.values()
    for cause in (reach.after if isinstance(reach, Whole) else (*reach.causes, *reach.where))
)


class TooMuch(Exception):
    """So much moved that everything is built again in less time."""


def renew(connection: duckdb.DuckDBPyConnection, settings: EngineSettings, since: int) -> None:
    """Renew what comes out differently by rows that were written after *since*, and by what was noted.

    Raises TooMuch where that is better left.
    """
    renewal = _Renewal(connection, settings, since)
    for table, reach in REACHES.items():
        if isinstance(reach, Whole):
            renewal.build_again(table, reach)
        else:
            renewal.renew(table, reach)
    connection.execute("DELETE FROM _latido_moved")


@cache
def _words(table: str) -> frozenset[str]:
    """Return all words in the query of *table*: any column that it reads is among them."""
    return frozenset(re.findall(r"\w+", step_sql(table)))


class _Renewal:
    """What moved so far, by the names of tables and of notes: each can be read as `new_…`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, settings: EngineSettings, since: int) -> None:
        self._connection = connection
        self._settings = settings
        self._since = since
        self._few = max(_FEW, _MUCH * scalar(connection, "SELECT COALESCE(SUM(n), 0)::BIGINT FROM m_delivered"))
        self._stored = scalar(connection, """SELECT '"' || current_database() || '".main'""")
        self._moved = {"rows", *self._written(), *self._noted()}

    def build_again(self, table: str, reach: Whole) -> None:
        """Build all of *table* where something moved that it is made of."""
        after = reach.after if table != "m_quotes" or self._settings.fx == ECB else reach.after[:1]
        if self._moved.isdisjoint(after):
            return
        if table in _TOLD:
            self._make("was", reach.told.format(rows=table))
        build(self._connection, table, self._settings)
        self._tell(table, reach.told.format(rows=table))

    def renew(self, table: str, reach: Reach) -> None:
        """Renew the rows of *table* that come out differently."""
        if not self._reached(reach):
            return
        same = " AND ".join(f"r.{name} = t.{name}" for name in reach.key)
        # A rowid is found in a tenth of the time that the texts of a key take.
        self._make("old", f"SELECT t.rowid AS row FROM {table} AS t SEMI JOIN reached AS r ON {same}")
        if table in _TOLD:
            rows = f"(SELECT t.* FROM {table} AS t SEMI JOIN old ON old.row = t.rowid)"
            self._make("was", reach.told.format(rows=rows))
        self._narrow(table, reach)
        self._make("becomes", step_sql(table), bound(self._connection, table, self._settings))
        for name in reach.reads:
            self._connection.execute(f"DROP TABLE temp.{name}")
        self._connection.execute(f"DELETE FROM {table} WHERE rowid IN (SELECT row FROM old)")
        self._connection.execute(f"INSERT INTO {table} FROM becomes")
        self._tell(table, reach.told.format(rows="becomes"))

    def _written(self) -> list[str]:
        since = self._since
        counts = " UNION ALL ".join(f"SELECT '{table}', COUNT(*) FROM {table} WHERE seq > {since}" for table in TABLES)
        fresh = {table: n for table, n in self._connection.execute(counts).fetchall() if n}
        if sum(fresh.values()) > self._few:
            raise TooMuch
        for table in fresh:
            self._show(table, f"SELECT * FROM {self._stored}.{table} WHERE seq > {since}")
        return list(fresh)

    def _noted(self) -> list[str]:
        noted = [what for (what,) in self._connection.execute("SELECT DISTINCT what FROM _latido_moved").fetchall()]
        if "everything" in noted:
            raise TooMuch
        for what in noted:
            self._show(what, f"SELECT entity, source, id AS source_id FROM _latido_moved WHERE what = '{what}'")
        return noted

    def _reached(self, reach: Reach) -> int:
        """Find the keys of rows that may come out differently; return how many there are."""
        queries = [query for cause, query in reach.causes.items() if cause in self._moved]
        conditions = [condition for cause, condition in reach.where.items() if cause in self._moved]
        if conditions:
            rows = f"SELECT t.source, t.source_id FROM {reach.looked_through} AS t"
            queries.append(f"{rows} WHERE {' OR '.join(conditions)}")
        if not queries:
            return 0
        named = " AND ".join(f"{name} IS NOT NULL" for name in reach.key)
        found = "found" if reach.spread else "reached"
        self._make(found, f"SELECT DISTINCT {', '.join(reach.key)} FROM ({' UNION ALL '.join(queries)}) WHERE {named}")
        if reach.spread:
            self._make("reached", reach.spread.format(since=self._since))
        n: int = scalar(self._connection, "SELECT COUNT(*) FROM reached")
        if n > self._few:
            raise TooMuch
        return n

    def _narrow(self, table: str, reach: Reach) -> None:
        """Put copies in front of the tables that the query of *table* reads, with only the rows that it needs.

        Copies, since of views it is not known how few rows they have: much greater tables would be hashed than these.
        Found by their keys, not by rowid: where a transaction looks for many rowids in a table that it has itself
        written to, DuckDB 2.0.0 now and then loses rows, or crashes.
        """
        for name, among in reach.reads.items():
            columns = ", ".join(sorted(self._columns(name) & _words(table)))
            self._make(name, f"SELECT {columns} FROM {self._stored}.{name} AS t SEMI JOIN {among}")

    def _columns(self, name: str) -> set[str]:
        described = self._connection.execute(f"DESCRIBE {self._stored}.{name}").fetchall()
        return {column for column, *_kind in described}

    def _tell(self, table: str, becomes: str) -> None:
        """Let others see, if any ask, what came out differently: as it `was`, and as it is."""
        if table not in _TOLD:
            return
        # Grouped once: EXCEPT ALL, which says the same, numbers all rows first, on both sides.
        self._make(
            f"new_{table}",
            f"""SELECT * EXCLUDE (change) FROM (SELECT *, 1 AS change FROM was UNION ALL SELECT *, -1 FROM ({becomes}))
                GROUP BY ALL HAVING SUM(change) <> 0""",
        )
        if scalar(self._connection, f"SELECT EXISTS (FROM new_{table})"):
            self._moved.add(table)

    def _make(self, name: str, query: str, values: object = None) -> None:
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}", values)

    def _show(self, name: str, query: str) -> None:
        self._connection.execute(f"CREATE TEMP VIEW new_{name} AS {query}")
