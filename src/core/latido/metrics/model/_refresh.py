"""Bringing the model layer up to date: what changed, in one go, or everything, one step at a time."""

from __future__ import annotations

import hashlib
from functools import cache, partial
from typing import TYPE_CHECKING, TypeAlias

from latido import identity
from latido.metrics.model._build import STEPS, build, step_sql
from latido.metrics.model._reach import REACHES
from latido.metrics.model._renew import TooMuch, renew
from latido.warehouse import meta, put_meta, scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import duckdb

    from latido.metrics._settings import EngineSettings
    from latido.warehouse import Warehouse

    Step: TypeAlias = Callable[[duckdb.DuckDBPyConnection, Warehouse, EngineSettings], Sequence["Step"]]

_BUILT = "model_version"

_OF_NO_MOMENT = -1
"""The version while everything is built again: tables are there, some of before, some of now."""

_HELD_SECONDS = 0.3
"""After how long the file is let go between two steps: opening it costs as much as building a small table ten times."""

_LARGE_BYTES = 256 * 1024 * 1024

_TIDIED_EVERY = 16
"""After how many renewals rows close up where others were deleted: a fifth of the time of each, if each does."""

_RENEWALS = "model_renewals"


def refresh(warehouse: Warehouse, settings: EngineSettings, wait: float | None = None) -> bool:
    """Unify customers and renew the model layer where rows or *settings* changed since; return whether they had.

    Raises LockedError when another program keeps the file for *wait* seconds.
    """
    with warehouse.reading() as connection:
        if not is_stale(connection, settings):
            return False
    catch_up(warehouse, settings, wait)
    return True


def catch_up(warehouse: Warehouse, settings: EngineSettings, wait: float | None = None) -> None:
    """Do what `refresh` does, without a look beforehand whether there is anything to do."""
    todo: list[Step] = [_renew]
    while todo:
        with warehouse.writing(wait) as connection:
            _make_room(connection, warehouse)
            let_go_at = warehouse.clock.monotonic() + _HELD_SECONDS
            while todo and warehouse.clock.monotonic() <= let_go_at:
                todo[:1] = todo[0](connection, warehouse, settings)


def _make_room(connection: duckdb.DuckDBPyConnection, warehouse: Warehouse) -> None:
    """Take as much memory as figures may take where there is much: what is made of all rows does not fit into less."""
    if warehouse.path.stat().st_size > _LARGE_BYTES:
        connection.execute(f"SET memory_limit = '{warehouse.reader_memory_limit}'")


def _tidy_seldom(connection: duckdb.DuckDBPyConnection) -> None:
    """Let the commit leave the gaps of deleted rows as they are, but for every so many renewals."""
    renewals = int(meta(connection, _RENEWALS) or 0) + 1
    put_meta(connection, _RENEWALS, str(renewals))
    if renewals % _TIDIED_EVERY:
        connection.execute("SET max_vacuum_tasks = 0")


def _renew(connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, settings: EngineSettings) -> Sequence[Step]:
    """Renew what changed, all or nothing; return the steps that are needed instead where that is too much."""
    import duckdb

    since = _since(connection, settings)
    if since is None:
        return (_begin,)
    if not is_stale(connection, settings):  # Another program was quicker.
        return ()
    connection.execute("BEGIN")
    try:
        _tidy_seldom(connection)
        identity.unify(connection, settings.sources, warehouse.clock.now())
        renew(connection, settings, since)
        put_meta(connection, _BUILT, model_version(connection, settings))
    except (TooMuch, duckdb.OutOfMemoryException):
        connection.execute("ROLLBACK")
        return (_begin,)
    connection.execute("COMMIT")
    return ()


def _begin(connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, settings: EngineSettings) -> Sequence[Step]:
    """Unify customers; return the steps that build everything again."""
    connection.execute("BEGIN")
    identity.unify(connection, settings.sources, warehouse.clock.now())
    version, noted = model_version(connection, settings), scalar(connection, "SELECT NEXTVAL('_latido_seq')")
    _part_from_moment(connection, settings)
    connection.execute("COMMIT")
    return *(partial(_build_all, step) for step in STEPS), partial(_finish, version, noted)


def _part_from_moment(connection: duckdb.DuckDBPyConnection, settings: EngineSettings) -> None:
    """Note that from now on some tables are of before, some of now; what is usable stays so."""
    put_meta(connection, _BUILT, f"{_OF_NO_MOMENT} {fingerprint(settings)}" if is_built(connection, settings) else "")


def _build_all(
    tables: Sequence[str], connection: duckdb.DuckDBPyConnection, _warehouse: Warehouse, settings: EngineSettings
) -> Sequence[Step]:
    import duckdb

    connection.execute("BEGIN")
    try:
        _part_from_moment(connection, settings)  # Again: another program may have finished in between.
        for table in tables:
            build(connection, table, settings)
    except duckdb.OutOfMemoryException:
        # Every thread needs memory of its own; one alone gets by with little, more slowly.
        connection.execute("ROLLBACK")
        connection.execute("SET threads = 1")
        _part_from_moment(connection, settings)
        for table in tables:
            build(connection, table, settings)
    else:
        connection.execute("COMMIT")
    return ()


def _finish(
    version: str, noted: int, connection: duckdb.DuckDBPyConnection, _warehouse: Warehouse, _settings: EngineSettings
) -> Sequence[Step]:
    connection.execute("BEGIN")
    connection.execute("DELETE FROM _latido_moved WHERE seq <= ?", [noted])
    put_meta(connection, _BUILT, version)
    connection.execute("COMMIT")
    return ()


def is_stale(connection: duckdb.DuckDBPyConnection, settings: EngineSettings) -> bool:
    """Whether rows or *settings* changed since the model layer was built."""
    return meta(connection, _BUILT) != model_version(connection, settings)


def is_built(connection: duckdb.DuckDBPyConnection, settings: EngineSettings) -> bool:
    """Whether the model layer was built for these *settings*, be it before rows changed."""
    return (meta(connection, _BUILT) or "").endswith(f" {fingerprint(settings)}")


def model_version(connection: duckdb.DuckDBPyConnection, settings: EngineSettings) -> str:
    """Return a text that changes when the model layer would come out differently."""
    return f"{meta(connection, 'data_version') or 0} {fingerprint(settings)}"


def _since(connection: duckdb.DuckDBPyConnection, settings: EngineSettings) -> int | None:
    """Return up to where rows are in the model layer already, None where everything has to be built."""
    version, _, known = (meta(connection, _BUILT) or "").partition(" ")
    return int(version) if known == fingerprint(settings) and int(version) != _OF_NO_MOMENT else None


def fingerprint(settings: EngineSettings) -> str:
    """Return a text that changes with what the model layer depends on besides rows."""
    schedules = [(name, str(each.time_zone), sorted(each.hours.items()), sorted(each.holidays))
                 for name, each in sorted(settings.schedules.items())]  # fmt: skip
    parts = [
        sorted(settings.sources),
        str(settings.time_zone),
        schedules,
        settings.currency,
        settings.fx,
        sorted(settings.by_hand),
        identity.fingerprint(settings.sources),
        _queries(),
    ]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


@cache
def _queries() -> str:
    """Return a text that changes with what Latido makes of rows."""
    parts = [*(step_sql(table) for step in STEPS for table in step), REACHES]
    return hashlib.sha256(repr(parts).encode()).hexdigest()
