"""What every stream of this connector is: one table of the schema, filled from rows whose columns have names."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import orjson

from latido.connect import Mapping, Stream
from latido.errors import LatidoError
from latido_files.needs import CONTENT_KEY, KEYS, whole_rows

if TYPE_CHECKING:
    from collections.abc import Mapping as Map
    from collections.abc import Sequence

    from latido.connect import JsonObject, Rejected, Rows
    from latido.messages import Message
    from latido.schema import Record
    from latido_files.connector import Files
    from latido_files.settings import FileFormat


class TableStream(Stream):
    """One table. Its columns are those of the schema that its files, or its query, have; the user's own come on top."""

    entity: ClassVar[type[Record]]
    connector: Files

    @property
    def format(self) -> FileFormat:
        """How what is read is written."""
        return self.connector.settings.format_of(self.name)

    @property
    @abstractmethod
    def found(self) -> bool:
        """Whether there is anything to read from. Reads no row."""

    @property
    @abstractmethod
    def place(self) -> Message | str:
        """Where the rows come from, for people: `3 files`, `query`."""

    @abstractmethod
    def headers(self) -> Map[str, str]:
        """Return the columns that there are, as they are written, each with its type; raises LatidoError."""

    @property
    def content_ids(self) -> str:  # type: ignore[override] # for others it is a constant
        return CONTENT_KEY if whole_rows(self.name) else ""

    @property
    def compared(self) -> str:  # type: ignore[override] # for others it is a constant
        return self.content_ids if self.connector.settings.deletions is None else ""

    @property
    def deletes(self) -> bool:
        """Whether rows that are no longer there go: if asked for, and unasked those whose key is all that they say."""
        asked = self.connector.settings.deletions
        return whole_rows(self.name) if asked is None else asked

    @property
    def on_by_default(self) -> bool:  # type: ignore[override] # for others it is a constant
        return self.found

    @cached_property
    def mappings(self) -> tuple[Mapping, ...]:  # type: ignore[override] # for others it is a constant
        """Columns from those of their name. All where the headers cannot be read: reading will say why."""
        if not self.found:
            return ()
        columns = self.entity.columns()
        try:
            there = {folded(each) for each in self.headers()}
        except LatidoError:
            there = {*columns}
        keys = () if "source_id" in there else KEYS
        known: dict[str, Any] = {name: name for name in columns if name in {*there, *keys}}
        return (Mapping(self.entity, **known),)

    def fingerprint(self) -> str:
        """Return a text that changes with what the settings say of a row, not with the columns that a file has."""
        settings, zone = self.connector.settings, self.connector.runtime.time_zone
        said = [self.name, settings.fields.get(self.name, {}), self.format.model_dump(), settings.custom, str(zone)]
        return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]

    def rows(self, entity: type[Record], records: Sequence[JsonObject]) -> tuple[Rows, list[Rejected]]:
        """Return what rows that were put away come to now."""
        from latido_files.fitting import Fitting

        del entity
        return Fitting.of(self).again(records)


def folded(header: str) -> str:
    """Return *header* as the schema would write it: `Created At` is `created_at`."""
    return "_".join(header.strip().lstrip("\ufeff").casefold().replace("-", " ").replace("_", " ").split())
