"""What is said of customers and people as a whole: a name, a domain, an address, where they are known."""

# ruff: noqa: S608 - names of tables are ours, values are bound

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.identity._kinds import ACCOUNTS

if TYPE_CHECKING:
    import duckdb

    from latido.identity._kinds import Kind

_AT_ONCE = 50_000
"""Texts of so many customers fit into a little memory; the aggregates that choose them cannot be written to disk."""

_STALE = """
    CREATE OR REPLACE TEMP TABLE stale AS
    SELECT id, ROW_NUMBER() OVER () // {at_once} AS slice
    FROM (SELECT l.{id} AS id FROM {links} AS l
          JOIN (FROM affected UNION FROM renewed) AS f ON f.source = l.source AND f.source_id = l.source_id
          UNION SELECT id FROM outdated)"""

# The name is that of a live account rather than of a deleted or merged one; of several, of the first.
_CUSTOMERS = """
    INSERT INTO customers
    WITH members AS (
        SELECT l.customer_id, l.source, l.source_id, l.since, a.name,
               CASE WHEN a.merged_into IS NOT NULL THEN 2 WHEN a.is_deleted THEN 1 ELSE 0 END AS place
        FROM account_links AS l
        JOIN stale AS s ON s.id = l.customer_id AND s.slice = $slice
        JOIN accounts AS a ON a.source = l.source AND a.source_id = l.source_id
    )
    SELECT m.customer_id,
           ARG_MIN(m.name, (m.place, m.source, m.source_id)) FILTER (WHERE TRIM(m.name) <> ''),
           ARG_MIN(k.value, (m.place, m.source, m.source_id, k.value)), MIN(m.since),
           LIST_SORT(LIST_DISTINCT(LIST(m.source)))
    FROM members AS m
    LEFT JOIN _latido_keys AS k
           ON k.entity = 'accounts' AND k.rule = 'domain' AND k.source = m.source AND k.source_id = m.source_id
    GROUP BY m.customer_id"""

_PEOPLE = """
    INSERT INTO people
    WITH members AS (
        SELECT l.person_id, l.source, l.source_id, LOWER(TRIM(c.email)) AS email,
               COALESCE(c.name, NULLIF(TRIM(CONCAT_WS(' ', c.first_name, c.last_name)), '')) AS name,
               CASE WHEN c.merged_into IS NOT NULL THEN 2 WHEN c.is_deleted THEN 1 ELSE 0 END AS place
        FROM contact_links AS l
        JOIN stale AS s ON s.id = l.person_id AND s.slice = $slice
        JOIN contacts AS c ON c.source = l.source AND c.source_id = l.source_id
    )
    SELECT person_id,
           ARG_MIN(email, (place, source, source_id)) FILTER (WHERE email <> ''),
           ARG_MIN(name, (place, source, source_id)) FILTER (WHERE TRIM(name) <> '')
    FROM members
    GROUP BY person_id"""


def renew_described(connection: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    """Write anew the rows of those customers, or people, whose records are `affected` or were `renewed`."""
    table, rows = ("customers", _CUSTOMERS) if kind is ACCOUNTS else ("people", _PEOPLE)
    connection.execute(_STALE.format(id=kind.id_column, links=kind.links, at_once=_AT_ONCE))
    connection.execute(
        f"""DELETE FROM {table} WHERE {kind.id_column} IN (SELECT id FROM stale)
            OR {kind.id_column} NOT IN (SELECT {kind.id_column} FROM {kind.links})"""
    )
    for (number,) in connection.execute("SELECT DISTINCT slice FROM stale").fetchall():
        connection.execute(rows, {"slice": number})
