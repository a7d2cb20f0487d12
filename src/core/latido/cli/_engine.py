"""The engine of a project, and what a command line says about it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from latido.errors import UsageError
from latido.messages import marker

if TYPE_CHECKING:
    from latido.cli._session import Session
    from latido.metrics import Engine

_ = marker("latido")


def engine(here: Session) -> Engine:
    """Return the engine over the project's warehouse, the KPIs of plugins and the project's own included."""
    from latido.metrics import Engine, EngineSettings, PluginKpis, own_kpis

    told = len(here.plugins.left_out)
    checking = PluginKpis(here.project.folder)
    plugins = here.plugins.kpis(checking.fitting)
    checking.keep()
    for each in here.plugins.left_out[told:]:
        known = {"name": each.name, "distribution": each.distribution, "reason": each.reason}
        here.talk.warn(_("Something of plugin {name} ({distribution}) is left out: {reason}", **known))
    own = own_kpis(here.project.folder, plugins)
    return Engine(here.warehouse, EngineSettings.of(here.project), (*plugins, *own))


def instant(here: Session, text: str | None) -> datetime | None:
    """Return the instant of `--as-of`; without a zone it is the project's, without a time its midnight."""
    if text is None:
        return None
    from latido.metrics import YEARS

    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.year not in YEARS:
        raise UsageError(
            _("--as-of: {text} is no instant.", text=text), _("Write it as 2026-01-31 or 2026-01-31T09:00.")
        )
    return found if found.tzinfo else found.replace(tzinfo=here.project.time_zone)


def say_freshness(here: Session, figures: Engine, only: str | None = None) -> None:
    """Print, below a table, until when the data of each source reach, or of the one that was counted alone."""
    if here.output.format != "table":
        return
    for source, at in figures.freshness().items():
        if only not in (None, source):
            continue
        shown = here.output.cell(at) if at else _("never read completely")
        here.output.line(_("Data of {source}: {at}", source=source, at=shown))
