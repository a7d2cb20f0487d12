from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from latido.testing import ManualClock, Served
from tests.connectors.hubspot.desk import HubSpotDesk, Office
from tests.desk import Desk, Front

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 1, 10, 12, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def front() -> Iterator[Front]:
    front = Front()
    with Served(front):
        yield front


@pytest.fixture
def desk(front: Front) -> Desk:
    front.desk = HubSpotDesk(front.url)
    return front.desk


@pytest.fixture
def office(desk: Desk, tmp_path: Path, clock: ManualClock) -> Iterator[Office]:
    office = Office(desk, tmp_path, clock)
    yield office
    office.close()
