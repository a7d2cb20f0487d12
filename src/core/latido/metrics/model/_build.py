"""Building one table of the model layer from all rows."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from latido.metrics.model._ecb import ecb_columns
from latido.metrics.model._openings import openings
from latido.metrics.model._reach import REACHES, Reach
from latido.schema import TABLES
from latido.warehouse import scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from latido.metrics._settings import EngineSettings

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

_USED_CURRENCIES = """
    SELECT UPPER(TRIM(currency)), MIN(day)
    FROM (SELECT source, currency, LEAST(close_date, contract_start) AS day FROM deals
          UNION ALL SELECT source, currency, LEAST(booked_on, starts_on) FROM contracts
          UNION ALL SELECT source, currency, spend_date FROM marketing_spend) AS used
    JOIN m_sources USING (source)
    WHERE currency IS NOT NULL
    GROUP BY 1"""


_columns_without_rows: dict[str, str] = {}
"""The columns of tables that came out empty: made of these, one costs a tenth of what its query would."""


def build(connection: duckdb.DuckDBPyConnection, table: str, settings: EngineSettings) -> None:
    """Make *table* of all rows, in place of what it was."""
    has_rows = _has_rows(connection, table)
    if not has_rows and table in _columns_without_rows:
        connection.execute(f"CREATE OR REPLACE TABLE {table} ({_columns_without_rows[table]})")
        return
    connection.execute(f"CREATE OR REPLACE TABLE {table} AS {step_sql(table)}", bound(connection, table, settings))
    if not has_rows:
        described = connection.execute(f"DESCRIBE {table}").fetchall()
        _columns_without_rows[table] = ", ".join(f"{name} {kind}" for name, kind, *_rest in described)


def _has_rows(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether there is any row in what *table* is made of row by row: without one, it has none."""
    reach = REACHES.get(table)
    if not isinstance(reach, Reach):
        return True
    return any(scalar(connection, f"SELECT EXISTS (FROM {read})") for read in reach.reads)


def bound(connection: duckdb.DuckDBPyConnection, table: str, settings: EngineSettings) -> dict[str, Any]:
    """Return what is bound in the query of *table*."""
    known: dict[str, Any] = {
        "sources": list(settings.sources),
        "zone": str(settings.time_zone),
        "currency": settings.currency,
    }
    if table == "m_openings":
        known |= _openings(connection, settings)
    if table == "m_quotes":
        known |= _places(settings) | _ecb(connection, settings)
    sql = step_sql(table)
    return {name: value for name, value in known.items() if f"${name}" in sql}


@cache
def step_sql(table: str) -> str:
    """Return the query that *table* is made of."""
    if table == "m_delivered":
        every = " UNION ALL ".join(map(_delivered, TABLES))
        return f"SELECT t.table_name, t.source, t.n FROM ({every}) AS t JOIN m_sources AS s ON s.source = t.source"
    return (resources.files(__package__) / f"{table}.sql").read_text(encoding="utf-8")


def _delivered(table: str) -> str:
    return f"SELECT '{table}' AS table_name, source, COUNT(*) AS n FROM {table} GROUP BY source"


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
