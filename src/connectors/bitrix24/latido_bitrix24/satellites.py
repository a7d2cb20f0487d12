"""Calls that are made once for each of many records, fifty in a request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from latido_bitrix24 import answers
from latido_bitrix24.commands import Failed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latido.errors import LatidoError
    from latido_bitrix24.commands import Command
    from latido_bitrix24.portal import Portal


@dataclass(frozen=True, slots=True)
class Told:
    """What was answered, by the key of the record that it is about; `why` says why the first of `failed` failed."""

    done: Mapping[str, Any]
    failed: tuple[str, ...] = ()
    why: LatidoError | None = field(default=None)

    @property
    def is_refused(self) -> bool:
        """Whether nothing was answered at all."""
        return bool(self.failed) and not self.done


def told(portal: Portal, commands: Mapping[str, Command]) -> Told:
    """Return what became of *commands*, which are of one method."""
    results = portal.batch(commands)
    failed = {key: each for key, each in results.items() if isinstance(each, Failed)}
    why = next((answers.failure(each, commands[key].method) for key, each in failed.items()), None)
    return Told({key: each for key, each in results.items() if key not in failed}, tuple(failed), why)
