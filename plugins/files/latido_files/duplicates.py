"""How many rows of a file have a key that came before; counted in memory that does not grow with the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

    from latido.connect import Rows

MEMORY = "64MB"


@dataclass(slots=True)
class Duplicates:
    """Notes keys, each as a hash; what does not fit into memory goes to a folder of its own."""

    _connection: duckdb.DuckDBPyConnection | None = None
    _folder: Any = field(default_factory=lambda: TemporaryDirectory(prefix="latido-"))

    def note(self, rows: Rows) -> None:
        """Note the keys of *rows*."""
        from arro3.core import Array, DataType, Table

        keys = rows.columns["source_id"]
        array = Array(keys, DataType.string()) if isinstance(keys, list) else keys
        connection = self._opened()
        connection.register("keys", Table.from_pydict({"source_id": array}))
        connection.execute("INSERT INTO seen SELECT HASH(source_id) FROM keys")
        connection.unregister("keys")

    def count(self) -> int:
        """Return how many rows had a key that was noted before."""
        found = self._opened().execute("SELECT COUNT(*) - COUNT(DISTINCT hash) FROM seen").fetchone()
        return 0 if found is None else int(found[0])

    def close(self) -> None:
        """Forget all keys."""
        if self._connection is not None:
            self._connection.close()
        self._folder.cleanup()

    def _opened(self) -> duckdb.DuckDBPyConnection:
        if self._connection is None:
            import duckdb

            config = {"memory_limit": MEMORY, "threads": 1, "temp_directory": self._folder.name}
            self._connection = duckdb.connect(config=config)
            self._connection.execute("CREATE TABLE seen (hash UBIGINT)")
        return self._connection
