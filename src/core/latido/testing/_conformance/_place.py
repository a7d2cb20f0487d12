"""Projects beside a sandbox, and what came of syncing them."""

from __future__ import annotations

import traceback
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from latido.errors import LatidoError
from latido.sync import Options, Source, Sync
from latido.testing._conformance._tables import stored
from latido.testing._conformance._watch import Watch, watched
from latido.warehouse import Warehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import duckdb

    from latido.connect import Page
    from latido.errors import LockedError
    from latido.sync import Receipt, Report
    from latido.testing._conformance._bench import Bench
    from latido.testing._conformance._tables import Tables

NEVER = float("inf")
"""Seconds until a stream is stored that has not ended: waiting takes no time here, and would store each page."""

STOP = 2
"""The signal with which a run is stopped, as by Ctrl-C."""


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

    @property
    def surprises(self) -> list[str]:
        """Exceptions that a connector did not mean to raise, and where: for who writes it."""
        problems = [each for outcome in self.report.outcomes for each in outcome.problems]
        return [_raised(each.__cause__) for each in problems if type(each) is LatidoError and each.__cause__]

    def pages(self, stream: str) -> list[Page]:
        return self.watch.pages.get(stream, [])


def _raised(error: BaseException) -> str:
    *_, frame = traceback.extract_tb(error.__traceback__)
    return f"{error!r} in {Path(frame.filename).name}, line {frame.lineno}"


class Place:
    """A project beside a sandbox: a source of its own in the bench's warehouse."""

    def __init__(self, name: str, bench: Bench) -> None:
        self.name = name
        self.bench = bench
        self.filled: set[str] = set()

    def sync(
        self,
        *streams: str,
        full: bool = False,
        stop_after: int | None = None,
        on_page: Callable[[int], None] | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Reading:
        """Sync *streams*, and stop as by Ctrl-C once so many pages are read; *on_page* is told the number of each."""
        bench, watch = self.bench, Watch()
        said = bench.subject.said(bench.sandbox, streams=list(streams), **(settings or {}))
        connector = watched(bench.subject.connector, watch)
        source = Source(self.name, connector, said, bench.folder, clock=bench.clock, transport=bench.transport)
        options = Options(streams, full=full, checkpoint_seconds=NEVER)
        run = Sync(bench.warehouse, [source], options, watch)
        watch.on_page = on_page or _stopping(run, stop_after)
        report = run.run()
        self.filled |= watch.tables
        return Reading(report, watch)

    def copy(self) -> Place:
        """Return a project in which the same was read."""
        other = self.bench.place()
        other.filled = set(self.filled)
        self.bench.warehouse.repeat(self.name, other.name)
        return other

    def tables(self) -> Tables:
        """Return what is stored."""
        with self.bench.warehouse.writing() as connection:
            return stored(connection, self.name, self.filled)

    def quarantined(self) -> list[str]:
        """Return the ids of the records that were put away."""
        with self.bench.warehouse.writing() as connection:
            found = "SELECT source_id FROM _latido_quarantine WHERE source = ?"
            return [key for (key,) in connection.execute(found, [self.name]).fetchall()]


class Loaded(Warehouse):
    """A warehouse that stays loaded between two writes: to load it is what takes longest in a small run."""

    _kept: duckdb.DuckDBPyConnection

    @contextmanager
    def loaded(self) -> Iterator[None]:
        with closing(self._connected(read_only=False)) as self._kept:
            yield

    @contextmanager
    def writing(
        self,
        wait: float | None = None,
        on_wait: Callable[[LockedError], None] | None = None,
        in_a_hurry: Callable[[], bool] = lambda: False,
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        del wait, on_wait, in_a_hurry
        with closing(self._kept.cursor()) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            yield connection

    def repeat(self, source: str, other: str) -> None:
        """Store all that is stored of one source for another one too."""
        tables = "SELECT table_name FROM duckdb_columns() WHERE column_name = 'source' AND table_name <> '_latido_runs'"
        with self.writing() as connection:
            for (table,) in connection.execute(tables).fetchall():
                same = f"SELECT * REPLACE (? AS source) FROM {table} WHERE source = ?"  # noqa: S608 - a name of ours
                connection.execute(f"INSERT INTO {table} {same}", [other, source])


def _stopping(run: Sync, stop_after: int | None) -> Callable[[int], None]:
    def count(pages: int) -> None:
        if pages == stop_after:
            run.stop(STOP)

    return count
