"""What the warehouse holds: which source delivered what, and how fresh each one is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from latido.warehouse import utc_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import duckdb

    from latido.metrics._figure import Reason
    from latido.metrics._kpi import Kpi

_MODELS = {"tickets": "m_tickets", "survey_responses": "m_answers"}
"""Where a field is looked for once the model layer has filled in what other records say of it."""


@dataclass(frozen=True, slots=True)
class State:
    """`delivered` has, for each table, the configured sources with rows in it; `finished` their last complete syncs.

    `fields` are those of the needs of all KPIs that hold a value in some row.
    """

    delivered: Mapping[str, frozenset[str]]
    finished: Mapping[str, datetime]
    fields: frozenset[tuple[str, str]]

    def lacking(self, kpi: Kpi) -> list[str]:
        """Return the needs that nobody delivers."""
        tables = ["|".join(group) for group in kpi.tables if not any(self.delivered.get(name) for name in group)]
        return tables or [".".join(field) for field in kpi.fields if field not in self.fields]

    def reason(self, kpi: Kpi) -> Reason | None:
        """Return why *kpi* cannot be computed at all, None when it can."""
        lacking = self.lacking(kpi)
        if not lacking:
            return None
        return "missing_field" if "." in lacking[0] else "no_rows"

    def sources(self, kpi: Kpi) -> tuple[str, ...]:
        """Return the sources that deliver a table which *kpi* needs."""
        return tuple(sorted({source for sources in self.inputs(kpi).values() for source in sources}))

    def inputs(self, kpi: Kpi) -> dict[str, tuple[str, ...]]:
        """Return the tables that *kpi* needs and that are delivered, with the sources that do."""
        tables = dict.fromkeys(name for group in kpi.tables for name in group)
        return {name: tuple(sorted(self.delivered[name])) for name in tables if self.delivered.get(name)}

    def as_of(self, kpis: Iterable[Kpi]) -> datetime | None:
        """Return the end of the oldest of the last complete syncs that *kpis* rest on; None when there was none."""
        sources = {source for kpi in kpis for source in self.sources(kpi)}
        return min((at for source, at in self.finished.items() if source in sources), default=None)


def read_state(connection: duckdb.DuckDBPyConnection, kpis: Iterable[Kpi], only_source: str | None) -> State:
    """Return the state of the warehouse, as if *only_source* were the only source when it is given."""
    delivered: dict[str, set[str]] = {}
    for table, source in connection.execute("SELECT table_name, source FROM m_delivered").fetchall():
        if only_source in (None, source):
            delivered.setdefault(table, set()).add(source)
    fields = {each for kpi in kpis for each in kpi.fields}
    return State(
        {table: frozenset(sources) for table, sources in delivered.items()},
        read_finished(connection),
        frozenset(each for each in fields if _has_values(connection, *each, only_source)),
    )


def read_finished(connection: duckdb.DuckDBPyConnection) -> dict[str, datetime]:
    """Return the end of the last complete sync of each source that had one."""
    finished = connection.execute(
        f"""SELECT source, {utc_text("MAX(finished_at)")} FROM _latido_runs
            WHERE exit_code IN (0, 5) AND mode <> 'partial' GROUP BY source"""
    ).fetchall()
    return {source: datetime.fromisoformat(at) for source, at in finished if at}


def _has_values(connection: duckdb.DuckDBPyConnection, table: str, name: str, only_source: str | None) -> bool:
    import duckdb

    sql = f"SELECT 1 FROM {{}} WHERE {name} IS NOT NULL AND source = COALESCE($source, source) LIMIT 1"
    for place in (_MODELS.get(table, table), table):
        try:
            return connection.execute(sql.format(place), {"source": only_source}).fetchone() is not None
        except duckdb.BinderException:
            continue  # The model layer leaves out what no KPI of the catalogue asks for.
    return False
