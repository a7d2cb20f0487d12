"""Several streams share a vendor's limits: together they keep them, and none of them is left behind."""

from __future__ import annotations

from threading import Event, Thread
from typing import TYPE_CHECKING, Literal

import pytest

from latido.connect import ACCOUNT, Bucket, Http, Limiter, Runtime
from latido.errors import Stopped
from tests.core.connect.limits import Allowance, LimitingVendor, SharedClock
from tests.core.connect.vendors import HOST, Scripted, Setting, answer

if TYPE_CHECKING:
    from collections.abc import Mapping


def read_side_by_side(
    clock: SharedClock, vendor: LimitingVendor, buckets: Mapping[str, Bucket], requests: Mapping[str, int]
) -> dict[str, list[float]]:
    """Let one thread per stream make its *requests*; return when each was answered. `exports` has its own bucket."""
    http = Http(HOST, Runtime("support", clock=clock, transport=vendor), limiter=Limiter(buckets, clock))
    answered: dict[str, list[float]] = {stream: [] for stream in requests}

    def read(stream: str) -> None:
        try:
            for _ in range(requests[stream]):
                http.get(stream, bucket="exports" if stream == "exports" else None)
                answered[stream].append(clock.monotonic())
        finally:
            clock.end()

    with clock.working([Thread(target=read, args=(stream,)) for stream in requests]):
        pass
    return answered


@pytest.mark.parametrize("window", ["fixed", "sliding"])
def test_streams_side_by_side_use_a_limit_to_the_full_and_never_hit_it(window: Literal["fixed", "sliding"]) -> None:
    clock = SharedClock()
    vendor = LimitingVendor(clock, Allowance(window, 20, 10), [0.2, 0.3, 0.1])

    answered = read_side_by_side(
        clock, vendor, {ACCOUNT: Bucket(20, 10, share=1)}, dict.fromkeys(("a", "b", "c", "d"), 50)
    )

    assert 0 == vendor.refused
    assert {"/a": 50, "/b": 50, "/c": 50, "/d": 50} == vendor.granted
    assert max(max(each) for each in answered.values()) <= 1.05 * 9 * 10 + 2


def test_who_waits_longest_is_next() -> None:
    clock = SharedClock()
    vendor = LimitingVendor(clock, Allowance("sliding", 1, 10), [0.1])

    answered = read_side_by_side(
        clock, vendor, {ACCOUNT: Bucket(1, 10, share=1)}, dict.fromkeys(("a", "b", "c", "d"), 10)
    )

    in_turn = sorted((moment, stream) for stream, moments in answered.items() for moment in moments)
    order = [stream for _moment, stream in in_turn]
    assert order[:4] * 10 == order


def test_a_stream_that_waits_for_its_own_bucket_holds_nobody_up() -> None:
    clock = SharedClock()
    vendor = LimitingVendor(clock, Allowance("sliding", 1000, 60), [0.1])

    answered = read_side_by_side(
        clock, vendor, {ACCOUNT: Bucket(1000), "exports": Bucket(10)}, {"exports": 30, "users": 100}
    )

    assert max(answered["users"]) <= 100 * 0.1 + 1
    assert 120 <= max(answered["exports"]) <= 1.05 * 120


def test_one_refusal_is_enough_for_all_that_share_the_bucket() -> None:
    """The others do not have to find out for themselves, nor do they wait who use another bucket."""
    setting = Setting(Scripted(answer()))
    limiter = Limiter({ACCOUNT: Bucket(100), "exports": Bucket(10)}, setting.clock)
    http = setting.http(limiter=limiter)
    limiter.hold("exports", 20)

    http.get("users")
    assert 0 == setting.clock.passed

    http.get("exports", bucket="exports")
    assert pytest.approx(20) == setting.clock.passed


def test_who_gives_up_waiting_leaves_its_place() -> None:
    """Or everybody behind it would wait for ever."""
    stopping = Event()
    setting = Setting(Scripted(answer()), stopping=stopping)
    http = setting.http(limiter=Limiter({ACCOUNT: Bucket(1, share=1)}, setting.clock))
    http.get("tickets")
    stopping.set()
    for _ in range(3):
        with pytest.raises(Stopped):
            http.get("tickets")

    stopping.clear()
    http.get("tickets")

    assert 60 <= setting.clock.passed <= 60.1
