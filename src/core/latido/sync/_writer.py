"""The one who writes. Streams hand over what they read and go on reading."""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeAlias, TypeVar

from latido.errors import ConfigurationError, DiskFull, LatidoError, LockedError, SchemaError
from latido.warehouse import flush

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable

    import duckdb

    from latido.warehouse import Batch, Warehouse

T = TypeVar("T")

_BATCHES_WAITING = 1
_FRUGAL = "SET memory_limit = '64MB'"
"""A flush needs no more, and what DuckDB may keep of a large table it does keep: memory would grow with the table."""
_NOTHING_CAN_BE_WRITTEN = (ConfigurationError, DiskFull, LockedError, SchemaError)

Stream: TypeAlias = tuple[str, str]


class _Job(NamedTuple):
    function: Callable[[duckdb.DuckDBPyConnection], Any]
    future: Future[Any]
    stream: Stream | None = None


class Writer:
    """A thread that does one thing to the warehouse at a time and lets go of the file in between.

    At most one batch waits: a stream that reads faster than the disk writes is held up. Once a batch of a stream could
    not be written, no later one of it is: its cursor would skip the rows that are missing. Once nothing can be written
    at all (a full disk, a file that somebody holds), `on_broken` is told, which should end the run.
    """

    def __init__(
        self,
        warehouse: Warehouse,
        run_id: str,
        *,
        wait_seconds: float | None = None,
        on_wait: Callable[[LockedError], None] | None = None,
        on_broken: Callable[[LatidoError], None] = lambda _error: None,
        in_a_hurry: Callable[[], bool] = lambda: False,
        step: Callable[[str], None] = lambda _name: None,
    ) -> None:
        self._warehouse = warehouse
        self._run_id = run_id
        self._wait_seconds = wait_seconds
        self._on_wait = on_wait
        self._on_broken = on_broken
        self._in_a_hurry = in_a_hurry
        self._broken: BaseException | None = None
        self._failed: dict[Stream, BaseException] = {}
        self._step = step
        self._jobs: queue.Queue[_Job | None] = queue.Queue(_BATCHES_WAITING)
        self._thread = threading.Thread(target=self._work, name="latido-writer", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._jobs.put(None)
        self._thread.join()

    def store(self, batch: Batch, fingerprint: str, *, seen: bool) -> Future[Counter[str]]:
        """Hand over *batch*; the result is what the flush counted, or why it failed."""

        def write(connection: duckdb.DuckDBPyConnection) -> Counter[str]:
            return flush(connection, batch, run_id=self._run_id, fingerprint=fingerprint, seen=seen, step=self._step)

        return self._submit(write, (batch.source, batch.stream))

    def call(self, function: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        """Return what *function* makes of a connection that may write, once its turn has come."""
        return self._submit(function).result()

    def _submit(self, function: Callable[[duckdb.DuckDBPyConnection], T], stream: Stream | None = None) -> Future[T]:
        future: Future[T] = Future()
        self._jobs.put(_Job(function, future, stream))
        return future

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            self._do(job)
            del job

    def _do(self, job: _Job) -> None:
        """Do *job* and tell whoever handed it over how it went."""
        if job.stream is not None and (before := self._broken or self._failed.get(job.stream)):
            job.future.set_exception(before)
            return
        wait = 0.0 if self._broken else self._wait_seconds
        try:
            with self._warehouse.writing(wait, self._on_wait, self._in_a_hurry) as connection:
                connection.execute(_FRUGAL)
                result = job.function(connection)
        except BaseException as error:  # noqa: BLE001 - whoever handed it over is told
            self._note(error, job.stream)
            job.future.set_exception(error)
        else:
            job.future.set_result(result)

    def _note(self, error: BaseException, stream: Stream | None) -> None:
        if stream is not None:
            self._failed[stream] = error
        if isinstance(error, _NOTHING_CAN_BE_WRITTEN) and self._broken is None:
            self._broken = error
            self._on_broken(error)
