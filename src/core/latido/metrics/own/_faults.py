"""What an engine cannot do with the query of an own KPI, said of the file that it stands in."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from latido.messages import Message, marker
from latido.metrics.own._file import OwnFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latido.errors import ConfigurationError
    from latido.metrics._asks import Ask
    from latido.metrics._kpi import Query

_ = marker("latido")

_AT_LINE = re.compile(r"LINE (\d+):")


@contextmanager
def blaming(asks: Sequence[Ask], sql: str) -> Iterator[None]:
    """Say which file it is when *sql*, the statement for *asks*, cannot be run because of an own KPI."""
    import duckdb

    try:
        yield
    except (duckdb.ProgrammingError, duckdb.DataError, LookupError) as error:
        own = next((ask.kpi.counted()[0] for ask in asks if ask.kpi.counted()[0].file), None)
        if own is None:
            raise
        raise _failed(own, sql, error) from error


def _failed(own: Query, sql: str, error: Exception) -> ConfigurationError:
    if isinstance(error, LookupError):
        problem: Message | str = _("it has a period_id that is in no row of periods.")
        return OwnFile(own.file).refused(problem, _("Take period_id from the table periods, which it has to join."))
    before = sql[: max(sql.find(own.sql), 0)].count("\n")
    at = _AT_LINE.search(str(error))
    line = int(at[1]) - before if at else 0
    said = str(error).partition("\n")[0].partition(": ")[2] or str(error)
    return OwnFile(own.file).refused(
        _("the query cannot be run: {reason}", reason=said),
        _("What tables have: docs/reference/kpis.md. Correct it, then run it again."),
        own.line + line - 1 if 0 < line <= own.sql.count("\n") + 1 else None,
    )
