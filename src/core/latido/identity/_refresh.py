"""Bringing customers and people up to date with the rows: everything anew, or what changed and whom that concerns."""

# ruff: noqa: S608 - names of tables are ours, values are bound

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from latido.identity import _affected, _linking
from latido.identity._described import renew_described
from latido.identity._hosts import NOBODYS, learn
from latido.identity._kinds import ACCOUNTS, CONTACTS
from latido.warehouse import meta, note_moved, put_meta, scalar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import duckdb

    from latido.identity._kinds import Kind
    from latido.warehouse import Warehouse

VERSION = 1
"""Raised when rules change: customers and people are then unified anew."""

_REFRESHED = "identity_version"


@dataclass(frozen=True, slots=True)
class Relinked:
    """How many accounts and contacts belong to another customer or person, or for another reason, than before."""

    accounts: int = 0
    contacts: int = 0

    def __bool__(self) -> bool:
        return bool(self.accounts or self.contacts)


def refresh(warehouse: Warehouse, sources: Sequence[str], wait: float | None = None) -> Relinked:
    """Unify what changed since the last time; everything when the *sources* that count, or the rules, are others.

    Raises LockedError when another program keeps the file for *wait* seconds.
    """
    with warehouse.reading() as connection:
        if not is_stale(connection, sources):
            return Relinked()
    with warehouse.writing(wait) as connection:
        connection.execute("BEGIN")
        relinked = unify(connection, sources, warehouse.clock.now())
        connection.execute("COMMIT")
    return relinked


def unify(connection: duckdb.DuckDBPyConnection, sources: Sequence[str], now: datetime) -> Relinked:
    """Unify what changed, in the transaction of whoever writes already."""
    if not is_stale(connection, sources):
        return Relinked()
    since = _since(connection, sources)
    if since is None:
        connection.execute("DELETE FROM _latido_hosts")
        connection.execute("DELETE FROM _latido_keys")
        note_moved(connection, "everything", "SELECT '', '', ''")
    learn(connection, -1 if since is None else since)
    accounts = _relink(connection, ACCOUNTS, sources, since, now)
    connection.execute("CREATE OR REPLACE TEMP TABLE renewed_accounts AS FROM renewed")
    contacts = _relink(connection, CONTACTS, sources, since, now)
    connection.execute("DELETE FROM _latido_unsettled")
    put_meta(connection, _REFRESHED, f"{_data_version(connection)} {fingerprint(sources)}")
    return Relinked(accounts, contacts)


def is_stale(connection: duckdb.DuckDBPyConnection, sources: Sequence[str]) -> bool:
    """Whether rows, the user's own links or *sources* changed since customers and people were unified."""
    return meta(connection, _REFRESHED) != f"{_data_version(connection)} {fingerprint(sources)}"


def fingerprint(sources: Sequence[str]) -> str:
    """Return a text that changes with what customers and people depend on besides rows."""
    parts = [VERSION, sorted(sources), sorted(NOBODYS)]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _relink(
    connection: duckdb.DuckDBPyConnection, kind: Kind, sources: Sequence[str], since: int | None, now: datetime
) -> int:
    if _is_quiet(connection, kind, sources, -1 if since is None else since):
        connection.execute("CREATE OR REPLACE TEMP TABLE renewed (source VARCHAR, source_id VARCHAR)")
        return 0
    if since is None:
        _affected.find_all(connection, kind, sources)
        connection.execute(
            f"""DELETE FROM {kind.links} AS l WHERE NOT EXISTS
                (SELECT 1 FROM affected AS f WHERE f.source = l.source AND f.source_id = l.source_id)"""
        )
    else:
        _affected.find(connection, kind, sources, since)
        note_moved(connection, kind.links, "SELECT '', source, source_id FROM affected")
    changed = _linking.relink(connection, kind, now)
    renew_described(connection, kind)
    return changed


def _is_quiet(connection: duckdb.DuckDBPyConnection, kind: Kind, sources: Sequence[str], since: int) -> bool:
    """Whether after *since* nothing was written, erased or said of records of *kind*, nor of contacts' accounts."""
    moved = "" if kind is ACCOUNTS else "OR (rows > 0 AND EXISTS (FROM renewed_accounts))"
    quiet: bool = scalar(
        connection,
        f"""SELECT NOT (fresh OR rows <> linked OR unsettled {moved})
            FROM (SELECT COUNT(*) AS rows, COALESCE(BOOL_OR(seq > $since), false) AS fresh FROM {kind.table}
                  WHERE source IN (SELECT UNNEST(CAST($sources AS VARCHAR[])))),
                 (SELECT COUNT(*) AS linked FROM {kind.links}),
                 (SELECT COUNT(*) > 0 AS unsettled FROM _latido_unsettled WHERE entity = '{kind.table}')""",
        {"since": since, "sources": list(sources)},
    )
    return quiet


def _since(connection: duckdb.DuckDBPyConnection, sources: Sequence[str]) -> int | None:
    """Return up to where rows were looked at already, None where everything has to be looked at."""
    version, _, known = (meta(connection, _REFRESHED) or "").partition(" ")
    return int(version) if version and known == fingerprint(sources) else None


def _data_version(connection: duckdb.DuckDBPyConnection) -> int:
    return int(meta(connection, "data_version") or 0)
