"""Building the model layer, one step at a time; each step opens the warehouse for itself."""

from __future__ import annotations

import hashlib
from functools import cache, partial
from importlib import resources
from typing import TYPE_CHECKING, Any, TypeAlias

from latido import identity
from latido.metrics.model._ecb import ecb_columns
from latido.metrics.model._openings import openings
from latido.schema import TABLES
from latido.warehouse import meta, put_meta

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import duckdb

    from latido.metrics._settings import EngineSettings
    from latido.warehouse import Warehouse

    Step: TypeAlias = Callable[[duckdb.DuckDBPyConnection, Warehouse, EngineSettings], None]

STEPS = (
    (
        "m_sources",
        "m_delivered",
        "m_account_customers",
        "m_customers",
        "m_accounts",
        "m_domains",
        "m_primary_links",
        "m_contacts",
        "m_people",
        "m_duplicates",
    ),
    ("m_quotes", "m_rates", "m_deals", "m_contracts", "m_segments", "m_steps", "m_acquired", "m_spend"),
    ("m_sessions", "m_carts", "m_milestones", "m_invitations"),
    ("m_ticket_history", "m_tickets"),
    ("m_answers", "m_openings"),
)
"""The tables in the order in which they are built, those together between which the file is never let go."""

ECB = "ecb"
"""What the settings call the table of the European Central Bank."""

_BUILT = "model_version"

_HELD_SECONDS = 0.3
"""After how long the file is let go between two steps: opening it costs as much as building a small table ten times."""

_USED_CURRENCIES = """
    SELECT UPPER(TRIM(currency)), MIN(day)
    FROM (SELECT source, currency, LEAST(close_date, contract_start) AS day FROM deals
          UNION ALL SELECT source, currency, LEAST(booked_on, starts_on) FROM contracts
          UNION ALL SELECT source, currency, spend_date FROM marketing_spend) AS used
    JOIN m_sources USING (source)
    WHERE currency IS NOT NULL
    GROUP BY 1"""


def refresh(warehouse: Warehouse, settings: EngineSettings, wait: float | None = None) -> bool:
    """Unify customers and build the model layer when rows or *settings* changed since; return whether they had.

    Raises LockedError when another program keeps the file for *wait* seconds.
    """
    with warehouse.reading() as connection:
        if not is_stale(connection, settings):
            return False
    todo: list[Step] = [_unify, *(partial(_build_all, step) for step in STEPS)]
    version = ""
    while todo:
        with warehouse.writing(wait) as connection:
            let_go_at = warehouse.clock.monotonic() + _HELD_SECONDS
            while todo and warehouse.clock.monotonic() <= let_go_at:
                todo.pop(0)(connection, warehouse, settings)
                version = version or model_version(connection, settings)
            if not todo:
                put_meta(connection, _BUILT, version)
    return True


def _unify(connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, settings: EngineSettings) -> None:
    connection.execute("BEGIN")
    identity.unify(connection, settings.sources, warehouse.clock.now())
    if not is_built(connection, settings):
        put_meta(connection, _BUILT, "")
    connection.execute("COMMIT")


def _build_all(
    tables: Sequence[str], connection: duckdb.DuckDBPyConnection, _warehouse: Warehouse, settings: EngineSettings
) -> None:
    for table in tables:
        _build(connection, table, settings)


def is_stale(connection: duckdb.DuckDBPyConnection, settings: EngineSettings) -> bool:
    """Whether rows or *settings* changed since the model layer was built."""
    return meta(connection, _BUILT) != model_version(connection, settings)


def is_built(connection: duckdb.DuckDBPyConnection, settings: EngineSettings) -> bool:
    """Whether the model layer was built for these *settings*, be it before rows changed."""
    return (meta(connection, _BUILT) or "").endswith(f" {fingerprint(settings)}")


def model_version(connection: duckdb.DuckDBPyConnection, settings: EngineSettings) -> str:
    """Return a text that changes when the model layer would come out differently."""
    return f"{meta(connection, 'data_version') or 0} {fingerprint(settings)}"


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
        *(step_sql(table) for step in STEPS for table in step),
    ]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _build(connection: duckdb.DuckDBPyConnection, table: str, settings: EngineSettings) -> None:
    import duckdb

    sql = step_sql(table)
    known: dict[str, Any] = {
        "sources": list(settings.sources),
        "zone": str(settings.time_zone),
        "currency": settings.currency,
    }
    if table == "m_openings":
        known |= _openings(connection, settings)
    if table == "m_quotes":
        known |= _places(settings) | _ecb(connection, settings)
    values = {name: value for name, value in known.items() if f"${name}" in sql}
    statement = f"CREATE OR REPLACE TABLE {table} AS {sql}"
    try:
        connection.execute(statement, values)
    except duckdb.OutOfMemoryException:
        # Every thread needs memory of its own; one alone gets by with little, more slowly.
        connection.execute("SET threads = 1")
        connection.execute(statement, values)


@cache
def step_sql(table: str) -> str:
    """Return the query that *table* is made of."""
    if table == "m_delivered":
        return " UNION ALL ".join(map(_delivered, TABLES))
    return (resources.files(__package__) / f"{table}.sql").read_text(encoding="utf-8")


def _delivered(table: str) -> str:
    return f"""SELECT '{table}' AS table_name, t.source, COUNT(*) AS n
               FROM {table} AS t JOIN m_sources AS s ON s.source = t.source GROUP BY t.source"""


def _places(settings: EngineSettings) -> dict[str, list[Any]]:
    """Return the sources whose rates count: what people wrote down goes before the source that the settings name."""
    places = dict.fromkeys(settings.by_hand, 1)
    if settings.fx in settings.sources:
        places.setdefault(str(settings.fx), 2)
    return {"rate_sources": list(places), "rate_places": list(places.values())}


def _ecb(connection: duckdb.DuckDBPyConnection, settings: EngineSettings) -> dict[str, list[Any]]:
    if settings.fx != ECB:
        return ecb_columns((), None)
    found = connection.execute(_USED_CURRENCIES).fetchall()
    since = min((day for _currency, day in found if day), default=None)
    return ecb_columns({settings.currency, *(currency for currency, _day in found)}, since)


def _openings(connection: duckdb.DuckDBPyConnection, settings: EngineSettings) -> dict[str, list[Any]]:
    span = connection.execute(
        """SELECT CAST(MIN(created_at) AS DATE), CAST(GREATEST(MAX(first_reply_at), MAX(first_solved_at),
                  MAX(solved_at)) AS DATE) FROM m_tickets"""
    ).fetchone()
    rows = list(_rows(settings, span)) if span and all(span) else []
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], [], []]
    return dict(zip(("schedule", "opens", "closes", "until", "before"), columns, strict=True))


def _rows(settings: EngineSettings, span: tuple[Any, ...]) -> Iterator[tuple[str, int, int, int, int]]:
    for name, schedule in settings.schedules.items():
        for opening in openings(schedule, *span):
            yield (name, *opening)
