"""`latido login`."""

from __future__ import annotations

from typing import Annotated

import typer

from latido.cli._options import argument
from latido.cli._session import session
from latido.messages import marker

_ = marker("latido")


def login(
    context: typer.Context,
    source: Annotated[str, argument(_("The source to log in to."), metavar="SOURCE")],
) -> int:
    """Obtain the first token of a source."""
    from latido.cli._connecting import connector, reachable
    from latido.connect import Connector

    here = session(context)
    with reachable(here) as project:
        (config,) = project.chosen([source])
        asked = connector(here, project, config)
        try:
            asked.login()
        finally:
            asked.close()
    if type(asked).login is Connector.login:
        here.talk.say(_("{source} needs no login. To try it, run: latido check {source}", source=source))
    else:
        here.talk.say(_("{source}: logged in. To try it, run: latido check {source}", source=source))
    return 0
