"""What would make a KPI computable: which source, stream, scope, field, connector or file, and what to type next."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from latido.messages import marker, render
from latido.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from latido.connect import Connector, Stream
    from latido.messages import Message

_ = marker("latido")

Kind: TypeAlias = Literal["scope", "sync", "stream", "field", "vendor", "empty", "file", "connector"]
"""What there is to do, the nearest first: something of a source that is connected, a file, another connector."""

_ORDER: tuple[Kind, ...] = ("scope", "sync", "stream", "field", "vendor", "empty", "file", "connector")
_LEFT_OUT = _(
    "{source} can bring it and leaves it out: name {streams} in streams of [sources.{source}], beside what it reads."
)
_UNREAD = _("{source} brings it and has not read it yet: {streams}.")
_EMPTY = _("{source} has read {streams}, and there was none in it.")
_ALSO_TOLD_BY = {"tickets.sla_met": "ticket_events"}
"""Fields that the model layer fills in from another table."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to what a KPI needs: `command` is what to type, after what `text` says where that is something."""

    need: str
    kind: Kind
    text: Message | str = field(compare=False)
    command: str | None = None
    source: str | None = None
    connector: str | None = None
    stream: str | None = None

    def json(self, language: str) -> dict[str, Any]:
        """Return the way as JSON prints it."""
        names = ("need", "kind", "source", "connector", "stream", "command")
        return {**{name: getattr(self, name) for name in names}, "text": render(self.text, language)}


@dataclass(frozen=True, slots=True)
class Readable:
    """A stream of a source: the columns that it fills by table, and whether it is read. `problem` is why it was not."""

    name: str
    tables: Mapping[str, Collection[str]]
    chosen: bool = True
    was_read: bool = False
    problem: str | None = None

    @classmethod
    def of(cls, stream: type[Stream], own: Mapping[str, Collection[str]] | None = None, **standing: Any) -> Readable:
        """Return what *stream* fills, with the columns that the user maps on their *own*."""
        filled: dict[str, set[str]] = {
            entity.table: set((own or {}).get(entity.table, ())) for entity in stream.entities
        }
        # Where a mapping is only known once connected, nothing is said of its columns.
        for each in stream.mappings if isinstance(stream.mappings, tuple) else ():
            filled.setdefault(each.entity.table, set()).update(each.fields)
        return cls(stream.name, filled, **standing)

    def fills(self, need: str) -> bool:
        """Whether it fills a table, or a column of one; where nothing is said of columns, it may."""
        table, _dot, column = need.partition(".")
        columns = self.tables.get(table)
        return columns is not None and (not column or not columns or column in columns)


@dataclass(frozen=True, slots=True)
class Connected:
    """A configured source, and the streams that its connector has."""

    name: str
    connector: type[Connector]
    streams: Sequence[Readable] = field(default_factory=tuple)


def ways(lacking: Iterable[str], connected: Sequence[Connected], installed: Iterable[type[Connector]]) -> list[Way]:
    """Return every way to each need of *lacking* (`deals|contracts`: to either), the nearest first."""
    used = {each.connector for each in connected}
    others = [each for each in installed if each not in used]
    found = [way for needs in lacking for way in _to(needs, connected, others)]
    return sorted(dict.fromkeys(found), key=lambda way: _ORDER.index(way.kind))


def _to(needs: str, connected: Sequence[Connected], others: Sequence[type[Connector]]) -> list[Way]:
    """Return the ways to one of *needs*; there is always one, be it to look for another connector."""
    nobody = _("No connector that is installed brings it. Install another one, or write one of your own.")
    found = [way for need in needs.split("|") for way in (*_of_sources(need, connected), *_of_others(need, others))]
    return found or [Way(needs, "connector", nobody, "latido plugins")]


def _of_sources(need: str, connected: Sequence[Connected]) -> Iterator[Way]:
    for source in connected:
        if source.connector.any_table:
            yield from _file(need, source.connector, source.name)
            continue
        if (why := source.connector.unreadable.get(need)) is not None:
            yield Way(need, "vendor", why, None, source.name, source.connector.name)
        told_by = (need, *([_ALSO_TOLD_BY[need]] if need in _ALSO_TOLD_BY else []))
        readable = [each for each in source.streams if any(each.fills(table) for table in told_by)]
        yield from _of_streams(need, source, readable)
        if not readable and "." in need:
            yield from _own_field(need, source)


def _of_streams(need: str, source: Connected, streams: Sequence[Readable]) -> Iterator[Way]:
    """Yield what there is to do about the streams of a source that would bring what is needed."""
    left_out = [each for each in streams if not each.chosen]
    refused = [each for each in streams if each.chosen and each.problem is not None]
    unread = [each for each in streams if each.chosen and each.problem is None and not each.was_read]
    empty = [each for each in streams if each.chosen and each.problem is None and each.was_read]
    known = {"source": source.name, "connector": source.connector.name}
    for each in refused:
        why = _("{source} could not read {stream}: {why}", source=source.name, stream=each.name, why=each.problem)
        yield Way(need, "scope", why, f"latido check {source.name}", **known, stream=each.name)
    for kind, command, found, text in (
        ("stream", f"latido sync {source.name}", left_out, _LEFT_OUT),
        ("sync", f"latido sync {source.name}", unread, _UNREAD),
        ("empty", f"latido fields {source.name} {need.partition('.')[0]}", empty, _EMPTY),
    ):
        if found:
            names = ", ".join(each.name for each in found)
            said = replace(text, values={"source": source.name, "streams": names})
            yield Way(need, cast("Kind", kind), said, command, **known, stream=names)


def _own_field(need: str, source: Connected) -> Iterator[Way]:
    """Yield the way to a field that a connector does not map itself, of a table that it fills."""
    table, _dot, column = need.partition(".")
    for stream in source.streams:
        if stream.fills(table):
            text = _(
                'Where {source} has it in a field of its own, map it: [sources.{source}.fields.{table}] {column} = "…"',
                source=source.name,
                table=table,
                column=column,
            )
            command = f"latido fields {source.name} {table}"
            yield Way(need, "field", text, command, source.name, source.connector.name, stream.name)
            return


def _of_others(need: str, others: Iterable[type[Connector]]) -> Iterator[Way]:
    for connector in others:
        if connector.any_table:
            yield from _file(need, connector, None)
        elif any(Readable.of(each).fills(need) for each in connector.stream_types):
            text = _(
                '{title} brings it: write [sources.{name}] with connector = "{name}" into latido.toml.',
                title=connector.title,
                name=connector.name,
            )
            yield Way(need, "connector", text, f"latido check {connector.name}", None, connector.name)


def _file(need: str, connector: type[Connector], source: str | None) -> Iterator[Way]:
    """Yield the way to write a table down; a column of what another source brings cannot be added so."""
    if "." in need:
        return
    columns = ", ".join(_first_columns(need))
    if source is not None:
        text = _("Write it down yourself: {table}.csv with {columns} …", table=need, columns=columns)
        yield Way(need, "file", text, f"latido sync {source}", source, connector.name)
    else:
        text = _(
            'Write it down yourself: {table}.csv with {columns} …, and [sources.{name}] with connector = "{name}".',
            table=need,
            columns=columns,
            name=connector.name,
        )
        yield Way(need, "file", text, f"latido check {connector.name}", None, connector.name)


def _first_columns(table: str) -> Iterator[str]:
    """Yield the columns that a table has of its own, the first three of them, behind its key."""
    yield "source_id"
    own = TABLES[table].__annotations__
    yield from [name for name in own if name != "table"][:3]
