"""Asking for the next page while the one at hand is worked on."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from latido.connect import METER, Meter, ahead

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.parametrize("items", [[], [1], [1, 2, 3], [None, 0, ""]])
def test_everything_comes_in_order(items: list[object]) -> None:
    assert items == list(ahead(iter(items)))


def test_one_more_is_fetched_than_is_worked_on() -> None:
    second = threading.Event()

    def fetched() -> Iterator[int]:
        yield 1
        second.set()
        yield 2
        pytest.fail("nobody asked for a third")

    working = ahead(fetched())

    assert 1 == next(working)
    assert second.wait(60)


def test_a_failure_arrives_in_its_place() -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise KeyError

    working = ahead(failing())

    assert 1 == next(working)
    with pytest.raises(KeyError):
        next(working)


def test_requests_are_counted_on_the_meter_of_the_stream() -> None:
    meter = Meter()
    METER.set(meter)

    def fetched() -> Iterator[int]:
        METER.get().requests += 1
        yield 1

    assert [1] == list(ahead(fetched()))
    assert 1 == meter.requests
