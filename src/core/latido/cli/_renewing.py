"""What is made of the stored rows, made anew after they changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from latido.cli._session import Session


def renew(here: Session) -> None:
    """Renew the published copy, if there is to be one."""
    from latido.warehouse import publish

    target = here.project.publish_path
    if target is not None:
        publish(here.warehouse, target)
