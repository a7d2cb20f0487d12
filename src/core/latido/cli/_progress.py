"""A sync, watched: bars on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Self

from latido.cli._harmless import one_line
from latido.connect import redacted
from latido.messages import marker
from latido.sync import Observer

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from rich.progress import Progress, TaskID

    from latido.cli._talk import Talk
    from latido.messages import Message
    from latido.sync import Receipt

_ = marker("latido")

INTERVAL_SECONDS = 15.0


class Lines(Observer):
    """Says how far each stream is, at most once per interval, and when it has ended."""

    def __init__(self, talk: Talk, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._talk = talk
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._read: Counter[tuple[str, str]] = Counter()
        self._said_at: dict[tuple[str, str], float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Have nothing to clean up."""

    def stream_started(self, source: str, stream: str, expected: int | None) -> None:
        with self._lock:
            self._said_at[source, stream] = self._monotonic()
            begins = _("{source}: reading {stream}.", source=source, stream=stream)
            counted = _("{source}: reading {stream} (records: {n:,}).", source=source, stream=stream, n=expected)
            self._talk.say(begins if expected is None else counted, source=source, stream=stream, expected=expected)

    def page_read(self, source: str, stream: str, fetched: int) -> None:
        key, now = (source, stream), self._monotonic()
        with self._lock:
            self._read[key] += fetched
            if now - self._said_at.get(key, now) >= INTERVAL_SECONDS:
                self._said_at[key] = now
                message = _("{source}: {stream}, records read: {n:,}.", source=source, stream=stream, n=self._read[key])
                self._talk.say(message, source=source, stream=stream, fetched=self._read[key])

    def stream_ended(self, receipt: Receipt) -> None:
        names = {"source": receipt.source, "stream": receipt.stream}
        with self._lock:
            message = _(
                "{source}: {stream} done in {seconds} s (records: {n:,}).",
                n=receipt.fetched,
                seconds=f"{receipt.seconds:.1f}",
                **names,
            )
            if receipt.problem is None and receipt.skipped is None:
                self._talk.say(message, fetched=receipt.fetched, seconds=round(receipt.seconds, 3), **names)

    def warned(self, source: str, message: Message) -> None:
        with self._lock:
            self._talk.warn(_("{source}: {message}", source=source, message=message) if source else message)


class Bars(Observer):
    """Draws a bar per stream."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._progress = _progress()
        self._tasks: dict[tuple[str, str], TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def stream_started(self, source: str, stream: str, expected: int | None) -> None:
        self._tasks[source, stream] = self._progress.add_task(f"{source} {stream}", total=expected)

    def page_read(self, source: str, stream: str, fetched: int) -> None:
        if (source, stream) in self._tasks:
            self._progress.advance(self._tasks[source, stream], fetched)

    def stream_ended(self, receipt: Receipt) -> None:
        key = (receipt.source, receipt.stream)
        if key in self._tasks:
            total = receipt.fetched if receipt.complete else None
            self._progress.update(self._tasks[key], total=total, completed=receipt.fetched)

    def warned(self, source: str, message: Message) -> None:
        text = one_line(redacted(message.render(self._talk.language)))
        self._progress.console.print(f"{source}: {text}" if source else text, markup=False, highlight=False)


def observer(talk: Talk) -> Lines | Bars:
    """Return who watches a sync: bars where somebody looks, lines elsewhere."""
    return Bars(talk) if talk.lively else Lines(talk)


def _progress() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True))
