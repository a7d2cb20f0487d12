"""The seconds that Bitrix24 works for us: known from its answers, kept before they are used up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import RateLimited
from latido_bitrix24.chain import Listing
from tests.connectors.bitrix24.builders import failing, item
from tests.connectors.bitrix24.desk import shelf
from tests.desk import Says

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.testing import ManualClock
    from tests.connectors.bitrix24.desk import BitrixDesk, Office

ITEMS = Listing("crm.item.list", ("items",))
MINUTE = 60


class Worker:
    """Works as Bitrix24 does: *each* second of a page counts for ten minutes, in buckets of a minute."""

    def __init__(self, clock: ManualClock, each: float, pages: int, limit: float = 480.0) -> None:
        self.clock = clock
        self.each = each
        self.limit = limit
        self.refused = 0
        self._last = pages * 50
        self._work: dict[int, float] = {}

    def __call__(self, params: dict[str, Any]) -> Any:
        if self.used() >= self.limit:
            self.refused += 1
            return failing("OPERATION_TIME_LIMIT", "Method is blocked due to operation time limit.")
        self.clock.sleep(self.each)
        self._work[self._minute()] = self._work.get(self._minute(), 0.0) + self.each
        after = int(params["filter"][">id"] or 0)
        rows = [{"id": key} for key in range(after + 1, min(after + 50, self._last) + 1)]
        return {"result": {"items": rows}, "time": self._time()}

    def used(self) -> float:
        return sum(seconds for minute, seconds in self._work.items() if minute > self._minute() - 10)

    def _time(self) -> dict[str, float]:
        oldest = min(minute for minute in self._work if minute > self._minute() - 10)
        now = self.clock.now().timestamp()
        resets_at = now - now % MINUTE + (oldest + 10 - self._minute()) * MINUTE
        return {"finish": now, "duration": self.each, "operating": self.used(), "operating_reset_at": resets_at}

    def _minute(self) -> int:
        return int(self.clock.now().timestamp()) // MINUTE


def read(office: Office, **settings: Any) -> int:
    chain = office.connector(**settings).portal.chain(ITEMS, {"entityTypeId": 2})
    return sum(len(page) for page in chain)


@pytest.mark.parametrize("each", [0.5, 2.0])
def test_the_work_is_used_to_the_full_and_never_exceeded(desk: BitrixDesk, office: Office, each: float) -> None:
    """No page is refused, and reading takes five in a hundred longer than it must, at the most."""
    pages = int(1500 / each)
    worker = Worker(office.clock, each, pages)
    desk.on("crm.item.list", worker)

    assert pages * 50 == read(office, rate_share=1)

    least = 3 * 600 + (1500 - 3 * 480)
    assert 0 == worker.refused
    assert office.clock.passed <= 1.05 * least


def test_a_lower_limit_is_learnt(desk: BitrixDesk, office: Office) -> None:
    """Bitrix24 does not promise its figure, and administrators set their own."""
    worker = Worker(office.clock, 1.0, 400, limit=100.0)
    desk.on("crm.item.list", worker)

    assert 400 * 50 == read(office)
    assert worker.refused < 120


def test_only_the_method_that_worked_too_much_rests(desk: BitrixDesk, office: Office) -> None:
    """Others go on."""
    now = datetime(2026, 1, 10, 12, tzinfo=UTC).timestamp()
    busy = {"finish": now, "duration": 9.0, "operating": 479.0, "operating_reset_at": now + 300}
    desk.on("crm.item.list", {"result": {"items": []}, "time": busy})
    portal = office.connector().portal
    portal.call("crm.item.list")

    portal.call("crm.status.list")
    assert 0 == office.clock.passed

    portal.call("crm.item.list")
    assert 300 <= office.clock.passed < 310


def test_a_refusal_makes_the_method_wait_as_long_as_it_says(desk: BitrixDesk, office: Office) -> None:
    """The limit itself may have been used up by another program with the same webhook."""
    now = datetime(2026, 1, 10, 12, tzinfo=UTC).timestamp()
    busy = {"finish": now, "duration": 0.1, "operating": 481.0, "operating_reset_at": now + 120}
    refusal = Says(429, {**failing("OPERATION_TIME_LIMIT"), "time": busy})
    desk.on("crm.item.list", refusal, {"result": {"items": []}})

    office.connector().portal.call("crm.item.list")

    assert 120 <= office.clock.passed < 130


def refused(params: dict[str, Any], left: Iterator[bool]) -> Any:
    """Return a refusal, as long as there are some *left*, of all but the first eleven pages."""
    late = int(params["filter"][">id"] if params["filter"][">id"] != "" else 550) >= 550
    return failing("OPERATION_TIME_LIMIT") if late and next(left, False) else None


def test_a_whole_batch_that_is_refused_is_one_refusal(desk: BitrixDesk, office: Office) -> None:
    """Each of its fifty commands says so."""
    refusals = iter([True] * 52)
    page = shelf([item(key) for key in range(1, 1201)])
    desk.on("crm.item.list", lambda params: refused(params, refusals) or page(params))

    assert 1200 == read(office)
    assert 60 <= office.clock.passed < 1000


def test_a_refusal_that_says_nothing_is_waited_out_by_the_minute(desk: BitrixDesk, office: Office) -> None:
    """And what keeps being refused ends the run, which resumes later."""
    desk.on("crm.item.list", Says(429, failing("operation_time_limit")))

    with pytest.raises(RateLimited, match=r"crm\.item\.list"):
        office.connector().portal.call("crm.item.list")
    assert 20 * 60 <= office.clock.passed <= 21 * 60


def test_an_installation_that_counts_no_work_is_read(desk: BitrixDesk, office: Office) -> None:
    """Those of one's own may tell nothing of it, or nothing at all."""
    page = shelf([item(key) for key in range(1, 701)])
    desk.on("crm.item.list", lambda params: {**page(params), "time": {"start": 1, "finish": 2, "duration": 1}})

    assert 700 == read(office)
