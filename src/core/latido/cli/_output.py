"""What is printed as data: on stdout, as a table, as JSON or as CSV."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from latido.cli._harmless import harmless, no_formula, one_line
from latido.messages import Message, marker, render

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_ = marker("latido")

Format = Literal["table", "json", "csv"]
FORMATS: tuple[Format, ...] = ("table", "json", "csv")
NOTHING = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"
SILENT = (NOTHING, "")
UTC_ZONE = ZoneInfo("UTC")
UNLIMITED = 10_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `key` names it in JSON and CSV, `title` in a table; a `spare` one gives way where room is short."""

    key: str
    title: Message
    right: bool = False
    spare: bool = False


@dataclass
class Output:
    """Where data goes. Times are shown in `time_zone`; JSON and CSV hold them in UTC.

    Tables are at most `width` characters wide; unset, as wide as the terminal, on a pipe as wide as they need to be.
    """

    format: Format = "table"
    language: str = "en"
    time_zone: ZoneInfo = UTC_ZONE
    width: int | None = None

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
        """Print *rows* below *header* as CSV; what is absent is empty, and no text is a formula."""
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([self._flat(value) for value in row] for row in rows)

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> None:
        """Print *rows* for people, nothing if there are none; where a table cannot be read, each row as a paragraph."""
        from latido.cli._layout import widths

        titles = [column.title.render(self.language) for column in columns]
        cells = [[self.cell(value) for value in row] for row in rows]
        spare = {at for at, column in enumerate(columns) if column.spare}
        if not cells:
            return
        fitting = widths(titles, cells, self._room(), spare=spare, silent={*SILENT, "0"})
        if fitting is None:
            self._paragraphs(titles, cells)
        else:
            self._grid(columns, titles, cells, fitting)

    def _grid(
        self,
        columns: Sequence[Column],
        titles: Sequence[str],
        cells: Sequence[Sequence[str]],
        fitting: Mapping[int, int],
    ) -> None:
        from rich.table import Table
        from rich.text import Text

        from latido.cli._layout import GAP, Paper

        table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
        for at, width in fitting.items():
            justify: Literal["left", "right"] = "right" if columns[at].right else "left"
            table.add_column(Text(titles[at]), justify=justify, overflow="fold", width=width)
        for row in cells:
            table.add_row(*(Text(row[at]) for at in fitting))
        Paper(file=sys.stdout, width=self._room() + GAP, highlight=False).print(table)

    def _paragraphs(self, titles: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
        for turn, row in enumerate(cells):
            if turn:
                self.line()
            for title, cell in zip(titles, row, strict=True):
                if cell not in SILENT:
                    self.line(f"{title}: {cell}")

    def _room(self) -> int:
        if self.width is not None:
            return self.width
        return shutil.get_terminal_size().columns if sys.stdout.isatty() else UNLIMITED

    def prose(self, text: Message | str, indent: str = "") -> None:
        """Print *text* in lines that a terminal need not cut."""
        import textwrap

        whole = str(render(text, self.language))
        self.line(textwrap.fill(whole, self._room(), initial_indent=indent, subsequent_indent=indent))

    def line(self, text: Message | str = "") -> None:
        """Print one line for people."""
        sys.stdout.write(f"{harmless(str(render(text, self.language)))}\n")

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
                text = one_line(str(render(value, self.language)))
        return text

    def number(self, value: float | Decimal, decimals: int | None = None) -> str:
        """Return *value* with the language's separators and a true minus: 48,210.5 or 48 210,5."""
        text = f"{value:,.{decimals}f}" if decimals is not None else f"{value:,}"
        text = text.replace("-", MINUS)
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
        plain = self._plain(value) if isinstance(value, Message | Decimal | datetime | date) else value
        return no_formula(plain) if isinstance(plain, str) else plain


# A number in Spanish: a no-break space between thousands, a decimal comma.
SEPARATORS = {"es": str.maketrans({",": "\N{NO-BREAK SPACE}", ".": ","})}
