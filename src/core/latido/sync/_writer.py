"""The one who writes. Streams hand over what they read and go on reading."""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Self, TypeVar

from latido.warehouse import flush

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable

    import duckdb

    from latido.errors import LockedError
    from latido.warehouse import Batch, Warehouse

T = TypeVar("T")

_BATCHES_WAITING = 2


class Writer:
    """A thread that does one thing to the warehouse at a time and lets go of the file in between.

    At most two batches wait: a stream that reads faster than the disk writes is held up.
    """

    def __init__(
        self,
        warehouse: Warehouse,
        run_id: str,
        *,
        wait_seconds: float | None = None,
        on_wait: Callable[[LockedError], None] | None = None,
        step: Callable[[str], None] = lambda _name: None,
    ) -> None:
        self._warehouse = warehouse
        self._run_id = run_id
        self._wait_seconds = wait_seconds
        self._on_wait = on_wait
        self._step = step
        self._jobs: queue.Queue[tuple[Callable[[duckdb.DuckDBPyConnection], Any], Future[Any]] | None]
        self._jobs = queue.Queue(_BATCHES_WAITING)
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

        return self._submit(write)

    def call(self, function: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        """Return what *function* makes of a connection that may write, once its turn has come."""
        return self._submit(function).result()

    def _submit(self, function: Callable[[duckdb.DuckDBPyConnection], T]) -> Future[T]:
        future: Future[T] = Future()
        self._jobs.put((function, future))
        return future

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            function, future = job
            try:
                with self._warehouse.writing(self._wait_seconds, self._on_wait) as connection:
                    result = function(connection)
            except BaseException as error:  # noqa: BLE001 - whoever handed it over is told
                future.set_exception(error)
            else:
                future.set_result(result)
            del job, function, future
