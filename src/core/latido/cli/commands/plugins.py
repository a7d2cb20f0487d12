"""`latido plugins`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from latido.cli._help import Command, Group
from latido.cli._options import argument, option
from latido.cli._output import Column
from latido.cli._session import session
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from latido.cli._session import Session
    from latido.cli._trying import Ended
    from latido.connect import Connector
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
TRIED = (
    Column("promise", _("promise")),
    Column("outcome", _("outcome")),
    Column("streams", _("streams")),
    Column("reason", _("reason")),
)
OUTCOMES = {"kept": _("kept"), "declared": _("cannot be kept"), "broken": _("broken")}
"""How a promise may end, the worst last."""

BROKEN = 1
"""The exit code when a promise is broken."""


def plugins(context: typer.Context) -> int:
    """Print the plugins that are used, those that are left out and why, and the promises that a vendor cannot keep."""
    if context.invoked_subcommand is not None:
        return 0
    from latido.metrics import PluginKpis

    found = session(context).plugins
    output = session(context).output
    used = found.installed()
    found.connectors()
    found.kpis(PluginKpis().fitting)
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
    known = {"name": plugin.name, "version": plugin.version, "distribution": plugin.distribution}
    return {**known, "connectors": [], "hooks": [], "problem": plugin.reason}


def _promises(row: dict[str, Any], used: list[Installed]) -> dict[str, Message | str]:
    offered = row.get("connectors") or []
    return {promise: reason for name, promise, reason in _undeliverable(used) if name in offered}


def _undeliverable(used: list[Installed]) -> Iterator[tuple[str, str, Message | str]]:
    for plugin in used:
        for connector in plugin.connectors:
            for promise, reason in connector.undeliverable.items():
                yield connector.name, promise, reason


def new(
    context: typer.Context,
    name: Annotated[str, argument(_("What the connector is to be called, such as acme."), metavar="NAME")],
    folder: Annotated[
        str | None, option(_("The folder to make; latido-NAME if left out."), "--folder", metavar="DIR")
    ] = None,
) -> int:
    """Write a plugin to start from."""
    from latido.cli._scaffold import checked, scaffold

    here = session(context)
    chosen = checked(name, here.plugins.connectors())
    target = Path(folder or chosen.distribution)
    files = scaffold(chosen, target)
    here.talk.say(_("A connector that works is in {folder}: {n} files.", folder=str(target), n=len(files)), files=files)
    here.talk.say(
        _("Install it and run its tests: cd {folder} && pip install -e '.[dev]' && pytest", folder=str(target))
    )
    here.talk.say(_("Try what every connector promises: latido plugins test {folder}", folder=str(target)))
    return 0


def try_out(
    context: typer.Context,
    path: Annotated[str, argument(_("The plugin's folder; the present one if left out."), metavar="PATH")] = ".",
    stream: Annotated[
        list[str] | None, option(_("Only this stream. May be given several times."), "--stream", metavar="S")
    ] = None,
) -> int:
    """Try whether a plugin's connectors keep what every connector promises."""
    from latido.cli._trying import Project, check_equipped

    here = session(context)
    check_equipped()
    found = Project(Path(path).resolve()).connectors()
    ended = {each.name: _tried(here, each, stream or ()) for each in found}
    _show_tried(here, [row for each in ended.values() for row in _rows(each)])
    for name, promised in ended.items():
        counted = Counter(_worst(promised).values())
        here.talk.say(
            _(
                "{name}: {kept} promises kept, {broken} broken, {declared} declared.",
                name=name,
                **{outcome: counted[outcome] for outcome in OUTCOMES},
            )
        )
    return BROKEN if any(each.outcome == "broken" for promised in ended.values() for each in promised) else 0


def _tried(here: Session, connector: type[Connector], streams: Collection[str]) -> list[Ended]:
    from latido.cli._trying import tried

    here.talk.say(_("{name}: trying what every connector promises …", name=connector.name))
    return tried(connector, streams)


def _worst(ended: Iterable[Ended]) -> dict[str, str]:
    """Return how each promise ended where it ended worst."""
    order = list(OUTCOMES)
    worst: dict[str, str] = {}
    for each in ended:
        worst[each.promise] = max(worst.get(each.promise, each.outcome), each.outcome, key=order.index)
    return worst


def _rows(ended: Iterable[Ended]) -> list[dict[str, Any]]:
    """Return a row per promise, outcome and reason, with the streams that it is about."""
    streams: dict[tuple[str, str, str], list[str]] = {}
    for each in ended:
        streams.setdefault((each.promise, each.outcome, each.reason), []).extend(filter(None, [each.stream]))
    return [
        {"promise": promise, "outcome": outcome, "streams": names, "reason": reason or None}
        for (promise, outcome, reason), names in streams.items()
    ]


def _show_tried(here: Session, rows: list[dict[str, Any]]) -> None:
    if here.output.format == "table":
        rows = [{**row, "outcome": OUTCOMES[row["outcome"]]} for row in rows]
    columns = TRIED if any(row["reason"] for row in rows) or here.output.format != "table" else TRIED[:-1]
    here.output.listing("promises", columns, rows)


def group() -> typer.Typer:
    """Return the command with its subcommands."""
    app = typer.Typer(cls=Group, invoke_without_command=True)
    app.callback(help=_("Show what is installed; write a plugin, or try one.").template)(plugins)
    app.command(cls=Command, help=_("Write a plugin to start from.").template)(new)
    purpose = _("Try whether a plugin's connectors keep what every connector promises.")
    app.command("test", cls=Command, help=purpose.template)(try_out)
    return app
