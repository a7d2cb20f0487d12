"""Which records have to be looked at again: those that changed, and all whom that may concern.

Records concern each other when they share a value that is not too common, when one names the other, or when they were
one before. Whatever is joined, or not joined because of a contradiction, is decided among records that concern each
other; so deciding anew for all of `affected` comes out as deciding anew for everybody.
"""

# ruff: noqa: S608 - names of tables are ours, values are bound

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.identity._keys import derive
from latido.identity._kinds import ACCOUNTS, TOO_COMMON
from latido.warehouse import note_moved, scalar

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from latido.identity._kinds import Kind

_SMALL_NUMBER = "'^[0-9]{1,8}$'"
"""Ids like these are counted by every vendor from 1: that two are equal says nothing."""

_SOURCE = "SPLIT_PART({}, ':', 1)"
_ID = "SUBSTR({0}, STRPOS({0}, ':') + 1)"

_CONCERNED = """
    WITH named AS (
        SELECT DISTINCT m.rule, m.value
        FROM frontier AS f
        JOIN pairs AS m ON m.source = f.source AND m.source_id = f.source_id
    ), sharing AS (
        SELECT p.source, p.source_id, p.rule, p.value, p.stated
        FROM pairs AS p
        JOIN named AS v ON v.rule = p.rule AND v.value = p.value
    ), crowded AS (
        SELECT DISTINCT rule, value FROM sharing WHERE stated AND rule IN (SELECT UNNEST($capped))
        GROUP BY rule, value, source HAVING COUNT(*) > $too_common
    )
    SELECT s.source, s.source_id
    FROM sharing AS s
    ANTI JOIN crowded AS c ON c.rule = s.rule AND c.value = s.value
    UNION
    SELECT l.source, l.source_id
    FROM frontier AS f
    JOIN {links} AS mine ON mine.source = f.source AND mine.source_id = f.source_id
    JOIN {links} AS l ON l.{id} = mine.{id}"""

# A value that was too common and still is concerns nobody.
_TOUCHED = """
    SELECT p.source, p.source_id
    FROM touched AS t
    ANTI JOIN (SELECT b.rule, b.value FROM common_before AS b
               JOIN common_after AS c ON c.rule = b.rule AND c.value = b.value) AS still
           ON still.rule = t.rule AND still.value = t.value
    JOIN pairs AS p ON p.rule = t.rule AND p.value = t.value"""


def find_all(connection: duckdb.DuckDBPyConnection, kind: Kind, sources: Sequence[str]) -> None:
    """Derive the keys of all records of *sources*, of which there are none yet, and take all of them for `affected`."""
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE looked_at AS SELECT source, source_id FROM {kind.table}
            WHERE source IN (SELECT UNNEST(CAST($sources AS VARCHAR[])))""",
        {"sources": list(sources)},
    )
    derive(connection, kind)
    connection.execute(f"INSERT INTO _latido_keys SELECT '{kind.table}', * FROM fresh")
    connection.execute("DROP TABLE fresh")
    connection.execute(f"CREATE OR REPLACE TEMP VIEW pairs AS {pairs_of(kind)}")
    note_common(connection, kind, "common")
    connection.execute("CREATE OR REPLACE TEMP TABLE affected AS FROM looked_at")
    connection.execute("CREATE OR REPLACE TEMP TABLE renewed AS FROM affected")


def find(connection: duckdb.DuckDBPyConnection, kind: Kind, sources: Sequence[str], since: int) -> None:
    """Derive the keys of records that were written after *since*, and find out who is `affected`."""
    _look_at(connection, kind, sources, since)
    derive(connection, kind)
    _compare(connection, kind)
    note_common(connection, kind, "common_before", "touched")
    _replace_keys(connection, kind)
    note_common(connection, kind, "common_after", "touched")
    connection.execute(f"CREATE OR REPLACE TEMP VIEW pairs AS {pairs_of(kind)}")
    _begin(connection, kind)
    while scalar(connection, "SELECT COUNT(*) FROM frontier"):
        _spread(connection, kind)
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE named AS
           SELECT DISTINCT p.rule, p.value FROM pairs AS p
           JOIN affected AS f ON f.source = p.source AND f.source_id = p.source_id"""
    )
    note_common(connection, kind, "common", "named")


def _look_at(connection: duckdb.DuckDBPyConnection, kind: Kind, sources: Sequence[str], since: int) -> None:
    moved = "" if kind is ACCOUNTS else " OR (source, account_id) IN (SELECT (source, source_id) FROM renewed_accounts)"
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE renewed AS
            SELECT source, source_id FROM {kind.table}
            WHERE source IN (SELECT UNNEST(CAST($sources AS VARCHAR[]))) AND (seq > $since{moved})""",
        {"sources": list(sources), "since": since},
    )
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE looked_at AS
            SELECT source, source_id FROM renewed
            UNION SELECT source, source_id FROM _latido_unsettled WHERE entity = '{kind.table}'
            UNION SELECT l.source, l.source_id FROM {kind.links} AS l
                  ANTI JOIN {kind.table} AS t ON t.source = l.source AND t.source_id = l.source_id"""
    )


def _compare(connection: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    """Find the values that were `touched`, and the records that were `changed` as far as they matter."""
    was = f"""SELECT k.source, k.source_id, k.rule, k.value, k.qualifier FROM _latido_keys AS k
              JOIN looked_at AS l ON l.source = k.source AND l.source_id = k.source_id
              WHERE k.entity = '{kind.table}'"""
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE differing AS
            ({was} EXCEPT FROM fresh) UNION ALL (FROM fresh EXCEPT {was})"""
    )
    connection.execute("CREATE OR REPLACE TEMP TABLE touched AS SELECT DISTINCT rule, value FROM differing")
    for rule in ("domain", "email"):
        note_moved(connection, rule, f"SELECT '', '', value FROM touched WHERE rule = '{rule}'")
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE changed AS
            SELECT source, source_id FROM differing
            UNION SELECT source, source_id FROM _latido_unsettled WHERE entity = '{kind.table}'
            UNION SELECT l.source, l.source_id FROM looked_at AS l
                  LEFT JOIN {kind.links} AS k ON k.source = l.source AND k.source_id = l.source_id
                  LEFT JOIN {kind.table} AS t ON t.source = l.source AND t.source_id = l.source_id
                  WHERE k.source_id IS NULL OR t.source_id IS NULL"""
    )


def _replace_keys(connection: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    connection.execute(
        f"""DELETE FROM _latido_keys WHERE entity = '{kind.table}'
            AND (source, source_id) IN (SELECT (source, source_id) FROM changed)"""
    )
    connection.execute(
        f"""INSERT INTO _latido_keys SELECT '{kind.table}', f.source, f.source_id, f.rule, f.value, f.qualifier
            FROM fresh AS f JOIN changed AS c ON c.source = f.source AND c.source_id = f.source_id"""
    )


def pairs_of(kind: Kind) -> str:
    """Return the query of all by which records may be one, `stated` by the record itself or said of it by others."""
    keys = f"SELECT * FROM _latido_keys WHERE entity = '{kind.table}'"
    branches = [
        f"SELECT source, source_id, rule, value, qualifier, true AS stated FROM ({keys}) WHERE rule <> 'name'",
        f"""SELECT t.source, t.source_id, 'merged', k.value, NULL, false
            FROM (SELECT DISTINCT value FROM ({keys}) WHERE rule = 'merged') AS k
            JOIN {kind.table} AS t
                 ON t.source = {_SOURCE.format("k.value")} AND t.source_id = {_ID.format("k.value")}""",
    ]
    if kind is ACCOUNTS:
        branches.append(
            f"""SELECT t.source, t.source_id, 'external_id', t.source_id, NULL, false
                FROM (SELECT value, MIN(source) AS one, MAX(source) AS other FROM ({keys})
                      WHERE rule = 'external_id' GROUP BY value) AS k
                JOIN accounts AS t ON t.source_id = k.value AND (t.source <> k.one OR t.source <> k.other)
                WHERE NOT REGEXP_MATCHES(t.source_id, {_SMALL_NUMBER})"""
        )
        branches.extend(
            f"""SELECT {_SOURCE.format(side)}, {_ID.format(side)}, 'link', a || ' ' || b, NULL, true
                FROM merge_overrides WHERE kind = 'link'"""
            for side in ("a", "b")
        )
    return " UNION ALL ".join(branches)


def note_common(connection: duckdb.DuckDBPyConnection, kind: Kind, name: str, among: str | None = None) -> None:
    """List in the table *name* the values, those *among* a table's if one is given, that are too common."""
    keys = f"_latido_keys AS k WHERE k.entity = '{kind.table}' AND k.rule IN (SELECT UNNEST($capped))"
    crowded = "HAVING COUNT(*) > $too_common"
    if among:
        query = f"""SELECT DISTINCT m.rule, m.value
                    FROM (SELECT k.source, k.rule, k.value FROM {keys}) AS m
                    SEMI JOIN {among} AS a ON a.rule = m.rule AND a.value = m.value
                    GROUP BY m.source, m.rule, m.value {crowded}"""
    else:  # Hashes are counted first: texts take room.
        query = f"""SELECT DISTINCT k.rule, k.value FROM {keys} AND HASH(k.source, k.rule, k.value) IN
                    (SELECT HASH(k.source, k.rule, k.value) AS print FROM {keys} GROUP BY print {crowded})"""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS {query}", {"capped": list(kind.capped), "too_common": TOO_COMMON}
    )


def _begin(connection: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE frontier AS
            SELECT source, source_id FROM changed
            UNION {_TOUCHED}
            UNION SELECT t.source, t.source_id FROM touched AS v
                  JOIN {kind.table} AS t ON v.rule = 'external_id' AND t.source_id = v.value"""
    )
    connection.execute("CREATE OR REPLACE TEMP TABLE affected AS FROM frontier")


def _spread(connection: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    concerned = _CONCERNED.format(links=kind.links, id=kind.id_column)
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE frontier AS
            SELECT n.source, n.source_id FROM ({concerned}) AS n
            ANTI JOIN affected AS a ON a.source = n.source AND a.source_id = n.source_id""",
        {"capped": list(kind.capped), "too_common": TOO_COMMON},
    )
    connection.execute("INSERT INTO affected FROM frontier")
