"""Rows that are no longer at the vendor stay, marked; a row that is marked already is not written again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.warehouse._sql import scalar

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import duckdb

    from latido.schema import Record

# The hash is emptied so that the vendor's row, should it come back just as it was, is written and clears the mark.
_TOUCHED = "_latido_hash = NULL, synced_at = NOW(), seq = NEXTVAL('_latido_seq')"


def mark_deleted(
    connection: duckdb.DuckDBPyConnection, entity: type[Record], source: str, ids: Mapping[str, datetime | None]
) -> int:
    """Mark the rows *ids* deleted, at the time that the vendor gives if it does; return how many were not before."""
    _listed(connection, ids, [None if at is None else at.isoformat() for at in ids.values()])
    return _changed(
        connection,
        f"""UPDATE {entity.table} AS t SET is_deleted = true, {_TOUCHED},
            deleted_at = COALESCE(CAST(listed.said AS TIMESTAMPTZ), t.deleted_at)
            FROM listed WHERE t.source = $source AND t.source_id = listed.source_id
            AND COALESCE(t.is_deleted, false) = false""",
        source,
    )


def mark_merged(
    connection: duckdb.DuckDBPyConnection, entity: type[Record], source: str, pairs: Mapping[str, str]
) -> int:
    """Mark the losers in *pairs* as merged into their survivors; return how many were not before."""
    _listed(connection, pairs, list(pairs.values()))
    return _changed(
        connection,
        f"""UPDATE {entity.table} AS t SET merged_into = listed.said, {_TOUCHED}
            FROM listed WHERE t.source = $source AND t.source_id = listed.source_id
            AND t.merged_into IS DISTINCT FROM listed.said""",
        source,
    )


def replace_children(
    connection: duckdb.DuckDBPyConnection,
    entity: type[Record],
    source: str,
    brought: Mapping[tuple[str, str], set[str]],
) -> int:
    """Mark deleted the children that their parent no longer has.

    *brought* maps (column that points to the parent, parent) to the children that it has now.
    """
    deleted = 0
    for column in sorted({column for column, _ in brought}):
        pairs = [(parent, child) for (name, parent), found in brought.items() if name == column for child in found]
        parents = [parent for name, parent in brought if name == column]
        _listed(connection, [child for _, child in pairs], [parent for parent, _ in pairs])
        deleted += _changed(
            connection,
            f"""UPDATE {entity.table} AS t SET is_deleted = true, {_TOUCHED}
                WHERE t.source = $source AND COALESCE(t.is_deleted, false) = false
                AND t.{column} IN (SELECT UNNEST(CAST($parents AS VARCHAR[])))
                AND NOT EXISTS (SELECT 1 FROM listed AS l WHERE l.source_id = t.source_id AND l.said = t.{column})""",
            source,
            {"parents": parents},
        )
    return deleted


def _listed(connection: duckdb.DuckDBPyConnection, ids: object, said: list[str | None]) -> None:
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE listed AS
           SELECT UNNEST(CAST($ids AS VARCHAR[])) AS source_id, UNNEST(CAST($said AS VARCHAR[])) AS said""",
        {"ids": list(ids), "said": said},  # type: ignore[call-overload]
    )


def _changed(
    connection: duckdb.DuckDBPyConnection, statement: str, source: str, more: Mapping[str, object] | None = None
) -> int:
    return int(scalar(connection, statement, {"source": source, **(more or {})}))
