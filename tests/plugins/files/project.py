"""A project with a folder of files, as people keep them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from latido_files.connector import Files
from tests.house import House

if TYPE_CHECKING:
    from pathlib import Path

    from latido.testing import ManualClock


class Folder(House):
    """Three lines of settings, and files."""

    def __init__(self, project: Path, clock: ManualClock) -> None:
        (project / ".latido").mkdir()
        super().__init__(Files, {"connector": "files", "path": "data"}, project / ".latido", clock)
        self.files = project / "data"
        self.files.mkdir()
        self._written_at = 1_750_000_000

    def put(self, name: str, content: str | bytes) -> Path:
        """Write a file, a second after the last one."""
        file = self.files / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return self.stamp(file)

    def stamp(self, file: Path) -> Path:
        """Let *file* have been written just now."""
        self._written_at += 1
        os.utime(file, (self._written_at, self._written_at))
        return file

    def reasons(self) -> list[str]:
        """Return why rows are in quarantine."""
        return [reason for (reason,) in self.ask("SELECT reason FROM _latido_quarantine ORDER BY reason")]
