"""The warehouse file: opened for as short as possible, by one program at a time while something is written."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from latido.connect import Clock, SystemClock
from latido.errors import ConfigurationError, DiskFull, LatidoError, LockedError, SchemaError
from latido.messages import marker
from latido.warehouse import _tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import duckdb

_ = marker("latido")

READER_WAITS_SECONDS = 5.0
"""When a reader gives up. A sync lets go within two seconds; the rest is for a slow disk."""

WRITER_WAITS_SECONDS = 600.0
WORTH_SAYING_SECONDS = 1.5
_POLL_SECONDS = 0.05
_HOLDER = re.compile(r"Conflicting lock is held in (?P<program>.*?) \(PID (?P<pid>\d+)\)")

# DuckDB refuses a second connection to a file with another access mode in one process: threads take turns.
_turns: defaultdict[Path, threading.RLock] = defaultdict(threading.RLock)


class Warehouse:
    """A DuckDB file. Nothing is held between `reading` and `writing` blocks, so that others get their turn.

    `memory_limit` and `threads` bound what a writer may take; a reader may take `reader_memory_limit`.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock | None = None,
        memory_limit: str = "128MB",
        reader_memory_limit: str = "1GB",
        threads: int = 2,
    ) -> None:
        self.path = path.resolve()
        self.clock = clock or SystemClock()
        self.memory_limit = memory_limit
        self.reader_memory_limit = reader_memory_limit
        self.threads = threads

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a read-only connection, for one statement or a few.

        Raises ConfigurationError when nothing was ever synced, LockedError when a writer keeps the file for seconds,
        SchemaError when a newer Latido wrote it.
        """
        if not self.path.exists():
            raise ConfigurationError(_("Nothing has been synced yet."), _("Run: latido sync"))
        with _turns[self.path]:
            connection = self._open(READER_WAITS_SECONDS, read_only=True)
            try:
                if _tables.version_of(connection) < _tables.SCHEMA_VERSION:
                    connection.close()
                    self.upgrade()
                    connection = self._open(READER_WAITS_SECONDS, read_only=True)
                yield connection
            finally:
                connection.close()

    @contextmanager
    def writing(
        self,
        wait: float | None = None,
        on_wait: Callable[[LockedError], None] | None = None,
        in_a_hurry: Callable[[], bool] = lambda: False,
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a connection that may write; makes the file and brings its tables up to date when needed.

        Waits up to *wait* seconds (default 10 minutes) for another program to let go, then raises LockedError; of one
        that keeps the file for longer than a figure takes, *on_wait* is told once. Who gets *in_a_hurry* waits no more
        than a few seconds from then on.
        """
        self._make_folder()
        with _turns[self.path]:
            patience = WRITER_WAITS_SECONDS if wait is None else wait
            connection = self._open(patience, on_wait=on_wait, in_a_hurry=in_a_hurry)
            try:
                _tables.prepare(connection)
                yield connection
            except LatidoError:
                raise
            except Exception as error:
                raise _said_of(error, self.path) from error
            finally:
                self._close(connection)

    def upgrade(self) -> None:
        """Bring the tables of an older file up to date."""
        with self.writing():
            pass

    def _make_folder(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(
                _("The folder of the warehouse cannot be made: {error}", error=error.strerror),
                _('Set another file in latido.toml: [latido] warehouse = "latido.duckdb"'),
            ) from error

    def _open(
        self,
        wait: float,
        *,
        read_only: bool = False,
        on_wait: Callable[[LockedError], None] | None = None,
        in_a_hurry: Callable[[], bool] = lambda: False,
    ) -> duckdb.DuckDBPyConnection:
        begun, hurrying = self.clock.monotonic(), False
        deadline = begun + wait
        while True:
            try:
                return self._connected(read_only=read_only)
            except LockedError as locked:
                if not hurrying and in_a_hurry():
                    deadline, hurrying = min(deadline, self.clock.monotonic() + READER_WAITS_SECONDS), True
                if self.clock.monotonic() >= deadline:
                    raise
                if on_wait is not None and self.clock.monotonic() >= begun + WORTH_SAYING_SECONDS:
                    on_wait(locked)
                    on_wait = None
            self.clock.sleep(_POLL_SECONDS)

    def _connected(self, *, read_only: bool) -> duckdb.DuckDBPyConnection:
        import duckdb

        # Files attached to one lasting instance would open in a sixth of the time. But memory, threads and the place to
        # spill to are the instance's, the last of these forever; a result left open keeps a detached file locked.
        limit = self.reader_memory_limit if read_only else self.memory_limit
        config: dict[str, Any] = {
            "memory_limit": limit,
            "threads": self.threads,
            "preserve_insertion_order": False,
            "temp_directory": f"{self.path}.tmp",
        }
        try:
            # Without the prefix, a file named as CSV, Parquet or SQLite are would be looked into from memory.
            connection = duckdb.connect(f"duckdb:{self.path}", read_only=read_only, config=config)
            connection.execute("SET TimeZone = 'UTC'")
        except duckdb.Error as error:
            raise _said_of(error, self.path) from error
        return connection

    def _close(self, connection: duckdb.DuckDBPyConnection) -> None:
        # Closing checkpoints, and a disk may be full just then; what was committed is in the write-ahead log.
        try:
            connection.close()
        except Exception as error:
            raise _said_of(error, self.path) from error


def _said_of(error: Exception, path: Path) -> LatidoError:
    text = str(error)
    if found := _HOLDER.search(text):
        return LockedError(
            _("{file} is held by {program} (process {pid}).", file=path.name, **found.groupdict()),
            _('Close that program, or let it read a published copy: [latido] publish = "read.duckdb"'),
        )
    if "No space left" in text or "File too large" in text:
        return DiskFull(
            _("The disk is full: {file} could not be written. What was stored before is safe.", file=path.name),
            _("Free some space, then run: latido sync"),
        )
    if "newer version" in text or "storage version" in text:
        return SchemaError(
            _("{file} was written by a newer DuckDB than is installed here.", file=path.name),
            _("Update it: pip install --upgrade duckdb latido"),
        )
    if "not a valid DuckDB" in text:
        return ConfigurationError(
            _("{file} is not a warehouse of Latido.", file=path.name),
            _('Move it away, or set another file in latido.toml: [latido] warehouse = "other.duckdb"'),
        )
    if isinstance(error, OSError) or type(error).__name__ == "IOException":
        return LatidoError(
            _("{file} cannot be opened or written: {error}", file=path.name, error=text.splitlines()[0]),
            _("Look who may read and write it and its folder."),
        )
    return LatidoError(_("The warehouse failed: {error}", error=text.splitlines()[0] if text else repr(error)))
