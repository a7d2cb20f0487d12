"""Two records a second are written at the vendor while it is read, in ten runs: none is lost, none comes twice."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from latido.schema import ENTITIES
from latido.sync import Options
from latido.testing import ManualClock, Served, World
from latido.testing._conformance._place import NEVER
from tests.connectors.vendors import CONNECTORS, said
from tests.house import House, complaints, receipts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from latido.sync import Receipt

RUNS = range(10)
MORNING = datetime(2026, 11, 1, 6, tzinfo=UTC)
LATENCY = {
    "bitrix24": (0.4, 0.6), "google-analytics": (1.0, 2.0), "hubspot": (0.2, 0.5), "salesforce": (0.2, 0.5),
    "zendesk": (2.0, 2.0),
}  # fmt: skip
"""Seconds that a request takes, in the first sync and in the one behind it, which needs far fewer of them.

Every other run has no second one while people work.
"""

PER_SECOND = 2
DOZENS = 24
SETTLED = 23 * 3600
"""Seconds after which every vendor tells all that was written, and promises are due; nothing is swept so soon."""

PAGE_LIMIT = 20
MORE: dict[str, dict[str, Any]] = {"salesforce": {"bulk_above": 10}}
"""Settings for half of the runs: Salesforce is read by jobs then."""


class ReadersClock(ManualClock):
    """The vendor's time, as a reader has it: while he waits for his turn, none passes there.

    Many streams wait side by side. If each of them made the vendor's time pass, more would be written than can be read.
    """

    def __init__(self, vendors: ManualClock) -> None:
        super().__init__(MORNING)
        self._vendors = vendors

    def now(self) -> datetime:
        return self._vendors.now()

    def monotonic(self) -> float:
        return self._vendors.monotonic() + self.passed


class Place:
    """A vendor at which people work, with warehouses that are filled from there."""

    def __init__(self, vendor: str, run: int, folder: Path) -> None:
        self.vendor = CONNECTORS[vendor]
        self.clock = ManualClock(MORNING)
        world = World(f"run {run}", end=date(2026, 11, 1), tickets=60, people=60)
        sandbox = self.vendor.sandbox(world, self.clock)
        assert sandbox is not None
        self.sandbox = sandbox
        self.sandbox.switches.page_limit = PAGE_LIMIT
        self._more = MORE.get(vendor, {}) if run % 4 > 1 else {}
        self._folder = folder

    def warehouse(self, name: str) -> House:
        folder = self._folder / name
        return House(self.vendor, said(self.sandbox, **self._more), folder, ReadersClock(self.clock))

    def sync_while_people_work(self, house: House, latency: float) -> None:
        switches, began = self.sandbox.switches, self.clock.passed
        switches.writes_per_second, switches.latency = PER_SECOND, latency
        synced(house)
        assert DOZENS <= (self.clock.passed - began) * PER_SECOND

    def rest(self) -> None:
        """Let hours pass in which nobody writes."""
        self.sandbox.switches.writes_per_second = self.sandbox.switches.latency = 0
        self.clock.sleep(SETTLED)


@pytest.fixture
def place(vendor: str, run: int, tmp_path: Path) -> Iterator[Place]:
    place = Place(vendor, run, tmp_path)
    with Served(place.sandbox):
        yield place


def synced(house: House) -> dict[str, Receipt]:
    """Sync, and return the receipts by stream."""
    report = house.sync(options=Options(checkpoint_seconds=NEVER))
    assert (0, []) == (report.exit_code, complaints(report))
    return receipts(report)


def live(house: House) -> dict[str, list[Any]]:
    """Return all live rows of all tables, whole but for when and in which order they were stored."""
    with house.warehouse.writing() as connection:
        return {
            entity.table: connection.execute(
                f"""SELECT CAST(COLUMNS(* EXCLUDE (seq, synced_at)) AS VARCHAR) FROM {entity.table}
                    WHERE NOT is_deleted ORDER BY source_id"""
            ).fetchall()
            for entity in ENTITIES
        }


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("vendor", CONNECTORS)
def test_what_is_written_meanwhile_is_neither_lost_nor_doubled(place: Place, vendor: str, run: int) -> None:
    kept, afresh = place.warehouse("kept"), place.warehouse("afresh")
    for latency in LATENCY[vendor][: 1 + run % 2]:
        place.sync_while_people_work(kept, latency)
    place.rest()
    synced(kept)
    read = synced(afresh)

    expected, stored = live(afresh), live(kept)

    assert {name: each.counted for name, each in read.items()} == {name: each.stored for name, each in read.items()}
    for table, rows in stored.items():
        assert expected[table] == rows, table
        assert len(rows) == len({row[1] for row in rows}), table
