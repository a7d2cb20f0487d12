"""Time is a parameter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from latido.testing import FastClock, ManualClock

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def test_a_manual_clock_moves_only_when_somebody_sleeps() -> None:
    clock = ManualClock(NOON)

    clock.sleep(90)

    assert (NOON + timedelta(seconds=90), 90.0) == (clock.now(), clock.monotonic())


def test_a_fast_clock_sleeps_shortly() -> None:
    clock = FastClock(100_000, NOON)

    clock.sleep(600)

    assert 600 <= clock.monotonic()
    assert NOON + timedelta(seconds=600) <= clock.now()
