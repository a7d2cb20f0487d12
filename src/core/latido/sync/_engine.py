"""Sources side by side, behind one writer."""

from __future__ import annotations

import gc
import secrets
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import TYPE_CHECKING

from latido.connect import Runtime
from latido.errors import Interrupted, LatidoError, Stopped, UsageError
from latido.messages import marker
from latido.suggest import nearest
from latido.sync._observer import Observer
from latido.sync._report import SIGNAL_BASE, Outcome, Report
from latido.sync._source import Options, Source
from latido.sync._source_run import SourceRun
from latido.sync._writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from latido.errors import LockedError
    from latido.warehouse import Warehouse

_ = marker("latido")


@dataclass(slots=True)
class Sync:
    """One run over *sources*. `run` blocks; `stop` may be called from a signal handler or another thread."""

    warehouse: Warehouse
    sources: Sequence[Source]
    options: Options = field(default_factory=Options)
    observer: Observer = field(default_factory=Observer)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _signal: int | None = None
    _broken: LatidoError | None = None

    def run(self) -> Report:
        """Sync every source and say how it went.

        Raises UsageError for a stream that no source has; what goes wrong with a source is in the report.
        """
        check_streams(self.sources, self.options)
        run_id = _new_run_id(self.sources[0].clock.now())
        timer = self._timer()
        try:
            with (
                _tuned(),
                self._writer(run_id) as writer,
                ThreadPoolExecutor(len(self.sources), "latido-source") as pool,
            ):
                outcomes = pool.map(lambda source: self._outcome(source, writer, run_id), self.sources)
                return Report(run_id, tuple(outcomes))
        finally:
            if timer is not None:
                timer.cancel()

    def stop(self, signal_number: int) -> None:
        """Ask every stream to end after the page at hand; the run then ends with 128 + *signal_number*."""
        self._signal = signal_number
        self._stopping.set()

    def _outcome(self, source: Source, writer: Writer, run_id: str) -> Outcome:
        run = SourceRun(source, self.warehouse, writer, self.options, self.observer, self._stopping, run_id)
        outcome = run.run()
        explained = [self._explained(problem) for problem in outcome.problems]
        return replace(outcome, problems=tuple({str(problem): problem for problem in explained}.values()))

    def _explained(self, problem: LatidoError) -> LatidoError:
        """Say why a stream was stopped, which it could not know itself."""
        if type(problem) is not Stopped or not self._stopping.is_set():
            return problem
        if self._broken is not None:
            return self._broken
        if self._signal is not None:
            return Interrupted(_("Interrupted. What was read is stored."), SIGNAL_BASE + self._signal)
        return Stopped(_("The time is up. What was read is stored."), _("To go on, run: latido sync"))

    def _writer(self, run_id: str) -> Writer:
        return Writer(
            self.warehouse,
            run_id,
            wait_seconds=self.options.timeout_seconds,
            on_wait=self._waiting,
            on_broken=self._break,
            in_a_hurry=self._stopping.is_set,
            step=self.options.step,
        )

    def _break(self, error: LatidoError) -> None:
        """End every stream: nothing that it reads could be stored."""
        self._broken = error
        self._stopping.set()

    def _timer(self) -> threading.Timer | None:
        if self.options.timeout_seconds is None:
            return None
        timer = threading.Timer(self.options.timeout_seconds, self._stopping.set)
        timer.daemon = True
        timer.start()
        return timer

    def _waiting(self, locked: LockedError) -> None:
        self.observer.warned("", _("Waiting: {why}", why=locked.message))


def check_streams(sources: Iterable[Source], options: Options) -> None:
    """Raise UsageError when the options name a stream that none of *sources* has."""
    known = {stream for source in sources for stream in stream_names(source)} if options.streams else set()
    for name in options.streams:
        if name not in known:
            near = nearest(name, known)
            hint = _("Did you mean {near}?", near=near) if near else ", ".join(sorted(known))
            raise UsageError(_("There is no stream {name}.", name=name), hint)


def stream_names(source: Source) -> list[str]:
    """Return the names of all streams that *source*'s connector offers; makes no request."""
    connector = source.connector(source.settings, Runtime(source.name, transport=source.transport))
    try:
        return [stream.name for stream in connector.streams()]
    finally:
        connector.close()


@contextmanager
def _tuned() -> Iterator[None]:
    """Tune Python for threads that work through pages of tens of thousands of objects.

    None of these is part of a cycle: at the usual thresholds the search for cycles doubles what decoding costs. And a
    thread that receives asks for the lock with each piece of an answer: at the usual interval it waits 5 ms each time.
    """
    thresholds, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(200_000, 20, 20)
    sys.setswitchinterval(0.0005)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        sys.setswitchinterval(interval)


def _new_run_id(now: datetime) -> str:
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
