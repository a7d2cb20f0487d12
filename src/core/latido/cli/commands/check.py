"""`latido check`."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from latido.cli._options import argument, option
from latido.cli._output import Column
from latido.cli._session import Session, session
from latido.errors import LatidoError, LockedError
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from latido.config import Project, SourceConfig
    from latido.connect import Connector, Finding
    from latido.messages import Message

_ = marker("latido")

CODES = {"setting": 3, "credential": 4, "outage": 6}
STATES = {
    "ok": _("ok"),
    "warning": _("warning"),
    "setting": _("setting"),
    "credential": _("credential"),
    "outage": _("outage"),
    "problem": _("problem"),
}

FINDINGS = (
    Column("source", _("source")),
    Column("state", _("state")),
    Column("text", _("found")),
    Column("fix", _("what to do")),
)
SETTINGS = (Column("key", _("setting")), Column("value", _("value")), Column("origin", _("from")))


@dataclass(frozen=True, slots=True)
class Found:
    """A line of what `check` prints, and the exit code that it asks for."""

    source: str
    text: Message | str
    fix: Message | str | None
    wrong: str | None
    code: int


def check(
    context: typer.Context,
    source: Annotated[list[str] | None, argument(_("The sources to check; all if left out."), metavar="SOURCE")] = None,
    config: Annotated[bool, option(_("Only show every setting and where it came from."), "--config")] = False,
) -> int:
    """Try settings, credentials and scopes, and say what can be read."""
    here, names = session(context), source or []
    return _settings(here, names) if config else _findings(here, names)


def _settings(here: Session, names: list[str]) -> int:
    rows = [
        {"key": each.key, "value": each.value, "origin": each.origin}
        for each in here.project.shown(here.plugins, names)
    ]
    here.output.listing("settings", SETTINGS, rows)
    for each in here.project.chosen(names):
        each.settings(here.plugins)
    return 0


def _findings(here: Session, names: list[str]) -> int:
    from latido.cli._connecting import reachable
    from latido.sync import exit_code

    with reachable(here) as project:
        found = [each for config in project.chosen(names) for each in _asked(here, project, config)]
    found += _wrong_figures(here)
    found += _ahead_of_time(here, {config.name for config in here.project.chosen(names)})
    rows = [{"source": each.source, "state": each.wrong or "ok", "text": each.text, "fix": each.fix} for each in found]
    here.output.listing("findings", FINDINGS, _worded(here, rows))
    return exit_code({each.code for each in found})


def _worded(here: Session, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "state": STATES[row["state"]]} for row in rows] if here.output.format == "table" else rows


def _asked(here: Session, project: Project, config: SourceConfig) -> Iterator[Found]:
    from latido.cli._connecting import connector

    try:
        asked = connector(here, project, config)
        try:
            asked.chosen()
            for each in (*asked.check(), *_missing_fields(asked)):
                yield Found(config.name, each.text, each.fix, each.wrong, CODES.get(each.wrong or "", 0))
        finally:
            asked.close()
    except LatidoError as error:
        kind = next((kind for kind, code in CODES.items() if code == error.exit_code), "problem")
        yield Found(config.name, error.message, error.hint, kind, error.exit_code)


def _wrong_figures(here: Session) -> Iterator[Found]:
    """Yield what is wrong with the KPIs of the project's own, and with what it says about the others."""
    from latido.cli._engine import engine

    try:
        engine(here)
    except LatidoError as error:
        yield Found("metrics", error.message, error.hint, "setting", error.exit_code)


def _ahead_of_time(here: Session, names: Collection[str]) -> Iterator[Found]:
    """Yield what is stored of these sources with a stamp of the future: it counts in the period that this names."""
    from latido.connect import SystemClock
    from latido.warehouse import stamped_ahead

    if not here.warehouse.path.exists():
        return
    with suppress(LockedError), here.warehouse.reading() as connection:
        for each in stamped_ahead(connection, SystemClock().now()):
            if each.source in names:
                text = _(
                    "{source}: rows of {table} stamped later than now: {n:,} ({columns} up to {latest}).",
                    source=each.source,
                    n=each.rows,
                    table=each.table,
                    columns=", ".join(each.columns),
                    latest=here.output.cell(each.latest),
                )
                fix = _(
                    "They count in the period that the stamp names. Set clock or time zone right there, then run: "
                    "latido sync {source} --full",
                    source=each.source,
                )
                yield Found(each.source, text, fix, "warning", 0)


def _missing_fields(asked: Connector) -> Iterator[Finding]:
    """Yield the user-defined fields that the settings map and the vendor does not have, as far as it can be asked."""
    from latido.connect import Finding

    mapped = asked.settings.fields
    with suppress(LatidoError):  # What cannot be asked has been found already.
        offered = asked.vendor_fields() if mapped else {}
        for table, columns in mapped.items():
            for column, path in columns.items():
                if _is_missing(path, offered.get(table, {})):
                    yield Finding(
                        _("{table}.{column}: the vendor has no field {path}.", table=table, column=column, path=path),
                        "warning",
                        _("See what it has: latido fields {source} {table}", source=asked.runtime.source, table=table),
                    )


def _is_missing(path: str, offered: Collection[str]) -> bool:
    """Whether the vendor lists fields of the same kind as *path*, but not this one."""
    kind, dot, _name = path.rpartition(".")
    return path not in offered and any(dot and each.startswith(kind + dot) for each in offered)
