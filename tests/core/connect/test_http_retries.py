"""How long a request insists, and what it ends with."""

from __future__ import annotations

from contextvars import copy_context
from threading import Event

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latido.connect import ACCOUNT, METER, Bucket, Limiter, Meter, Refused, Retry
from latido.errors import RateLimited, Stopped, VendorUnavailable
from latido.testing import ManualClock
from tests.core.connect.vendors import NOON, Outcome, Scripted, Setting, answer

RESET = httpx.ReadError("connection reset")
NO_SUCH_HOST = httpx.ConnectError("[Errno -2] Name or service not known")


def waited_for(*outcomes: Outcome) -> float:
    """Return the seconds that pass until the last of *outcomes* is the answer."""
    setting = Setting(Scripted(*outcomes))
    setting.http().get("tickets")
    return setting.clock.passed


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"Retry_After": "0"}, 1, 2),
        ({"Retry_After": "30"}, 30, 31),
        ({"Retry_After": "2.5"}, 2.5, 3.5),
        ({"Retry_After": "Mon, 02 Nov 2026 12:00:45 GMT"}, 45, 46),
        ({"Retry_After": "Mon, 02 Nov 2026 11:00:00 GMT"}, 1, 2),
        ({}, 60, 60),
        ({"Retry_After": "soon"}, 60, 60),
    ],
)
def test_a_vendor_says_how_long_to_wait(headers: dict[str, str], least: float, most: float) -> None:
    """Zero is never obeyed to the letter; without a word we wait for the next minute (it is noon sharp)."""
    assert least <= waited_for(answer(429, **headers), answer()) <= most


def test_without_a_word_the_next_full_minute_is_awaited() -> None:
    setting = Setting(Scripted(answer(429), answer()))
    setting.clock.sleep(42)

    setting.http().get("tickets")

    assert 60 <= setting.clock.passed <= 61


def test_the_edge_in_front_of_a_vendor_limits_like_the_vendor() -> None:
    edge = {"detail": "Rate limited by edge protection", "status": "429", "title": "Automated response"}

    assert 5 <= waited_for(answer(429, edge, Retry_After="5"), answer()) <= 6


def test_a_limit_is_waited_out_as_often_as_it_takes() -> None:
    """There is no number of tries: only the run's own time ends it."""
    transport = Scripted(*[answer(429, Retry_After="10")] * 50, answer(body=[1]))

    assert [1] == Setting(transport).http().get("tickets").json()
    assert 51 == len(transport.requests)


def test_a_limit_that_outlasts_our_patience_ends_the_run_resumable() -> None:
    """A daily quota, say. A run that hangs for hours tells nobody anything."""
    setting = Setting(Scripted(answer(429, Retry_After="86400")))

    with pytest.raises(RateLimited) as caught:
        setting.http().get("tickets")

    assert 6 == caught.value.exit_code
    assert 0 == setting.clock.passed


def test_maintenance_with_an_end_is_waited_out() -> None:
    assert 900 <= waited_for(*[answer(503, Retry_After="300")] * 3, answer()) <= 903


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504, 520, 522, 524])
def test_a_vendor_that_keeps_failing_gets_six_tries(status: int) -> None:
    transport = Scripted(answer(status, b"<html>"))

    with pytest.raises(VendorUnavailable, match=rf"vendor\.test keeps failing \({status}\)\."):
        Setting(transport).http().get("tickets")

    assert 6 == len(transport.requests)


def test_a_source_may_insist_less() -> None:
    transport = Scripted(answer(500))

    with pytest.raises(VendorUnavailable):
        Setting(transport).http(retry=Retry(tries=2)).get("tickets")

    assert 2 == len(transport.requests)


def test_five_failures_in_a_row_lose_nothing() -> None:
    assert waited_for(answer(500), *[RESET] * 4, answer()) <= 1 + 2 + 4 + 8 + 16


def test_a_host_that_never_answered_gets_three_tries() -> None:
    """Wrong host or no network: whoever waits for `check` wants to know soon."""
    transport = Scripted(NO_SUCH_HOST)

    with pytest.raises(VendorUnavailable) as caught:
        Setting(transport).http().get("tickets")

    assert 3 == len(transport.requests)
    assert "cannot reach vendor.test: [Errno -2] Name or service not known" == str(caught.value)


def test_a_network_that_comes_back_is_waited_for() -> None:
    """A host that has answered before gets all tries."""
    transport = Scripted(answer(), *[NO_SUCH_HOST] * 5, answer(body=[1]))
    http = Setting(transport).http()
    http.get("tickets")

    assert [1] == http.get("tickets").json()


def test_an_error_of_the_connection_does_not_quote_the_request() -> None:
    with pytest.raises(VendorUnavailable) as caught:
        Setting(Scripted(httpx.RemoteProtocolError("illegal header: Bearer abc"))).http().get("tickets")

    assert "cannot reach vendor.test: RemoteProtocolError" == str(caught.value)


def test_a_conflict_is_tried_three_times_more() -> None:
    transport = Scripted(answer(409, {"error": "DatabaseConflict"}))

    with pytest.raises(Refused) as caught:
        Setting(transport).http().get("tickets")

    assert 4 == len(transport.requests)
    assert 409 == caught.value.status


def test_who_asks_may_give_up_at_once() -> None:
    """A page that is too large times out again and again: the stream asks for a smaller one instead."""
    transport = Scripted(answer(504, b"upstream request timeout", X_Served_By="edge"))

    with pytest.raises(Refused) as caught:
        Setting(transport).http().get("tickets", give_up_on=(504,))

    assert 1 == len(transport.requests)
    assert (504, None, "edge") == (caught.value.status, caught.value.body, caught.value.headers["x-served-by"])


class InterruptedClock(ManualClock):
    """Somebody presses Ctrl-C when that many seconds have passed."""

    def __init__(self, stopping: Event, after: float) -> None:
        super().__init__(NOON)
        self._stopping = stopping
        self._after = after

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if self.passed >= self._after:
            self._stopping.set()


def test_a_run_that_is_asked_to_stop_does_not_wait_on() -> None:
    stopping = Event()
    setting = Setting(Scripted(answer(429, Retry_After="600")), InterruptedClock(stopping, 3), stopping)

    with pytest.raises(Stopped):
        setting.http().get("tickets")

    assert 3 <= setting.clock.passed <= 3.5


def test_a_wait_for_the_limiter_ends_as_well() -> None:
    setting = Setting(Scripted(answer()))
    http = setting.http(limiter=Limiter({ACCOUNT: Bucket(1, share=1)}, setting.clock))
    http.get("tickets")
    setting.stopping.set()
    meter = Meter()

    def read() -> None:
        METER.set(meter)
        http.get("tickets")

    with pytest.raises(Stopped):
        copy_context().run(read)
    assert 0 == meter.requests


def test_what_a_stream_costs_is_counted_on_its_meter() -> None:
    """Only where the engine counts, and per thread."""
    setting = Setting(Scripted(answer(429, Retry_After="10"), answer(500), answer()))
    http = setting.http()
    meter = Meter()

    def read() -> None:
        METER.set(meter)
        http.get("tickets")

    copy_context().run(read)

    assert (3, 2) == (meter.requests, meter.retries)
    assert setting.clock.passed == pytest.approx(meter.waited_seconds)


@given(st.text() | st.floats().map(str) | st.integers().map(str))
def test_no_retry_after_is_odd_enough_to_break_a_run(text: str) -> None:
    setting = Setting(Scripted(answer(429, Retry_After=text.encode("ascii", "ignore").decode()), answer()))

    try:
        setting.http().get("tickets")
    except RateLimited:
        return
    assert 1 <= setting.clock.passed <= 3601
