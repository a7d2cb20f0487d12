"""From affected records to links: what they share, who is one with whom, which id that group has, and why."""

# ruff: noqa: S608 - names of tables are ours, values are bound

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING

from latido.identity._kinds import ACCOUNTS
from latido.identity._resolve import resolve
from latido.identity._tables import register
from latido.warehouse import scalar

if TYPE_CHECKING:
    from datetime import datetime

    import duckdb

    from latido.identity._kinds import Kind

ALONE = "alone"
"""The rule of a record that shares nothing with any other."""

_HASHED = "LEFT(MD5({}), 16)"

_NODES = """
    CREATE OR REPLACE TEMP TABLE nodes AS
    SELECT ROW_NUMBER() OVER (ORDER BY t.source || ':' || t.source_id) AS node, t.source, t.source_id
    FROM {table} AS t
    JOIN affected AS f ON f.source = t.source AND f.source_id = t.source_id"""

# What any two records may share. A tax id that is written with several countries' prefixes is not one id: there each
# country has its own.
_EXACT = """
    CREATE OR REPLACE TEMP TABLE exact AS
    WITH suspects AS (
        SELECT HASH(p.rule, p.value) AS print
        FROM pairs AS p
        SEMI JOIN nodes AS n ON n.source = p.source AND n.source_id = p.source_id
        GROUP BY print HAVING COUNT(*) > 1
    ), found AS (
        SELECT n.node, p.rule, p.value, p.qualifier, p.stated
        FROM pairs AS p
        JOIN nodes AS n ON n.source = p.source AND n.source_id = p.source_id
        SEMI JOIN suspects AS s ON s.print = HASH(p.rule, p.value)
        ANTI JOIN common AS c ON c.rule = p.rule AND c.value = p.value
    ), ambiguous AS (
        SELECT rule, value FROM found GROUP BY rule, value HAVING MIN(qualifier) <> MAX(qualifier)
    )
    SELECT f.node, f.rule, f.stated, f.value AS written,
           CASE WHEN a.value IS NULL THEN f.value ELSE COALESCE(f.qualifier, '') || ' ' || f.value END AS value
    FROM found AS f
    LEFT JOIN ambiguous AS a ON a.rule = f.rule AND a.value = f.value"""

_SHARED = """
    CREATE OR REPLACE TEMP TABLE shared AS
    SELECT DISTINCT e.node, e.rule, e.value
    FROM exact AS e
    JOIN (SELECT rule, value FROM exact GROUP BY rule, value HAVING MIN(node) <> MAX(node) AND BOOL_OR(stated)) AS s
         ON s.rule = e.rule AND s.value = e.value"""

_KNOWN = """
    WITH linked AS (
        SELECT DISTINCT node FROM shared
    )
    SELECT k.rule, n.node, k.value
    FROM linked AS l
    JOIN nodes AS n ON n.node = l.node
    JOIN _latido_keys AS k ON k.entity = '{table}' AND k.source = n.source AND k.source_id = n.source_id
    ANTI JOIN common AS c ON c.rule = k.rule AND c.value = k.value
    ANTI JOIN exact AS e ON e.rule = k.rule AND e.node = n.node AND e.written = k.value
    WHERE k.rule IN (SELECT UNNEST($rules))
    UNION ALL
    SELECT e.rule, e.node, e.value
    FROM exact AS e
    JOIN linked AS l ON l.node = e.node
    WHERE e.rule IN (SELECT UNNEST($rules))"""

# Who was a customer before stays that one: where its first record is, else the smallest that is left. Of several that
# became one, the oldest stays.
_NAMED = """
    CREATE OR REPLACE TEMP TABLE named AS
    WITH claims AS (
        SELECT g.root, n.source || ':' || n.source_id AS member, l.{id} AS id, l.since,
               MIN(l.since) OVER (PARTITION BY l.{id}) AS formed,
               ROW_NUMBER() OVER (PARTITION BY l.{id} ORDER BY
                   CASE WHEN {hashed} = l.{id} THEN 0 ELSE 1 END, n.node) AS turn
        FROM grouped AS g
        JOIN nodes AS n ON n.node = g.node
        JOIN {links} AS l ON l.source = n.source AND l.source_id = n.source_id
    ), kept AS (
        SELECT root, id, formed FROM (
            SELECT root, id, formed, ROW_NUMBER() OVER (PARTITION BY root ORDER BY formed, member) AS turn
            FROM claims WHERE turn = 1) AS ranked
        WHERE turn = 1
    ), roots AS (
        SELECT n.node AS root, {hashed} AS id, {hashed_again} AS another
        FROM grouped AS g
        JOIN nodes AS n ON n.node = g.node AND g.node = g.root
    )
    SELECT r.root, COALESCE(k.id, CASE WHEN taken.{id} IS NULL THEN r.id ELSE r.another END) AS id
    FROM roots AS r
    LEFT JOIN kept AS k ON k.root = r.root
    LEFT JOIN (SELECT DISTINCT l.{id} FROM {links} AS l SEMI JOIN roots AS r ON r.id = l.{id}) AS taken
           ON taken.{id} = r.id"""

_REASONS = """
    CREATE OR REPLACE TEMP TABLE linked AS
    WITH placed AS (
        SELECT s.node, s.rule, s.value, g.root, r.rank
        FROM shared AS s
        JOIN grouped AS g ON g.node = s.node
        JOIN ranks AS r ON r.rule = s.rule
    ), together AS (
        SELECT rule, value, root FROM placed GROUP BY rule, value, root HAVING MIN(node) <> MAX(node)
    ), ranked AS (
        SELECT p.node, p.rule, p.value,
               ROW_NUMBER() OVER (PARTITION BY p.node ORDER BY p.rank, p.value) AS turn
        FROM placed AS p
        JOIN together AS t ON t.rule = p.rule AND t.value = p.value AND t.root = p.root
    )
    SELECT n.source, n.source_id, m.id, COALESCE(e.rule, '{alone}') AS rule, e.value AS evidence
    FROM nodes AS n
    JOIN grouped AS g ON g.node = n.node
    JOIN named AS m ON m.root = g.root
    LEFT JOIN ranked AS e ON e.node = n.node AND e.turn = 1"""

_OUTDATED = """
    CREATE OR REPLACE TEMP TABLE outdated AS
    SELECT f.source, f.source_id, l.{id} AS id, l.since
    FROM {links} AS l
    JOIN affected AS f ON f.source = l.source AND f.source_id = l.source_id
    LEFT JOIN linked AS k ON k.source = l.source AND k.source_id = l.source_id
    WHERE k.id IS DISTINCT FROM l.{id} OR k.rule <> l.rule OR k.evidence IS DISTINCT FROM l.evidence"""

_STORE = """
    INSERT INTO {links}
    SELECT k.source, k.source_id, k.id, k.rule, k.evidence,
           CASE WHEN o.id = k.id THEN o.since ELSE CAST($now AS TIMESTAMPTZ) END
    FROM linked AS k
    LEFT JOIN outdated AS o ON o.source = k.source AND o.source_id = k.source_id
    ANTI JOIN {links} AS l ON l.source = k.source AND l.source_id = k.source_id"""


def relink(connection: duckdb.DuckDBPyConnection, kind: Kind, now: datetime) -> int:
    """Link the records that are `affected` anew; return how many links changed."""
    connection.execute(_NODES.format(table=kind.table))
    connection.execute(_EXACT)
    connection.execute(_SHARED)
    _group(connection, kind)
    member = "n.source || ':' || n.source_id"
    parts = {"id": kind.id_column, "links": kind.links, "hashed": _HASHED.format(member), "alone": ALONE}
    connection.execute(_NAMED.format(hashed_again=_HASHED.format(f"{member} || ' again'"), **parts))
    with register(
        connection, "ranks", rule=[each.name for each in kind.rules], rank=list(range(1, len(kind.rules) + 1))
    ):
        connection.execute(_REASONS.format(**parts))
    connection.execute(_OUTDATED.format(**parts))
    connection.execute(
        f"""DELETE FROM {kind.links} AS l USING outdated AS o
            WHERE o.source = l.source AND o.source_id = l.source_id"""
    )
    stored: int = scalar(connection, _STORE.format(**parts), {"now": now.isoformat()})
    return stored


def _group(connection: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    shared: defaultdict[str, list[list[int]]] = defaultdict(list)
    rows = connection.execute("SELECT rule, value, node FROM shared ORDER BY rule, value, node").fetchall()
    for (rule, _value), block in groupby(rows, key=lambda row: row[:2]):
        shared[rule].append([node for _, _, node in block])
    known: defaultdict[str, defaultdict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    rules = [rule.name for rule in kind.rules if not rule.decisive][:-1]
    for rule, node, value in connection.execute(_KNOWN.format(table=kind.table), {"rules": rules}).fetchall():
        known[rule][node].add(value)
    joined = resolve(kind.rules, shared, known, _apart(connection, kind))
    with register(connection, "joined", node=list(joined), root=list(joined.values())):
        connection.execute(
            """CREATE OR REPLACE TEMP TABLE grouped AS
               SELECT n.node, COALESCE(CAST(j.root AS BIGINT), n.node) AS root
               FROM nodes AS n LEFT JOIN joined AS j ON CAST(j.node AS BIGINT) = n.node"""
        )


def _apart(connection: duckdb.DuckDBPyConnection, kind: Kind) -> set[int]:
    """Return the records that somebody wants to stand alone."""
    if kind is not ACCOUNTS:
        return set()
    found = connection.execute(
        """SELECT n.node FROM merge_overrides AS o JOIN nodes AS n ON n.source || ':' || n.source_id = o.a
           WHERE o.kind = 'split'"""
    ).fetchall()
    return {node for (node,) in found}
