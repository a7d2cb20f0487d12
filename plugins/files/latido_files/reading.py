"""Tables that are filled from files, each of which is read again when it has changed."""

from __future__ import annotations

from contextlib import closing, contextmanager, suppress
from datetime import datetime, time
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from latido.connect import Page
from latido.errors import LatidoError, VendorUnavailable
from latido.messages import marker
from latido_files import needs
from latido_files.csvs import CsvFile
from latido_files.duplicates import Duplicates
from latido_files.files_there import Place, places
from latido_files.fitting import Fitting
from latido_files.json_files import JsonFile, NdjsonFile
from latido_files.layout import Layout
from latido_files.parquet import ParquetFile
from latido_files.sheets import Sheet
from latido_files.table import Torn
from latido_files.table_stream import TableStream, folded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Map

    from latido.connect import Cursor, Rejected
    from latido.messages import Message
    from latido_files.table import Chunk, Table

_ = marker("latido_files")

LOOKED_INTO = 20
"""Of how many files, the last ones, the headers say which columns there are."""


class FileStream(TableStream):
    """The rows of all files of a table. Only what has changed since is read; later files and lines win ties.

    Where rows that disappear were deleted, each change of a file has the ids of all files compared.
    """

    @property
    def deletions(self) -> Literal["census", "none"]:  # type: ignore[override] # for others it is a constant
        return "census" if self.deletes else "none"

    @cached_property
    def places(self) -> list[Place]:
        """The files that there are; raises ConfigurationError."""
        return places(self.connector.root, str(self.connector.settings.path), self.name)

    @property
    def found(self) -> bool:
        return bool(self.places)

    @property
    def place(self) -> Message | str:
        return self.places[0].name if len(self.places) == 1 else _("{n} files", n=len(self.places))

    def headers(self) -> dict[str, str]:
        kinds: dict[str, str] = {}
        for place in self.places[-LOOKED_INTO:]:
            with said_of(place):
                found = self._table(place).headers()
                self._once_each(found)
                kinds = {**kinds, **found}
        return kinds

    def _once_each(self, headers: Map[str, str]) -> None:
        """Raise ConfigurationError where two of *headers*, those of one file, fill one column."""
        there = {folded(each) for each in headers}
        own = self.connector.settings.fields.get(self.name, {})
        mapped = {column: header for column, header in own.items() if folded(header) in there}
        Layout.of(self.entity, [*headers], mapped, None)

    def start(self, since: datetime | None) -> Cursor:
        """Return the cursor that reads all files, or those that were written since then."""
        return {"files": {}} if since is None else {"files": {}, "since": since.timestamp()}

    def sweep_now(self, cursor: Cursor) -> bool:
        """Whether rows may be gone: a file is another one than when it was read, or is no more."""
        return self.deletions == "census" and bool(cursor["files"]) and cursor["files"] != self._now()

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        """Yield the rows of each file that has changed; one that cannot be read does not keep the others from it.

        Raises the first of what went wrong once all that can be read has been.
        """
        problems: list[LatidoError] = []
        read = {name: was for name, was in cursor["files"].items() if name in self._now()}
        if read != cursor["files"]:
            yield Page(cursor={"files": read}, settled=sorted(cursor["files"].keys() - read.keys()))
        for place in self.places:
            try:
                if self._has_changed(place, cursor):
                    yield from self._file(place, read)
            except LatidoError as problem:
                problems.append(problem)
        if problems:
            yield Page(warnings=[each.message for each in problems[1:] if not isinstance(each.message, str)])
            raise problems[0]

    def ids(self) -> Iterator[list[str]]:
        """Yield the ids of all rows, and of those in quarantine: they are there."""
        for place in self.places:
            for page in self._read(place):
                yield [key for rows in page.rows for key in rows.values("source_id")]
                yield [each.source_id for each in page.rejected if each.source_id is not None]

    def _now(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for place in self.places:
            with suppress(FileNotFoundError):
                found[place.name] = place.fingerprint()
        return found

    def _has_changed(self, place: Place, cursor: Cursor) -> bool:
        begin = max(cursor.get("since", 0.0), self._begin)
        with said_of(place):
            return bool(place.changed_at() >= begin and place.fingerprint() != cursor["files"].get(place.name))

    @property
    def _begin(self) -> float:
        day, zone = self.connector.settings.start_date, self.connector.runtime.time_zone
        return 0.0 if day is None else datetime.combine(day, time(), zone).timestamp()

    def _file(self, place: Place, read: dict[str, str]) -> Iterator[Page]:
        """Yield the rows of one file, and at its end the cursor; *read* is brought up to date then."""
        with said_of(place):
            before = place.fingerprint()
            yield from self._read(place)
            if place.is_still(before):
                read[place.name] = before
                yield Page(cursor={"files": {**read}}, settled=[place.name])
            else:
                yield Page(
                    warnings=[_("{file} changed while it was read; the next sync reads it again.", file=place.name)]
                )

    def _read(self, place: Place) -> Iterator[Page]:
        """Yield the rows of one file, page by page."""
        torn: list[Rejected] = []
        with said_of(place), closing(Fitting.of(self)) as fitting, closing(Duplicates()) as keys:
            table, warned = self._table(place), False
            for part in table.chunks():
                if isinstance(part, Torn):
                    torn.append(fitting.torn(place.name, part))
                else:
                    lacking = [] if warned else self._lacking(place, fitting.layout([*part.cells]))
                    warned = True
                    page = _page(fitting, place.name, part, torn, lacking)
                    for rows in page.rows:
                        keys.note(rows)
                    yield page
                    torn = []
            said = self._twice(place, keys.count())
            if torn or said:
                yield Page(rejected=torn, fetched=len(torn), warnings=said)

    def _twice(self, place: Place, n: int) -> list[Message]:
        if not n:
            return []
        if self.content_ids:
            return [
                _(
                    "{file}: rows that say what one before says, and count once: {n:,}; "
                    "if each is meant, give it an id.",
                    file=place.name,
                    n=n,
                )
            ]
        return [
            _("{file}: rows with a key that came before: {n:,}; of each key the newest counts.", file=place.name, n=n)
        ]

    def _lacking(self, place: Place, layout: Layout) -> list[Message]:
        if not needs.has_key(self.name, layout.columns):
            return [_("{file} has no column source_id or external_id: its rows are put away.", file=place.name)]
        if missing := needs.missing(self.name, layout.columns):
            return [_("{file} has no column {columns}.", file=place.name, columns=", ".join(missing))]
        return []

    def _table(self, place: Place) -> Table:
        match place.kind:
            case "csv":
                return CsvFile(place.path, place.name, self.format)
            case "ndjson":
                return NdjsonFile(place.path, place.name, self.format, self._wanted)
            case "json":
                return JsonFile(place.path, place.name, self.format, self._wanted)
            case "parquet":
                return ParquetFile(place.path, place.name)
            case _:
                return Sheet(place.path, self.name, self.format.decimal)

    @property
    def _wanted(self) -> tuple[str, ...]:
        return tuple(self.connector.settings.fields.get(self.name, {}).values())


def _page(fitting: Fitting, place: str, chunk: Chunk, torn: list[Rejected], warnings: list[Message]) -> Page:
    rows, rejected = fitting.fitted(place, chunk)
    return Page(rows, fetched=len(chunk.lines) + len(torn), rejected=[*torn, *rejected], warnings=warnings)


@contextmanager
def said_of(place: Place) -> Iterator[None]:
    """Say of what cannot be opened or read any more which file it is."""
    try:
        yield
    except FileNotFoundError as error:
        raise VendorUnavailable(
            _("{file} is a link that leads nowhere. What was read before is stored.", file=place.name)
            if place.path.is_symlink()
            else _("{file} vanished while its folder was read. What was read before is stored.", file=place.name),
            _("Put it back, or leave it away; then run: latido sync"),
        ) from error
    except OSError as error:
        raise VendorUnavailable(
            _("{file} cannot be read: {why}", file=place.name, why=error.strerror or str(error)),
            _("Look who may read it, then run: latido sync"),
        ) from error
