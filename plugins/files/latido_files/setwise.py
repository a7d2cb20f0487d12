"""Many rows at once: a DuckDB of the plugin's own looks at a whole chunk and says which rows are certainly fine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from latido.connect import Rows
from latido_files.cells import as_json, as_text
from latido_files.local_times import LocalTimes
from latido_files.look import Look

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import duckdb
    from arro3.core import Array, RecordBatch

    from latido.schema import Record
    from latido_files.cells import Cells
    from latido_files.layout import Layout
    from latido_files.table import Chunk

MEMORY = "96MB"


@dataclass(slots=True)
class SetWise:
    """Looks at chunks of one table of the schema."""

    entity: type[Record]
    cells: Cells
    _connection: duckdb.DuckDBPyConnection | None = None
    _statements: dict[Any, str] = field(default_factory=dict)

    def look(self, chunk: Chunk, layout: Layout) -> tuple[Rows, list[int], list[int]]:
        """Return the rows of *chunk* that are certainly fine, their positions, and the positions of the others."""
        from arro3.core import RecordBatchReader, Table

        connection = self._opened()
        connection.register("cells", Table.from_pydict(_columns(chunk, layout)))
        try:
            sql = self._statement(connection, layout, as_json=not _is_arrow(chunk))
            batches = [*RecordBatchReader.from_arrow(connection.sql(sql))]
        finally:
            connection.unregister("cells")
        return self._divided(Table.from_batches(batches).combine_chunks().to_batches()[0])

    def close(self) -> None:
        """Give up the memory of DuckDB."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _statement(self, connection: duckdb.DuckDBPyConnection, layout: Layout, *, as_json: bool) -> str:
        relation = connection.sql("SELECT * FROM cells LIMIT 0")
        kinds = dict(zip(relation.columns, map(str, relation.types), strict=True))
        key = (*layout.columns.items(), *layout.custom, *kinds.items())
        if key not in self._statements:
            times = LocalTimes.of(connection, self.cells.zone)
            self._statements[key] = Look(self.entity, self.cells, times.instant, layout, kinds, as_json).sql
        return self._statements[key]

    def _divided(self, batch: RecordBatch) -> tuple[Rows, list[int], list[int]]:
        from arro3.core import Array, DataType

        fine, places = batch.column("fine").to_pylist(), batch.column("nth").to_pylist()
        names = [name for name in batch.schema.names if name not in {"fine", "nth"}]
        odd = [at for at, is_fine in zip(places, fine, strict=True) if not is_fine]
        if odd:
            kept = [row for row, is_fine in enumerate(fine) if is_fine]
            batch = batch.take(Array(kept, DataType.int64()))
            places = [places[row] for row in kept]
        return Rows(self.entity, {name: batch.column(name) for name in names}), places, odd

    def _opened(self) -> duckdb.DuckDBPyConnection:
        if self._connection is None:
            import duckdb

            self._connection = duckdb.connect(config={"memory_limit": MEMORY, "threads": 1})
            self._connection.execute("SET TimeZone = 'UTC'")
        return self._connection


def _columns(chunk: Chunk, layout: Layout) -> dict[str, Any]:
    """Return the cells as the statement wants them: of what is not Arrow yet the text, and for `custom` JSON."""
    from arro3.core import Array, DataType

    columns: dict[str, Any] = {"nth": Array([*range(len(chunk.lines))], DataType.int64())}
    for at, header in enumerate(layout.headers):
        columns[f"c{at}"] = _carried(chunk.cells[header], _as_text)
    for at, header in enumerate(layout.custom):
        columns[f"j{at}"] = _carried(chunk.cells[header], as_json)
    return columns


def _carried(cells: Sequence[Any] | Array, written: Callable[[Any], str | None]) -> Array:
    from arro3.core import Array, DataType

    return cells if isinstance(cells, Array) else Array([*map(written, cells)], DataType.string())


def _as_text(cell: Any) -> str | None:
    """Return the text of *cell*; the statement itself takes the spaces off, and most cells are text already."""
    return cell if cell is None or cell.__class__ is str else as_text(cell)


def _is_arrow(chunk: Chunk) -> bool:
    return not any(isinstance(column, list | tuple) for column in chunk.cells.values())
