"""Promises about trouble on the way: it costs time, never a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido.testing._conformance._laboratory import sound
from latido.testing._conformance._promise import Broken
from latido.testing._conformance._reading import check_same

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latido.testing._conformance._laboratory import Laboratory

WAIT_SECONDS = 7
TOO_MANY, SERVER_ERROR = 429, 500


def a_429_that_tells_how_long_to_wait_is_survived(lab: Laboratory, stream: str) -> None:
    """A 429 with Retry-After costs time, and not a row, whether it comes from the vendor or from a proxy before it."""
    vendor = {"kind": "too_many", "retry_after": WAIT_SECONDS, "every": 4}
    survived(lab, stream, vendor, {"kind": "edge", "retry_after": 0, "every": 4, "after": 2})


def a_429_that_tells_nothing_is_survived(lab: Laboratory, stream: str) -> None:
    """A 429 without Retry-After costs time, and not a row."""
    survived(lab, stream, {"kind": "too_many"})


def a_server_error_is_survived(lab: Laboratory, stream: str) -> None:
    """A 502 costs time, and not a row."""
    survived(lab, stream, {"kind": "status", "status": 502})


def a_dropped_connection_is_survived(lab: Laboratory, stream: str) -> None:
    """A connection that breaks in the middle of an answer costs time, and not a row."""
    survived(lab, stream, {"kind": "drop"})


def a_truncated_answer_is_survived(lab: Laboratory, stream: str) -> None:
    """An answer that ends in the middle, while nobody says so, costs time, and not a row."""
    survived(lab, stream, {"kind": "truncate"})


def a_page_for_people_is_survived(lab: Laboratory, stream: str) -> None:
    """A page for people with status 200 costs time, and not a row."""
    survived(lab, stream, {"kind": "html"})


def survived(lab: Laboratory, stream: str, *faults: Mapping[str, Any]) -> None:
    """Let every other request of each route fail, and compare with a run that met no trouble."""
    undisturbed = lab.undisturbed(stream)
    bench = lab.quiet
    for fault in faults:
        bench.server.fail(**{"times": None, "every": 2, "per_route": True, **fault})
    place = bench.place()
    sound(place.sync(stream))
    check_same(undisturbed.tables, place.tables(), "with trouble on the way")


def a_token_that_expires_in_the_middle_is_renewed(lab: Laboratory, stream: str) -> None:
    """A token that is rejected a moment after it was handed out is renewed, and no row is missing."""
    undisturbed = lab.undisturbed(stream)
    bench = lab.quiet
    bench.server.shown.clear()
    place = bench.place()

    def expire(pages: int) -> None:
        if pages <= 1:
            with bench.server.lock:
                bench.server.expire_tokens()

    sound(place.sync(stream, on_page=expire))
    if len(bench.server.shown) == 1:
        raise Broken("the same token was shown before and after all tokens expired: the sandbox lets none expire")
    check_same(undisturbed.tables, place.tables(), "with a token that expired")


def documented_limits_are_never_hit(lab: Laboratory, _all: str) -> None:
    """With the limits that the vendor documents no request is refused: it waits before, not after."""
    bench = lab.quiet
    bench.server.switches.limits = dict(bench.server.documented_limits())
    bench.server.stats.clear()
    if code := bench.place().sync(*lab.streams).exit_code:
        raise Broken(f"the run ended with {code}")
    if refused := bench.server.stats.refused:
        raise Broken(f"{refused} requests were refused")
