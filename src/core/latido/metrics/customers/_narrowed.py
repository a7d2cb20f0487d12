"""A warehouse in which one customer is alone: what is asked of it again and again is looked for once."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from latido.warehouse import Warehouse

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

_TABLES = ("m_contracts", "m_segments", "m_deals", "m_tickets", "m_answers", "m_sessions")
"""Where the facts of one customer are; temporary tables of the same names stand before them."""


class Narrowed(Warehouse):
    """A warehouse on the one *connection* that is open; it belongs to whoever opened it."""

    def __init__(self, whole: Warehouse, connection: duckdb.DuckDBPyConnection) -> None:
        super().__init__(whole.path, clock=whole.clock)
        self._connection = connection

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield the connection that is open."""
        yield self._connection

    def narrow(self, customer_id: str) -> None:
        """Leave of every table of the model what is of this customer."""
        (database,) = self._connection.execute("SELECT CURRENT_DATABASE()").fetchone() or ("",)
        for table in _TABLES:
            self._connection.execute(
                f"""CREATE TEMP TABLE {table} AS
                    SELECT * FROM "{database}".main.{table} WHERE customer_id = $customer""",
                {"customer": customer_id},
            )
