"""Whatever stands in a cell, looking at many rows at once and at one by one come to the same."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from arro3.core import Array, DataType
from hypothesis import given, settings
from hypothesis import strategies as st

from latido.schema import TABLES
from latido_files.cells import Cells
from latido_files.fitting import Fitting
from latido_files.settings import FileFormat
from latido_files.setwise import SetWise
from latido_files.table import Chunk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from latido.connect import Rows

DAYS = (
    "2026-01-31",
    "2026-02-30",
    "2025-03-30 02:30",
    "2025-10-26T02:30:00",
    "1969-12-31",
    "9999-12-31",
    "0001-01-01",
)
TIMES = (
    "2026-01-31T09:30:00.123456+05:30",
    "2026-01-31 09:30Z",
    "2026-07-01",
    "20260131",
    "2026-01-31T24:00",
    "12:00",
)
NUMBERS = (
    "0",
    "-0",
    "-0.0",
    "007",
    "+1",
    "1.50",
    "1,5",
    "1.234,5",
    "1e3",
    "12345678901234567890",
    "0.00005",
    "NaN",
    "1_0",
)
WORDS = (
    "Open",
    "on hold",
    "On-Hold",
    "resuelto",
    "SOLVED ",
    "sí",
    "VERDADERO",
    "no",
    "1",
    "good",
    "unknown",
    "_open",
)
LISTS = (
    "a;b",
    "a, b",
    "a,b;c",
    '["a","b"]',
    '[1, " x "]',
    "[",
    "a;;b",
    'say "hi"',
    "ñ;日本",
)
OTHER = (
    "",
    " ",
    "\t",
    "x\u00a0",
    "\u2003y",
    "line\nbreak",
    "\x01",
    "\\",
    '"',
    "é",
    "{}",
    '{"a": 1}',
    "03/04/2025",
    "31/01/2026",
)
TEXTS = st.one_of(st.sampled_from((*DAYS, *TIMES, *NUMBERS, *WORDS, *LISTS, *OTHER)), st.text(max_size=6))
FORMATS = (
    FileFormat(),
    FileFormat(decimal=",", dates="%d/%m/%Y"),
    FileFormat(times="%d/%m/%Y %H:%M", dates="%Y-%d-%m"),
)
HEADERS = {
    "tickets": (
        "source_id",
        "version",
        "created_at",
        "updated_at",
        "Status",
        "csat_score",
        "reopens",
        "is_spam",
        "tags",
    ),
    "deals": ("external_id", "amount", "recurring_monthly_amount", "close_date", "deal_class", "updated_at", "Größe"),
    "marketing_spend": ("spend_date", "amount", "currency", "custom", "Zone"),
    "fx_rates": ("currency", "base", "rate_date", "rate", "is_deleted"),
}


def whole(rows: Rows) -> list[dict[str, Any]]:
    """Return *rows* as what travels, without what is empty."""
    columns = {name: rows.values(name) for name in sorted(rows.columns)}
    return [
        {name: value for name, value in zip(columns, row, strict=True) if value is not None}
        for row in zip(*columns.values(), strict=True)
    ]


def check_same(table: str, cells: Mapping[str, Any], fitting: Fitting) -> None:
    """What is sure at once is what the slow way says, row by row."""
    headers = [*cells]
    chunk = Chunk(cells, range(len(cells[headers[0]])))
    layout = fitting.layout(headers)
    fine, places, _odd = SetWise(TABLES[table], fitting.cells).look(chunk, layout)

    rows, _unfit = fitting.one_by_one(layout, chunk.records(places))

    assert whole(rows) == whole(fine)


def fitting(table: str, form: FileFormat, zone: str = "Europe/Madrid") -> Fitting:
    return Fitting(TABLES[table], Cells(form, ZoneInfo(zone)))


@pytest.mark.parametrize("table", HEADERS)
@pytest.mark.parametrize("form", FORMATS, ids=("usual", "comma", "times"))
def test_every_odd_text_comes_to_the_same(table: str, form: FileFormat) -> None:
    odd = (*DAYS, *TIMES, *NUMBERS, *WORDS, *LISTS, *OTHER)
    width = len(HEADERS[table])
    columns = {
        header: [
            each if turn == at else ("K1" if header in {"source_id", "external_id"} else "")
            for turn in range(width)
            for each in odd
        ]
        for at, header in enumerate(HEADERS[table])
    }
    arrays = {header: Array(column, DataType.string()) for header, column in columns.items()}

    check_same(table, arrays, fitting(table, form))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_texts_come_to_the_same(data: st.DataObject) -> None:
    table = data.draw(st.sampled_from([*HEADERS]))
    rows = data.draw(st.lists(st.tuples(*[TEXTS] * len(HEADERS[table])), min_size=1, max_size=8))
    form = data.draw(st.sampled_from(FORMATS))
    columns = dict(zip(HEADERS[table], map(list, zip(*rows, strict=True)), strict=True))
    arrays = {header: Array(column, DataType.string()) for header, column in columns.items()}

    check_same(table, arrays, fitting(table, form))
    check_same(table, columns, fitting(table, form))


VALUES: Sequence[Any] = (
    None, 0, -7, 2**40, 1.0, 0.1, 1e22, -0.0, float("nan"), True, False, Decimal("12.50"), date(2026, 1, 31),
    datetime.fromisoformat("2026-01-31T09:30"), datetime(2026, 1, 31, 9, 30, 0, 5, tzinfo=UTC), ["a", "b"],
    {"b": 1, "a": [2]}, b"x", "text", " ", "2026-01-31",
)  # fmt: skip


@pytest.mark.parametrize("table", HEADERS)
def test_values_of_any_type_come_to_the_same(table: str) -> None:
    """What a sheet, a database or JSON holds."""
    width = len(HEADERS[table])
    columns: dict[str, Any] = {
        header: [
            value if turn == at else ("K1" if header in {"source_id", "external_id"} else None)
            for turn in range(width)
            for value in VALUES
        ]
        for at, header in enumerate(HEADERS[table])
    }

    check_same(table, columns, fitting(table, FileFormat()))


@pytest.mark.parametrize("zone", ["UTC", "Europe/Madrid", "America/New_York", "Pacific/Apia", "Asia/Kathmandu"])
def test_local_times_around_every_change_of_the_clock_come_to_the_same(zone: str) -> None:
    days = [f"{year}-{month:02d}-{day:02d} {hour:02d}:30" for year in (1980, 2011, 2025) for month in range(1, 13)
            for day in range(1, 29) for hour in (0, 2, 12)]  # fmt: skip
    cells = {
        "source_id": Array([str(n) for n in range(len(days))], DataType.string()),
        "created_at": Array(days, DataType.string()),
    }

    check_same("tickets", cells, fitting("tickets", FileFormat(), zone))


def test_plain_rows_are_all_sure_at_once() -> None:
    """What most rows are like is not left to the slow way."""
    cells = {
        "source_id": ["T1", "T2"],
        "created_at": ["2026-01-05T10:00:00Z", "2026-01-05 10:00:00.123"],
        "status": ["Open", "On hold"],
        "csat_score": ["4.5", ""],
        "reopens": ["3", "0"],
        "is_spam": ["TRUE", "no"],
        "tags": ["a;b", "vip"],
        "Colour": ["red", "say \u201chi\u201d"],
    }
    arrays = {header: Array(column, DataType.string()) for header, column in cells.items()}
    here = fitting("tickets", FileFormat())

    _rows, places, odd = SetWise(TABLES["tickets"], here.cells).look(Chunk(arrays, [2, 3]), here.layout([*arrays]))

    assert ([0, 1], []) == (places, odd)
