"""What the tests of every connector are given. Each vendor's `conftest` says with which `Office`."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from latido.testing import ManualClock, Served
from tests.desk import Desk, Front

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.office import Office


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 1, 10, 12, 0, tzinfo=UTC))


@pytest.fixture
def redirect_uri() -> str:
    """An address on this machine that nobody listens at: that of the settings, another run of the tests may have."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://localhost:{free.getsockname()[1]}/"


@pytest.fixture(scope="session")
def front() -> Iterator[Front]:
    front = Front()
    with Served(front):
        yield front


@pytest.fixture
def desk(front: Front, offices: type[Office[Any]]) -> Desk:
    front.desk = offices.desks(front.url)
    return front.desk


@pytest.fixture
def office(offices: type[Office[Any]], desk: Desk, tmp_path: Path, clock: ManualClock) -> Iterator[Office[Any]]:
    office = offices(desk, tmp_path, clock)
    yield office
    office.close()
