"""What is printed as data: on stdout, as a table, as JSON or as CSV."""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from latido.messages import Message, marker, render

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_ = marker("latido")

Format = Literal["table", "json", "csv"]
FORMATS: tuple[Format, ...] = ("table", "json", "csv")
NOTHING = "\N{EN DASH}"
UTC_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `key` names it in JSON and CSV, `title` in a table."""

    key: str
    title: Message
    right: bool = False


@dataclass
class Output:
    """Where data goes. Times are shown in `time_zone`; JSON and CSV hold them in UTC."""

    format: Format = "table"
    language: str = "en"
    time_zone: ZoneInfo = UTC_ZONE

    def listing(self, name: str, columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> None:
        """Print *rows* with their *columns*: in JSON an object whose member *name* is the list of them."""
        if self.format == "json":
            self.json({name: [{each.key: row.get(each.key) for each in columns} for row in rows]})
        elif self.format == "csv":
            self.csv([each.key for each in columns], ([row.get(each.key) for each in columns] for row in rows))
        else:
            self.table(columns, ([row.get(each.key) for each in columns] for row in rows))

    def json(self, content: Any) -> None:
        """Print *content* as JSON, numbers as they are."""
        json.dump(content, sys.stdout, ensure_ascii=False, indent=2, default=self._plain)
        sys.stdout.write("\n")

    def csv(self, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Print *rows* below *header* as CSV; what is absent is empty."""
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([self._flat(value) for value in row] for row in rows)

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> None:
        """Print *rows* for people; on a pipe lines are as long as they need to be."""
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        for column in columns:
            justify: Literal["left", "right"] = "right" if column.right else "left"
            table.add_column(Text(column.title.render(self.language)), justify=justify, overflow="fold")
        for row in rows:
            table.add_row(*(Text(self.cell(value)) for value in row))
        Console(file=sys.stdout, width=None if sys.stdout.isatty() else 10_000, highlight=False).print(table)

    def line(self, text: Message | str = "") -> None:
        """Print one line for people."""
        sys.stdout.write(f"{render(text, self.language)}\n")

    def cell(self, value: Any) -> str:
        """Return *value* as people read it."""
        match value:
            case None:
                text = NOTHING
            case bool():
                text = (_("yes") if value else _("no")).render(self.language)
            case int() | float() | Decimal():
                text = self.number(value)
            case datetime():
                text = value.astimezone(self.time_zone).strftime("%Y-%m-%d %H:%M")
            case list() | tuple():
                text = ", ".join(map(self.cell, value))
            case _:
                text = str(render(value, self.language))
        return text

    def number(self, value: float | Decimal, decimals: int | None = None) -> str:
        """Return *value* with the language's separators: 48,210.5 or 48 210,5."""
        text = f"{value:,.{decimals}f}" if decimals is not None else f"{value:,}"
        return text.translate(SEPARATORS[self.language]) if self.language in SEPARATORS else text

    def _plain(self, value: Any) -> Any:
        if isinstance(value, Message):
            return value.render(self.language)
        if isinstance(value, Decimal):
            return float(value)
        if isinstance(value, datetime | date):
            return value.isoformat()
        raise TypeError(type(value).__name__)

    def _flat(self, value: Any) -> Any:
        if isinstance(value, dict | list | tuple):
            return json.dumps(value, ensure_ascii=False, default=self._plain)
        return self._plain(value) if isinstance(value, Message | Decimal | datetime | date) else value


# A number in Spanish: a no-break space between thousands, a decimal comma.
SEPARATORS = {"es": str.maketrans({",": "\N{NO-BREAK SPACE}", ".": ","})}
