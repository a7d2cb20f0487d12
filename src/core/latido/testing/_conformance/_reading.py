"""Promises about reading: nothing twice, nothing lost, wherever a run begins and ends."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import orjson

from latido.testing._conformance._bench import PAGE_LIMIT
from latido.testing._conformance._laboratory import sound
from latido.testing._conformance._promise import Broken
from latido.testing._conformance._tables import delivered, differences, keys, live, some

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from latido.connect import Cursor, Page
    from latido.testing._conformance._laboratory import Laboratory
    from latido.testing._conformance._place import Place, Reading
    from latido.testing._conformance._tables import Key, Row, Tables

BORDERS = 3
"""At how many page borders a stream is tried: the first one, the middle, the last."""

MORE_THAN_A_PAGE = 2 * PAGE_LIMIT + 1
INTERRUPTED = 128
HOUR = 3_600
SETTLED = 25 * HOUR
"""Seconds after which every lag is over and every sweep is due."""


def ids_are_unique(lab: Laboratory, stream: str) -> None:
    """No two records of a table have the same id, whichever stream they come from."""
    mine = first_rows(lab.undisturbed(stream).reading.pages(stream))
    for other in lab.streams:
        # A sweep goes through what other streams read too.
        theirs = set() if other == stream or {other, stream} & lab.sweeps else keys(lab.whole.reading.pages(other))
        if twice := mine.keys() & theirs:
            raise Broken(f"{other} brings rows with the same ids: {some(key for _, key in twice)}")


def first_rows(pages: Iterable[Page]) -> dict[Key, Row]:
    """Return the rows of *pages* by table and id; raises Broken when two that differ have the same."""
    found: dict[Key, Row] = {}
    for key, row in delivered(pages):
        if found.setdefault(key, row) != row:
            raise Broken(f"two records that differ have the id {key[1]} in {key[0]}")
    return found


def cursors_never_go_back(lab: Laboratory, stream: str) -> None:
    """Every cursor is a JSON object, and a later one never brings again what an earlier one was past."""
    bench = lab.quiet
    cursors = [*borders(cursors_of(lab.undisturbed(stream).reading.pages(stream)))]
    for cursor in cursors:
        check_storable(cursor)
    if cursors:
        cursors += cursors_of(bench.read(stream, cursors[-1]))[-1:]
    ahead = [keys(bench.read(stream, cursor)) for cursor in cursors]
    for at, (before, after) in enumerate(pairwise(ahead), 1):
        if again := after - before:
            raise Broken(f"from {cursors[at]!r} on comes again what lay behind {cursors[at - 1]!r}: {some(again)}")


def cursors_of(pages: Iterable[Page]) -> list[Cursor]:
    """Return the cursors of *pages*, in order."""
    return [page.cursor for page in pages if page.cursor is not None]


def check_storable(cursor: Any) -> None:
    """Raise Broken unless *cursor* is an object that JSON gives back as it was."""
    try:
        again = orjson.loads(orjson.dumps(cursor))
    except TypeError as error:
        raise Broken(f"the cursor {cursor!r} is no JSON: {error}") from None
    if not isinstance(again, dict) or again != cursor:
        raise Broken(f"the cursor {cursor!r} is not what JSON gives back: {again!r}")


def borders(of: Sequence[Any]) -> list[Any]:
    """Return a few of a sequence: the first one, the one in the middle, and the last."""
    return list(of) if len(of) <= BORDERS else [of[0], of[len(of) // 2], of[-1]]


def resuming_after_any_page_gives_the_same_tables(lab: Laboratory, stream: str) -> None:
    """A run that is stopped after some pages and begun again ends in the tables of one that nobody stopped."""
    undisturbed = lab.undisturbed(stream)
    check_cut(undisturbed.reading, stream)
    for pages in borders(range(1, len(undisturbed.reading.pages(stream)))):
        place = lab.quiet.place()
        stopped_and_resumed(place, stream, pages)
        check_same(undisturbed.tables, place.tables(), f"stopped after page {pages} and resumed")


def check_cut(reading: Reading, stream: str) -> None:
    """Raise Broken when a sandbox that should have cut its pages did not: nothing would be tried."""
    pages = [page for page in reading.pages(stream) if page.fetched]
    if len(pages) == 1 and pages[0].fetched > PAGE_LIMIT:
        raise Broken(
            f"all {pages[0].fetched} records came in one page: the sandbox does not cut its pages by switches.at_most"
        )


def stopped_and_resumed(place: Place, stream: str, pages: int) -> Reading:
    """Stop a run of *stream* after so many pages, and return the one that ends it."""
    stopped = place.sync(stream, stop_after=pages)
    if stopped.exit_code < INTERRUPTED:
        sound(stopped)
    return sound(place.sync(stream))


def check_same(expected: Tables, found: Tables, when: str) -> None:
    """Raise Broken when two warehouses differ."""
    if unlike := differences(expected, found):
        raise Broken(f"{when}, {len(unlike)} rows or tables are not the same: {'; '.join(unlike[:3])}")


def reading_again_changes_nothing(lab: Laboratory, stream: str) -> None:
    """A second run writes nothing, nor does one that reads everything again."""
    undisturbed = lab.undisturbed(stream)
    place = undisturbed.place.copy()
    lab.quiet.clock.sleep(HOUR)
    for full in (False, True):
        receipt = sound(place.sync(stream, full=full)).receipts[stream]
        written = receipt.inserted, receipt.updated, receipt.deleted, receipt.merged
        if any(written):
            raise Broken(f"a run over what had not changed wrote {written} rows (inserted, updated, deleted, merged)")
        check_same(undisturbed.tables, place.tables(), "read again")


def records_changed_in_one_instant_all_arrive(lab: Laboratory, stream: str) -> None:
    """More records than a page holds change at once: all arrive, also when the run is stopped among them."""
    with lab.fresh() as bench:
        touch = bench.sandbox.drills()[stream].touch
        place = bench.place()
        sound(place.sync(stream))
        touched = touch(MORE_THAN_A_PAGE) if touch else ()
        if len(touched) <= PAGE_LIMIT:
            raise Broken(f"the drill touched {len(touched)} records, no more than a page holds: give a greater world")
        bench.clock.sleep(SETTLED)
        check_arrived(touched, sound(place.copy().sync(stream)), stream)
        interrupted = place.sync(stream, stop_after=1)
        check_arrived(touched, interrupted, stream, sound(place.sync(stream)))
        check_same(live(read_afresh(bench.place(), stream)), live(place.tables()), "touched at once and read")


def check_arrived(expected: Iterable[str], reading: Reading, stream: str, *more: Reading) -> None:
    """Raise Broken when some of the ids were not delivered."""
    arrived = {key for each in (reading, *more) for _, key in keys(each.pages(stream))}
    if lost := set(expected) - arrived:
        raise Broken(f"{len(lost)} records that changed in one instant did not arrive: {some(lost)}")


def records_that_change_while_being_read_arrive(lab: Laboratory, stream: str) -> None:
    """With each request something is written; once nobody writes any more, one run later nothing is missing."""
    with lab.fresh() as bench:
        place = bench.place()
        bench.sandbox.switches.writes_per_request = 1
        sound(place.sync(stream))
        bench.sandbox.switches.writes_per_request = 0
        bench.clock.sleep(SETTLED)
        sound(place.sync(stream))
        check_same(live(read_afresh(bench.place(), stream)), live(place.tables()), "changed while being read")


def read_afresh(place: Place, stream: str) -> Tables:
    """Return the tables of a first run."""
    sound(place.sync(stream))
    return place.tables()
