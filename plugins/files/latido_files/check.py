"""What there is to read, and what to do where something is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.connect import Finding
from latido.errors import ConfigurationError, LatidoError
from latido.messages import marker
from latido.suggest import nearest
from latido_files import needs
from latido_files.table_stream import folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from latido_files.connector import Files
    from latido_files.table_stream import TableStream

_ = marker("latido_files")

DELIMITERS = {";": ";", "\t": "\\t", "|": "|", ",": ","}


def findings(connector: Files) -> Iterator[Finding]:
    """Yield table by table what was found, which of its columns are known, and what is missing."""
    try:
        chosen = connector.tables()
        if connector.settings.url is not None:
            yield from opened(connector)
    except LatidoError as error:
        yield Finding.of(error)
        return
    for stream in chosen:
        yield from readable(stream)


def opened(connector: Files) -> Iterator[Finding]:
    """Yield whether the database can be opened, and only to be read; raises LatidoError where it cannot."""
    database = connector.database
    with database.connected():
        yield Finding(_("{database} is open.", database=database.name))
    if not database.is_read_only:
        yield Finding(
            _("Latido cannot make {database} refuse to write; it only looks through each query.",
              database=database.backend),
            "warning",
            _("Let it sign in as a user who may only read."),
        )  # fmt: skip
    if connector.settings.start_date is not None:
        yield Finding(
            _("start_date is not for queries: they read what they say."),
            "warning",
            _("Say it in each query: where … >= '2026-01-01'"),
        )


def nothing_there(connector: Files) -> ConfigurationError:
    """Return what to say where nothing can be read."""
    path, source = connector.settings.path, connector.runtime.source
    return ConfigurationError(
        _("{source}: in {path} is no file that is named as a table.", source=source, path=path),
        _("Name each file as the table that it fills, as {path}/marketing_spend.csv", path=path),
    )


def readable(stream: TableStream) -> Iterator[Finding]:
    """Yield what *stream* has, without reading its rows."""
    try:
        headers = [*stream.headers()]
    except LatidoError as error:
        yield Finding.of(error)
        return
    if separator := unsplit(headers):
        yield _unsplit(stream, separator)
        return
    known = {name for header in headers if (name := folded(header)) in stream.entity.columns()}
    yield _known(stream, headers, known)
    own = stream.connector.settings.fields.get(stream.name, {})
    yield from _lost(stream, own, headers)
    yield from _missing(stream, known | own.keys())


def unsplit(headers: list[str]) -> str | None:
    """Return what probably stands between the columns, where all of them look like one."""
    if len(headers) != 1:
        return None
    return next((shown for each, shown in DELIMITERS.items() if each in headers[0]), None)


def _unsplit(stream: TableStream, separator: str) -> Finding:
    return Finding(
        _("{table}: there is one column only, with {mark} in its name.", table=stream.name, mark=f"“{separator}”"),
        "setting",
        _('Say what stands between the columns: delimiter = "{mark}" in [sources.{source}]',
          mark=separator, source=stream.connector.runtime.source),
    )  # fmt: skip


def _known(stream: TableStream, headers: list[str], known: set[str]) -> Finding:
    mapped = {folded(each) for each in stream.connector.settings.fields.get(stream.name, {}).values()}
    others = [each for each in headers if folded(each) not in known | mapped]
    listed = ", ".join(sorted(known)) or "—"
    where = stream.place
    if not others:
        return Finding(_("{table}: {where}. Columns: {known}.", table=stream.name, where=where, known=listed))
    return Finding(
        _("{table}: {where}. Columns: {known}. Kept in custom: {others}.",
          table=stream.name, where=where, known=listed, others=", ".join(others)),
    )  # fmt: skip


def _lost(stream: TableStream, own: Mapping[str, str], headers: list[str]) -> Iterator[Finding]:
    there = {folded(each): each for each in headers}
    for column, header in own.items():
        if folded(header) not in there:
            near = nearest(folded(header), there)
            yield Finding(
                _("{table}.{column}: there is no column {header}.", table=stream.name, column=column, header=header),
                "setting",
                _("Did you mean {near}?", near=there[near]) if near else _("There are: {all}", all=", ".join(headers)),
            )


def _missing(stream: TableStream, columns: set[str]) -> Iterator[Finding]:
    source = stream.connector.runtime.source
    if not needs.has_key(stream.name, columns):
        yield Finding(
            _("{table}: no column tells one row from another, so all would go to quarantine.", table=stream.name),
            "setting",
            _("Add a column source_id, or say which one it is: source_id under [sources.{source}.fields.{table}]",
              source=source, table=stream.name),
        )  # fmt: skip
    if missing := needs.missing(stream.name, columns):
        yield Finding(
            _("{table} has no {columns}.", table=stream.name, columns=", ".join(missing)),
            "warning",
            _("Add them, or say which columns they are under [sources.{source}.fields.{table}]",
              source=source, table=stream.name),
        )  # fmt: skip
