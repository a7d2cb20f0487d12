"""A bucket that leaks is kept from running over, and used to the full."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latido.connect import ACCOUNT, Bucket, Http, Limiter, Runtime
from latido.testing import ManualClock
from tests.core.connect.vendors import HOST, NOON, answer


@dataclass
class LeakyVendor(httpx.BaseTransport):
    """Holds *burst* requests, which drain *rate* a second; counts one when part of its latency has passed."""

    clock: ManualClock
    burst: int
    rate: float
    latency: float
    counted_after: float
    level: float = 0.0
    drained_at: float = 0.0
    refused: int = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        del request
        self.clock.sleep(self.latency * self.counted_after)
        now = self.clock.monotonic()
        self.level = max(0.0, self.level - (now - self.drained_at) * self.rate)
        self.drained_at = now
        refused = self.level + 1 > self.burst
        self.refused += refused
        self.level += not refused
        self.clock.sleep(self.latency * (1 - self.counted_after))
        return answer(429 if refused else 200)


def read(vendor: LeakyVendor, requests: int, share: float = 1.0) -> float:
    """Return the seconds that so many requests take."""
    bucket = Bucket(vendor.burst, vendor.burst / vendor.rate, share, leaky=True)
    http = Http(
        HOST,
        Runtime("support", clock=vendor.clock, transport=vendor),
        limiter=Limiter({ACCOUNT: bucket}, vendor.clock),
    )
    for _ in range(requests):
        http.get("tickets")
    return vendor.clock.monotonic()


@settings(max_examples=25, deadline=None)
@given(st.integers(5, 60), st.sampled_from([0.5, 2.0, 5.0]), st.floats(0, 0.2), st.floats(0, 1))
def test_a_leaky_bucket_is_used_to_the_full_and_never_runs_over(
    burst: int, rate: float, latency: float, counted_after: float
) -> None:
    """A burst at once, then as many as drain: five in a hundred slower than that at the most."""
    requests = 10 * burst
    vendor = LeakyVendor(ManualClock(NOON), burst, rate, latency / rate, counted_after)

    seconds = read(vendor, requests)

    assert 0 == vendor.refused
    assert seconds <= 1.05 * max((requests - burst) / rate, requests * vendor.latency) + 2 * vendor.latency


def test_a_share_of_a_leaky_bucket_is_left_to_others() -> None:
    """Of its burst as of what drains."""
    vendor = LeakyVendor(ManualClock(NOON), 50, 2.0, 0, 0)

    assert (500 - 25) / 1.0 == pytest.approx(read(vendor, 500, share=0.5), rel=0.01)


def test_a_leaky_bucket_tells_its_pace() -> None:
    """For plans, which look at what lasts and not at the burst."""
    limiter = Limiter({ACCOUNT: Bucket(50, 25.0, leaky=True)}, ManualClock(NOON))

    pace = limiter.pace()
    assert pace is not None
    assert pytest.approx(0.7 * 120) == pace.per_minute
    assert 120 == pace.account_per_minute
