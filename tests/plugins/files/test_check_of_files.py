"""What `check` and `fields` say of a folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook

from latido.cli import main
from latido.connect import Runtime
from latido.errors import ConfigurationError
from latido_files.connector import Files

if TYPE_CHECKING:
    from pathlib import Path

SPEND = "Spend Date,Amount,Currency,Region\n2026-01-05,12.5,EUR,North\n"


def files(folder: Path, **more: Any) -> Files:
    said = {"connector": "files", "path": "data", **more}
    return Files(Files.Settings.model_validate(said), Runtime("sheets", folder=folder / ".latido"))


def said(folder: Path, **more: Any) -> list[tuple[str | None, str, str]]:
    return [(each.wrong, str(each.text), str(each.fix or "")) for each in files(folder, **more).check()]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def test_what_is_there_is_told_table_by_table(data: Path, tmp_path: Path) -> None:
    (data / "Marketing Spend.csv").write_text(SPEND)
    (data / "fx_rates").mkdir()
    for year in ("2024", "2025"):
        (data / "fx_rates" / f"{year}.ndjson").write_text(
            '{"currency": "USD", "rate_date": "2025-01-01", "rate": 0.9}\n'
        )

    spend = "marketing_spend: data/Marketing Spend.csv. Columns: amount, currency, spend_date. Kept in custom: Region."
    rates = "fx_rates: 2 files. Columns: currency, rate, rate_date."
    assert [(None, spend, ""), (None, rates, "")] == said(tmp_path)


def test_a_workbook_is_told_like_any_other_file(data: Path, tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["Name", "source_id"])
    book.save(data / "accounts.xlsx")

    assert [(None, "accounts: data/accounts.xlsx. Columns: name, source_id.", "")] == said(tmp_path)


def test_a_file_that_is_named_as_no_table_is_told_with_the_nearest(data: Path, tmp_path: Path) -> None:
    (data / "marketing_spend.csv").write_text(SPEND)
    (data / "acounts.csv").write_text("source_id,name\n1,Acme\n")

    assert ("warning", "data/acounts.csv is not read: it is named as no table.", "Did you mean accounts?") in said(
        tmp_path
    )


def test_a_folder_without_any_table_is_a_wrong_setting(data: Path, tmp_path: Path) -> None:
    (data / "export.csv").write_text(SPEND)

    ((wrong, text, fix),) = said(tmp_path)

    assert ("setting", "sheets: no file in data is named as a table: data/export.csv.") == (wrong, text)
    assert fix.startswith("Name each as the table that it fills: accounts, contacts,")


@pytest.mark.parametrize(
    ("path", "text"),
    [("data", "sheets: there is no file in data."), ("date", "sheets: date does not exist.")],
)  # fmt: skip
@pytest.mark.usefixtures("data")
def test_a_folder_that_is_empty_or_not_there_is_said_to_be(path: str, text: str, tmp_path: Path) -> None:
    fix = "Put a file there that is named as the table that it fills, as marketing_spend.csv"

    assert [("setting", text, fix)] == said(tmp_path, path=path)
    with pytest.raises(ConfigurationError, match=text):
        files(tmp_path, path=path).chosen()


def test_columns_that_are_not_divided_are_a_wrong_setting(data: Path, tmp_path: Path) -> None:
    (data / "marketing_spend.csv").write_text(SPEND.replace(",", ";"))

    ((wrong, _text, fix),) = said(tmp_path)

    assert ("setting", 'Set in latido.toml: delimiter = ";"') == (wrong, fix)


def test_a_row_that_nothing_tells_from_others_is_found_before_it_is_read(data: Path, tmp_path: Path) -> None:
    (data / "accounts.csv").write_text("name\nAcme\n")

    (_columns, (wrong, text, _fix)) = said(tmp_path)

    assert ("setting", "accounts: no column tells one row from another, so all would go to quarantine.") == (
        wrong,
        text,
    )


def test_fields_shows_what_fills_each_column_and_what_nobody_maps(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "marketing_spend.csv").write_text(SPEND)
    (tmp_path / "latido.toml").write_text(
        '[sources.sheets]\nconnector = "files"\npath = "data"\n'
        '[sources.sheets.fields.marketing_spend]\nchannel = "Region"\n'
    )

    code = main(["fields", "sheets", "marketing_spend", "--project", str(tmp_path), "--format", "json"], environ={})

    rows = {
        row["field"] or row["origin"]: (row["origin"], row["state"])
        for row in json.loads(capsys.readouterr().out)["fields"]
    }
    assert 0 == code
    assert ("amount", "default") == rows["amount"]
    assert ("Region", "yours") == rows["channel"]
    assert "Region" not in rows


def test_what_lies_too_deep_or_is_of_another_kind_is_told(data: Path, tmp_path: Path) -> None:
    for name in ("tickets/2024/a.csv", "tickets/b.csv.gz", "tickets/~$c.csv", "tickets/d.csv", "accounts.xls"):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_text("source_id,created_at,status\nT1,2026-01-05,open\n")

    told = [text for wrong, text, _fix in said(tmp_path) if wrong == "warning"]

    lost = ("data/accounts.xls", "data/tickets/2024", "data/tickets/b.csv.gz")
    assert [f"{name} is not read: it is of another kind, or too deep." for name in lost] == told


def test_two_headers_of_one_column_are_told_before_they_are_read(data: Path, tmp_path: Path) -> None:
    (data / "tickets.csv").write_text("source_id,Subject,subject,created_at,status\n")

    mended = said(tmp_path, fields={"tickets": {"subject": "Subject"}})

    assert "setting" not in [wrong for wrong, _text, _fix in mended]
    assert ["tickets: Subject, subject are the same column."] == [text for _wrong, text, _fix in said(tmp_path)]


def test_a_path_that_nobody_filled_in_is_told(tmp_path: Path) -> None:
    ((wrong, text, fix),) = said(tmp_path, path="")

    assert "setting" == wrong
    assert "sheets: path is empty, and no file in the project's folder is named as a table." == text
    assert 'Write into latido.toml where the files are: path = "files"' == fix
