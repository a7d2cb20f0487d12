"""What was found out about the queries of own KPIs before: to look into one takes longer than to compute it."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from latido.metrics.own._known import TABLES, VALUES

if TYPE_CHECKING:
    from pathlib import Path

    from latido.metrics.own._file import OwnFile

CHECKING = ("own/_query.py", "_portable.py")
"""What decides, beside what is known, whether a query is one: where it changes, nothing that was remembered holds."""


class Memory:
    """The columns of the queries that were checked, in a file. One that is lost, or cannot be written, costs time.

    Without a file, nothing is remembered.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._known = _read(file)
        self._kept: dict[str, list[str]] = {}

    def columns(self, file: OwnFile) -> tuple[str, ...]:
        """Return the columns of the query in *file*; raises ConfigurationError unless facts may be read by it."""
        key = hashlib.sha256(f"{_checking()} {' '.join(file.values)} {file.sql}".encode()).hexdigest()
        if key not in self._known:
            from latido.metrics.own._query import checked

            self._known[key] = list(checked(file))
        self._kept[key] = self._known[key]
        return tuple(self._known[key])

    def keep(self) -> None:
        """Write down what was asked for, where that is news."""
        if self._file is None or self._kept == _read(self._file):
            return
        try:
            self._file.parent.mkdir(exist_ok=True)
            self._file.write_text(json.dumps(self._kept), encoding="utf-8")
        except OSError:
            return


def _read(file: Path | None) -> dict[str, list[str]]:
    if file is None:
        return {}
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


@cache
def _checking() -> str:
    folder = resources.files("latido.metrics")
    parts = [TABLES, VALUES, *((folder / name).read_text(encoding="utf-8") for name in CHECKING)]
    return hashlib.sha256(repr(parts).encode()).hexdigest()
