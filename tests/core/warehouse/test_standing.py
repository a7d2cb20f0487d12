"""What `latido status` shows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from latido.errors import UsageError
from latido.warehouse import (
    Warehouse,
    freshness,
    insert,
    quarantined,
    receipts,
    runs,
    sources_standing,
    streams_standing,
)

if TYPE_CHECKING:
    from pathlib import Path


def at(hour: int) -> datetime:
    return datetime(2026, 11, 20, hour, tzinfo=UTC)


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """Two complete runs of one source, then one that failed, and one of some streams only."""
    warehouse = Warehouse(tmp_path / "latido.duckdb")
    with warehouse.writing() as connection:
        for run, hour, code, mode in (("a", 1, 0, "full"), ("b", 3, 5, "incremental"), ("c", 5, 6, "incremental")):
            run_row = {"run_id": run, "source": "support", "mode": mode, "exit_code": code}
            insert(connection, "_latido_runs", {**run_row, "started_at": at(hour), "finished_at": at(hour + 1)})
        partial = {"run_id": "d", "source": "support", "mode": "partial", "exit_code": 0}
        insert(connection, "_latido_runs", {**partial, "started_at": at(7), "finished_at": at(8)})
        for run, hour, fetched in (("a", 1, 10), ("b", 3, 20)):
            receipt = {"run_id": run, "source": "support", "stream": "tickets", "fetched": fetched, "complete": True}
            insert(connection, "_latido_receipts", {**receipt, "started_at": at(hour), "quarantined": 1})
        cursor = {"source": "support", "stream": "tickets", "cursor": '{"at":1}', "updated_at": at(4)}
        insert(connection, "_latido_cursors", {**cursor, "swept_at": at(2)})
        broken = {"source": "support", "stream": "tickets", "table_name": "tickets", "source_id": "9"}
        insert(connection, "_latido_quarantine", {**broken, "reason": "status: ?", "payload": "{}", "run_id": "b"})
    return warehouse


def test_source_is_as_fresh_as_its_last_complete_run(warehouse: Warehouse) -> None:
    """One that failed, or that read only some streams, makes nothing fresher."""
    with warehouse.reading() as connection:
        assert {"support": at(4)} == freshness(connection)


def test_source_stands_as_its_last_run_left_it(warehouse: Warehouse) -> None:
    with warehouse.reading() as connection:
        (found,) = sources_standing(connection)

    assert ("support", "d", 0, at(4), 1) == tuple(
        found[name] for name in ("source", "run_id", "exit_code", "fresh_at", "quarantined")
    )


def test_stream_stands_at_its_cursor_with_its_last_receipt(warehouse: Warehouse) -> None:
    with warehouse.reading() as connection:
        (found,) = streams_standing(connection)

    assert ('{"at":1}', at(4), at(2), 20, 1) == tuple(
        found[name] for name in ("cursor", "updated_at", "swept_at", "fetched", "quarantined")
    )


def test_history_begins_with_the_last_run(warehouse: Warehouse) -> None:
    with warehouse.reading() as connection:
        assert ["d", "c"] == [row["run_id"] for row in runs(connection, limit=2)]


def test_run_has_its_receipts(warehouse: Warehouse) -> None:
    with warehouse.reading() as connection:
        assert [("tickets", 10)] == [(row["stream"], row["fetched"]) for row in receipts(connection, "a")]


def test_run_that_never_was_is_a_mistake(warehouse: Warehouse) -> None:
    with warehouse.reading() as connection, pytest.raises(UsageError, match=r"There was no run x\."):
        receipts(connection, "x")


def test_quarantine_tells_the_reason(warehouse: Warehouse) -> None:
    with warehouse.reading() as connection:
        assert [("9", "status: ?", "{}")] == [
            (row["source_id"], row["reason"], row["payload"]) for row in quarantined(connection)
        ]
