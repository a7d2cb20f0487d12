"""`latido quarantine`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from latido.cli._help import Command, Group
from latido.cli._options import argument
from latido.cli._output import Column
from latido.cli._session import session
from latido.messages import marker

_ = marker("latido")

RECORDS = (
    Column("source", _("source")),
    Column("stream", _("stream")),
    Column("table_name", _("table")),
    Column("source_id", _("record")),
    Column("reason", _("reason")),
    Column("quarantined_at", _("since")),
)
RETRIED = (
    Column("source", _("source")),
    Column("stream", _("stream")),
    Column("inserted", _("new"), right=True),
    Column("updated", _("changed"), right=True),
    Column("quarantined", _("still in quarantine"), right=True),
)


def quarantine(context: typer.Context) -> int:
    """Show the records that did not fit, and why."""
    if context.invoked_subcommand is not None:
        return 0
    from latido import warehouse

    here = session(context)
    with here.warehouse.reading() as connection:
        records = warehouse.quarantined(connection)
    columns = RECORDS if here.output.format == "table" else (*RECORDS, Column("payload", _("payload")))
    here.output.listing("records", columns, records)
    if not records:
        here.talk.say(_("Nothing is in quarantine."))
    elif here.output.format == "table":
        here.talk.say(_("When they fit, after a change to latido.toml, store them with: latido quarantine retry"))
    return 0


def retry(
    context: typer.Context,
    source: Annotated[list[str] | None, argument(_("The sources; all if left out."), metavar="SOURCE")] = None,
) -> int:
    """Try the records in quarantine again."""
    from latido.cli._connecting import reachable, sources
    from latido.sync import retry_quarantine

    here = session(context)
    rows: list[dict[str, Any]] = []
    with reachable(here) as project:
        ready, problems = sources(here, project, source or [])
        for each in ready:
            receipts = retry_quarantine(here.warehouse, each)
            rows += [{column.key: getattr(receipt, column.key) for column in RETRIED} for receipt in receipts]
    here.output.listing("receipts", RETRIED, rows)
    if not rows:
        here.talk.say(_("Nothing is in quarantine."))
    if problems:
        raise problems[0]
    return 5 if any(row["quarantined"] for row in rows) else 0


def group() -> typer.Typer:
    """Return the command with its subcommands."""
    app = typer.Typer(cls=Group, invoke_without_command=True)
    app.callback(help=_("Show the records that did not fit, and why.").template)(quarantine)
    app.command(cls=Command, help=_("Try the records in quarantine again.").template)(retry)
    return app
