"""Where the promises of one connector are tried: what nobody disturbs is read once for all of them."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from latido.testing._conformance._bench import Bench, Front, Subject
from latido.testing._conformance._promise import Broken
from latido.testing._served import Served
from latido.warehouse import Warehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from latido.testing._conformance._place import Place, Reading
    from latido.testing._conformance._promise import Promise
    from latido.testing._conformance._tables import Tables

GREATER = 4
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """What came of a run that nothing disturbed."""

    place: Place
    reading: Reading
    tables: Tables


class Laboratory:
    """One connector, its streams, and benches to try it on."""

    def __init__(self, subject: Subject, streams: Sequence[str]) -> None:
        self.subject = subject
        self.streams = streams
        self._closing = ExitStack()
        self._folder = Path(self._closing.enter_context(tempfile.TemporaryDirectory(prefix="promises-")))
        self._benches = 0
        self._undisturbed: dict[str, Undisturbed] = {}
        self._verdicts: dict[tuple[str, str], Broken | None] = {}
        self._found: dict[tuple[Any, str], Any] = {}

    def close(self) -> None:
        self._closing.close()

    @property
    def quiet(self) -> Bench:
        """The bench on which no record is ever changed."""
        return self._quiet.calm()

    @property
    def greater(self) -> Bench:
        """A quiet bench whose world is four times as large."""
        return self._greater.calm()

    @contextmanager
    def fresh(self) -> Iterator[Bench]:
        """Yield a bench of which a promise may change the records."""
        with self._bench(1).standing(self._front) as bench:
            yield bench

    def undisturbed(self, stream: str) -> Undisturbed:
        """Return what came of reading *stream* without trouble; raises Broken if that already fails."""
        if stream not in self._undisturbed:
            place = self.quiet.place()
            reading = sound(place.sync(stream))
            self._undisturbed[stream] = Undisturbed(place, reading, place.tables())
        return self._undisturbed[stream]

    @cached_property
    def whole(self) -> Undisturbed:
        """What came of reading all streams together; if one of them fails, its own tests say so."""
        place = self.quiet.place()
        reading = place.sync(*self.streams)
        return Undisturbed(place, reading, place.tables())

    @cached_property
    def sweeps(self) -> set[str]:
        """The streams that are read only now and then."""
        with self.quiet.reader(self.streams[0]) as (_, connector):
            return {each.name for each in connector.streams() if each.sweep}

    def once(self, find: Callable[[Laboratory, str], Result], stream: str) -> Result:
        """Return what *find* found for *stream*; two promises may be about one trial."""
        if (find, stream) not in self._found:
            self._found[find, stream] = find(self, stream)
        found: Result = self._found[find, stream]
        return found

    def verdict(self, promise: Promise, stream: str) -> Broken | None:
        """Return in what *promise* is broken for *stream*, None if it is kept."""
        if (promise.key, stream) not in self._verdicts:
            self._verdicts[promise.key, stream] = self._tried(promise, stream)
        return self._verdicts[promise.key, stream]

    def _tried(self, promise: Promise, stream: str) -> Broken | None:
        try:
            promise.keep(self, stream)
        except Broken as broken:
            return broken
        return None

    @cached_property
    def _quiet(self) -> Bench:
        return self._closing.enter_context(self._bench(1).standing(self._served()))

    @cached_property
    def _greater(self) -> Bench:
        return self._closing.enter_context(self._bench(GREATER).standing(self._served()))

    @cached_property
    def _front(self) -> Front:
        return self._served()

    def _served(self) -> Front:
        front = Front()
        self._closing.enter_context(Served(front))
        return front

    def _bench(self, scale: int) -> Bench:
        self._benches += 1
        return Bench(self.subject, self._folder / str(self._benches), self._empty, scale=scale)

    @cached_property
    def _empty(self) -> Path:
        """An empty warehouse: to make its tables takes longer than to read a small world."""
        path = self._folder / "empty.duckdb"
        Warehouse(path).upgrade()
        return path


def sound(reading: Reading) -> Reading:
    """Return *reading* if it went well; raises Broken with what went wrong."""
    if reading.exit_code or reading.problems:
        raise Broken(f"the run ended with {reading.exit_code}: {'; '.join([*reading.problems, *reading.surprises])}")
    return reading
