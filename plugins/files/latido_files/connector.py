"""Files in a folder, and databases."""

from __future__ import annotations

from functools import cache, cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from latido.connect import Connector
from latido.errors import LatidoError
from latido.messages import marker
from latido.schema import TABLES
from latido_files import check
from latido_files.settings import FilesSettings
from latido_files.table_stream import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from latido.connect import Clock, Finding, Stream
    from latido.testing import Imitation, World
    from latido_files.database import Database
    from latido_files.table_stream import TableStream

_ = marker("latido_files")


class Files(Connector):
    """Reads a folder of CSV, NDJSON, JSON, Parquet and XLSX files, or a database by one query per table."""

    name = "files"
    title = "Files and SQL databases"
    Settings = FilesSettings
    asks = ("path",)
    any_table = True
    undeliverable = MappingProxyType(
        {"time_of_deletion": _("Files and queries tell that a row is gone, but not since when.")}
    )
    settings: FilesSettings

    @classmethod
    def sandbox(cls, world: World, clock: Clock | None = None) -> Imitation:
        """Return a folder of files that tells of *world*: of its customers, and of the business of some of them."""
        from latido_files.sandbox import FilesImitation

        return FilesImitation(world.branch(cls.name, tickets=1, territory=(3, 4)), clock)

    @property
    def root(self) -> Path:
        """The project's folder, which paths begin at."""
        return self.runtime.folder.parent

    @cached_property
    def database(self) -> Database:
        """The database that the queries are for; raises ConfigurationError."""
        from latido_files.database import Database

        url = self.settings.url
        return Database("" if url is None else url.get_secret_value(), self.runtime.source, self.root)

    def streams(self) -> list[TableStream]:
        """Return a stream per query, or one for each table that a file may be of."""
        if self.settings.url is not None:
            return [query_streams()[table](self) for table in self.settings.queries]
        return [each(self) for each in file_streams().values()]

    def chosen(self) -> list[Stream]:
        """Return the streams that the settings name, or those that there is something of; raises ConfigurationError."""
        chosen = super().chosen()
        if not chosen:
            raise check.nothing_there(self)
        return chosen

    def tables(self) -> list[TableStream]:
        """Return the streams that are chosen, as what they are here; raises ConfigurationError."""
        names = {each.name for each in self.chosen()}
        return [each for each in self.streams() if each.name in names]

    def check(self) -> Iterable[Finding]:
        return check.findings(self)

    def vendor_fields(self) -> Mapping[str, Mapping[str, str]]:
        return {stream.name: fields for stream in self.streams() if (fields := _fields(stream))}


@cache
def file_streams() -> Mapping[str, type[TableStream]]:
    """Return the stream of each table that a file may be of."""
    from latido_files.reading import FileStream

    return {table: of_table(FileStream, table) for table in TABLES}


@cache
def query_streams() -> Mapping[str, type[TableStream]]:
    """Return the stream of each table that a query may fill."""
    from latido_files.queries import QueryStream

    return {table: of_table(QueryStream, table) for table in TABLES}


def of_table(stream: type[TableStream], table: str) -> type[TableStream]:
    """Return *stream* for one table."""
    entity = TABLES[table]
    return type(f"{entity.__name__}s", (stream,), {"name": table, "entity": entity, "entities": (entity,)})


def _fields(stream: TableStream) -> dict[str, str]:
    """Return the columns of a stream by type, those of the schema by its names; none where they cannot be read."""
    columns = stream.entity.columns()
    try:
        there = stream.headers() if stream.found else {}
    except LatidoError:
        return {}
    return {name if (name := folded(header)) in columns else header: kind for header, kind in there.items()}
