"""A warehouse that a connector fills, as a project with one source has it."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from latido.sync import Options, Source, Sync
from latido.testing._conformance._place import Loaded
from latido.warehouse import Warehouse
from tests.memory import Listener

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import duckdb

    from latido.connect import Connector
    from latido.sync import Receipt, Report
    from latido.testing import ManualClock

LEFT_OUT = ("synced_at", "seq", "_latido_hash")
"""The columns that tell when and in which order something was stored."""


@cache
def empty() -> bytes:
    """Return the file of a warehouse without rows: to make its tables takes longer than a small sync."""
    with TemporaryDirectory() as folder:
        warehouse = Warehouse(Path(folder) / "latido.duckdb")
        warehouse.upgrade()
        return warehouse.path.read_bytes()


class Open(Loaded):
    """A warehouse that is open for as long as it is used: to open and close its file takes longer than most asks."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_bytes(empty())
        self._kept = self._connected(read_only=False)

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with super().writing() as connection:
            # A writer is frugal, and here what it sets lasts.
            connection.execute(f"SET memory_limit = '{self.reader_memory_limit}'; SET threads = {self.threads}")
            yield connection


class House:
    """A warehouse that is filled from one source."""

    def __init__(self, vendor: type[Connector], settings: Mapping[str, Any], folder: Path, clock: ManualClock) -> None:
        self.vendor = vendor
        self.settings = settings
        self.folder = folder
        self.clock = clock
        self.listener = Listener()

    @cached_property
    def warehouse(self) -> Warehouse:
        return Open(self.folder / "latido.duckdb")

    @property
    def warnings(self) -> list[str]:
        """What the user was warned of."""
        return self.listener.warnings

    def sync(self, *streams: str, options: Options | None = None, **settings: Any) -> Report:
        """Sync *streams*, or those that the settings name."""
        chosen = {"streams": streams} if streams else {}
        said = self.vendor.Settings.model_validate({**self.settings, **chosen, **settings})
        source = Source("ours", self.vendor, said, self.folder, clock=self.clock)
        return Sync(self.warehouse, [source], options or Options(), self.listener).run()

    def ask(self, query: str) -> list[Any]:
        with self.warehouse.reading() as connection:
            return connection.execute(query).fetchall()

    def live(self, table: str) -> list[str]:
        """Return the ids of what neither was deleted nor became part of another."""
        live = "is_deleted IS NOT TRUE AND merged_into IS NULL"
        return [key for (key,) in self.ask(f"SELECT source_id FROM {table} WHERE {live} ORDER BY source_id")]

    def row(self, table: str, key: object, *columns: str) -> Any:
        (row,) = self.ask(f"SELECT {', '.join(columns)} FROM {table} WHERE source_id = '{key}'")
        return row

    def texts(self, table: str, *left_out: str, where: str = "true") -> list[Any]:
        """Return whole rows as text, but for *left_out* and when and in which order they were stored."""
        columns = f"* EXCLUDE ({', '.join((*LEFT_OUT, *left_out))})"
        rows = f"(SELECT {columns} FROM {table} WHERE {where})"
        return self.ask(f"SELECT CAST(t AS VARCHAR) FROM {rows} AS t ORDER BY source_id")


def receipts(report: Report) -> dict[str, Receipt]:
    """Return what was read, by stream."""
    return {each.stream: each for outcome in report.outcomes for each in outcome.receipts}


def complaints(report: Report) -> list[str]:
    return [str(problem.message) for outcome in report.outcomes for problem in outcome.problems]
