"""What `[sources.<name>]` says for files and databases."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from latido.connect import ConnectorSettings
from latido.messages import marker
from latido.schema import TABLES
from latido.suggest import nearest

_ = marker("latido_files")

WITH_PASSWORD = re.compile(r"(?i)://[^@]*:[^@]*@|(?:password|passwd|pwd|token|secret)(?:=|%3d)")


class FileFormat(BaseModel):
    """How a file is written, where it is not UTF-8, with dates as 2026-01-31 and numbers as 1234.5."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    delimiter: str | None = Field(
        default=None, min_length=1, max_length=1, description="What stands between the columns of a CSV file."
    )
    encoding: str | None = Field(default=None, description="The encoding of the text, as latin-1; unset: UTF-8.")
    decimal: Literal[".", ","] | None = Field(default=None, description="What stands before the decimals of a number.")
    dates: str | None = Field(default=None, description="How dates are written, as %d/%m/%Y; unset: 2026-01-31.")
    times: str | None = Field(
        default=None, description="How times are written, as %d/%m/%Y %H:%M; unset: 2026-01-31T09:30:00+01:00."
    )

    @field_validator("encoding")
    @classmethod
    def _known(cls, written: str | None) -> str | None:
        try:
            return written if written is None else codecs.lookup(written).name
        except LookupError:
            raise ValueError(_("there is no encoding {name}. Write utf-8, latin-1 …", name=str(written))) from None

    @field_validator("dates", "times")
    @classmethod
    def _a_format(cls, written: str | None) -> str | None:
        if written is not None and "%" not in written:
            raise ValueError(_("{written} says no order. Write it as %d/%m/%Y.", written=written))
        return written


class FilesSettings(ConnectorSettings, FileFormat):
    """A `path` to files, in the project's folder if it is relative, or the `url` of a database with its `queries`.

    `formats` says per table how its files are written, on top of what is said for all. `cursors` names per table the
    column of its query that grows with each change: only what is new is asked for then.
    """

    path: Path = Field(default=Path("files"), description="The folder with the files, or a pattern as data/*.csv.")
    url: SecretStr | None = Field(default=None, description="The database, as SQLAlchemy writes it.")
    queries: Mapping[str, str] = Field(default_factory=dict, description="Per table the one query that fills it.")
    cursors: Mapping[str, str] = Field(
        default_factory=dict, description="Per table the column of its query that grows with each change."
    )
    deletions: bool | None = Field(
        default=None, description="Whether a row that is no longer there was deleted; unset: only where it had no id."
    )
    formats: Mapping[str, FileFormat] = Field(
        default_factory=dict, description="Per table how its files are written, where that is otherwise."
    )

    @classmethod
    def may_stand_in_clear(cls, name: str, value: str) -> bool:
        return name == "url" and WITH_PASSWORD.search(value) is None

    @field_validator("queries", "cursors", "formats")
    @classmethod
    def _by_table(cls, written: Mapping[str, object]) -> Mapping[str, object]:
        for table in written:
            if table not in TABLES:
                near = nearest(table, TABLES) or ", ".join(TABLES)
                raise ValueError(_("there is no table {table}. Did you mean {near}?", table=table, near=near))
        return written

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.url is not None and "path" in self.model_fields_set:
            raise ValueError(_("give path, or url and queries: a source is one of both."))
        if self.url is None and (self.queries or self.cursors):
            raise ValueError(_("queries and cursors are for a database: give its url."))
        if self.url is not None and not self.queries:
            raise ValueError(_("queries is missing: per table the one query that fills it."))
        if lost := self.cursors.keys() - self.queries.keys():
            raise ValueError(_("cursors has {table}, and queries has not.", table=min(lost)))
        return self

    def format_of(self, table: str) -> FileFormat:
        """Return how the files of *table* are written: what is said of them, else what is said of all."""
        own = self.formats.get(table, FileFormat())
        said = {name: getattr(self, name) if getattr(own, name) is None else getattr(own, name) for name in OF_A_FILE}
        return FileFormat.model_validate(said)


OF_A_FILE = tuple(FileFormat.model_fields)
