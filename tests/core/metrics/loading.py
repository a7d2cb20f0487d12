"""Rows in, an engine out: every row goes through a real sync from a connector in memory."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from latido.metrics import Engine, EngineSettings
from latido.schema import SurveyResponse, Ticket
from latido.warehouse import Batch, flush
from tests.house import Open
from tests.memory import FakeClock, loaded, page

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from latido.metrics import Answer, Kpi

    Rows = Mapping[Any, Sequence[Mapping[str, Any]]]

MADRID = ZoneInfo("Europe/Madrid")
JANUARY = "2024-01"
SIXTY_DAYS_LATER = datetime(2024, 4, 1, tzinfo=UTC)

_numbers = count(1)


def engine(
    folder: Path,
    rows: Rows | None = None,
    *,
    sources: Mapping[str, Rows] | None = None,
    kpis: Iterable[Kpi] = (),
    **settings: Any,
) -> Engine:
    """Return an engine over *rows* of one source, called shop, or of several *sources*."""
    warehouse = Open(folder / "latido.duckdb")
    delivered = {"shop": rows or {}} if sources is None else sources
    for name, each in delivered.items():
        brought: Rows = each or {Ticket: []}
        report = loaded(warehouse, folder, brought, name)
        assert 0 == report.exit_code
    known: dict[str, Any] = {"sources": tuple(delivered), "time_zone": MADRID} | settings
    return Engine(warehouse, EngineSettings(**known), kpis, clock=FakeClock(SIXTY_DAYS_LATER))


def poured(folder: Path, rows: Rows, *, chunk: int = 1_000, **settings: Any) -> Engine:
    """Return an engine over *rows* that were written *chunk* at a time, without a sync around: quick.

    Rows that name a `source` are of that one, all others of the one called shop.
    """
    warehouse = Open(folder / "latido.duckdb")
    sources = sorted({"shop", *(row["source"] for brought in rows.values() for row in brought if "source" in row)})
    with warehouse.writing() as connection:
        for entity, brought in rows.items():
            for source in sources:
                mine = [row for row in brought if row.get("source", "shop") == source]
                for start in range(0, len(mine), chunk):
                    batch = Batch(source, entity.table)
                    batch.add(page(entity, *(without_source(row) for row in mine[start : start + chunk])))
                    flush(connection, batch, run_id="run", fingerprint="one")
    return Engine(warehouse, EngineSettings(tuple(sources), MADRID, **settings), clock=FakeClock(SIXTY_DAYS_LATER))


def without_source(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "source"}


def answer(engine: Engine, ask: str, period: str = JANUARY, **more: Any) -> Answer:
    """Return the one answer to *ask*."""
    (found,) = engine.answers([ask], period, **more)
    return found


def rounded(found: Answer, *names: str) -> list[Any]:
    """Return fields or parts of an answer to six decimals."""
    values = [getattr(found, name) if hasattr(found, name) else found.parts.get(name) for name in names]
    return [round(value, 6) if isinstance(value, float) else value for value in values]


def ticket(source_id: str, created_at: str | None = "2024-01-02T10:00Z", **columns: Any) -> dict[str, Any]:
    """Return a ticket; a status comes with whatever else is said."""
    return {"source_id": source_id, "status": "open", "created_at": created_at, **columns}


def solved(source_id: str, solved_at: str | None = "2024-01-03T10:00Z", **columns: Any) -> dict[str, Any]:
    """Return a solved ticket."""
    return ticket(source_id, **{"status": "solved", "solved_at": solved_at, **columns})


def reply(
    source_id: str, score: float | None, scale: tuple[float, float] | None = (1, 5), **columns: Any
) -> dict[str, Any]:
    """Return a satisfaction answer of January."""
    low, high = scale or (None, None)
    known = {"kind": "csat", "score": score, "scale_min": low, "scale_max": high, "answered_at": "2024-01-10T12:00Z"}
    return {"source_id": source_id, **known, **columns}


def tickets(*rows: Mapping[str, Any]) -> Rows:
    return {Ticket: rows}


def replies(*rows: Mapping[str, Any]) -> Rows:
    return {SurveyResponse: rows}


def figure(figures: Engine, ask: str, *names: str, period: str = JANUARY) -> list[Any]:
    """Return fields or parts of the answer to *ask*, to six decimals; without names, its value."""
    return rounded(answer(figures, ask, period), *(names or ("value",)))


def deal(account: str, closed_on: str, amount: str = "100", **columns: Any) -> dict[str, Any]:
    """Return a won deal in euros."""
    known = {"status": "won", "currency": "EUR", "source_id": f"d{next(_numbers)}"}
    return {**known, "account_id": account, "close_date": closed_on, "amount": amount, **columns}


def contract(account: str, monthly: str, starts_on: str = "2023-01-01", **columns: Any) -> dict[str, Any]:
    """Return a contract in euros; without more, an open one."""
    known = {"currency": "EUR", "source_id": f"k{next(_numbers)}", "account_id": account}
    return {**known, "recurring_monthly_amount": monthly, "starts_on": starts_on, **columns}


def accounts(*names: str) -> list[dict[str, Any]]:
    return [{"source_id": name, "name": name} for name in names]


def spent(amount: str, on: str, **columns: Any) -> dict[str, Any]:
    """Return spend of one day in euros."""
    return {"source_id": f"s{next(_numbers)}", "amount": amount, "currency": "EUR", "spend_date": on, **columns}
