"""Forgetting: a source as if it had never been read, a person as if they had never written."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from typing import TYPE_CHECKING, Any

import orjson

from latido.schema import ENTITIES
from latido.warehouse._sql import scalar
from latido.warehouse._tables import INTERNAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import duckdb

    from latido.schema import Record
    from latido.warehouse._file import Warehouse

PEOPLE = ("contacts", "users")
_GROUPED_BY_EMAIL = ("survey_responses", "survey_invitations")
_POINTERS = ("contact_id", "requester_email", "respondent_email")
_WORDS = ("subject", "comment", "csat_comment")
_KEPT = frozenset({"source_id", "merged_into"})


def forget_source(warehouse: Warehouse, source: str) -> Counter[str]:
    """Delete all that was ever read from *source*, and count it by table."""
    erased: Counter[str] = Counter()
    with warehouse.writing() as connection, _transaction(connection):
        tables = [entity.table for entity in ENTITIES]
        for table in [*tables, *(name for name, body in INTERNAL.items() if re.search(r"\bsource\b", body))]:
            erased[table] = _delete(connection, table, "source = ?", [source])
    compact(warehouse)
    return +Counter({table: n for table, n in erased.items() if not table.startswith("_")})


def forget_person(warehouse: Warehouse, email: str) -> Counter[str]:
    """Erase the person of *email* everywhere, and count by table the rows that were deleted or blanked.

    Their own rows go; what they asked and answered stays countable, without a word of theirs, their name or address.
    """
    with warehouse.writing() as connection, _transaction(connection):
        erased = _Person(connection, email.strip().lower()).erase()
    compact(warehouse)
    return +erased


def compact(warehouse: Warehouse) -> None:
    """Write the file anew, so that nothing of what was deleted is left in it."""
    draft = warehouse.path.with_name(f".{warehouse.path.name}.compact")
    draft.unlink(missing_ok=True)
    try:
        with warehouse.writing() as connection:
            name = scalar(connection, "SELECT current_database()")
            connection.execute(f"ATTACH '{_quoted(draft)}' AS _latido_compact")
            connection.execute(f'COPY FROM DATABASE "{name}" TO _latido_compact')
            connection.execute("DETACH _latido_compact")
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
        self._token = f"erased-{secrets.token_hex(8)}"
        connection.execute("CREATE OR REPLACE TEMP TABLE _person (source VARCHAR, source_id VARCHAR)")

    def erase(self) -> Counter[str]:
        erased: Counter[str] = Counter()
        for table in PEOPLE:
            where = f"LOWER(TRIM(email)) = ? OR REGEXP_MATCHES(COALESCE(email, ''), ?)"
            self._execute(f"INSERT INTO _person SELECT source, source_id FROM {table} WHERE {where}", self._email, self._pattern)
        for entity in ENTITIES:
            erased[entity.table] += self._of_table(entity)
        erased["quarantine"] += self._quarantine()
        _delete(self._connection, "_latido_references", "REGEXP_MATCHES(CAST(body AS VARCHAR), ?)", [self._pattern])
        return erased

    def _of_table(self, entity: type[Record]) -> int:
        columns = entity.columns()
        n = 0
        if entity.table in PEOPLE:
            n += _delete(self._connection, entity.table, self._is_theirs("source_id"), [])
        theirs = [self._is_theirs(name) for name in ("contact_id",) if name in columns]
        theirs += [f"LOWER(TRIM({name})) = '{_sql(self._email)}'" for name in _POINTERS[1:] if name in columns]
        if theirs:
            n += self._blank(entity, " OR ".join(theirs))
        return n + self._mentions(entity)

    def _blank(self, entity: type[Record], theirs: str) -> int:
        """Take their words and their address out of rows that are theirs."""
        columns = entity.columns()
        cleared = {name: "NULL" for name in (*_WORDS, *_POINTERS[1:], "custom") if name in columns}
        if entity.table in _GROUPED_BY_EMAIL:
            # Answers of one person stay one person's: a token that leads nowhere stands for the address.
            cleared["respondent_email"] = f"CASE WHEN respondent_email IS NULL THEN NULL ELSE '{self._token}' END"
        assigned = ", ".join(f"{name} = {value}" for name, value in cleared.items())
        return self._update(entity.table, assigned, theirs)

    def _mentions(self, entity: type[Record]) -> int:
        """Take the address out of whatever else holds it."""
        n = 0
        for name, kind in entity.columns().items():
            if kind.name == "text" and name not in _KEPT:
                n += self._update(entity.table, f"{name} = NULL", f"REGEXP_MATCHES({name}, '{_sql(self._pattern)}')")
            elif kind.name == "texts":
                rest = f"LIST_FILTER({name}, lambda tag: NOT REGEXP_MATCHES(tag, '{_sql(self._pattern)}'))"
                n += self._update(entity.table, f"{name} = {rest}", f"LEN({name}) > LEN({rest})")
        return n + self._custom(entity.table)

    def _custom(self, table: str) -> int:
        found = self._connection.execute(
            f"SELECT source, source_id, CAST(custom AS VARCHAR) FROM {table} WHERE REGEXP_MATCHES(CAST(custom AS VARCHAR), ?)",
            [self._pattern],
        ).fetchall()
        for source, source_id, custom in found:
            kept = {key: value for key, value in orjson.loads(custom).items() if not self._is_in(value)}
            self._execute(
                f"UPDATE {table} SET custom = ? WHERE source = ? AND source_id = ?",
                orjson.dumps(kept).decode() if kept else None, source, source_id,
            )  # fmt: skip
        return len(found)

    def _quarantine(self) -> int:
        theirs = f"REGEXP_MATCHES(CAST(payload AS VARCHAR), ?) OR table_name IN {PEOPLE} AND {self._is_theirs('source_id')}"
        return _delete(self._connection, "_latido_quarantine", theirs, [self._pattern])

    def _is_in(self, value: Any) -> bool:
        return re.search(self._pattern, orjson.dumps(value).decode()) is not None

    def _is_theirs(self, column: str) -> str:
        return f"(source, {column}) IN (SELECT (source, source_id) FROM _person)"

    def _update(self, table: str, assigned: str, where: str) -> int:
        return len(self._connection.execute(f"UPDATE {table} SET {assigned} WHERE {where} RETURNING 1").fetchall())

    def _execute(self, statement: str, *values: Any) -> None:
        self._connection.execute(statement, values)
