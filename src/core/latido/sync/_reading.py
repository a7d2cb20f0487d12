"""One stream in one run: from its cursor to a receipt."""

from __future__ import annotations

import contextvars
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from latido.connect import METER, Meter, Refused
from latido.errors import GapError, LatidoError, NotOffered, Stopped, VendorUnavailable
from latido.messages import marker
from latido.sync._cursor import fingerprint, mapping_changed, reaches_back, sweep_is_due, where_to_start
from latido.sync._receipt import Receipt
from latido.warehouse import Batch, begin_census, end_census, note_ids, put_swept, set_aside, stored_rows

if TYPE_CHECKING:
    from collections import Counter
    from concurrent.futures import Future

    from latido.connect import Clock, Count, Cursor, Page, Stream
    from latido.schema import Record
    from latido.sync._observer import Observer
    from latido.sync._source import Options, Source
    from latido.sync._writer import Writer
    from latido.warehouse import StoredCursor

_ = marker("latido")

_NOTHING_STORED_PAGES = 5


@dataclass(slots=True)
class StreamRun:
    """Reads one stream, hands what it reads to the writer, and accounts for it."""

    source: Source
    stream: Stream
    stored: StoredCursor | None
    writer: Writer
    options: Options
    observer: Observer
    receipt: Receipt = field(init=False)
    meter: Meter = field(default_factory=Meter)
    _batch: Batch = field(init=False)
    _flushed_at: float = field(init=False)
    _pending: list[Future[Counter[str]]] = field(default_factory=list)
    _fingerprint: str = field(init=False)
    _standing: tuple[Cursor | None, str | None] | None = field(init=False)

    def __post_init__(self) -> None:
        tables = tuple(entity.table for entity in self.stream.entities)
        self.receipt = Receipt(self.source.name, self.stream.name, tables, self.clock.now())
        self._fingerprint = fingerprint(self.stream)
        self._standing = (self.stored.cursor, self.stored.fingerprint) if self.stored else None
        self._new_batch()

    @property
    def clock(self) -> Clock:
        """The clock of the source."""
        return self.source.clock

    def run(self) -> Receipt:
        """Read the stream and return its receipt, whatever happens: what went wrong is in `problem` or `skipped`."""
        METER.set(self.meter)
        began = self.clock.monotonic()
        try:
            self._read()
        except NotOffered as refusal:
            self._refused(refusal)
        except LatidoError as error:
            self.receipt.problem = error
        except Exception as error:  # noqa: BLE001 - a stranger's stream may fail in any way; the other streams go on
            self.receipt.problem = unexpected(self.source.name, self.stream.name, error)
        self._settle()
        self.receipt.spent(self.meter)
        self.receipt.seconds = self.clock.monotonic() - began
        self.receipt.finished_at = self.clock.now()
        self.observer.stream_ended(self.receipt)
        return self.receipt

    def _read(self) -> None:
        cursor, whole = where_to_start(self.source, self.stream, self.stored, self.options)
        if whole and mapping_changed(self.stream, self.stored):
            self._announce_rereading(cursor)
        elif whole and reaches_back(self.stream, self.stored):
            self.observer.warned(
                self.source.name, _("{stream} is read again, from its new start date.", stream=self.stream.name)
            )
        sweeping = whole or sweep_is_due(self.stream, self.stored, self.clock.now()) or self._sweep_now(cursor)
        expected = self._counted() if sweeping else None
        self.observer.stream_started(self.source.name, self.stream.name, expected.n if expected else None)
        snapshot = self.stream.mode == "snapshot"
        until = self._begin_census() if snapshot else 0
        self._pages(cursor)
        self._hand_over()
        self._collect()
        if snapshot:
            for entity in self.stream.entities:
                self._bury(entity, until)
        if sweeping:
            self._sweep(expected)
        self.receipt.complete = True

    def _sweep_now(self, cursor: Cursor) -> bool:
        """Whether the stream asks for a sweep; until that has ended it stays due, wherever the cursor is by then."""
        asked = self.stream.sweep_now(cursor)
        if asked:
            self.writer.call(lambda c: put_swept(c, self.source.name, self.stream.name, None))
        return asked

    def _announce_rereading(self, cursor: Cursor) -> None:
        name, requests = self.stream.name, self.stream.estimate(cursor)
        message = (
            _("The mapping of {stream} changed: it is read again in full.", stream=name)
            if requests is None
            else _("The mapping of {stream} changed: it is read again, about {n:,} requests.", stream=name, n=requests)
        )
        self.observer.warned(self.source.name, message)

    def _pages(self, cursor: Cursor) -> None:
        told = self.stream.mode != "snapshot"
        for page in self.stream.pages(cursor):
            told = told or page.cursor is not None
            self._take(page)
            self._go_on()
        if not told:
            self._batch.cursor = cursor  # a snapshot begins anew where it began, and need not say so

    def _go_on(self) -> None:
        """Raise Stopped when the run is asked to end; what was read is stored on the way out."""
        if self.stream.connector.runtime.stopping.is_set():
            raise Stopped(_("{source}: {stream} was stopped.", **self._names))

    def _take(self, page: Page) -> None:
        fetched = page.fetched or sum(len(rows) for rows in page.rows) + len(page.rejected)
        self.receipt.fetched += fetched
        self.receipt.mapped += sum(len(rows) for rows in page.rows)
        self._batch.add(page)
        for warning in page.warnings:
            self.observer.warned(self.source.name, warning)
        self.observer.page_read(self.source.name, self.stream.name, fetched)
        if page.cursor is not None:
            self._batch.cursor = page.cursor
        if self._is_full(closed=page.cursor is not None):
            self._hand_over()

    def _is_full(self, *, closed: bool) -> bool:
        """Whether it is time to store. Pages without a cursor wait for the next that has one, but not without end."""
        if not closed:
            return self._batch.size >= _NOTHING_STORED_PAGES * self.options.checkpoint_rows
        late = self.clock.monotonic() - self._flushed_at >= self.options.checkpoint_seconds
        return late or self._batch.size >= self.options.checkpoint_rows

    def _hand_over(self) -> None:
        """Give what was read to the writer; fails when an earlier portion could not be written."""
        if self._batch.size or self._moved():
            seen = self.stream.mode == "snapshot"
            self._pending.append(self.writer.store(self._batch, self._fingerprint, seen=seen))
            if self._batch.cursor is not None:
                self._standing = (self._batch.cursor, self._fingerprint)
            self._new_batch()
        for done in [each for each in self._pending if each.done()]:
            self._pending.remove(done)
            self.receipt.add(done.result())

    def _moved(self) -> bool:
        """Whether there is a cursor to store that is not stored already."""
        return self._batch.cursor is not None and (self._batch.cursor, self._fingerprint) != self._standing

    def _collect(self) -> None:
        while self._pending:
            self.receipt.add(self._pending.pop(0).result())

    def _settle(self) -> None:
        """Store what was read, also before a failure; that it could not be stored counts more than any other."""
        try:
            self._hand_over()
            self._collect()
        except LatidoError as error:
            self.receipt.problem = error
        if self.receipt.problem is None and self.receipt.gap is not None:
            self._note_gap()

    def _note_gap(self) -> None:
        gap = self.receipt.gap
        if gap is not None:
            hint = _("Read it again: latido sync {source} --stream {stream} --full", **self._names)
            self.receipt.problem = GapError(gap, hint)

    def _new_batch(self) -> None:
        self._batch = Batch(self.source.name, self.stream.name)
        self._flushed_at = self.clock.monotonic()

    def _begin_census(self) -> int:
        return self.writer.call(lambda c: begin_census(c, self.source.name, self.stream.name))

    def _bury(self, entity: type[Record], until: int) -> None:
        """Mark deleted what the vendor no longer has, after all that it has was noted."""
        names = (self.source.name, self.stream.name)
        expected, compared = self._expected_to_go(), self.stream.compared
        self.receipt.deleted += self.writer.call(
            lambda c: end_census(c, entity, *names, until, compared=compared, expected=expected)
        )

    def _expected_to_go(self) -> float:
        """How many rows may go unasked: all if somebody said so, and where ids are of content, as many as came."""
        if self.options.allow_mass_delete:
            return math.inf
        return self.receipt.inserted if self.stream.content_ids else 0

    def _sweep(self, expected: Count | None) -> None:
        if self.stream.deletions == "census" and self.stored is not None:
            self._take_census()
        if expected is not None:
            self._compare(expected)
        self.receipt.swept = True

    def _take_census(self) -> None:
        entity, until, some = self.stream.entities[0], self._begin_census(), list[str]()
        for ids in self.stream.ids():
            self._go_on()
            some += _listed(ids)
            if len(some) >= self.options.checkpoint_rows:
                self._note(entity, some)
                some = []
        self._note(entity, some)
        self._bury(entity, until)

    def _note(self, entity: type[Record], ids: list[str]) -> None:
        self.writer.call(lambda c: note_ids(c, entity.table, self.source.name, self.stream.name, ids))

    def _counted(self) -> Count | None:
        """Return the vendor's count; one that it does not tell is no reason to read nothing."""
        try:
            return self.stream.count()
        except (NotOffered, Refused, VendorUnavailable):
            return None

    def _compare(self, expected: Count) -> None:
        """Put the vendor's count beside ours, unless a start date leaves out what the vendor counts."""
        if self.stream.connector.settings.start_date is not None:
            return
        counted = (self._counted() or expected) if expected.exact else expected
        names = (self.source.name, self.stream)
        stored = self.writer.call(lambda c: stored_rows(c, *names))
        if counted.least and stored > counted.n:
            return
        self.receipt.counted, self.receipt.count_exact, self.receipt.stored = counted.n, counted.exact, stored
        self.receipt.set_aside = self.writer.call(lambda c: set_aside(c, *names))
        if self.receipt.doubt is not None:
            self.observer.warned(self.source.name, self.receipt.doubt)

    def _refused(self, refusal: NotOffered) -> None:
        if self.stream.optional:
            self.receipt.skipped = refusal
            self.observer.warned(
                self.source.name, _("{stream} is left out: {why}", stream=self.stream.name, why=refusal.message)
            )
        else:
            self.receipt.problem = refusal

    @property
    def _names(self) -> dict[str, str]:
        return {"source": self.source.name, "stream": self.stream.name}


def in_own_context(run: StreamRun) -> Receipt:
    """Run in a context of its own, so that the meter is this stream's alone."""
    return contextvars.copy_context().run(run.run)


def _listed(ids: Any) -> list[str]:
    """Return *ids* if they are several; raises TypeError for one by itself, whose letters would be taken for ids."""
    if isinstance(ids, str):
        raise TypeError("ids() yields lists of ids, not each by itself")
    return list(ids)


def unexpected(source: str, what: str, error: Exception) -> LatidoError:
    """Return what to say of an error that a stranger's code raised."""
    if isinstance(error, OSError):
        return VendorUnavailable(
            _("{source}: {stream} cannot be read: {error}", source=source, stream=what, error=error)
        )
    failure = LatidoError(
        _("{source}: {stream} failed unexpectedly ({kind}).", source=source, stream=what, kind=type(error).__name__)
    )
    failure.__cause__ = error
    return failure
