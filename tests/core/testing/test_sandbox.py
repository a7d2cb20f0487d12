"""A sandbox misbehaves as it is told to, and keeps count."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from latido.testing import Fault, Handler, Limit, ManualClock, Sandbox, Served, Shelf, json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

START = datetime(2026, 11, 1, 12, 0, 10, tzinfo=UTC)


class Bakery(Sandbox):
    """A vendor of loaves."""

    loaves = 3

    def routes(self) -> Sequence[tuple[str, str, Handler]]:
        return (("GET", "/loaves", self._all), ("GET", "/loaves/{number}", self._one))

    def settings(self) -> dict[str, Any]:
        return {"connector": "bakery", "base_url": self.url}

    def refusal(self, fault: Fault) -> Response:
        return json({"error": f"bakery says {fault.kind}"}, 429)

    def deeds(self) -> dict[str, Any]:
        return {"bake": self.bake}

    def bake(self, count: int) -> int:
        self.loaves += count
        return self.loaves

    def write_something(self) -> None:
        self.loaves += 1

    def _all(self, request: Request) -> Response:
        del request
        return json({"loaves": self.loaves})

    def _one(self, request: Request) -> Response:
        return json({"loaf": int(request.path_params["number"])})


@contextmanager
def bakery(clock: ManualClock | None = None) -> Iterator[tuple[Bakery, httpx.Client]]:
    sandbox = Bakery(clock or ManualClock(START))
    with Served(sandbox) as served, httpx.Client(base_url=served.url) as client:
        yield sandbox, client


def test_requests_are_counted_by_route() -> None:
    with bakery() as (sandbox, client):
        for path in ("/loaves", "/loaves/1", "/loaves/2", "/cakes"):
            client.get(path)
        told = client.get("/_sandbox/stats").json()

    assert {"GET /loaves": 1, "GET /loaves/{number}": 2, "GET /cakes": 1} == told["requests"]
    assert {"200": 3, "404": 1} == told["answers"]
    assert (4, 3) == (sandbox.stats.total, sandbox.stats.asked("/loaves"))


@pytest.mark.parametrize(
    ("fault", "status", "retry_after"),
    [
        ({"kind": "too_many", "retry_after": 7}, 429, "7"),
        ({"kind": "too_many", "retry_after": 0}, 429, "0"),
        ({"kind": "too_many"}, 429, None),
        ({"kind": "edge"}, 429, None),
        ({"kind": "status", "status": 503, "retry_after": 2}, 503, "2"),
        ({"kind": "status", "status": 504}, 504, None),
        ({"kind": "html"}, 200, None),
    ],
    ids=str,
)
def test_a_fault_strikes_once_and_is_over(fault: dict[str, Any], status: int, retry_after: str | None) -> None:
    with bakery() as (sandbox, client):
        sandbox.fail(**fault)
        struck, after = client.get("/loaves"), client.get("/loaves")

    assert (status, retry_after) == (struck.status_code, struck.headers.get("retry-after"))
    assert {"loaves": 3} == after.json()


def test_an_answer_may_end_too_early_and_say_nothing() -> None:
    with bakery() as (sandbox, client):
        sandbox.fail("truncate")
        answer = client.get("/loaves")

    assert '{"loaves":3}'[:6] == answer.text
    assert 200 == answer.status_code


def test_a_connection_may_break() -> None:
    with bakery() as (sandbox, client):
        sandbox.fail("drop")
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("/loaves")

        assert {"loaves": 3} == client.get("/loaves").json()


def test_a_fault_may_wait_choose_and_return() -> None:
    """The second request of a loaf fails, and then every other one, for ever."""
    with bakery() as (sandbox, client):
        sandbox.fail("status", "/loaves/{number}", status=500, times=None, after=1, every=2)
        loaves = [client.get("/loaves/1").status_code for _ in range(5)]

        assert [200, 500, 200, 500, 200] == loaves
        assert 200 == client.get("/loaves").status_code


def test_a_fixed_window_begins_anew_on_the_minute() -> None:
    clock = ManualClock(START)
    with bakery(clock) as (sandbox, client):
        sandbox.switches.limits = {"all": Limit(requests=2)}
        answers = [client.get("/loaves") for _ in range(3)]
        clock.sleep(50)
        answers.append(client.get("/loaves"))

    assert [200, 200, 429, 200] == [each.status_code for each in answers]
    assert "50" == answers[2].headers["retry-after"]
    assert 1 == sandbox.stats.too_many


def test_a_sliding_window_frees_one_request_at_a_time() -> None:
    clock = ManualClock(START)
    with bakery(clock) as (sandbox, client):
        sandbox.switches.limits = {"all": Limit(requests=2, window="sliding")}
        statuses = []
        for pause in (0, 30, 20, 10, 0):
            clock.sleep(pause)
            statuses.append(client.get("/loaves").status_code)

    assert [200, 200, 429, 200, 429] == statuses


def test_a_leaky_bucket_takes_a_burst_and_drains_all_the_time() -> None:
    clock = ManualClock(START)
    with bakery(clock) as (sandbox, client):
        sandbox.switches.limits = {"all": Limit(requests=3, seconds=6, window="leaky")}
        statuses = []
        for pause in (0, 0, 0, 0, 2, 1, 1, 6, 0, 0, 0):
            clock.sleep(pause)
            statuses.append(client.get("/loaves").status_code)

    assert [200, 200, 200, 429, 200, 429, 200, 200, 200, 200, 429] == statuses


def test_what_limits_refuse_is_counted_by_itself() -> None:
    with bakery() as (sandbox, client):
        sandbox.fail("too_many")
        sandbox.switches.limits = {"all": Limit(requests=1)}
        for _ in range(3):
            client.get("/loaves")

    assert (2, 1) == (sandbox.stats.too_many, sandbox.stats.refused)


@pytest.mark.parametrize(("told", "header"), [("told", "50"), ("zero", "0"), ("absent", None)])
def test_a_limit_tells_how_long_to_wait_or_not(told: Any, header: str | None) -> None:
    with bakery() as (sandbox, client):
        sandbox.switches.limits = {"all": Limit(requests=0, retry_after=told)}

        assert header == client.get("/loaves").headers.get("retry-after")


def test_latency_passes_on_the_sandbox_clock() -> None:
    clock = ManualClock(START)
    with bakery(clock) as (sandbox, client):
        sandbox.switches.latency = 20
        client.get("/loaves")

    assert 20 == clock.passed


def test_others_write_while_we_read() -> None:
    clock = ManualClock(START)
    with bakery(clock) as (sandbox, client):
        sandbox.switches.writes_per_second = 2
        clock.sleep(3)
        sandbox.switches.writes_per_request = 1

        assert {"loaves": 3 + 6 + 1} == client.get("/loaves").json()
        assert {"loaves": 3 + 6 + 1 + 1} == client.get("/loaves").json()


def test_answers_are_compressed_only_when_asked_for_on_both_sides() -> None:
    with bakery() as (sandbox, client):
        plain = client.get("/loaves")
        sandbox.switches.gzip = True
        packed, unasked = client.get("/loaves"), client.get("/loaves", headers={"accept-encoding": "identity"})

    assert [None, "gzip", None] == [each.headers.get("content-encoding") for each in (plain, packed, unasked)]
    assert plain.json() == packed.json() == unasked.json()


def test_moods_can_be_switched_from_outside() -> None:
    """By the body or by the query, so that a benchmark in another process can do it."""
    with bakery() as (sandbox, client):
        client.post("/_sandbox/pathologies", json={"faults": [{"kind": "html"}]})
        told = client.post("/_sandbox/pathologies?latency=0.5").json()

    assert [Fault(kind="html")] == sandbox.switches.faults
    assert 0.5 == sandbox.switches.latency == told["latency"]


def test_records_can_be_changed_from_outside() -> None:
    with bakery() as (sandbox, client):
        assert {"done": 5} == client.post("/_sandbox/do", json={"what": "bake", "count": 2}).json()

    assert 5 == sandbox.loaves


def test_stats_can_be_cleared() -> None:
    with bakery() as (sandbox, client):
        client.get("/loaves")
        client.delete("/_sandbox/stats")

    assert 0 == sandbox.stats.total


def test_a_record_can_be_read_while_others_are_still_rendered() -> None:
    """What is rendered later may change what was rendered before."""
    shelf = Shelf(pieces=2)
    shelf.append(b'{"id":1}', b'{"was":"open"}')
    assert (b'{"id":1}', b'{"was":"open"}') == shelf.pieces(0)

    shelf.append(b'{"id":2}', b"{}")
    shelf.seal()

    assert [b'{"id":1}', b'{"id":2}'] == [shelf.piece(number) for number in range(2)]
