"""A folder of files that tells of an imaginary business, and what people may do to them."""

from __future__ import annotations

import csv
import shutil
import tempfile
import weakref
from functools import partial
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, get_args

from latido.testing import Drill, Imitation, Known
from latido.testing.truth import Held
from latido_files.told import TOLD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from latido.connect import Clock
    from latido.testing import World
    from latido_files.told import Row

FOLDER = "files"
WHOLE = 1_000_000
"""Rows in a file; no table of the business has as many."""

MOST_PARTS = 5
"""Files in a folder. Where each holds a few rows only, the last rows of a long table are not told."""

TOUCHED = MappingProxyType(
    {
        "accounts": ("industry", "Changed"),
        "campaigns": ("name", "Changed"),
        "contacts": ("phone", "+34600000000"),
        "fx_rates": ("rate", "1.5"),
        "milestones": ("quantity", "77"),
        "survey_responses": ("comment", "Changed"),
    }
)
"""What is changed in rows, where there are many, of each table that has a key beside the whole row."""

SPOILT = MappingProxyType(
    {
        "accounts": "employees",
        "campaigns": "budget",
        "contacts": "created_at",
        "contracts": "starts_on",
        "deals": "amount",
        "milestones": "occurred_at",
        "survey_responses": "score",
    }
)
"""The column that is given a value that it does not take, in tables whose rows have an id of their own."""


class FilesImitation(Imitation):
    """What people of *world* keep in a folder: each table in a file, or in a folder of small ones.

    It is in a temporary place until somebody lets it `settle`.
    """

    known = Known(
        promises=False,
        thumbs=False,
        holds=frozenset(get_args(Held)) - {"carts", "traffic"},
        keeps=True,
    )

    def __init__(self, world: World, clock: Clock | None = None) -> None:
        super().__init__(clock)
        self.world = world
        self._folder: Path | None = None
        self._taken: set[tuple[str, str]] = set()
        self._gone: dict[tuple[str, str], tuple[Path, Row]] = {}

    def settings(self) -> dict[str, Any]:
        return {"connector": "files", **self.address(), "deletions": True}

    def address(self) -> dict[str, Any]:
        return {"path": str(self.folder)}

    @property
    def folder(self) -> Path:
        """Where the files are."""
        if self._folder is None:
            place = Path(tempfile.mkdtemp(prefix="files-"))
            weakref.finalize(self, shutil.rmtree, place, ignore_errors=True)
            self._folder = self._written(place / FOLDER)
        return self._folder

    def settle(self, folder: Path) -> None:
        self._folder = self._written(folder / FOLDER)

    def drills(self) -> Mapping[str, Drill]:
        return {
            table: Drill(
                touch=partial(self.touch, table) if table in TOUCHED else None,
                delete=partial(self.delete, table),
                restore=partial(self.restore, table),
                spoil=partial(self.spoil, table) if table in SPOILT else None,
            )
            for table in TOUCHED.keys() | SPOILT.keys()
        }

    def touch(self, table: str, count: int) -> Sequence[str]:
        """Change so many rows; returns their ids."""
        keys: list[str] = []
        column, value = TOUCHED[table]
        for path, rows in self._files(table):
            chosen = rows[: count - len(keys)]
            for row in chosen:
                row[column] = value
            _write(path, rows)
            keys += [key_of(table, row) for row in chosen]
        return keys

    def delete(self, table: str) -> str:
        """Take a row out of its file; returns its id."""
        path, rows, row = self._another(table)
        self._gone[table, key_of(table, row)] = path, row
        _write(path, [each for each in rows if each is not row], [*row])
        return key_of(table, row)

    def restore(self, table: str, key: str) -> None:
        """Write a row that was taken out into its file again."""
        path, row = self._gone.pop((table, key))
        _write(path, [*_rows(path), row])

    def spoil(self, table: str) -> str:
        """Write something into a row that its column does not take; returns its id."""
        path, rows, row = self._another(table)
        row[SPOILT[table]] = "whatever"
        _write(path, rows)
        return key_of(table, row)

    def _another(self, table: str) -> tuple[Path, list[Row], Row]:
        """Return a row that nothing was done to, with its file."""
        for path, rows in self._files(table):
            for row in rows:
                if (table, key_of(table, row)) not in self._taken:
                    self._taken.add((table, key_of(table, row)))
                    return path, rows, row
        raise LookupError(f"something was done to all rows of {table}")

    def _files(self, table: str) -> Iterator[tuple[Path, list[Row]]]:
        for path in sorted([*self.folder.glob(f"{table}.csv"), *self.folder.glob(f"{table}/*.csv")]):
            yield path, _rows(path)

    def _written(self, folder: Path) -> Path:
        """Return *folder*, in which all is written if it was not there yet: whoever edits a file keeps what it says."""
        if not folder.exists():
            new = folder.with_name(f"{folder.name}.new")
            shutil.rmtree(new, ignore_errors=True)
            for table, told in TOLD.items():
                self._tell(new, table, told(self.world))
            new.rename(folder)
        return folder

    def _tell(self, folder: Path, table: str, rows: Iterator[Row]) -> None:
        size = self.switches.at_most(WHOLE)
        some = rows if size == WHOLE else islice(rows, MOST_PARTS * size)
        parts = iter(lambda: [*islice(some, size)], [])
        for number, part in enumerate(parts):
            path = folder / (f"{table}.csv" if size == WHOLE else f"{table}/part-{number:04}.csv")
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, part)


def key_of(table: str, row: Row) -> str:
    """Return the id that a row has once it is stored."""
    if table == "fx_rates":
        return ":".join(row[name] for name in ("currency", "base", "rate_date", "provider"))
    return str(row["source_id"])


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return [*csv.DictReader(file)]


def _write(path: Path, rows: Sequence[Row], header: Sequence[str] = ()) -> None:
    """Write a file anew, all at once: who reads it meanwhile reads the old one."""
    new = path.with_suffix(".new")
    with new.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header or [*rows[0]], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    new.replace(path)
