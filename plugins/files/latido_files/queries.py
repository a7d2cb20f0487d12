"""Tables that are filled from a database, each by the one query that the settings give for it."""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from latido.connect import Page
from latido.errors import ConfigurationError
from latido.messages import marker
from latido.suggest import nearest
from latido_files.database import Result
from latido_files.fitting import Fitting
from latido_files.statement import checked
from latido_files.table_stream import TableStream, folded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import TextClause

    from latido.connect import Cursor
    from latido.messages import Message
    from latido_files.settings import FilesSettings

_ = marker("latido_files")

NOTHING_NEW = "1 = 0"
LATE = timedelta(minutes=5)
"""For so long a change may be stamped before others can see it: until its transaction ends."""


class QueryStream(TableStream):
    """The rows of a query, all of them each time, or those at or after where the last run ended.

    The query stands inside of ours. With a cursor column its rows come in that column's order, so that a run that is
    stopped goes on where it was; those equal to the last are read again, and those without a value each time.
    """

    @property
    def mode(self) -> Literal["incremental", "snapshot"]:  # type: ignore[override] # for others it is a constant
        return "snapshot" if self.deletes and self.column is None else "incremental"

    @property
    def deletions(self) -> Literal["census", "none"]:  # type: ignore[override] # for others it is a constant
        return "census" if self.deletes and self.column is not None else "none"

    @property
    def found(self) -> bool:
        return True

    @property
    def place(self) -> Message:
        return _("a query") if self.column is None else _("a query, by {column}", column=self.column)

    @property
    def column(self) -> str | None:
        """The column that grows with each change, if the settings name one."""
        return self._settings.cursors.get(self.name)

    @cached_property
    def query(self) -> str:
        """The settings' query, once it is sure that it only reads; raises ConfigurationError."""
        return checked(self.name, self._settings.queries[self.name], self.connector.database.backend)

    def fingerprint(self) -> str:
        """Return a text that changes with the query too: what it skipped before may be wanted now."""
        said = "\x1f".join((super().fingerprint(), self._settings.queries[self.name], self.column or ""))
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def headers(self) -> dict[str, str]:
        return self._result(NOTHING_NEW).headers()

    def start(self, since: datetime | None) -> Cursor:
        """Return the cursor that reads everything: what was changed since then is for the query to say."""
        del since
        return {}

    def sweep_now(self, cursor: Cursor) -> bool:
        """Whether rows may be gone: always where one that is changed is another one, and would count twice."""
        return bool(cursor) and self.deletions == "census" and bool(self.content_ids)

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        """Yield the rows in portions, each with where to go on."""
        fitting = Fitting.of(self)
        for chunk in self._changed(cursor).chunks():
            if self.column is not None:
                cursor = self._after(chunk.cells, cursor)
            rows, rejected = fitting.fitted(f"query {self.name}", chunk)
            yield Page(rows, cursor, fetched=len(chunk.lines), rejected=rejected)

    def ids(self) -> Iterator[list[str]]:
        """Yield the ids of all rows that the query has, also of those in quarantine: they are there."""
        fitting = Fitting.of(self)
        for chunk in self._result().chunks():
            rows, rejected = fitting.fitted(self.name, chunk)
            yield [key for each in rows for key in each.values("source_id")]
            yield [each.source_id for each in rejected if each.source_id is not None]

    @property
    def _settings(self) -> FilesSettings:
        return self.connector.settings

    def _changed(self, cursor: Cursor) -> Result:
        if self.column is None:
            return self._result()
        name = self.connector.database.quoted(self._there(self.column))
        if not cursor:
            return self._result(order=name)
        return self._result(f"{name} >= :latido_after OR {name} IS NULL", order=name, latido_after=_value(cursor))

    def _there(self, column: str) -> str:
        """Return *column* as the query calls it; raises ConfigurationError where it has none of that name."""
        headers = {folded(each): each for each in self.headers()}
        if folded(column) not in headers:
            near = nearest(folded(column), headers)
            raise ConfigurationError(
                _("{table}: the query has no column {column} to go on by.", table=self.name, column=column),
                _("Did you mean {near}?", near=headers[near])
                if near
                else _("There are: {all}", all=", ".join(headers.values())),
            )
        return headers[folded(column)]

    def _result(self, where: str | None = None, *, order: str | None = None, **values: Any) -> Result:
        sql = self.query if where is None and order is None else _around(self.query, where, order)
        return Result(self.connector.database, self.name, _text(sql, values), values, self.format.decimal)

    def _after(self, cells: Any, cursor: Cursor) -> Cursor:
        """Return where to go on after these rows: at the last value of the cursor column."""
        wanted = folded(self.column or "")
        column = next(values for header, values in cells.items() if folded(header) == wanted)
        last = next((each for each in reversed(column) if each is not None), None)
        return cursor if last is None else _stored(last)


def _around(query: str, where: str | None, order: str | None) -> str:
    """Return a query of ours around *query*, on lines of its own: its last may be a comment."""
    condition = f" WHERE {where}" if where else ""
    return f"SELECT * FROM (\n{query}\n) latido_rows{condition}" + (f" ORDER BY {order}" if order else "")  # noqa: S608


def _text(sql: str, values: Any) -> TextClause:
    """Return *sql* for SQLAlchemy, which takes each colon for a parameter: but for ours, all are the user's."""
    from sqlalchemy import text

    ours = "|".join(values)
    return text(re.sub(rf":(?!(?:{ours})\b)", r"\\:", sql) if ours else sql.replace(":", r"\:"))


def _stored(value: Any) -> Cursor:
    """Return *value* as JSON has it, with what it was; raises ConfigurationError for what has no order."""
    match value:
        case datetime():
            return {"time": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case Decimal():
            return {"decimal": str(value)}
        case bool() | None:
            pass
        case int() | float() | str():
            return {"value": value}
        case _:
            pass
    raise ConfigurationError(
        _("A column of {kind} is none to go on by.", kind=type(value).__name__),
        _("Name one with numbers or times under cursors."),
    )


def _value(cursor: Cursor) -> Any:
    """Return the value to go on at; with a time, somewhat before it."""
    match cursor:
        case {"time": str() as text}:
            return datetime.fromisoformat(text) - LATE
        case {"date": str() as text}:
            return date.fromisoformat(text)
        case {"decimal": str() as text}:
            return Decimal(text)
        case _:
            return cursor["value"]
