"""A database: how it is opened, only to be read, and what a query of it results in."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote, unquote

from latido.connect import METER, keep_secret, redacted
from latido.errors import ConfigurationError, CredentialError, LatidoError, VendorUnavailable
from latido.messages import marker
from latido_files.commas import as_declared
from latido_files.table import Chunk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sqlalchemy import URL, Connection, Engine, TextClause
    from sqlalchemy.exc import DBAPIError

_ = marker("latido_files")

ROWS = 5_000
"""Rows in a chunk; no more are held in memory."""

READ_ONLY = {
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "oracle": "SET TRANSACTION READ ONLY",
    "postgresql": "SET TRANSACTION READ ONLY",
    "sqlite": "PRAGMA query_only = ON",
}
"""What makes the databases that can be made so refuse to write, whatever a query calls."""

DRIVERS = {
    "MySQLdb": ("pymysql", "mysql+pymysql://"),
    "cx_Oracle": ("oracledb", "oracle+oracledb://"),
    "psycopg": ("psycopg[binary]", "postgresql+psycopg://"),
    "psycopg2": ("psycopg[binary]", "postgresql+psycopg://"),
}
"""What to install for a driver that is missing, and how an address then begins."""

DIALECTS = {
    "bigquery": "sqlalchemy-bigquery",
    "clickhouse": "clickhouse-sqlalchemy",
    "databricks": "databricks-sqlalchemy",
    "duckdb": "duckdb-engine",
    "redshift": "sqlalchemy-redshift",
    "snowflake": "snowflake-sqlalchemy",
    "trino": "trino",
}
"""The distributions of databases that SQLAlchemy does not know by itself."""

REJECTED = ("authentication failed", "access denied", "login failed", "invalid username", "logon denied")
"""How databases say that they do not know who is asking."""


class Database:
    """A database by its address. A file's is relative to *root*; nothing is ever created."""

    def __init__(self, url: str, source: str, root: Path) -> None:
        self.source = source
        self.url = _address(url, source, root)
        keep_secret(url, self.url.password)

    @property
    def backend(self) -> str:
        return self.url.get_backend_name()

    @property
    def is_read_only(self) -> bool:
        """Whether it refuses to write by itself, whatever a query calls."""
        return self.backend in READ_ONLY

    @property
    def name(self) -> str:
        """What it is called in messages: no password, and no more than says which one it is."""
        file = _file(self.url)
        parts = [self.url.host, self.url.database] if file is None else [PurePath(file).name]
        return f"{self.backend} {'/'.join(each for each in parts if each)}"

    def quoted(self, column: str) -> str:
        """Return the name of a column as it can stand in SQL."""
        return str(self._engine().dialect.identifier_preparer.quote(column))

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """Yield a connection that only reads; what it finds out about the address, it says in words."""
        engine = self._engine()
        try:
            with self._opened(engine) as connection:
                yield connection
        finally:
            engine.dispose()

    def _engine(self) -> Engine:
        from sqlalchemy import create_engine
        from sqlalchemy.exc import ArgumentError, NoSuchModuleError
        from sqlalchemy.pool import NullPool

        try:
            return create_engine(self.url, poolclass=NullPool)
        except NoSuchModuleError:
            raise self._not_installed(DIALECTS.get(self.backend), self.backend) from None
        except ModuleNotFoundError as error:
            package, begins = DRIVERS.get(error.name or "", (error.name, None))
            raise self._not_installed(package, str(error.name), begins) from None
        except (ArgumentError, TypeError) as error:
            raise ConfigurationError(
                _("{source}: url cannot be used: {reason}", source=self.source, reason=redacted(str(error))),
                _("Write it as SQLAlchemy does: postgresql+psycopg://user:password@host/database"),
            ) from None

    def _not_installed(self, package: str | None, driver: str, begins: str | None = None) -> ConfigurationError:
        message = _("{source}: the driver {driver} is not installed.", source=self.source, driver=driver)
        if package is None:
            return ConfigurationError(message, _("Install SQLAlchemy's dialect for {driver}.", driver=driver))
        if begins is None:
            return ConfigurationError(message, _("Install it: pip install {package}", package=package))
        return ConfigurationError(
            message,
            _("Install it: pip install '{package}', and let url begin with {begins}", package=package, begins=begins),
        )

    @contextmanager
    def _opened(self, engine: Engine) -> Iterator[Connection]:
        from sqlalchemy.exc import DBAPIError

        with ExitStack() as closing:
            try:
                connection = closing.enter_context(engine.connect())
                if self.is_read_only:
                    connection.exec_driver_sql(READ_ONLY[self.backend])
            except DBAPIError as error:
                raise self._unreachable(error) from None
            yield connection

    def _unreachable(self, error: DBAPIError) -> LatidoError:
        reason = reason_of(error)
        if any(each in reason.lower() for each in REJECTED):
            return CredentialError(
                _("{source}: the database does not let Latido in: {reason}", source=self.source, reason=reason),
                _("Check user and password of url, then run: latido check {source}", source=self.source),
            )
        file = _file(self.url)
        if file is not None:
            return ConfigurationError(
                _("{source}: {file} cannot be opened as a database: {reason}",
                  source=self.source, file=file, reason=reason),
                _("Correct url, then run: latido check {source}", source=self.source),
            )  # fmt: skip
        return VendorUnavailable(
            _("{source}: the database cannot be reached: {reason}", source=self.source, reason=reason),
            _("Check host and port of url, then run: latido check {source}", source=self.source),
        )


@dataclass(frozen=True, slots=True)
class Result:
    """The rows of one query, in portions; `line` counts them from 1."""

    database: Database
    name: str
    query: TextClause
    values: Mapping[str, Any]
    decimal: Literal[".", ","] | None = None

    def chunks(self) -> Iterator[Chunk]:
        """Yield all rows in the order of the query."""
        from sqlalchemy.exc import DBAPIError

        with self.database.connected() as connection:
            try:
                yield from self._chunks(connection)
            except DBAPIError as error:
                raise self._failed(error) from None

    def headers(self) -> dict[str, str]:
        """Return the columns that the query has; what a value of them is, is told row by row."""
        from sqlalchemy.exc import DBAPIError

        with self.database.connected() as connection:
            try:
                found = connection.execute(self.query, self.values)
                columns = [*found.keys()]
                found.close()
            except DBAPIError as error:
                raise self._failed(error) from None
        return dict.fromkeys(columns, "column")

    def _chunks(self, connection: Connection) -> Iterator[Chunk]:
        streaming = {"stream_results": True, "max_row_buffer": ROWS}
        if (meter := METER.get(None)) is not None:
            meter.count(requests=1)
        found = connection.execute(self.query, self.values, execution_options=streaming)
        columns, line = [*found.keys()], 1
        self._check(columns)
        for rows in found.partitions(ROWS):
            cells = [as_declared(column, self.decimal) for column in zip(*rows, strict=True)]
            yield Chunk(dict(zip(columns, cells, strict=True)), range(line, line + len(rows)))
            line += len(rows)

    def _check(self, columns: list[str]) -> None:
        twice = next((each for each in columns if columns.count(each) > 1), None)
        if twice is not None:
            raise ConfigurationError(
                _("{query}: two columns are called {column}.", query=self.name, column=twice),
                _("Give each column a name of its own: select … as …"),
            )

    def _failed(self, error: DBAPIError) -> LatidoError:
        reason = reason_of(error)
        if error.connection_invalidated or "locked" in reason:
            return VendorUnavailable(
                _("{query}: the database broke off: {reason}", query=self.name, reason=reason),
                _("What was read before is stored. To go on, run: latido sync {source}", source=self.database.source),
            )
        return ConfigurationError(
            _("{query}: the database refuses it: {reason}", query=self.name, reason=reason),
            _("Correct the query, then run: latido check {source}", source=self.database.source),
        )


def _address(url: str, source: str, root: Path) -> URL:
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        raise ConfigurationError(
            _("{source}: url is no address of a database.", source=source),
            _("Write it as SQLAlchemy does: postgresql+psycopg://user:password@host/database"),
        ) from None
    keep_secret(address.password)
    return _only_to_be_read(address, root) if address.get_backend_name() == "sqlite" else address


def _only_to_be_read(address: URL, root: Path) -> URL:
    """Return the address of an SQLite file that must exist, relative to *root*, opened without the right to write."""
    if not address.database or address.database == ":memory:" or address.database.startswith("file:"):
        return address
    return address.set(database=f"file:{quote(str(root / address.database))}", query={"mode": "ro", "uri": "true"})


def _file(address: URL) -> str | None:
    """Return the path of an SQLite file."""
    if address.get_backend_name() != "sqlite":
        return None
    return unquote((address.database or "").removeprefix("file:"))


def reason_of(error: DBAPIError) -> str:
    """Return what the database says, in one line, without the statement and without secrets."""
    return redacted(" ".join(str(error.orig).split()))
