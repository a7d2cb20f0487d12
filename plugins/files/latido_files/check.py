"""What there is to read, and what to do where something is missing."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from latido.connect import Finding
from latido.errors import ConfigurationError, LatidoError
from latido.messages import marker
from latido.schema import TABLES
from latido.suggest import nearest
from latido_files import files_there, needs
from latido_files.table_stream import folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from latido_files.connector import Files
    from latido_files.table_stream import TableStream

_ = marker("latido_files")

MOST = 5
"""Names that are told of many."""


def findings(connector: Files) -> Iterator[Finding]:
    """Yield table by table what was found, which of its columns are known, and what is missing."""
    try:
        chosen = connector.tables()
        yield from strangers(connector) if connector.settings.url is None else opened(connector)
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


def strangers(connector: Files) -> Iterator[Finding]:
    """Yield the files that could be read and are named as no table."""
    for name in files_there.strangers(connector.root, str(connector.settings.path)):
        near = nearest(folded(PurePath(name).stem), TABLES)
        yield Finding(
            _("{file} is not read: it is named as no table.", file=name),
            "warning",
            _("Did you mean {near}?", near=near) if near else _("There are: {all}", all=", ".join(TABLES)),
        )
    for name in files_there.left_out(connector.root, str(connector.settings.path)):
        yield Finding(
            _("{file} is not read: it is of another kind, or too deep.", file=name),
            "warning",
            _("Put CSV, NDJSON, JSON, Parquet or XLSX right into the folder of the table."),
        )


def nothing_there(connector: Files) -> ConfigurationError:
    """Return what to say where nothing can be read."""
    path, source = connector.settings.path, connector.runtime.source
    names = files_there.strangers(connector.root, str(path))
    if names:
        return ConfigurationError(
            _("{source}: no file in {path} is named as a table: {names}.",
              source=source, path=path, names=", ".join(names[:MOST])),
            _("Name each as the table that it fills: {all}", all=", ".join(TABLES)),
        )  # fmt: skip
    if connector.root / path == connector.root:
        return ConfigurationError(
            _("{source}: path is empty, and no file in the project's folder is named as a table.", source=source),
            _('Write into latido.toml where the files are: path = "files"'),
        )
    return ConfigurationError(
        _("{source}: there is no file in {path}.", source=source, path=path)
        if (connector.root / path).exists()
        else _("{source}: {path} does not exist.", source=source, path=path),
        _("Put a file there that is named as the table that it fills, as marketing_spend.csv"),
    )


def readable(stream: TableStream) -> Iterator[Finding]:
    """Yield what *stream* has, without reading its rows."""
    try:
        headers = [*stream.headers()]
    except LatidoError as error:
        yield Finding.of(error)
        return
    known = {name for header in headers if (name := folded(header)) in stream.entity.columns()}
    yield _known(stream, headers, known)
    own = stream.connector.settings.fields.get(stream.name, {})
    yield from _lost(stream, own, headers)
    yield from _missing(stream, known | own.keys())


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
