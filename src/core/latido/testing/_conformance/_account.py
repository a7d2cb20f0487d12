"""Promises about what a run accounts for, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.testing._conformance._bench import PAGE_LIMIT
from latido.testing._conformance._laboratory import sound
from latido.testing._conformance._promise import Broken
from latido.testing._conformance._reading import HOUR
from latido.testing._sandbox import Sandbox

if TYPE_CHECKING:
    from latido.testing._conformance._bench import Bench
    from latido.testing._conformance._laboratory import Laboratory, Undisturbed

SLACK = 4
"""Requests that may be under way: the next page is fetched while this one is worked through."""


def the_receipt_adds_up(lab: Laboratory, stream: str) -> None:
    """Each row that was mapped was written or was there, and each that was written is stored."""
    undisturbed = lab.undisturbed(stream)
    receipt = undisturbed.reading.receipts[stream]
    if receipt.inserted + receipt.updated + receipt.unchanged != receipt.mapped:
        raise Broken(f"{receipt.mapped} rows were mapped, {receipt.inserted} inserted, {receipt.updated} updated")
    if receipt.inserted != (stored := rows_in(undisturbed)):
        raise Broken(f"{receipt.inserted} rows were inserted and {stored} are stored")
    pages = undisturbed.reading.pages(stream)
    if any(len(rows) and not page.fetched for page in pages for rows in page.rows):
        raise Broken("a page brings rows and says that it was made of no record")
    if receipt.fetched and not receipt.requests and isinstance(lab.quiet.sandbox, Sandbox):
        raise Broken(f"{receipt.fetched} records were fetched without a request")


def rows_in(undisturbed: Undisturbed) -> int:
    return sum(len(rows) for rows in undisturbed.tables.values())


def the_count_is_exact(lab: Laboratory, stream: str) -> None:
    """If the vendor counts, it counts exactly, and what is stored is as many."""
    receipt = lab.undisturbed(stream).reading.receipts[stream]
    if receipt.counted is not None and not receipt.count_exact:
        raise Broken(f"the vendor's count ({receipt.counted}) is not exact")
    if receipt.counted != receipt.stored:
        raise Broken(f"the vendor counts {receipt.counted}, stored are {receipt.stored}")


def what_did_not_change_costs_nothing(lab: Laboratory, stream: str) -> None:
    """A run without news costs as little in a business that is four times as large."""
    small, large = news(lab.quiet, stream), news(lab.greater, stream)
    for what, one, other in zip(("requests", "records"), small, large, strict=True):
        if other > one + 2:
            raise Broken(f"a run without news took {one} {what}, and {other} where there is four times as much")


def news(bench: Bench, stream: str) -> tuple[int, int]:
    """Return requests and records of a run an hour after one that read everything."""
    place = bench.place()
    sound(place.sync(stream))
    bench.clock.sleep(HOUR)
    receipt = sound(place.sync(stream)).receipts[stream]
    return receipt.requests, receipt.fetched


def memory_stays_flat(lab: Laboratory, stream: str) -> None:
    """No page holds more, and none takes more requests, because there is four times as much to read."""
    small, large = hold(lab.quiet, stream), hold(lab.greater, stream)
    if large[0] > max(2 * small[0], PAGE_LIMIT):
        raise Broken(f"a page holds {small[0]} rows, and {large[0]} where there is four times as much")
    if large[1] > small[1] + SLACK:
        raise Broken(f"a page takes {small[1]} requests, and {large[1]} where there is four times as much")


def hold(bench: Bench, stream: str) -> tuple[int, int]:
    """Return the most rows that a page brings, and the most requests that are made for one."""
    rows, requests, asked = 0, 0, 0
    with bench.reader(stream) as (reader, _):
        asked = bench.requests
        for page in reader.pages(reader.start(None)):
            rows = max(rows, page.fetched, sum(len(each) for each in page.rows))
            requests, asked = max(requests, bench.requests - asked), bench.requests
    return rows, requests
