from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from latido.testing import ManualClock, Served
from tests.connectors.zendesk.desk import Desk, Office

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.types import Receive, Scope, Send


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 1, 10, 12, 0, tzinfo=UTC))


class Front:
    """One server for all tests: to begin and end one takes longer than most of them."""

    url = ""
    desk: Desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.desk(scope, receive, send)


@pytest.fixture(scope="session")
def front() -> Iterator[Front]:
    front = Front()
    with Served(front):
        yield front


@pytest.fixture
def desk(front: Front) -> Desk:
    front.desk = Desk(front.url)
    return front.desk


@pytest.fixture
def office(desk: Desk, tmp_path: Path, clock: ManualClock) -> Iterator[Office]:
    office = Office(desk, tmp_path, clock)
    yield office
    office.close()
