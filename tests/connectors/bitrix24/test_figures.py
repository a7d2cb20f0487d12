"""The support KPIs over this source alone are the truth of its portal, wherever that keeps its tickets."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from latido.metrics import Engine, EngineSettings
from latido.testing import Desk, ManualClock, Period, Served, World, truth
from latido_bitrix24.connector import Bitrix24
from latido_bitrix24.sandbox import BitrixSandbox
from tests.house import House

if TYPE_CHECKING:
    from pathlib import Path

    from latido.metrics import Answer
    from latido_bitrix24.sandbox._desk import Kept

WORLD = World("figures", end=date(2026, 11, 1), tickets=900).branch("bitrix24", tickets=300, territory=(2, 3))
MADRID = ZoneInfo("Europe/Madrid")
OF_THE_YEAR = Period.of(date(2026, 1, 1), date(2027, 1, 1), MADRID)

ALL = {
    "ticket_csat", "csat", "first_response_time", "average_resolution_time", "first_contact_resolution",
    "ticket_reopen_rate", "service_quality",
}  # fmt: skip
NEVER_REOPENED = ALL - {"first_contact_resolution", "ticket_reopen_rate"}
"""A session that is over is never opened again, so that what tells of reopenings is told of another business."""


def figures(sandbox: BitrixSandbox, clock: ManualClock, folder: Path, tickets: str) -> dict[str, Answer]:
    """Return what the KPIs are after one sync."""
    with Served(sandbox):
        house = House(Bitrix24, {**sandbox.settings(), "tickets": tickets}, folder, clock)
        assert 0 == house.sync().exit_code
    engine = Engine(house.warehouse, EngineSettings(("ours",), time_zone=MADRID))
    return {each.kpi: each for each in engine.answers(sorted(ALL), "2026")}


@pytest.mark.parametrize(
    ("kept", "tickets", "told"),
    [("spa", "spa:130", ALL), ("openlines", "openlines", NEVER_REOPENED), ("tasks", "tasks", ALL)],
)
def test_figures_are_the_truth(kept: Kept, tickets: str, told: set[str], tmp_path: Path) -> None:
    clock = ManualClock(datetime(2026, 11, 2, 12, tzinfo=UTC))
    sandbox = BitrixSandbox(WORLD, clock, kept=kept)
    found = figures(sandbox, clock, tmp_path, tickets)
    true = truth([Desk(list(sandbox.tickets()), sandbox.known)], OF_THE_YEAR)

    for kpi in sorted(told):
        assert (true[kpi].n, true[kpi].reason) == (found[kpi].n or 0, found[kpi].reason), kpi
        if true[kpi].reason is None:
            assert pytest.approx(true[kpi].value, rel=1e-9) == found[kpi].value, kpi
