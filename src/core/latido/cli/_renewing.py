"""What is made of the stored rows, made anew after they changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from latido.cli._session import Session


def renew(here: Session) -> None:
    """Renew the model layer that figures are computed from, then the published copy, if there is to be one."""
    from latido.metrics import EngineSettings, refresh
    from latido.warehouse import publish

    if not here.warehouse.path.exists():
        return
    refresh(here.warehouse, EngineSettings.of(here.project))
    target = here.project.publish_path
    if target is not None:
        publish(here.warehouse, target)
