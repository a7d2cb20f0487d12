"""`latido db`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from latido.cli._asking import confirm
from latido.cli._help import Command, Group
from latido.cli._options import argument, option
from latido.cli._output import Column
from latido.cli._session import Session, session
from latido.errors import UsageError
from latido.messages import marker
from latido.suggest import nearest

if TYPE_CHECKING:
    from collections import Counter

_ = marker("latido")

ERASED = (Column("table", _("table")), Column("rows", _("rows erased"), right=True))
Yes = Annotated[bool, option(_("Ask nothing."), "--yes")]


def upgrade(context: typer.Context) -> int:
    """Bring the warehouse up to date with this version of Latido."""
    from latido.warehouse import SCHEMA_VERSION

    here = session(context)
    here.warehouse.upgrade()
    here.talk.say(_("{file} is up to date (schema {n}).", file=here.warehouse.path.name, n=SCHEMA_VERSION))
    return 0


def backup(
    context: typer.Context,
    file: Annotated[
        str | None, argument(_("Where to; a file with today's date beside the warehouse if left out."), metavar="FILE")
    ] = None,
) -> int:
    """Copy the warehouse, even while others read it."""
    from latido.warehouse import publish

    here = session(context)
    with here.warehouse.reading():
        """Fail at once where there is nothing to copy."""
    target = Path(file) if file else _dated(here)
    if target.exists():
        raise UsageError(_("{file} exists.", file=str(target)), _("Choose another: latido db backup FILE"))
    publish(here.warehouse, target)
    here.talk.say(_("Copied to {file}.", file=str(target)))
    return 0


def forget(
    context: typer.Context,
    source: Annotated[str, argument(_("The source to forget."), metavar="SOURCE")],
    yes: Yes = False,
) -> int:
    """Erase all that was read from a source."""
    from latido.warehouse import forget_source

    here = session(context)
    _check_known(here, source)
    confirm(here.talk, _("Erase all that was read from {source}?", source=source), yes=yes)
    show_erased(here, forget_source(here.warehouse, source))
    if source in here.project.sources:
        here.talk.say(_("{source} is still in latido.toml: the next sync reads it again in full.", source=source))
    return 0


def _check_known(here: Session, source: str) -> None:
    from latido.warehouse import sources_standing

    with here.warehouse.reading() as connection:
        known = [each["source"] for each in sources_standing(connection)]
    if source not in known:
        near = nearest(source, known)
        raise UsageError(
            _("Nothing was ever read from {source}. Did you mean {near}?", source=source, near=near)
            if near
            else _("Nothing was ever read from {source}.", source=source),
            _("See all: latido status"),
        )


def show_erased(here: Session, erased: Counter[str]) -> None:
    """Print how many rows of which tables were erased, and renew what was made of them."""
    from latido.cli._renewing import renew

    renew(here)
    here.output.listing("erased", ERASED, [{"table": table, "rows": n} for table, n in erased.items()])
    if erased:
        here.talk.warn(_("Copies that were made before still have it: backups, exports."))


def group() -> typer.Typer:
    """Return the command with its subcommands."""
    app = typer.Typer(cls=Group)
    app.callback(help=_("Look after the warehouse.").template)(_holder)
    app.command(cls=Command, help=_("Bring the warehouse up to date with this version of Latido.").template)(upgrade)
    app.command(cls=Command, help=_("Copy the warehouse, even while others read it.").template)(backup)
    app.command(cls=Command, help=_("Erase all that was read from a source.").template)(forget)
    return app


def _holder() -> None:
    """Hold the subcommands."""


def _dated(here: Session) -> Path:
    from datetime import datetime

    path = here.warehouse.path
    today = datetime.now(here.project.time_zone).date()
    return path.with_name(f"{path.stem}-{today.isoformat()}{path.suffix}")
