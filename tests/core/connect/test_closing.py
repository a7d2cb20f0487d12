"""Closing the way to a vendor while another thread uses it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.core.connect.vendors import Scripted, Setting, answer


class Slow(httpx.BaseTransport):
    """Answers when it is let."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.let = threading.Event()

    def handle_request(self, _request: httpx.Request) -> httpx.Response:
        self.asked.set()
        assert self.let.wait(60)
        return answer()


def test_a_request_under_way_is_waited_for() -> None:
    """Its connection would stay open: the pool that it belongs to is gone."""
    vendor = Slow()
    http = Setting(vendor).http()

    with ThreadPoolExecutor(2) as pool:
        asking = pool.submit(http.get, "tickets")
        assert vendor.asked.wait(60)
        closing = pool.submit(http.close)
        with pytest.raises(TimeoutError):
            closing.result(timeout=0.05)
        vendor.let.set()

        assert 200 == asking.result(60).status
        closing.result(60)


def test_nothing_is_asked_afterwards() -> None:
    """Not even over a transport that was lent, and goes on."""
    vendor = Scripted(answer())
    http = Setting(vendor).http()
    http.close()

    with pytest.raises(RuntimeError, match="closed"):
        http.get("tickets")
    assert [] == vendor.requests
