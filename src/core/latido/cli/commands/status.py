"""`latido status`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from latido.cli._options import argument
from latido.cli._output import Column
from latido.cli._receipts import RECEIPTS
from latido.cli._session import Session, session
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Sequence

_ = marker("latido")

SOURCES = (
    Column("source", _("source")),
    Column("fresh_at", _("fresh as of")),
    Column("started_at", _("last run")),
    Column("exit_code", _("exit code"), right=True),
    Column("quarantined", _("in quarantine"), right=True),
    Column("configured", _("configured")),
    Column("problem", _("problem")),
)
STREAMS = (
    Column("source", _("source")),
    Column("stream", _("stream")),
    Column("updated_at", _("read at")),
    Column("swept_at", _("swept at")),
    Column("fetched", _("fetched"), right=True),
    Column("counted", _("at the vendor"), right=True),
    Column("quarantined", _("in quarantine"), right=True),
    Column("cursor", _("cursor"), spare=True),
)
RUNS = (
    Column("run_id", _("run")),
    Column("source", _("source")),
    Column("mode", _("kind")),
    Column("started_at", _("began")),
    Column("finished_at", _("ended")),
    Column("exit_code", _("exit code"), right=True),
    Column("problem", _("problem")),
)
PAST_RECEIPTS = (*RECEIPTS, Column("problem", _("problem")))


def status(
    context: typer.Context,
    run: Annotated[str | None, argument(_("A run, to see its receipts."), metavar="RUN")] = None,
) -> int:
    """Show what is fresh, where each stream stands, and how the last runs ended."""
    from latido import warehouse

    here = session(context)
    with here.warehouse.reading() as connection:
        if run is not None:
            here.output.listing("receipts", PAST_RECEIPTS, warehouse.receipts(connection, run))
            return 0
        sources = warehouse.sources_standing(connection)
        streams = warehouse.streams_standing(connection)
        history = warehouse.runs(connection)
    configured = here.project.sources
    _print(here, [{**row, "configured": row["source"] in configured} for row in sources], streams, history)
    return 0


def _print(here: Session, sources: Sequence[Any], streams: Sequence[Any], history: Sequence[Any]) -> None:
    output = here.output
    if output.format == "json":
        output.json({"sources": sources, "streams": streams, "runs": history})
        return
    output.listing("sources", SOURCES, sources)
    if not sources:
        here.talk.say(_("Nothing has been synced yet."))
        return
    if output.format == "csv":
        return
    output.line()
    output.listing("streams", STREAMS, streams)
    output.line()
    output.listing("runs", RUNS, history)
