"""`latido fields`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from latido.cli._options import argument
from latido.cli._output import Column
from latido.cli._session import Session, session
from latido.errors import LatidoError, UsageError
from latido.messages import marker
from latido.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latido.connect import Connector

_ = marker("latido")

COLUMNS = (
    Column("stream", _("stream")),
    Column("table", _("table")),
    Column("field", _("field")),
    Column("origin", _("comes from")),
    Column("type", _("type")),
    Column("state", _("mapped by")),
)
STATES = {"default": _("Latido"), "yours": _("you"), "unmapped": _("nobody")}


def fields(
    context: typer.Context,
    source: Annotated[str, argument(_("The source."), metavar="SOURCE")],
    entity: Annotated[str | None, argument(_("One table; all if left out."), metavar="ENTITY")] = None,
) -> int:
    """Show where each field comes from, and the vendor's fields that are not mapped."""
    from latido.cli._connecting import connector, reachable

    here = session(context)
    with reachable(here) as project:
        (config,) = project.chosen([source])
        asked = connector(here, project, config)
        try:
            rows = [*_mapped(asked), *_offered(here, asked)]
        finally:
            asked.close()
    if not rows:
        here.talk.warn(_("{source} fills no table. To see why, run: latido check {source}", source=source))
    chosen = _of_table(rows, entity) if rows else []
    if here.output.format == "table":
        chosen = [{**row, "state": STATES[row["state"]]} for row in chosen]
    here.output.listing("fields", COLUMNS, chosen)
    return 0


def _mapped(asked: Connector) -> Iterator[dict[str, Any]]:
    for stream in asked.streams():
        for mapping in stream.effective_mappings:
            table = mapping.entity.table
            yours = asked.settings.fields.get(table, {})
            for name, value in mapping.fields.items():
                yield {
                    "stream": stream.name,
                    "table": table,
                    "field": name,
                    "origin": value.description,
                    "type": mapping.entity.columns()[name].name,
                    "state": "yours" if name in yours else "default",
                }


def _offered(here: Session, asked: Connector) -> list[dict[str, Any]]:
    """Return what nobody maps, nothing when the vendor cannot be asked."""
    try:
        return list(_unmapped(asked))
    except LatidoError as error:
        here.talk.complain(error)
        return []


def _unmapped(asked: Connector) -> Iterator[dict[str, Any]]:
    read = {path for stream in asked.streams() for mapping in stream.effective_mappings for path in mapping.paths}
    for table, columns in asked.vendor_fields().items():
        for name, kind in columns.items():
            if name not in read:
                yield {"stream": None, "table": table, "field": None, "origin": name, "type": kind, "state": "unmapped"}


def _of_table(rows: Sequence[dict[str, Any]], table: str | None) -> list[dict[str, Any]]:
    if table is None:
        return list(rows)
    known = sorted({row["table"] for row in rows})
    if table not in known:
        near = nearest(table, known)
        raise UsageError(
            _("There is no table {table} here. Did you mean {near}?", table=table, near=near)
            if near
            else _("There is no table {table} here.", table=table),
            _("It fills: {known}", known=", ".join(known)),
        )
    return [row for row in rows if row["table"] == table]
