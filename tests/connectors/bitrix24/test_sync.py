"""Whole syncs of the sandbox, where something is missing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from latido.testing import ManualClock, Served, World
from latido_bitrix24.connector import Bitrix24
from latido_bitrix24.sandbox import BitrixSandbox
from tests.house import House

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GAP = 8
WORLD = World("sync", end=date(2026, 11, 1), tickets=240).branch("bitrix24", tickets=80, territory=(2, 3))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 2, 12, tzinfo=UTC))


@pytest.fixture
def sandbox(clock: ManualClock) -> Iterator[BitrixSandbox]:
    sandbox = BitrixSandbox(WORLD, clock)
    with Served(sandbox):
        yield sandbox


@pytest.fixture
def house(sandbox: BitrixSandbox, tmp_path: Path, clock: ManualClock) -> House:
    return House(Bitrix24, sandbox.settings(), tmp_path, clock)


def test_a_right_that_was_lost_deletes_nothing(sandbox: BitrixSandbox, house: House, clock: ManualClock) -> None:
    """Bitrix24 then shows nothing, which is what it shows of what was deleted."""
    assert 0 == house.sync("tickets").exit_code
    before = house.live("tickets")

    sandbox.switches.blind_to = [130]
    clock.sleep(timedelta(days=2).total_seconds())

    assert GAP == house.sync("tickets").exit_code
    assert before == house.live("tickets") != []


def test_a_module_that_is_missing_stops_only_its_stream(sandbox: BitrixSandbox, house: House) -> None:
    """Old installations lack methods. The warning names them."""
    sandbox.switches.missing_methods = ["recurring"]

    assert 0 == house.sync("recurring_deals", "tickets").exit_code

    assert [] != house.live("tickets")
    assert [True] == ["crm.deal.recurring.list" in each for each in house.warnings]


def test_a_scope_that_is_missing_is_named(sandbox: BitrixSandbox, house: House) -> None:
    sandbox.switches.missing_scopes = ["sale"]

    assert 0 == house.sync("orders", "tickets").exit_code

    assert [True] == ["sale.order.list" in each and "scope" in each for each in house.warnings]


def test_a_request_that_is_reopened_is_counted_with_the_next_sync(sandbox: BitrixSandbox, house: House) -> None:
    streams = ("tickets", "ticket_stages", "ticket_replies")
    house.sync(*streams)
    key = house.ask("SELECT source_id FROM tickets WHERE status = 'solved' ORDER BY ALL LIMIT 1")[0][0]

    sandbox.deed.reopen(int(key) - 1)
    sandbox.clock.sleep(300)
    house.sync(*streams)

    assert ("open",) == house.row("tickets", key, "status")
    query = f"SELECT to_value FROM ticket_events WHERE ticket_id = '{key}' AND kind = 'status' ORDER BY source_id"
    assert ["solved", "open"] == [each for (each,) in house.ask(query)][-2:]
