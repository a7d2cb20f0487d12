"""What is certain about a cell, in SQL: its value in travelling form, or NULL where the slow way has to look.

Both ways must give the same, so that the same file read twice changes nothing: whatever is not plainly as the schema
writes it is left to `latido_files.cells`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from latido_files.cells import FALSE, TRUE

if TYPE_CHECKING:
    from collections.abc import Callable

    from latido.schema import ColumnType
    from latido_files.cells import Cells

DAY = r"[1-9]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
CLOCK = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.(\d{3}|\d{6}))?)?"
ZONE = r"(Z|[+-](0\d|1[0-3])(:?[0-5]\d)?)"
ITEM = r'"([^"\\\pC\pZ]|[^"\\\pC\pZ][^"\\\pC]*[^"\\\pC\pZ])"'
LIST = rf"\[({ITEM}(,{ITEM})*)?\]"
PLAIN = r"[^,;\[\]\"\\\pC\pZ]([^,;\[\]\"\\\pC]*[^,;\[\]\"\\\pC\pZ])?"
EDGE = r"\t-\r\x1c-\x1f\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
ODD_EDGES = rf"(^|\x1f)[{EDGE}]|[{EDGE}](\x1f|$)"
"""White space around a cell that is no space: seldom, and no reason to look at each cell twice."""

ESCAPED = r"[\x00-\x1f]"
DIGITS = {"%d": r"\d\d", "%m": r"\d\d", "%Y": r"[1-9]\d{3}", "%H": r"\d\d", "%M": r"\d\d", "%S": r"\d\d"}
"""What Python and DuckDB read alike of declared formats, where all digits are there."""

WHOLE_DOUBLE = 2**53


@dataclass(frozen=True, slots=True)
class Cell:
    """A column of cells in SQL: `raw` as it was read, of the DuckDB type `kind`, and its `text`."""

    raw: str
    kind: str
    text: str


def text(raw: str, kind: str) -> str | None:  # noqa: PLR0911 - a table
    """Return the SQL of what `cells.as_text` makes of a column of a DuckDB type *kind*; None where that is not sure."""
    match kind:
        case "VARCHAR":
            return f"NULLIF(TRIM({raw}), '')"
        case "DOUBLE" | "FLOAT":
            return _double_as_text(f"CAST({raw} AS DOUBLE)")
        case "TIMESTAMP":
            return _time_as_text(raw)
        case "TIMESTAMP WITH TIME ZONE":
            return f"{_time_as_text(f'CAST({raw} AS TIMESTAMP)')} || '+00:00'"
        case "VARCHAR[]":
            return f"CAST(TO_JSON({raw}) AS VARCHAR)"
        case "BOOLEAN" | "DATE" | "UUID" | "TINYINT" | "SMALLINT" | "INTEGER" | "BIGINT":
            return f"CAST({raw} AS VARCHAR)"
        case "UTINYINT" | "USMALLINT" | "UINTEGER" | "UBIGINT":
            return f"CAST({raw} AS VARCHAR)"
        case _:
            return f"CAST({raw} AS VARCHAR)" if kind.startswith("DECIMAL(") else None


def json(raw: str, text: str, kind: str) -> str:
    """Return the SQL of what `cells.as_json` makes of a column of a DuckDB type *kind*; NULL where that is not sure."""
    if kind in _INTEGERS or kind in ("BOOLEAN", "UBIGINT"):
        return text
    if kind in ("DOUBLE", "FLOAT"):
        written = f"CAST(CAST({raw} AS DOUBLE) AS VARCHAR)"
        return f"CASE WHEN REGEXP_FULL_MATCH({written}, '-?\\d{{1,15}}\\.\\d{{1,15}}') THEN {written} END"
    if kind == "VARCHAR[]":
        return f"CASE WHEN REGEXP_FULL_MATCH({text}, '{LIST}') THEN {text} END"
    return f"CAST(TO_JSON({text}) AS VARCHAR)"


def _double_as_text(raw: str) -> str:
    whole = f"{raw} = TRUNC({raw}) AND ABS({raw}) < {WHOLE_DOUBLE}"
    return f"""CASE WHEN ISNAN({raw}) THEN NULL WHEN {whole} THEN CAST(CAST({raw} AS BIGINT) AS VARCHAR)
        ELSE CAST({raw} AS VARCHAR) END"""


def _time_as_text(raw: str) -> str:
    return f"""CASE WHEN EPOCH_US({raw}) % 1000000 = 0 THEN STRFTIME({raw}, '%Y-%m-%dT%H:%M:%S')
        ELSE STRFTIME({raw}, '%Y-%m-%dT%H:%M:%S.%f') END"""


@dataclass(frozen=True, slots=True)
class Certain:
    """The SQL of the value of a cell, in the form in which its column travels; NULL where it is not certain.

    `places` turns the SQL of a time without a zone into that of its instant.
    """

    cells: Cells
    places: Callable[[str], str]

    def value(self, cell: Cell, kind: ColumnType) -> str:  # noqa: PLR0911 - a table
        """Return the value that *cell* has in a column of *kind*."""
        match kind.name:
            case "text":
                return cell.text
            case "one of":
                return _word(cell.text, kind.words)
            case "integer":
                return cell.raw if cell.kind in _INTEGERS else _matched(cell.text, r"-?[1-9]\d{0,17}|0", "BIGINT")
            case "boolean":
                return cell.raw if cell.kind == "BOOLEAN" else _flag(cell.text)
            case "instant":
                return self._instant(cell)
            case "date":
                return self._day(cell)
            case "texts":
                return _words(cell.text)
            case "double":
                return self._number(cell.text, 15, 15, "DOUBLE")
            case "json":
                return "NULL"
            case _:
                precision, scale = map(int, re.findall(r"\d+", kind.sql))
                number = self._number(cell.text, precision - scale, scale, kind.sql)
                return f"CAST({number} AS VARCHAR)"

    def _number(self, text: str, whole: int, decimals: int, sql: str) -> str:
        """Return a number that loses nothing; minus nothing is left to the slow way, which keeps the sign."""
        digits = rf"(-?[1-9]\d{{0,{whole - 1}}}|0)"
        if self.cells.format.decimal != ",":
            return _matched(text, rf"{digits}(\.\d{{1,{decimals}}})?", sql)
        return _matched(text, rf"{digits}(,\d{{1,{decimals}}})?", sql, f"REPLACE({text}, ',', '.')")

    def _instant(self, cell: Cell) -> str:
        if cell.kind == "TIMESTAMP WITH TIME ZONE":
            return f"EPOCH_US({cell.raw})"
        if cell.kind in {"TIMESTAMP", "DATE"}:
            return self.places(f"CAST({cell.raw} AS TIMESTAMP)")
        forms = [form for form in (self.cells.format.times, self.cells.format.dates) if form]
        declared = [self.places(_formatted(cell.text, form)) for form in forms]
        zoned = f"EPOCH_US({_matched(cell.text, f'{DAY}[T ]{CLOCK}{ZONE}', 'TIMESTAMPTZ')})"
        local = self.places(_matched(cell.text, f"{DAY}([T ]{CLOCK})?", "TIMESTAMP"))
        return f"COALESCE({', '.join([*declared, zoned, local])})"

    def _day(self, cell: Cell) -> str:
        if cell.kind == "TIMESTAMP":
            return _matched(f"CAST(CAST({cell.raw} AS DATE) AS VARCHAR)", DAY, "DATE", then="VARCHAR")
        iso = _matched(cell.text, DAY, "DATE", then="VARCHAR")
        if cell.kind == "DATE" or self.cells.format.dates is None:
            return iso
        declared = f"CAST(CAST({_formatted(cell.text, self.cells.format.dates)} AS DATE) AS VARCHAR)"
        return declared if self.cells.is_reversed else f"COALESCE({iso}, {declared})"


_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")


def _matched(text: str, pattern: str, sql: str, value: str | None = None, then: str | None = None) -> str:
    cast = f"TRY_CAST({value or text} AS {sql})"
    cast = f"CAST({cast} AS {then})" if then else cast
    return f"CASE WHEN REGEXP_FULL_MATCH({text}, '{pattern}') THEN {cast} END"


def _formatted(text: str, form: str) -> str:
    """Return the time that *text* is in a declared format, where every directive in it is plain."""
    directives = re.findall("%.", form)
    if any(each not in DIGITS for each in directives):
        return "CAST(NULL AS TIMESTAMP)"
    pattern = "".join(DIGITS.get(each) or re.escape(each) for each in re.split("(%.)", form))
    return f"CASE WHEN REGEXP_FULL_MATCH({text}, {quoted(pattern)}) THEN TRY_STRPTIME({text}, {quoted(form)}) END"


def _word(text: str, words: tuple[str, ...]) -> str:
    folded = f"REPLACE(REPLACE(LOWER({text}), ' ', '_'), '-', '_')"
    return f"""CASE WHEN {folded} IN ({listed(words)}) THEN {folded}
        WHEN REGEXP_FULL_MATCH({text}, '[A-Za-z0-9]+') THEN 'unknown' END"""


def _flag(text: str) -> str:
    return (
        f"CASE WHEN LOWER({text}) IN ({listed(TRUE)}) THEN true WHEN LOWER({text}) IN ({listed(FALSE)}) THEN false END"
    )


def _words(text: str) -> str:
    divided = f"""'["' || REPLACE(TRANSLATE({text}, ';', ','), ',', '","') || '"]'"""
    return f"""CASE WHEN REGEXP_FULL_MATCH({text}, '{PLAIN}(;{PLAIN})*|{PLAIN}(,{PLAIN})*') THEN {divided}
        WHEN REGEXP_FULL_MATCH({text}, '{LIST}') THEN {text} END"""


def listed(words: tuple[str, ...]) -> str:
    """Return *words* as SQL has them between brackets."""
    return ", ".join(map(quoted, words))


def quoted(text: str) -> str:
    """Return *text* as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
