"""The reference page of the KPIs, made from the catalogue and the model layer."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, get_args

from latido.metrics._figure import Reason
from latido.metrics._kpi import Query
from latido.metrics._settings import EngineSettings
from latido.metrics.model import STEPS, refresh, step_sql
from latido.warehouse import Warehouse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from latido.metrics._kpi import Kpi

_HEAD = """# KPIs

Made from `latido.metrics` by `python -m latido.metrics`; a test compares the two. A KPI is a query that returns facts,
one row per thing counted, and a fold that makes a figure of them. `latido explain ID --rows` lists the facts,
`latido explain ID --sql` shows the query.

A variant is written `first_response_time(stat=p90)`, several parameters as `(stat=p90,which=first)`; the first value
of a parameter is what is meant without it. Figures can be split by `source`, by the customer's `country`, `industry`,
`owner`, that owner's `team` and `segment` (high, middle, volume, at the end of the period, of those who left in it
before it), and by what each KPI lists below: where its facts have an owner or a team themselves, theirs counts.

Without a figure there is a reason: {reasons}. Unknown is never read as 0.
"""

_MODEL = """## What facts are selected from

`periods` has a row per period: `period_id`, the dates `starts_on`, `ends_on`, `opening_on` (the day before it starts)
and `closing_on` (its last day), `days`, the instants `starts_at` and `ends_at`, and `back_30_at`, `back_90_at` and
`back_365_at`, so many days before it ends. A row belongs to a period when
`happened_at >= starts_at AND happened_at < ends_at`. `period_days` has each of these rows once more for every `day` of
UTC in the period, so that millions of rows find theirs by an equal day, and by that same condition.

The tables below are the model layer. What rows changed is renewed in it before figures are computed, and all of
it when settings did. Instants are in UTC, without a zone; days (`…_on`) are those of the reporting zone. A row with a
reason in `excluded` is there to be shown, and does not count.
"""


def reference_page(kpis: Iterable[Kpi]) -> str:
    """Return the page in Markdown."""
    reasons = ", ".join(f"`{reason}`" for reason in get_args(Reason))
    return "\n".join([_HEAD.format(reasons=reasons), *map(_section, kpis), _MODEL, *_model_tables()])


def _section(kpi: Kpi) -> str:
    said = {
        "Formula": str(kpi.formula),
        "Unit": kpi.unit,
        "Better": kpi.better,
        "Needs": ", ".join(f"`{need}`" for need in kpi.needs),
        "Split by": ", ".join(f"`{name}`" for name in kpi.dimensions),
        "Computed": "only where it is asked for by name" if kpi.on_request else "",
        "Published, not a target": "; ".join(f"{band.text} ({band.article})" for band in kpi.bands),
    }
    rows = [f"| {name} | {text} |" for name, text in (said | _parameters(kpi)).items() if text]
    return "\n".join([f"## `{kpi.id}`", "", f"{kpi.names['en']}. {kpi.meaning}", "", "| | |", "|---|---|", *rows, ""])


def _parameters(kpi: Kpi) -> dict[str, str]:
    others = {"schedule": "the name of a schedule", "number": "a positive number", "list": "names joined by `+`"}
    return {
        f"`{name}`": ", ".join(
            [*(f"`{value}`" for value in param.values), *([others[param.others]] if param.others else [])]
        )
        for name, param in kpi.params.items()
    }


def _model_tables() -> Iterator[str]:
    with TemporaryDirectory() as folder:
        warehouse = Warehouse(Path(folder) / "empty.duckdb")
        warehouse.upgrade()
        refresh(warehouse, EngineSettings(()))
        with warehouse.reading() as connection:
            for table in (table for step in STEPS for table in step):
                found = connection.execute(f"DESCRIBE {table}").fetchall()
                rows = [f"| `{name}` | {kind} |" for name, kind, *_rest in found]
                said = (
                    Query.parsed(step_sql(table)).definition or "Which source delivered how many rows of which table."
                )
                yield "\n".join([f"### `{table}`", "", said, "", "| column | type |", "|---|---|", *rows, ""])
