"""A connector over records in memory: what core's own tests sync from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from latido.connect import Connector, ConnectorSettings, Count, Cursor, Finding, Page, Rows, Stream
from latido.sync import Observer, Options, Report, Source, Sync

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from latido.messages import Message
    from latido.schema import Record
    from latido.sync import Receipt
    from latido.warehouse import Warehouse

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class FakeClock:
    """A clock that moves only when somebody sleeps or a test says so."""

    instant: datetime = NOON
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.instant

    def monotonic(self) -> float:
        return (self.instant - NOON).total_seconds()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.instant += timedelta(seconds=seconds)


def page(entity: type[Record], *rows: Mapping[str, Any], cursor: Cursor | None = None, **more: Any) -> Page:
    """Return a page of *rows*; those that do not fit are rejected."""
    fitting, rejected = Rows.of(entity, rows)
    return Page([fitting] if len(fitting) else [], cursor, rejected=rejected, **more)


@dataclass
class Script:
    """What a stream does: `pages` is called with the cursor, each time the stream is read."""

    name: str
    entities: tuple[type[Record], ...]
    pages: Callable[[Cursor], Iterator[Page] | Sequence[Page]]
    mode: Literal["incremental", "snapshot"] = "incremental"
    deletions: Literal["reported", "census", "none"] = "reported"
    sweep: bool = False
    optional: bool = False
    count: Count | None = None
    ids: Callable[[], Sequence[list[str]]] = list
    fingerprint: str = "one"
    reference: tuple[str, ...] = ()
    read_from: list[Cursor] = field(default_factory=list)


class ScriptedStream(Stream):
    """A stream that follows a script."""

    name = "scripted"
    entities = ()

    def __init__(self, connector: Connector, script: Script) -> None:
        super().__init__(connector)
        self.script = script
        for attribute in ("name", "entities", "mode", "deletions", "sweep", "optional", "reference"):
            setattr(self, attribute, getattr(script, attribute))

    def start(self, since: datetime | None) -> Cursor:
        return {"since": since.isoformat() if since else None}

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        self.script.read_from.append(cursor)
        yield from self.script.pages(cursor)

    def count(self) -> Count | None:
        return self.script.count

    def ids(self) -> Iterator[list[str]]:
        yield from self.script.ids()

    def fingerprint(self) -> str:
        return self.script.fingerprint


class MemoryConnector(Connector):
    """A vendor that lives in the test."""

    name = "memory"
    title = "Memory"
    Settings = ConnectorSettings
    scripts: ClassVar[Sequence[Script]] = ()
    stream_type: ClassVar[type[ScriptedStream]] = ScriptedStream
    tables: ClassVar[Mapping[str, Callable[[], Any]]] = {}
    known_fields: ClassVar[Mapping[str, Mapping[str, str]]] = {}

    def streams(self) -> Sequence[Stream]:
        return [self.stream_type(self, script) for script in self.scripts]

    def check(self) -> Sequence[Finding]:
        return []

    def references(self) -> Mapping[str, Callable[[], Any]]:
        return self.tables

    def vendor_fields(self) -> Mapping[str, Mapping[str, str]]:
        return self.known_fields


def connector_of(*scripts: Script, **attributes: Any) -> type[MemoryConnector]:
    """Return a connector whose streams follow *scripts*."""
    return type("Scripted", (MemoryConnector,), {"scripts": scripts, **attributes})


def source_of(
    folder: Path, *scripts: Script, name: str = "shop", clock: FakeClock | None = None, **more: Any
) -> Source:
    """Return a source whose streams follow *scripts*; *more* are settings, or attributes of the connector."""
    known = {key: value for key, value in more.items() if key in ConnectorSettings.model_fields}
    rest = {key: value for key, value in more.items() if key not in known}
    settings = ConnectorSettings(connector="memory", **known)
    return Source(name, connector_of(*scripts, **rest), settings, folder / ".latido", clock=clock or FakeClock())


@dataclass
class Listener(Observer):
    """Remembers what it is told."""

    warnings: list[str] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)

    def warned(self, source: str, message: Message) -> None:
        del source
        self.warnings.append(str(message))

    def stream_ended(self, receipt: Receipt) -> None:
        self.receipts.append(receipt)


def synced(warehouse: Warehouse, *sources: Source, observer: Observer | None = None, **options: Any) -> Report:
    """Return how a sync of *sources* went."""
    return Sync(warehouse, sources, Options(**options), observer or Observer()).run()


def loaded(
    warehouse: Warehouse, folder: Path, rows: Mapping[type[Record], Sequence[Mapping[str, Any]]], name: str = "shop"
) -> Report:
    """Sync *rows*, per entity, from one source in memory."""
    scripts = [_bundled(entity, found) for entity, found in rows.items()]
    return synced(warehouse, source_of(folder, *scripts, name=name))


def _bundled(entity: type[Record], rows: Sequence[Mapping[str, Any]]) -> Script:
    return Script(entity.table, (entity,), lambda _cursor: [page(entity, *rows, cursor={"at": 1})])


def stored(warehouse: Warehouse, entity: type[Record], *columns: str) -> list[tuple[Any, ...]]:
    """Return *columns* of the rows of *entity*, in the order of source and id."""
    with warehouse.reading() as connection:
        return connection.execute(
            f"SELECT {', '.join(columns)} FROM {entity.table} ORDER BY source, source_id"
        ).fetchall()
