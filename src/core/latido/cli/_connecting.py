"""From the settings to sources that can be asked."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from latido.cli._demo import sandboxes
from latido.config import Project
from latido.connect import Runtime
from latido.errors import LatidoError
from latido.sync import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latido.cli._session import Session
    from latido.config import SourceConfig
    from latido.connect import Connector


@contextmanager
def reachable(session: Session) -> Iterator[Project]:
    """Yield the project; that of a demo while its sandboxes are served."""
    project = session.project
    with ExitStack() as stack:
        if project.demo:
            addresses = stack.enter_context(sandboxes(project, session.plugins))
            project = Project.load(session.folder, session.environ, {**session.flags, **addresses})
        yield project


def sources(session: Session, project: Project, names: Sequence[str]) -> tuple[list[Source], list[LatidoError]]:
    """Return the sources of these *names* ready to be synced, and why others are not; one does not stop the others."""
    ready: list[Source] = []
    problems: list[LatidoError] = []
    for config in project.chosen(names):
        try:
            ready.append(_source(session, project, config))
        except LatidoError as error:
            problems.append(error)
    return ready, problems


def connector(session: Session, project: Project, config: SourceConfig) -> Connector:
    """Return the connector of a source, ready to be asked."""
    runtime = Runtime(config.name, folder=project.state_folder, time_zone=project.time_zone, warn=session.talk.warn)
    return config.connector(session.plugins, runtime)


def _source(session: Session, project: Project, config: SourceConfig) -> Source:
    return Source(
        config.name,
        session.plugins.connector(config.connector_name),
        config.settings(session.plugins),
        folder=project.state_folder,
        time_zone=project.time_zone,
    )
