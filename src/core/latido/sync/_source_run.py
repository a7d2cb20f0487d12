"""One source in one run: its lock, its reference tables, its streams side by side."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from latido.connect import Runtime
from latido.errors import LatidoError
from latido.messages import marker
from latido.sync._cursor import sweep_is_due
from latido.sync._lock import source_lock
from latido.sync._reading import StreamRun, in_own_context, unexpected
from latido.sync._references import References
from latido.sync._report import Outcome, exit_code
from latido.warehouse import cursors, finish_run, insert, put_reference, put_swept, references

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping, Sequence

    from latido.connect import Connector, Stream
    from latido.messages import Message
    from latido.sync._observer import Observer
    from latido.sync._receipt import Receipt
    from latido.sync._source import Options, Source
    from latido.sync._writer import Writer
    from latido.warehouse import StoredCursor, Warehouse

_ = marker("latido")

_FIELDS = "_fields"


@dataclass(slots=True)
class SourceRun:
    """Reads the streams of one source, each in a thread, and writes down how it went."""

    source: Source
    warehouse: Warehouse
    writer: Writer
    options: Options
    observer: Observer
    stopping: threading.Event
    run_id: str
    _warnings: list[Message] = field(default_factory=list)
    _references: References = field(init=False)

    def __post_init__(self) -> None:
        self._references = References({}, self.source.clock.now(), afresh=self.options.full)

    def run(self) -> Outcome:
        """Return how it went; nothing is raised for what goes wrong with this source."""
        try:
            with source_lock(self.source):
                receipts, problems = self._noted()
        except LatidoError as error:
            receipts, problems = [], [error]
        return Outcome(self.source.name, tuple(receipts), tuple(problems), tuple(self._warnings))

    def _noted(self) -> tuple[list[Receipt], list[LatidoError]]:
        self.writer.call(lambda c: insert(c, "_latido_runs", self._run_row()))
        receipts, problems = self._streams()
        code = exit_code(Outcome(self.source.name, tuple(receipts), tuple(problems)).codes)
        said = str(problems[0]) if problems else None
        now = self.source.clock.now()
        with suppress(LatidoError):  # A full disk has been reported by the stream that met it.
            self.writer.call(lambda c: self._finish(c, receipts, now, code, said))
        return receipts, problems

    def _run_row(self) -> dict[str, Any]:
        started = self.source.clock.now()
        return {
            "run_id": self.run_id,
            "source": self.source.name,
            "mode": self.options.mode,
            "started_at": started,
        }

    def _finish(self, connection: Any, receipts: Sequence[Receipt], now: Any, code: int, said: str | None) -> None:
        connection.execute("BEGIN")
        for name, body in self._references.read_now.items():
            put_reference(connection, self.source.name, name, body, now)
        for receipt in receipts:
            insert(connection, "_latido_receipts", receipt.row(self.run_id))
            if receipt.swept:
                put_swept(connection, self.source.name, receipt.stream, now)
        finish_run(connection, self.run_id, self.source.name, now, code, said)
        connection.execute("COMMIT")

    def _streams(self) -> tuple[list[Receipt], list[LatidoError]]:
        try:
            stored = self._known()
            with closing(self.source.connector(self.source.settings, self._runtime())) as connector:
                receipts = self._read(connector, stored)
        except LatidoError as error:
            return [], [error]
        except Exception as error:  # noqa: BLE001 - a stranger's connector may fail in any way; the other sources go on
            return [], [unexpected(self.source.name, self.source.connector.name, error)]
        return receipts, [receipt.problem for receipt in receipts if receipt.problem is not None]

    def _known(self) -> dict[str, StoredCursor]:
        name = self.source.name
        tables, stored = self.writer.call(lambda c: (references(c, name), cursors(c, name)))
        self._references = References(tables, self.source.clock.now(), afresh=self.options.full)
        return stored

    def _read(self, connector: Connector, stored: Mapping[str, StoredCursor]) -> list[Receipt]:
        streams = [each for each in wanted(connector, self.options) if self._is_due(each, stored.get(each.name))]
        connector.context(streams)
        self._notice_changed_fields(connector.vendor_fields())
        return self._side_by_side(streams, stored)

    def _side_by_side(self, streams: Sequence[Stream], stored: Mapping[str, StoredCursor]) -> list[Receipt]:
        runs = [
            StreamRun(self.source, each, stored.get(each.name), self.writer, self.options, self.observer)
            for each in streams
        ]
        with ThreadPoolExecutor(max(1, len(runs)), f"latido-{self.source.name}") as pool:
            return list(pool.map(in_own_context, runs))

    def _is_due(self, stream: Stream, stored: StoredCursor | None) -> bool:
        asked = self.options.full or stream.name in self.options.streams
        return not stream.sweep or asked or sweep_is_due(stream, stored, self.source.clock.now())

    def _runtime(self) -> Runtime:
        return Runtime(
            self.source.name,
            clock=self.source.clock,
            transport=self.source.transport,
            folder=self.source.folder,
            time_zone=self.source.time_zone,
            stopping=self.stopping,
            remembered=self._references.remembered,
            warn=self._warn,
        )

    def _warn(self, message: Message) -> None:
        self._warnings.append(message)
        self.observer.warned(self.source.name, message)

    def _notice_changed_fields(self, fields: Mapping[str, Mapping[str, str]]) -> None:
        """Report the fields that the vendor added, removed or retyped since they were last told of."""
        before = self._references.last(_FIELDS) or {}
        now = {table: dict(columns) for table, columns in fields.items()}
        for table in sorted(now.keys() & before.keys()):
            self._report_changes(table, before[table], now[table])
        if before != {**before, **now}:
            self._references.read_now[_FIELDS] = {**before, **now}

    def _report_changes(self, table: str, before: Mapping[str, str], now: Mapping[str, str]) -> None:
        for name in sorted(now.keys() - before.keys()):
            self._warn(_("New field in {table}: {name} ({kind}).", table=table, name=name, kind=now[name]))
        for name in sorted(before.keys() - now.keys()):
            self._warn(_("Field removed from {table}: {name}.", table=table, name=name))
        for name in sorted(now.keys() & before.keys()):
            if now[name] != before[name]:
                was, is_ = before[name], now[name]
                self._warn(_("Field {name} of {table} is {now}, was {was}.", table=table, name=name, now=is_, was=was))


def wanted(connector: Connector, options: Options) -> list[Stream]:
    """Return the streams to read: those that the options name, else those that the settings choose."""
    if not options.streams:
        return connector.chosen()
    return [each for each in connector.streams() if each.name in options.streams]
