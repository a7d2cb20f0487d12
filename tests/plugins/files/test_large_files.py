"""Files of any size: what is in memory of one does not grow with it."""

from __future__ import annotations

import io
import subprocess
import sys
from typing import TYPE_CHECKING

from latido_files.lines import Lines

if TYPE_CHECKING:
    from pathlib import Path

LINE = b'T%07d,"a, b",2026-01-05\n'
MEGABYTE = 1 << 20
PROGRAM = """
import resource, sys
from pathlib import Path
from latido.connect import Runtime
from latido_files.connector import Files
from latido_files.settings import FilesSettings

settings = FilesSettings(connector="files", path="data")
connector = Files(settings, Runtime("ours", folder=Path(sys.argv[1], ".latido")))
(stream,) = [each for each in connector.streams() if each.found]
rows = sum(len(rows) for page in stream.pages(stream.start(None)) for rows in page.rows)
print(rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


class Endless(io.BufferedIOBase):
    """A file of five gigabytes and more, of which only what is read is ever there."""

    def __init__(self) -> None:
        self.given = 0

    def read(self, size: int | None = -1) -> bytes:
        wanted = MEGABYTE if size is None or size < 0 else size
        piece = b"".join(LINE % at for at in range(wanted // len(LINE % 0)))
        self.given += len(piece)
        return piece


def test_a_file_without_end_is_read_in_blocks_of_whole_lines() -> None:
    file = Endless()
    lines = Lines("endless.csv", file, piece=MEGABYTE)

    blocks = [lines.block(quoted=True) for _ in range(5)]

    assert all(block.endswith(b"\n") and len(block) <= 3 * MEGABYTE for block in blocks)
    assert file.given <= sum(map(len, blocks)) + 2 * MEGABYTE
    assert sum(block.count(b"\n") for block in blocks) + 1 == lines.number


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    few, many = (peak(tmp_path, rows) for rows in (800_000, 2_400_000))

    assert many < few + 40


def peak(project: Path, rows: int) -> int:
    """Return the megabytes that reading so many rows takes, in a process of its own."""
    with (project / "data" / "users.csv").open("wb") as file:
        file.write(b"source_id,name,created_at\n")
        file.writelines(LINE % at for at in range(rows))
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(project)], capture_output=True, text=True, check=True)
    read, megabytes = map(int, done.stdout.split())
    assert rows == read
    return megabytes
