"""What is read of a workbook, cell by cell."""

from __future__ import annotations

import re
import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook

from latido.errors import ConfigurationError, VendorUnavailable
from latido_files.connector import Files
from latido_files.sheets import Sheet
from latido_files.table import Chunk, Torn
from tests.house import House, complaints

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from latido.testing import ManualClock

MIDNIGHT = datetime(2026, 3, 4)  # noqa: DTZ001 - a cell has no zone


def saved(path: Path, *rows: Sequence[Any], **sheets: Sequence[Sequence[Any]]) -> Path:
    """Write a workbook whose first sheet holds *rows*, and further *sheets* by name."""
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append([*row])
    for name, others in sheets.items():
        sheet = book.create_sheet(name)
        for row in others:
            sheet.append([*row])
    book.save(path)
    return path


def computed(path: Path, results: dict[str, str]) -> Path:
    """Write what a spreadsheet program would have stored beside the formulas of the first sheet, cell by cell."""
    inside = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    text = members[inside].decode()
    for cell, result in results.items():
        text = re.sub(rf'<c r="{cell}"[^>]*>(<f>[^<]*</f>)(?:<v></v>|<v ?/>)', result.replace("F", r"\1"), text)
    members[inside] = text.encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def rows(sheet: Sheet) -> list[dict[str, Any]]:
    """Return the rows as people would read them, each with its line."""
    chunks = [each for each in sheet.chunks() if isinstance(each, Chunk)]
    return [
        {"line": line, **{name: column[at] for name, column in chunk.cells.items()}}
        for chunk in chunks
        for at, line in enumerate(chunk.lines)
    ]


def torn(sheet: Sheet) -> list[Torn]:
    return [each for each in sheet.chunks() if isinstance(each, Torn)]


def test_cells_are_read_with_the_row_that_they_stand_in(tmp_path: Path) -> None:
    path = saved(tmp_path / "marketing_spend.xlsx", ("Amount", "Currency"), (12.5, "EUR"), (), (1042, "USD"))

    found = rows(Sheet(path, "marketing_spend"))

    assert [
        {"line": 2, "Amount": 12.5, "Currency": "EUR"},
        {"line": 4, "Amount": 1042, "Currency": "USD"},
    ] == found


def test_a_date_is_a_date_and_a_time_is_a_time(tmp_path: Path) -> None:
    """A sheet keeps both as numbers; what the cell shows tells them apart."""
    path = saved(tmp_path / "milestones.xlsx", ("day", "at"), (date(2026, 3, 4), MIDNIGHT))

    (found,) = rows(Sheet(path, "milestones"))

    assert [date, datetime] == [type(found["day"]), type(found["at"])]
    assert (date(2026, 3, 4), MIDNIGHT) == (found["day"], found["at"])


def test_the_sheet_named_as_the_table_is_read_wherever_it_stands(tmp_path: Path) -> None:
    path = saved(tmp_path / "all.xlsx", ("notes",), ("not this one",), Fx_Rates=[("currency",), ("USD",)])

    assert [{"line": 2, "currency": "USD"}] == rows(Sheet(path, "fx_rates"))
    assert [{"line": 2, "notes": "not this one"}] == rows(Sheet(path, "campaigns"))


def test_a_formula_is_what_it_came_to(tmp_path: Path) -> None:
    path = saved(tmp_path / "marketing_spend.xlsx", ("amount", "note"), ("=2*21", "=IF(1,A2)"), ("=1+1", '=""'))
    computed(path, {
        "A2": '<c r="A2">F<v>42</v>', "B2": '<c r="B2" t="str">F<v>yes</v>',
        "A3": '<c r="A3">F<v>2</v>', "B3": '<c r="B3" t="str">F<v></v>',
    })  # fmt: skip

    found = rows(Sheet(path, "marketing_spend"))

    assert [{"line": 2, "amount": 42, "note": "yes"}, {"line": 3, "amount": 2, "note": None}] == found


def test_a_formula_that_was_never_computed_costs_its_row_and_names_the_cell(tmp_path: Path) -> None:
    path = saved(tmp_path / "marketing_spend.xlsx", ("amount", "currency"), (1, "EUR"), ("=2*21", "EUR"), (3, "EUR"))

    sheet = Sheet(path, "marketing_spend")

    assert [2, 4] == [row["line"] for row in rows(sheet)]
    assert [
        Torn(3, "A3: a formula without a value; open and save the file in a spreadsheet", "\tEUR"),
    ] == torn(sheet)


def test_a_cell_with_an_error_costs_its_row(tmp_path: Path) -> None:
    path = saved(tmp_path / "marketing_spend.xlsx", ("amount", "currency"), ("=1/0", "EUR"))
    computed(path, {"A2": '<c r="A2" t="e">F<v>#DIV/0!</v>'})

    assert [Torn(2, "A2: #DIV/0!", "#DIV/0!\tEUR")] == torn(Sheet(path, "marketing_spend"))


def test_what_stands_beside_the_columns_goes_by_its_letter(tmp_path: Path) -> None:
    path = saved(tmp_path / "accounts.xlsx", ("name",), ("Acme", None, "call back"))

    assert [{"line": 2, "name": "Acme", "B": None, "C": "call back"}] == rows(Sheet(path, "accounts"))


def test_more_rows_than_a_chunk_holds_are_all_read(tmp_path: Path) -> None:
    path = saved(tmp_path / "accounts.xlsx", ("name",), *((f"Acme {n}",) for n in range(10_001)))

    chunks = [each for each in Sheet(path, "accounts").chunks() if isinstance(each, Chunk)]

    assert [5_000, 5_000, 1] == [len(each.lines) for each in chunks]
    assert 10_002 == chunks[-1].lines[0]


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "accounts.xlsx", ("name", "name"), ("Acme", "Acme Ltd"))

    with pytest.raises(ConfigurationError, match=r"accounts.xlsx, line 1: two columns are called name\."):
        rows(Sheet(path, "accounts"))


def test_an_empty_sheet_is_refused_as_an_empty_file_is(tmp_path: Path) -> None:
    path = saved(tmp_path / "accounts.xlsx")

    with pytest.raises(ConfigurationError, match=r"accounts.xlsx is empty: it has not even the names of its columns\."):
        rows(Sheet(path, "accounts"))


def test_headers_are_told_without_reading_the_rows(tmp_path: Path) -> None:
    path = saved(tmp_path / "accounts.xlsx", ("Name", "Seats", "Since", "Note"), ("Acme", 5, date(2026, 1, 1)))

    assert ["Name", "Seats", "Since", "Note"] == [*Sheet(path, "accounts").headers()]


@pytest.mark.parametrize("content", [b"", b"name;amount\nAcme;1\n", b"PK\x03\x04 half a workbook"])
def test_what_is_no_workbook_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "accounts.xlsx"
    path.write_bytes(content)

    with pytest.raises(ConfigurationError, match=r"accounts.xlsx is no XLSX workbook that can be read"):
        rows(Sheet(path, "accounts"))


def test_a_file_that_is_gone_may_be_there_again_later(tmp_path: Path) -> None:
    with pytest.raises(VendorUnavailable, match=r"accounts.xlsx cannot be read: No such file or directory\."):
        rows(Sheet(tmp_path / "accounts.xlsx", "accounts"))


def test_the_rows_of_a_workbook_fill_a_table(tmp_path: Path, clock: ManualClock) -> None:
    """Typed cells are what they are, whatever is declared of text; what does not fit says which line it is."""
    (tmp_path / ".latido").mkdir()
    (tmp_path / "data").mkdir()
    saved(
        tmp_path / "data" / "marketing_spend.xlsx",
        ("Spend Date", "Amount", "Currency", "Region"),
        (date(2026, 1, 5), 12.5, "EUR", "North"),
        ("06/01/2026", "1.042,75", "EUR", 7),
        (date(2026, 1, 7), "a lot", "EUR", None),
        (date(2026, 1, 8), "=1+1", "EUR", None),
    )
    house = House(Files, {"connector": "files", "path": "data"}, tmp_path / ".latido", clock)

    report = house.sync(decimal=",", dates="%d/%m/%Y")

    assert (5, []) == (report.exit_code, complaints(report))
    assert [("2026-01-05", "12.5000", '{"Region":"North"}'), ("2026-01-06", "1042.7500", '{"Region":7}')] == house.ask(
        "SELECT spend_date::VARCHAR, amount::VARCHAR, custom::VARCHAR FROM marketing_spend ORDER BY 1"
    )
    reasons = sorted(reason for (reason,) in house.ask("SELECT reason FROM _latido_quarantine"))
    assert [
        "data/marketing_spend.xlsx, line 4: amount: expected a number with a decimal comma",
        "data/marketing_spend.xlsx, line 5: B5: a formula without a value; open and save the file in a spreadsheet",
    ] == reasons
