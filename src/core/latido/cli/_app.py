"""Every command, and where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from latido.cli import print_version
from latido.cli._help import Command, Group
from latido.cli._options import option
from latido.cli.commands import (
    catalog,
    check,
    customer,
    db,
    demo,
    explain,
    fields,
    forget,
    identity,
    init,
    kpis,
    login,
    plugins,
    quarantine,
    status,
    sync,
)
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from latido.cli._session import Session
    from latido.messages import Message

_ = marker("latido")

COMMANDS: tuple[tuple[Callable[..., int], Message], ...] = (
    (demo.demo, _("Try Latido on an imaginary business.")),
    (init.init, _("Write a new project.")),
    (login.login, _("Obtain the first token of a source.")),
    (check.check, _("Try the credentials and say what can be read.")),
    (sync.sync, _("Read the sources and store what changed.")),
    (status.status, _("Show how fresh the data is, and how runs ended.")),
    (kpis.kpis, _("Compute KPIs.")),
    (explain.explain, _("Say what a KPI means, and what a figure rests on.")),
    (catalog.catalog, _("Show every KPI, and what some lack.")),
    (customer.customer, _("Show one customer over all sources.")),
    (fields.fields, _("Show which vendor's field each field comes from.")),
    (forget.forget, _("Erase a person everywhere.")),
)
GROUPS: tuple[tuple[str, Callable[[], typer.Typer]], ...] = (
    ("identity", identity.group),
    ("quarantine", quarantine.group),
    ("db", db.group),
    ("plugins", plugins.group),
)


def application(arguments: Sequence[str], session: Session) -> typer.Typer:
    """Return the command line. Plugins' commands are added when none of ours is asked for: loading them takes time."""
    app = typer.Typer(cls=Group, rich_markup_mode=None, context_settings={"help_option_names": ["--help", "-h"]})
    app.callback(help=_("Customer-success KPIs from your CRM and help desk.").template)(_root)
    for function, purpose in COMMANDS:
        app.command(cls=Command, help=purpose.template)(function)
    for name, group in GROUPS:
        app.add_typer(group(), name=name)
    ours = {function.__name__ for function, _purpose in COMMANDS} | {name for name, _group in GROUPS}
    if not ours.intersection(arguments):
        session.plugins.add_commands(app)
    return app


def _print_version(asked: bool) -> None:
    if asked:
        print_version()
        raise typer.Exit


def _root(
    _version: Annotated[
        bool, option(_("Print the version."), "--version", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Hold what can be asked without a command."""
