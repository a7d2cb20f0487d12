"""The tables of the warehouse file, derived from the schema, and how older files are brought up to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.errors import SchemaError
from latido.messages import marker
from latido.schema import ENTITIES
from latido.warehouse._sql import scalar

if TYPE_CHECKING:
    import duckdb

    from latido.schema import Record

_ = marker("latido")

SCHEMA_VERSION = 3
"""Raised by one with every change that an existing file has to follow; `MIGRATIONS` says how."""

MIGRATIONS: dict[int, tuple[str, ...]] = {}
"""For each version after the first, what turns the tables of the version before into it.

New columns and tables need no entry: they are added to whatever file is opened.
"""

_OURS = {"synced_at": "TIMESTAMPTZ", "seq": "BIGINT", "_latido_hash": "UBIGINT", "_latido_stream": "VARCHAR"}

INTERNAL = {
    "_latido_meta": "key VARCHAR, value VARCHAR",
    "_latido_runs": """run_id VARCHAR, source VARCHAR, mode VARCHAR, started_at TIMESTAMPTZ, finished_at TIMESTAMPTZ,
        exit_code INTEGER, problem VARCHAR""",
    "_latido_receipts": """run_id VARCHAR, source VARCHAR, stream VARCHAR, tables VARCHAR[], started_at TIMESTAMPTZ,
        finished_at TIMESTAMPTZ, complete BOOLEAN, counted BIGINT, count_exact BOOLEAN, fetched BIGINT,
        inserted BIGINT, updated BIGINT, unchanged BIGINT, deleted BIGINT, merged BIGINT, quarantined BIGINT,
        requests BIGINT, retries BIGINT, seconds DOUBLE, problem VARCHAR""",
    "_latido_cursors": """source VARCHAR, stream VARCHAR, cursor JSON, fingerprint VARCHAR, updated_at TIMESTAMPTZ,
        swept_at TIMESTAMPTZ""",
    "_latido_quarantine": """source VARCHAR, stream VARCHAR, table_name VARCHAR, source_id VARCHAR, reason VARCHAR,
        payload JSON, run_id VARCHAR, quarantined_at TIMESTAMPTZ""",
    "_latido_references": "source VARCHAR, name VARCHAR, body JSON, read_at TIMESTAMPTZ",
    "_latido_seen": "source VARCHAR, stream VARCHAR, table_name VARCHAR, source_id VARCHAR",
    "_latido_moved": "what VARCHAR, entity VARCHAR, source VARCHAR, id VARCHAR, seq BIGINT",
}

IDENTITY = {
    "customers": "customer_id VARCHAR, name VARCHAR, domain VARCHAR, first_seen TIMESTAMPTZ, sources VARCHAR[]",
    "people": "person_id VARCHAR, email VARCHAR, name VARCHAR",
    "account_links": """source VARCHAR, source_id VARCHAR, customer_id VARCHAR, rule VARCHAR, evidence VARCHAR,
        since TIMESTAMPTZ""",
    "contact_links": """source VARCHAR, source_id VARCHAR, person_id VARCHAR, rule VARCHAR, evidence VARCHAR,
        since TIMESTAMPTZ""",
    "merge_overrides": "kind VARCHAR, a VARCHAR, b VARCHAR, since TIMESTAMPTZ",
    "_latido_keys": """entity VARCHAR, source VARCHAR, source_id VARCHAR, rule VARCHAR, value VARCHAR,
        qualifier VARCHAR""",
    "_latido_hosts": "host VARCHAR, domain VARCHAR",
    "_latido_unsettled": "entity VARCHAR, source VARCHAR, source_id VARCHAR",
}
"""Who is the same customer and the same person, and what that was concluded from."""


def columns(entity: type[Record]) -> dict[str, str]:
    """Return the columns of *entity*'s table with their DuckDB types, in order."""
    return {"source": "VARCHAR", **{name: kind.sql for name, kind in entity.columns().items()}, **_OURS}


def ddl(entity: type[Record]) -> str:
    """Return the statement that makes *entity*'s table.

    There is no primary key: its index would make every upsert several times slower, and the one writer keeps
    (source, source_id) unique.
    """
    return _create(entity.table, ", ".join(f"{name} {kind}" for name, kind in columns(entity).items()))


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make or bring up to date the tables of a file that is open for writing."""
    found = version_of(connection)
    if found == SCHEMA_VERSION:
        return
    connection.execute("BEGIN")
    for version in range(max(found, 1) + 1, SCHEMA_VERSION + 1):
        for statement in MIGRATIONS.get(version, ()):
            connection.execute(statement)
    connection.execute("CREATE SEQUENCE IF NOT EXISTS _latido_seq")
    for name, body in (INTERNAL | IDENTITY).items():
        connection.execute(_create(name, body))
    for entity in ENTITIES:
        connection.execute(ddl(entity))
    _add_missing_columns(connection)
    put_meta(connection, "schema_version", str(SCHEMA_VERSION))
    connection.execute("COMMIT")


def version_of(connection: duckdb.DuckDBPyConnection) -> int:
    """Return the schema version of an open file, 0 for an empty one; raises SchemaError when it is newer than ours."""
    found = _noted_version(connection)
    if found > SCHEMA_VERSION:
        raise SchemaError(
            _(
                "The warehouse was written by a newer Latido (schema {found}, here {ours}).",
                found=found,
                ours=SCHEMA_VERSION,
            ),
            _("Update this one: pip install --upgrade latido"),
        )
    return found


def meta(connection: duckdb.DuckDBPyConnection, key: str) -> str | None:
    """Return what the warehouse notes under *key*."""
    found: str | None = scalar(connection, "SELECT value FROM _latido_meta WHERE key = ?", [key])
    return found


def put_meta(connection: duckdb.DuckDBPyConnection, key: str, value: str) -> None:
    """Note *value* under *key*."""
    connection.execute("DELETE FROM _latido_meta WHERE key = ?", [key])
    connection.execute("INSERT INTO _latido_meta VALUES (?, ?)", [key, value])


def touch(connection: duckdb.DuckDBPyConnection) -> None:
    """Note that rows changed: whatever was derived from them is out of date."""
    put_meta(connection, "data_version", str(scalar(connection, "SELECT NEXTVAL('_latido_seq')")))


def _create(table: str, body: str) -> str:
    return f"CREATE TABLE IF NOT EXISTS {table} ({body})"


def _noted_version(connection: duckdb.DuckDBPyConnection) -> int:
    import duckdb

    try:
        return int(meta(connection, "schema_version") or 0)
    except duckdb.CatalogException:
        return 0


def _add_missing_columns(connection: duckdb.DuckDBPyConnection) -> None:
    known = set(connection.execute("SELECT table_name, column_name FROM duckdb_columns()").fetchall())
    for entity in ENTITIES:
        for name, kind in columns(entity).items():
            if (entity.table, name) not in known:
                connection.execute(f"ALTER TABLE {entity.table} ADD COLUMN {name} {kind}")
