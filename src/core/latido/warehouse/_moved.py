"""Notes of what rows no longer say, for whoever derives tables from them and wants to renew only what it concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.schema import Association, Contract, DealStage, TicketEvent

if TYPE_CHECKING:
    import duckdb

    from latido.schema import Record

_NAMED: dict[type[Record], dict[str, tuple[str, str]]] = {
    TicketEvent: {"left_tickets": ("''", "ticket_id")},
    DealStage: {"left_deals": ("''", "deal_id")},
    Contract: {"left_deals": ("''", "deal_id"), "left_contracts": ("''", "supersedes")},
    Association: {"left_links": ("old.from_entity", "from_id")},
}
"""What is noted when such a row comes to name another: the kind of the one that it leaves, and its id."""


def note_moved(
    connection: duckdb.DuckDBPyConnection, what: str, query: str, values: dict[str, str] | None = None
) -> None:
    """Note under *what* the kind, source and id of everything in *query*."""
    connection.execute(
        f"INSERT INTO _latido_moved SELECT '{what}', moved.*, NEXTVAL('_latido_seq') FROM ({query}) AS moved",
        values,
    )


def note_left(connection: duckdb.DuckDBPyConnection, entity: type[Record], source: str) -> None:
    """Note whom rows named that are about to be replaced, as `plan` says, by others of `incoming` that do not."""
    for what, (kind, column) in _NAMED.get(entity, {}).items():
        differs = f"{kind} <> {kind.replace('old.', 'new.')} OR old.{column} IS DISTINCT FROM new.{column}"
        note_moved(
            connection,
            what,
            f"""SELECT DISTINCT {kind}, old.source, old.{column}
                FROM {entity.table} AS old
                JOIN plan AS p ON p.source_id = old.source_id AND p.outcome = 'updated'
                JOIN incoming AS new ON new._position = p.position
                WHERE old.source = $source AND old.{column} IS NOT NULL AND ({differs})""",
            {"source": source},
        )
