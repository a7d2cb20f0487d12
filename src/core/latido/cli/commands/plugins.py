"""`latido plugins`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from latido.cli._output import Column
from latido.cli._session import session
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.messages import Message
    from latido.plugins import Installed, LeftOut

_ = marker("latido")

COLUMNS = (
    Column("name", _("plugin")),
    Column("version", _("version")),
    Column("distribution", _("distribution")),
    Column("connectors", _("connectors")),
    Column("hooks", _("hooks")),
    Column("problem", _("left out because")),
)


def plugins(context: typer.Context) -> int:
    """Print the plugins that are used, those that are left out and why, and the promises that a vendor cannot keep."""
    found = session(context).plugins
    output = session(context).output
    used = found.installed()
    rows = [*map(_used, used), *map(_left_out, found.left_out)]
    columns = COLUMNS if found.left_out or output.format != "table" else COLUMNS[:-1]
    if output.format == "json":
        output.json({"plugins": [{**row, "undeliverable": _promises(row, used)} for row in rows]})
        return 0
    output.listing("plugins", columns, rows)
    if output.format == "table":
        for name, promise, reason in _undeliverable(used):
            output.line(
                _("{connector} cannot keep {promise}: {reason}", connector=name, promise=promise, reason=reason)
            )
    return 0


def _used(plugin: Installed) -> dict[str, Any]:
    return {
        "name": plugin.name,
        "version": plugin.version,
        "distribution": plugin.distribution,
        "connectors": [each.name for each in plugin.connectors],
        "hooks": plugin.hooks,
        "problem": None,
    }


def _left_out(plugin: LeftOut) -> dict[str, Any]:
    return {"name": plugin.name, "distribution": plugin.distribution, "problem": plugin.reason}


def _promises(row: dict[str, Any], used: list[Installed]) -> dict[str, Message | str]:
    offered = row.get("connectors") or []
    return {promise: reason for name, promise, reason in _undeliverable(used) if name in offered}


def _undeliverable(used: list[Installed]) -> Iterator[tuple[str, str, Message | str]]:
    for plugin in used:
        for connector in plugin.connectors:
            for promise, reason in connector.undeliverable.items():
                yield connector.name, promise, reason
