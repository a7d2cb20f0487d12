"""Which files there are, of which table, and what tells one state of a file from another."""

from __future__ import annotations

import glob
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from latido.errors import VendorUnavailable
from latido.messages import marker
from latido.schema import TABLES
from latido_files.table_stream import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ = marker("latido_files")

KINDS = ("csv", "ndjson", "json", "parquet", "xlsx")
TEMPORARY = ("~$", ".")
"""How the names of files begin that an open spreadsheet or a copy that still runs leaves."""


@dataclass(frozen=True, slots=True)
class Place:
    """A file: where it lies, and how people know it, from the project's folder on."""

    path: Path
    name: str

    @property
    def kind(self) -> str:
        """The ending of its name."""
        return _kind(self.path)

    def fingerprint(self) -> str:
        """Return what changes when the file does; raises OSError."""
        found = self.path.stat()
        return f"{found.st_size}:{found.st_mtime_ns}"

    def is_still(self, fingerprint: str) -> bool:
        """Whether the file is the one that it was; one that is gone by now was read whole."""
        try:
            return self.fingerprint() == fingerprint
        except FileNotFoundError:
            return True

    def changed_at(self) -> float:
        """Return when it was last written, in seconds since 1970; raises OSError."""
        return self.path.stat().st_mtime


def places(root: Path, path: str, table: str) -> list[Place]:
    """Return the files of *table* in the order of their names, in which later rows win.

    *path* is a folder with files, or folders of files, that are named as their tables; a file; or a pattern of files.
    """
    with _open_to_us(path):
        found = [Place(each, _name(root, each)) for each in _files(root / path, table)]
    return sorted(found, key=lambda each: each.name)


def strangers(root: Path, path: str) -> list[str]:
    """Return the names of the files of a kind that can be read, and of no table."""
    with _open_to_us(path):
        return sorted(_name(root, each) for each in _all(root / path) if _table(each) is None)


def left_out(root: Path, path: str) -> list[str]:
    """Return the names of what lies where files of a table do and is not read: other kinds, and folders of folders."""
    folder = root / path
    if not folder.is_dir():
        return []
    tables = [each for each in _inside(folder) if folded(each.stem) in TABLES]
    inside = [each for table in tables if table.is_dir() for each in _inside(table)]
    lost = [each for each in [*(each for each in tables if each.is_file()), *inside] if _is_lost(each)]
    return sorted(_name(root, each) for each in lost)


@contextmanager
def _open_to_us(path: str) -> Iterator[None]:
    """Say of a folder that may not be looked into, or vanishes meanwhile, which it is."""
    try:
        yield
    except OSError as error:
        raise VendorUnavailable(
            _("{file} cannot be read: {why}", file=error.filename or path, why=error.strerror or str(error)),
            _("Look who may read it, then run: latido sync"),
        ) from error


def _is_lost(path: Path) -> bool:
    return not path.name.startswith(TEMPORARY) and not _is_file(path)


def _files(path: Path, table: str) -> Iterator[Path]:
    yield from (each for each in _all(path) if _table(each) == table)


def _all(path: Path) -> Iterator[Path]:
    if path.is_dir():
        inside = [path, *(each for each in _inside(path) if each.is_dir() and folded(each.name) in TABLES)]
        yield from (each for folder in inside for each in _inside(folder) if _is_file(each))
    else:
        yield from (each for found in glob.glob(str(path), recursive=True) if _is_file(each := Path(found)))  # noqa: PTH207 - also an absolute one


def _inside(folder: Path) -> Iterable[Path]:
    return folder.iterdir()


def _is_file(path: Path) -> bool:
    """Whether *path* is to be read; a link that leads nowhere is, so that somebody says it."""
    known = _kind(path) in KINDS and not path.name.startswith(TEMPORARY)
    return known and (path.is_file() or (path.is_symlink() and not path.exists()))


def _table(path: Path) -> str | None:
    """Return the table that a file is named as, else the one that its folder is."""
    return next((name for each in (path.stem, path.parent.name) if (name := folded(each)) in TABLES), None)


def _kind(path: Path) -> str:
    return path.suffix.lstrip(".").casefold()


def _name(root: Path, path: Path) -> str:
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
