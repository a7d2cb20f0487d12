"""Every hook that Latido offers to a plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import Iterable

    import typer

    from latido.connect import Connector
    from latido.metrics import Kpi

hookspec = pluggy.HookspecMarker("latido")
hookimpl = pluggy.HookimplMarker("latido")


@hookspec
def latido_connectors() -> Iterable[type[Connector]]:  # type: ignore[empty-body]
    """Offer connectors. Each is chosen in the settings by its `name`."""


@hookspec
def latido_kpis() -> Iterable[Kpi]:  # type: ignore[empty-body]
    """Offer KPIs. Each is asked for by its `id`; an id of the catalogue cannot be taken again."""


@hookspec
def latido_commands(app: typer.Typer) -> None:
    """Add commands to the command line *app*."""
