"""Forgetting: a source as if it had never been read, a person as if they had never written."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import orjson

from latido.schema import ENTITIES
from latido.warehouse._sql import scalar
from latido.warehouse._tables import IDENTITY, INTERNAL, touch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb

    from latido.schema import Record
    from latido.warehouse._file import Warehouse

PEOPLE = ("contacts", "users")
ADDRESSES = ("requester_email", "respondent_email")
WORDS = ("subject", "comment", "csat_comment", "custom")
KEYS = frozenset({"source_id", "merged_into"})
THEIRS = "EXISTS (SELECT 1 FROM _person AS p WHERE p.source = t.source AND p.source_id = t.{})"


def forget_source(warehouse: Warehouse, source: str) -> Counter[str]:
    """Delete all that was ever read from *source*, and count it by table."""
    erased: Counter[str] = Counter()
    internal = [name for name, body in (INTERNAL | IDENTITY).items() if re.search(r"\bsource\b", body)]
    with warehouse.writing() as connection, _transaction(connection):
        for table in internal:
            connection.execute(f"DELETE FROM {table} WHERE source = ?", [source])
        theirs = "STARTS_WITH(a, $theirs) OR STARTS_WITH(b, $theirs)"
        connection.execute(f"DELETE FROM merge_overrides WHERE {theirs}", {"theirs": f"{source}:"})
        for entity in ENTITIES:
            erased[entity.table] = _changed(connection, f"DELETE FROM {entity.table} WHERE source = ?", [source])
        _drop_derived(connection)
    compact(warehouse)
    return +erased


def forget_person(warehouse: Warehouse, email: str) -> Counter[str]:
    """Erase the person of *email* everywhere, and count by table the rows that were deleted or blanked.

    Their own rows go; what they asked and answered stays countable, without a word of theirs, their name or address.
    """
    with warehouse.writing() as connection, _transaction(connection):
        erased = _Person(connection, email.strip().lower()).erase()
        _drop_derived(connection)
    compact(warehouse)
    return +erased


def compact(warehouse: Warehouse) -> None:
    """Write the file anew, so that nothing of what was deleted is left in it."""
    draft = warehouse.path.with_name(f".{warehouse.path.name}.compact")
    draft.unlink(missing_ok=True)
    try:
        with warehouse.writing() as connection:
            connection.execute("CHECKPOINT")
            name = scalar(connection, "SELECT current_database()")
            escaped = str(draft).replace("'", "''")
            connection.execute(f"ATTACH '{escaped}' AS _latido_draft")
            connection.execute(f'COPY FROM DATABASE "{name}" TO _latido_draft')
            connection.execute("DETACH _latido_draft")
            draft.replace(warehouse.path)
    finally:
        draft.unlink(missing_ok=True)


class _Person:
    """Everything that the warehouse knows of one e-mail address."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, email: str) -> None:
        self._connection = connection
        self._email = email
        # The address as a word of its own: ana@a.example is no part of mariana@a.example.
        self._pattern = rf"(?i)(^|[^a-z0-9._%+-]){re.escape(email)}($|[^a-z0-9.-]|\.($|[^a-z0-9]))"
        connection.execute("CREATE OR REPLACE TEMP TABLE _person (source VARCHAR, source_id VARCHAR)")

    def erase(self) -> Counter[str]:
        erased: Counter[str] = Counter()
        for table in PEOPLE:
            where = "LOWER(TRIM(email)) = $email"
            self._change(f"INSERT INTO _person SELECT source, source_id FROM {table} WHERE {where}", email=self._email)
        for entity in ENTITIES:
            erased[entity.table] = self._own_rows(entity) + self._words(entity) + self._mentions(entity)
        erased["quarantine"] = self._quarantine()
        self._change("DELETE FROM _latido_references WHERE REGEXP_MATCHES(CAST(body AS VARCHAR), $pattern)")
        self._identity()
        self._connection.execute("DROP TABLE _person")
        return erased

    def _own_rows(self, entity: type[Record]) -> int:
        if entity.table not in PEOPLE:
            return 0
        return self._change(f"DELETE FROM {entity.table} AS t WHERE {THEIRS.format('source_id')}")

    def _words(self, entity: type[Record]) -> int:
        """Take their words and their address out of rows that are theirs.

        Answers of one person stay one person's: a token that leads nowhere stands for the address.
        """
        columns = entity.columns()
        theirs = [f"LOWER(TRIM(t.{name})) = $email" for name in ADDRESSES if name in columns]
        theirs += [THEIRS.format("contact_id")] if "contact_id" in columns else []
        blanked = [f"{name} = NULL" for name in WORDS if name in columns]
        blanked += [f"{name} = IF({name} IS NULL, NULL, $token)" for name in ADDRESSES if name in columns]
        if not theirs:
            return 0
        statement = f"UPDATE {entity.table} AS t SET {', '.join(blanked)} WHERE {' OR '.join(theirs)}"
        return self._change(statement, email=self._email, token=f"erased-{secrets.token_hex(8)}")

    def _mentions(self, entity: type[Record]) -> int:
        """Take the address out of whatever else holds it."""
        n = 0
        for name, kind in entity.columns().items():
            if kind.name == "texts":
                kept = f"LIST_FILTER({name}, lambda each: NOT REGEXP_MATCHES(each, $pattern))"
                n += self._change(f"UPDATE {entity.table} SET {name} = {kept} WHERE LEN({name}) > LEN({kept})")
            elif kind.name == "text" and name not in KEYS:
                n += self._change(f"UPDATE {entity.table} SET {name} = NULL WHERE REGEXP_MATCHES({name}, $pattern)")
        return n + self._custom_fields(entity.table)

    def _custom_fields(self, table: str) -> int:
        found = self._connection.execute(
            f"""SELECT source, source_id, CAST(custom AS VARCHAR) FROM {table}
                WHERE REGEXP_MATCHES(CAST(custom AS VARCHAR), $pattern)""",
            {"pattern": self._pattern},
        ).fetchall()
        for source, source_id, custom in found:
            kept = {name: value for name, value in orjson.loads(custom).items() if not self._is_in(value)}
            self._connection.execute(
                f"UPDATE {table} SET custom = ? WHERE source = ? AND source_id = ?",
                [orjson.dumps(kept).decode() if kept else None, source, source_id],
            )
        return len(found)

    def _quarantine(self) -> int:
        theirs = f"table_name IN {PEOPLE} AND {THEIRS.format('source_id')}"
        mentioned = "REGEXP_MATCHES(CAST(payload AS VARCHAR), $pattern)"
        return self._change(f"DELETE FROM _latido_quarantine AS t WHERE {theirs} OR {mentioned}")

    def _identity(self) -> None:
        """Forget whom they were taken for. Who is left is unified again."""
        for table in ("contact_links", "_latido_keys"):
            theirs = THEIRS.format("source_id") + (" AND t.entity = 'contacts'" if table == "_latido_keys" else "")
            self._change(f"DELETE FROM {table} AS t WHERE {theirs}")
        self._change("DELETE FROM _latido_keys WHERE REGEXP_MATCHES(value, $pattern)")

    def _is_in(self, value: Any) -> bool:
        return re.search(self._pattern, orjson.dumps(value).decode()) is not None

    def _change(self, statement: str, **values: str) -> int:
        known = {"pattern": self._pattern, **values}
        return _changed(self._connection, statement, {name: v for name, v in known.items() if f"${name}" in statement})


def _drop_derived(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop the model layer, which still knows what was erased. It is built again from what is left.

    Customers and people are described again: who is left stays who they were.
    """
    found = connection.execute("SELECT table_name FROM duckdb_tables() WHERE STARTS_WITH(table_name, 'm_')").fetchall()
    for (table,) in found:
        connection.execute(f"DROP TABLE {table}")
    connection.execute("DELETE FROM _latido_meta WHERE key IN ('model_version', 'identity_version')")
    connection.execute("DELETE FROM _latido_moved")
    connection.execute("DELETE FROM customers")
    connection.execute("DELETE FROM people")
    touch(connection)


def _changed(connection: duckdb.DuckDBPyConnection, statement: str, values: Sequence[str] | dict[str, str]) -> int:
    """Return how many rows *statement* changed."""
    return int(scalar(connection, statement, values) or 0)


@contextmanager
def _transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    connection.execute("BEGIN")
    yield
    connection.execute("COMMIT")
