"""A connector beside its sandbox, and places to sync to."""

from __future__ import annotations

import shutil
import ssl
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import httpx

from latido.connect import METER, Meter, Runtime
from latido.sync import Options, Source, Sync
from latido.testing._clocks import ManualClock
from latido.testing._conformance._tables import Tables, stored
from latido.testing._conformance._watch import Watch, watched
from latido.testing._served import Served
from latido.testing.world import World
from latido.warehouse import Warehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb

    from latido.connect import Connector, ConnectorSettings, Cursor, Page, Stream
    from latido.errors import LockedError
    from latido.sync import Receipt, Report
    from latido.testing._sandbox import Sandbox

END = date(2026, 11, 1)
MORNING = datetime(2026, 11, 1, 6, tzinfo=UTC)
PAGE_LIMIT = 5
"""Records on a page, so that a small world has many pages."""

SOURCE = "promised"
STOP = 2
"""The signal with which a run is stopped, as by Ctrl-C."""


class Timeline(ManualClock):
    """A clock that can begin anew, so that no test depends on how long another one waited."""

    def rewind(self) -> None:
        self._passed = 0.0


@dataclass(frozen=True, slots=True)
class Subject:
    """Which connector is tested, with which settings beside those of its sandbox, in a world of how many tickets."""

    connector: type[Connector]
    settings: Mapping[str, Any]
    tickets: int

    def sandbox(self, clock: Timeline, tickets: int) -> Sandbox:
        """Return the connector's own sandbox; raises TypeError if it has none."""
        world = World("promises", end=END, tickets=tickets, people=tickets)
        found = self.connector.sandbox(world, clock)
        if found is None:
            raise TypeError(
                f"{self.connector.__name__} brings no sandbox. The suite reads from what its class method `sandbox` "
                "returns: see latido.testing.Sandbox."
            )
        return found

    def said(self, sandbox: Sandbox, **more: Any) -> ConnectorSettings:
        """Return the settings with which *sandbox* is read."""
        return self.connector.Settings.model_validate({**sandbox.settings(), **self.settings, **more})


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one run: its report, and what was watched meanwhile."""

    report: Report
    watch: Watch

    @property
    def exit_code(self) -> int:
        return self.report.exit_code

    @property
    def receipts(self) -> dict[str, Receipt]:
        """The receipts by stream."""
        return {each.stream: each for outcome in self.report.outcomes for each in outcome.receipts}

    @property
    def problems(self) -> list[str]:
        """What went wrong, and what was left out, in full."""
        said = [f"{each} {each.hint or ''}" for outcome in self.report.outcomes for each in outcome.problems]
        return said + [str(each.skipped) for each in self.receipts.values() if each.skipped is not None]

    def pages(self, stream: str) -> list[Page]:
        return self.watch.pages.get(stream, [])


class Bench:
    """A sandbox that stands on loopback, and the clock that it and the connector go by.

    *folder* is for the projects beside it, each of which begins as a copy of the *empty* warehouse.
    """

    def __init__(self, subject: Subject, folder: Path, empty: Path, *, scale: int = 1) -> None:
        self.subject = subject
        self.clock = Timeline(MORNING)
        self.sandbox = subject.sandbox(self.clock, subject.tickets * scale)
        self.sandbox.switches.page_limit = PAGE_LIMIT
        # Nothing here is encrypted: without the certificates of the whole world a connection is there at once.
        self.transport = httpx.HTTPTransport(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        self._folder = folder
        self._empty = empty
        self._places: list[Place] = []

    @contextmanager
    def standing(self) -> Iterator[Bench]:
        """Serve the sandbox while the block lasts."""
        with Served(self.sandbox), self.transport:
            yield self
        self.leave()

    def calm(self) -> Bench:
        """Return the bench as it was at first: nothing goes wrong, and it is morning."""
        switches = self.sandbox.switches
        switches.faults, switches.limits, switches.writes_per_request = [], {}, 0
        self.clock.rewind()
        self.leave()
        return self

    def leave(self) -> None:
        """Let go of all files."""
        for place in self._places:
            place.warehouse.unload()

    def place(self, like: Place | None = None) -> Place:
        """Return an empty project, or one in which the same was read as in another."""
        place = Place(self, self._folder / str(len(self._places)))
        self._places.append(place)
        if like is not None:
            like.warehouse.settle()
            shutil.copytree(like.folder, place.folder)
        else:
            place.folder.mkdir(parents=True)
            shutil.copy(self._empty, place.warehouse.path)
        return place

    def read(self, name: str, cursor: Cursor | None = None) -> list[Page]:
        """Return what stream *name* yields from *cursor* (None: its start), without storing it."""
        with self.reader(name) as (stream, _):
            return list(stream.pages(stream.start(None) if cursor is None else cursor))

    @contextmanager
    def reader(self, name: str) -> Iterator[tuple[Stream, Connector]]:
        """Yield stream *name*, ready to be read."""
        METER.set(Meter())
        said = self.subject.said(self.sandbox, streams=[name])
        runtime = Runtime(SOURCE, clock=self.clock, transport=self.transport, folder=self._folder / "reader")
        with closing(self.subject.connector(said, runtime)) as connector:
            (stream,) = connector.chosen()
            connector.context([stream])
            yield stream, connector


class Place:
    """A project beside a sandbox: a warehouse, and a folder for tokens."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self.bench = bench
        self.folder = folder
        self.warehouse = Loaded(folder / "latido.duckdb")

    def sync(
        self,
        *streams: str,
        full: bool = False,
        stop_after: int | None = None,
        on_page: Callable[[int], None] | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Reading:
        """Sync *streams*, and stop as by Ctrl-C once so many pages are read; *on_page* is told the number of each."""
        subject, watch = self.bench.subject, Watch()
        said = subject.said(self.bench.sandbox, streams=list(streams), **(settings or {}))
        connector = watched(subject.connector, watch)
        transport, clock = self.bench.transport, self.bench.clock
        source = Source(SOURCE, connector, said, self.folder / ".latido", clock=clock, transport=transport)
        run = Sync(self.warehouse, [source], Options(streams, full=full), watch)
        watch.on_page = on_page or _stopping(run, stop_after)
        return Reading(run.run(), watch)

    def copy(self) -> Place:
        """Return a project in which the same was read."""
        return self.bench.place(self)

    def tables(self) -> Tables:
        return stored(self.warehouse)

    def quarantined(self) -> list[str]:
        """Return the ids of the records that were put away."""
        with self.warehouse.writing() as connection:
            found: Sequence[tuple[str]] = connection.execute("SELECT source_id FROM _latido_quarantine").fetchall()
        return [key for (key,) in found]


class Loaded(Warehouse):
    """A warehouse that stays loaded between two writes: to load it is what takes longest in a small run."""

    _kept: duckdb.DuckDBPyConnection | None = None

    @contextmanager
    def writing(
        self,
        wait: float | None = None,
        on_wait: Callable[[LockedError], None] | None = None,
        in_a_hurry: Callable[[], bool] = lambda: False,
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        del wait, on_wait, in_a_hurry
        if self._kept is None:
            self._kept = self._connected(read_only=False)
            self._kept.execute("PRAGMA disable_checkpoint_on_shutdown")
        with closing(self._kept.cursor()) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            yield connection

    def settle(self) -> None:
        """Put into the file itself what was written."""
        with self.writing() as connection:
            connection.execute("CHECKPOINT")

    def unload(self) -> None:
        """Let go of the file."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None


def _stopping(run: Sync, stop_after: int | None) -> Callable[[int], None]:
    def count(pages: int) -> None:
        if pages == stop_after:
            run.stop(STOP)

    return count
