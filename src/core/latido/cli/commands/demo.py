"""`latido demo`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from latido.cli._options import argument
from latido.cli._session import Session, session
from latido.errors import ConfigurationError, UsageError
from latido.messages import marker

if TYPE_CHECKING:
    from latido.config import DemoSettings, NewSource
    from latido.testing import Imitation

_ = marker("latido")

FOLDER = "latido-demo"


def demo(
    context: typer.Context,
    folder: Annotated[str | None, argument(_("The folder to make; latido-demo if left out."), metavar="DIR")] = None,
) -> int:
    """Try Latido on an imaginary business."""
    from latido.cli._connecting import reachable
    from latido.cli._engine import engine
    from latido.cli.commands.kpis import show
    from latido.cli.commands.sync import exit_code_of, synced
    from latido.sync import Options

    here = session(context)
    here.folder = Path(folder or FOLDER)
    if not _is_demo(here):
        _write(here)
    with reachable(here) as project:
        report, problems = synced(here, project, (), Options())
    figures = engine(here)
    show(here, figures, figures.answers())
    _say_what_next(here)
    return exit_code_of(report, problems)


def _is_demo(here: Session) -> bool:
    """Whether the folder holds a demo already; raises UsageError when it holds something else."""
    if not here.folder.exists() or not any(here.folder.iterdir()):
        return False
    if (here.folder / "latido.toml").is_file() and here.project.demo:
        return True
    raise UsageError(_("{folder} is not empty.", folder=str(here.folder)), _("Choose another: latido demo DIR"))


def _write(here: Session) -> None:
    from latido.cli.commands.init import local_zone
    from latido.config import DemoSettings, NewProject

    imagined = DemoSettings(ends_on=datetime.now(UTC).date())
    project = NewProject(local_zone(here.environ), "EUR", here.talk.language, _sources(here, imagined), imagined)
    project.write(here.folder)
    here.talk.say(_("A demo project is in {folder}.", folder=str(here.folder)))


def _sources(here: Session, imagined: DemoSettings) -> list[NewSource]:
    from latido.cli._demo import world

    business = world(imagined)
    offered = {name: each.sandbox(business) for name, each in here.plugins.connectors().items() if each.in_demo}
    sources = [_source(here, name, vendor) for name, vendor in offered.items() if vendor is not None]
    if not sources:
        raise ConfigurationError(
            _("No connector is installed that has a sandbox."), _("Install one: pip install latido-<vendor>")
        )
    return sources


def _source(here: Session, name: str, vendor: Imitation) -> NewSource:
    """Return the source that reads from *vendor*. Where that is, is found again each time: a port is another one."""
    from pydantic import SecretStr

    from latido.config import NewSource, mentions

    settings, fields = vendor.tailored(), here.plugins.connector(name).Settings.model_fields
    left_out = {"connector", *vendor.address()}
    secret = {key for key, each in fields.items() if key in settings and mentions(each.annotation, SecretStr)}
    plain = {key: value for key, value in settings.items() if key not in {*left_out, *secret}}
    return NewSource(name, name, plain, {key: str(settings[key]) for key in settings if key in secret})


def _say_what_next(here: Session) -> None:
    folder = str(here.folder)
    here.talk.say(
        _("Where a figure comes from: latido explain first_contact_resolution --rows --project {folder}", folder=folder)
    )
    here.talk.say(
        _("A year, month by month: latido kpis csat --period last-365d --by month --project {folder}", folder=folder)
    )
    here.talk.say(_("Your own data: latido init"))
