"""A vendor's limits are kept, and used to the full."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latido.connect import ACCOUNT, Announced, Bucket, Http, Limiter, Pace, Runtime
from latido.testing import ManualClock
from tests.core.connect.limits import Allowance, LimitingVendor, least_seconds
from tests.core.connect.vendors import HOST, NOON, Scripted, Setting, answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

WINDOWS = st.sampled_from(["fixed", "sliding"])
LIMITS = st.integers(10, 80)
SECONDS = st.sampled_from([1.0, 10.0, 60.0])
PARTS = st.floats(0, 1)


def read(vendor: LimitingVendor, requests: int, bucket: Bucket) -> None:
    runtime = Runtime("support", clock=vendor.clock, transport=vendor)
    http = Http(HOST, runtime, limiter=Limiter({ACCOUNT: bucket}, vendor.clock))
    for _ in range(requests):
        http.get("tickets")


@settings(max_examples=25, deadline=None)
@given(WINDOWS, LIMITS, SECONDS, st.floats(0, 0.4), PARTS)
def test_a_limit_is_used_to_the_full_and_never_hit(
    window: Any, limit: int, seconds: float, latency: float, counted_after: float
) -> None:
    """Five in a hundred slower than a client that knows the vendor's windows, at the most."""
    requests, latencies = 8 * limit + 1, [latency * seconds]
    vendor = LimitingVendor(ManualClock(NOON), Allowance(window, limit, seconds), latencies, counted_after)

    read(vendor, requests, Bucket(limit, seconds, share=1))

    best = least_seconds(Allowance(window, limit, seconds), latencies, counted_after, requests)
    assert 0 == vendor.refused
    assert vendor.clock.monotonic() <= 1.05 * best


@settings(max_examples=25, deadline=None)
@given(WINDOWS, LIMITS, SECONDS, PARTS, PARTS, st.lists(st.floats(0.01, 0.02), min_size=1, max_size=30))
def test_no_limit_is_hit_however_the_vendor_counts(
    window: Any, limit: int, seconds: float, phase: float, counted_after: float, latencies: list[float]
) -> None:
    """Windows may begin at any moment, and requests be counted early or late."""
    allowance = Allowance(window, limit, seconds, phase * seconds)
    vendor = LimitingVendor(ManualClock(NOON), allowance, [each * seconds for each in latencies], counted_after)

    read(vendor, 4 * limit, Bucket(limit, seconds, share=1))

    assert 0 == vendor.refused


@settings(max_examples=25, deadline=None)
@given(WINDOWS, LIMITS, SECONDS, st.floats(0, 0.5), st.lists(st.floats(0, 0.3), min_size=1, max_size=30))
def test_no_limit_is_hit_however_uneven_the_answers(
    window: Any, limit: int, seconds: float, counted_after: float, latencies: list[float]
) -> None:
    """A vendor that counts what arrives, and then takes its time: large pages and empty ones."""
    vendor = LimitingVendor(
        ManualClock(NOON), Allowance(window, limit, seconds), [each * seconds for each in latencies], counted_after
    )

    read(vendor, 4 * limit, Bucket(limit, seconds, share=1))

    assert 0 == vendor.refused


@pytest.mark.parametrize(
    ("bucket", "share", "expected"),
    [
        (Bucket(700), None, 490),
        (Bucket(700, share=0.5), None, 350),
        (Bucket(700), 1.0, 700),
        (Bucket(700, share=0.5), 0.2, 140),
        (Bucket(1), None, 1),
    ],
)
def test_part_of_the_accounts_limit_is_left_to_others(bucket: Bucket, share: float | None, expected: int) -> None:
    """Other programs use it too. The user may say how much of it is ours."""
    setting = Setting(Scripted(answer()))
    http = setting.http(limiter=Limiter({ACCOUNT: bucket}, setting.clock, share))

    for _ in range(expected):
        http.get("tickets")
    assert 0 == setting.clock.passed

    http.get("tickets")
    assert 60 <= setting.clock.passed <= 60.1


def test_an_endpoint_has_its_own_limit_beside_the_accounts() -> None:
    setting = Setting(Scripted(answer()))
    http = setting.http(limiter=Limiter({ACCOUNT: Bucket(100), "exports": Bucket(10)}, setting.clock))

    for _ in range(10):
        http.get("exports", bucket="exports")
    for _ in range(60):
        http.get("users")
    assert 0 == setting.clock.passed

    http.get("exports", bucket="exports")
    assert 60 <= setting.clock.passed <= 60.1


def test_how_fast_a_stream_may_read_is_known_beforehand() -> None:
    """What `sync --plan` prints."""
    buckets = {ACCOUNT: Bucket(700), "exports": Bucket(10), "burst": Bucket(50, per_seconds=1)}
    limiter = Limiter(buckets, ManualClock(NOON))

    assert Pace(10, 700) == limiter.pace("exports")
    assert Pace(490, 700) == limiter.pace("burst")
    assert Pace(490, 700) == limiter.pace()
    assert Pace(3000, None) == Limiter({"burst": Bucket(50, 1)}, ManualClock(NOON)).pace("burst")
    assert None is Limiter({}, ManualClock(NOON)).pace()


def announced(headers: Mapping[str, str]) -> Iterable[Announced]:
    """Read `<bucket>: limit remaining resets`, as a connector does with its vendor's headers; - is nothing."""
    for name in (ACCOUNT, "exports"):
        if name in headers:
            limit, remaining, resets = [None if each == "-" else int(each) for each in headers[name].split()]
            yield name, limit, remaining, resets


class Announcing:
    """A vendor that announces what a test says, before a second request is made."""

    def __init__(self, *announcements: str, buckets: Mapping[str, Bucket], **header: str) -> None:
        outcomes = [answer(200, None, **header, account=said) for said in announcements]
        self.setting = Setting(Scripted(*outcomes or [answer(200, None, **header)]))
        limiter = Limiter(buckets, self.setting.clock, read_headers=announced)
        self.http = self.setting.http(limiter=limiter)

    def waits(self, requests: int, bucket: str | None = None) -> list[float]:
        """Return how many seconds each of *requests* waits for its turn."""
        moments = [0.0]
        for _ in range(requests):
            self.http.get("tickets", bucket=bucket)
            moments.append(self.setting.clock.passed)
        return [later - earlier for earlier, later in pairwise(moments)]


def test_a_higher_limit_that_the_vendor_announces_is_used() -> None:
    """The account bought more."""
    vendor = Announcing(buckets={"exports": Bucket(10)}, exports="30 - -")

    assert [0] * 30 == vendor.waits(30, "exports")
    assert [pytest.approx(60, abs=0.1)] == vendor.waits(1, "exports")


def test_a_lower_limit_that_the_vendor_announces_is_kept() -> None:
    vendor = Announcing(buckets={ACCOUNT: Bucket(700)}, account="10 - -")

    assert [0] * 7 == vendor.waits(7)
    assert [pytest.approx(60, abs=0.1)] == vendor.waits(1)


def test_where_others_used_up_a_bucket_we_wait_until_it_is_full_again() -> None:
    """A run that was just killed, say: its requests still count."""
    vendor = Announcing(buckets={"exports": Bucket(10)}, exports="10 0 23")

    assert [0, pytest.approx(23)] == vendor.waits(2, "exports")


def test_where_nobody_says_when_it_is_full_again_we_wait_a_whole_window() -> None:
    vendor = Announcing(buckets={"exports": Bucket(10)}, exports="- 0 -")

    assert [0, pytest.approx(60)] == vendor.waits(2, "exports")


def test_we_slow_down_where_others_leave_little() -> None:
    """69 requests are left for all, for 35 seconds: ours come every half second."""
    vendor = Announcing("700 70 35", "700 69 35", buckets={ACCOUNT: Bucket(700)})

    assert [0, 0, pytest.approx(0.5), pytest.approx(0.5)] == vendor.waits(4)


def test_our_own_use_of_a_bucket_slows_nobody_down() -> None:
    """With the whole limit for us it runs out each minute, by design; the log of our own requests is enough."""
    clock = ManualClock(NOON)
    vendor = LimitingVendor(
        clock, Allowance("sliding", 10, 60), [1.0], announce=lambda left: {"account": f"10 {left} 59"}
    )
    limiter = Limiter({ACCOUNT: Bucket(10, share=1)}, clock, read_headers=announced)
    http = Setting(vendor, clock).http(limiter=limiter)

    for _ in range(101):
        http.get("tickets")

    assert 0 == vendor.refused
    assert 600 <= clock.passed <= 1.05 * 600


def test_headers_of_buckets_that_nobody_asked_for_mean_nothing() -> None:
    vendor = Announcing(buckets={}, account="10 0 60", exports="1 0 60")

    assert [0, 0] == vendor.waits(2, "exports")
