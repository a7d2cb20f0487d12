"""What people's files are like: each costs a clear sentence, and nothing that is fine."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from tests.house import complaints, receipts

if TYPE_CHECKING:
    from tests.plugins.files.project import Folder

HEADER = "source_id,subject,created_at\n"
FINE = "T1,Hello,2026-01-05\n"


def test_a_column_that_figures_need_is_missed_aloud(folder: Folder) -> None:
    folder.put("tickets.csv", "source_id,subject\nT1,Hello\n")

    folder.sync()

    assert ["data/tickets.csv has no column created_at, status."] == folder.warnings
    assert ["T1"] == folder.live("tickets")


def test_rows_without_any_key_are_put_away_and_the_reason_is_said_once(folder: Folder) -> None:
    folder.put("tickets.csv", "subject\nHello\nBye\n")

    report = folder.sync()

    assert 5 == report.exit_code
    assert ["data/tickets.csv has no column source_id or external_id: its rows are put away."] == folder.warnings
    assert ["data/tickets.csv, line 2: source_id: missing", "data/tickets.csv, line 3: source_id: missing"] == (
        folder.reasons()
    )


def test_a_mapped_column_that_is_not_there_is_named_with_the_nearest(folder: Folder) -> None:
    folder.put("tickets.csv", "source_id,Betreff\nT1,Hallo\n")

    report = folder.sync(fields={"tickets": {"subject": "Betref"}})

    assert 3 == report.exit_code
    assert ["tickets.subject: there is no column Betref."] == complaints(report)


def test_another_delimiter_is_refused_with_the_one_to_declare(folder: Folder) -> None:
    folder.put("tickets.csv", "source_id;subject;created_at\nT1;Hello;2026-01-05\n")

    refused = folder.sync()
    folder.sync(delimiter=";")

    said = "data/tickets.csv looks like one column, source_id;subject;created_at: its columns are not divided by ,"
    assert ([said], 3) == (complaints(refused), refused.exit_code)
    assert ["T1"] == folder.live("tickets")


def test_a_byte_order_mark_is_no_part_of_the_first_column(folder: Folder) -> None:
    folder.put("tickets.csv", b"\xef\xbb\xbf" + (HEADER + FINE).encode())
    folder.put("accounts.csv", "source_id,name\nA1,Łódź\n".encode("utf-16"))

    report = folder.sync(formats={"accounts": {"encoding": "utf-16"}})

    assert 0 == report.exit_code, complaints(report)
    assert ["T1"] == folder.live("tickets")
    assert ("Łódź",) == folder.row("accounts", "A1", "name")


def test_utf_16_that_is_not_declared_is_told_by_its_mark(folder: Folder) -> None:
    folder.put("accounts.csv", "source_id,name\nA1,Łódź\n".encode("utf-16"))

    assert ["data/accounts.csv is not UTF-8 but UTF-16."] == complaints(folder.sync())


def test_bytes_of_latin_1_are_refused_with_their_line_until_declared(folder: Folder) -> None:
    folder.put("tickets.csv", (HEADER + FINE + "T2,Añadir,2026-01-05\n").encode("latin-1"))

    refused = folder.sync()
    folder.sync(encoding="latin-1")

    assert ["data/tickets.csv, line 3: 0xF1 is not UTF-8."] == complaints(refused)
    assert 3 == refused.exit_code
    assert ("Añadir",) == folder.row("tickets", "T2", "subject")


def test_a_decimal_comma_is_refused_until_declared(folder: Folder) -> None:
    folder.put("fx_rates.csv", 'currency,rate_date,rate\nUSD,2026-01-01,"0,9123"\n')
    folder.put("carts.csv", 'source_id,created_at,completed_at,amount\nC1,2026-01-01,,"1.234,50"\n')

    refused = folder.sync()
    folder.sync(decimal=",")

    assert 5 == refused.exit_code
    assert "0.912300000000" == str(folder.row("fx_rates", "USD::2026-01-01:", "rate")[0])
    assert "1234.5000" == str(folder.row("carts", "C1", "amount")[0])
    assert [] == [reason for reason in folder.reasons() if "carts" in reason]


def test_a_date_whose_order_nobody_knows_is_refused_until_declared(folder: Folder) -> None:
    folder.put("tickets.csv", "source_id,created_at\nT1,03/04/2025\nT2,2026-01-05\n")

    refused = folder.sync()
    (reason,) = folder.reasons()
    stored = folder.live("tickets")
    folder.sync(dates="%d/%m/%Y")

    assert 5 == refused.exit_code
    assert reason == (
        "data/tickets.csv, line 2: created_at: expected a date as 2026-01-31; "
        'of this one the order of day and month must be declared: dates = "%d/%m/%Y"'
    )
    assert ["T2"] == stored
    assert ("2025-04-03 00:00:00+00",) == folder.row("tickets", "T1", "CAST(created_at AS VARCHAR)")


def test_an_empty_file_is_said_and_keeps_no_other_from_being_read(folder: Folder) -> None:
    folder.put("tickets/a.csv", b"")
    folder.put("tickets/b.csv", HEADER + FINE)
    folder.put("tickets/c.csv", HEADER)

    report = folder.sync(deletions=True)

    assert ["data/tickets/a.csv is empty: it has not even the names of its columns."] == complaints(report)
    assert ["T1"] == folder.live("tickets")


def test_lines_are_counted_where_a_cell_spans_several_of_them(folder: Folder) -> None:
    lines = 'T1,"one\ntwo\n\nfour",2026-01-05\r\n\nT2,x,tomorrow\n"T3","y"\nT4,z,2026-01-05,,\nT5,z,2026-01-05,more\n'
    folder.put("tickets.csv", HEADER + lines + FINE.replace("T1", "T6"))

    folder.sync()

    assert ["line 10", "line 7", "line 8"] == [reason.split(":")[0].split(", ")[1] for reason in folder.reasons()]
    assert ["T1", "T4", "T6"] == folder.live("tickets")
    assert ("one\ntwo\n\nfour",) == folder.row("tickets", "T1", "subject")


def test_a_quotation_mark_that_nobody_closes_costs_its_line(folder: Folder) -> None:
    folder.put("tickets.csv", f'{HEADER}T0,"open,2026-01-05\n{FINE}T2,a 24" screen,2026-01-05\nT3,"a"b,2026-01-05\n')

    report = folder.sync()

    assert ["T1", "T2"] == folder.live("tickets")
    stray = "a quotation mark is not closed, or stands inside a cell"
    assert [f"data/tickets.csv, line {n}: {stray}" for n in (2, 5)] == folder.reasons()
    assert 4 == receipts(report)["tickets"].fetched


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_on_any_system(folder: Folder, end: str) -> None:
    folder.put("tickets.csv", (HEADER + FINE).replace("\n", end))

    folder.sync()

    assert ["T1"] == folder.live("tickets")


def test_two_headers_of_one_column_are_refused(folder: Folder) -> None:
    folder.put("tickets.csv", "source_id,Subject,subject\nT1,a,b\n")

    assert ["tickets: Subject, subject are the same column."] == complaints(folder.sync())


def test_what_is_no_parquet_and_no_json_is_said_to_be_none(folder: Folder) -> None:
    folder.put("tickets.parquet", "PAR1 and then nothing")
    folder.put("accounts.json", '[{"source_id": 1},\n {"source_id" 2}]')
    folder.put("contacts.ndjson", '{"source_id": 1, "email": "a@b.example"}\n{"source_id": \n[]\n')

    said = "\n".join(complaints(folder.sync()))

    assert "data/tickets.parquet cannot be read as Parquet" in said
    assert "data/accounts.json, line 2: this is not JSON" in said
    syntax, kind = folder.reasons()
    assert syntax.startswith("data/contacts.ndjson, line 2: is not JSON: ")
    assert kind == "data/contacts.ndjson, line 3: is not an object"


def test_a_file_of_zero_bytes_is_no_table_without_rows(folder: Folder) -> None:
    folder.put("tickets.csv", bytes(5000))

    report = folder.sync()

    assert 3 == report.exit_code
    assert ["data/tickets.csv holds no text: its header is made of zero bytes."] == complaints(report)


@pytest.mark.parametrize("name", ["tickets.json", "tickets.xlsx"])
def test_a_file_without_anything_is_not_one_without_rows(folder: Folder, name: str) -> None:
    """Nothing is deleted because an export broke off before its first byte."""
    folder.put("tickets/a.csv", HEADER + FINE)
    folder.sync(deletions=True)
    folder.put(f"tickets/{name}", b"")

    assert 3 == folder.sync(deletions=True).exit_code
    assert ["T1"] == folder.live("tickets")


def test_a_link_that_leads_nowhere_is_said_and_deletes_nothing(folder: Folder) -> None:
    there = folder.put("tickets/a.csv", HEADER + FINE)
    folder.put("tickets/b.csv", HEADER + "T2,Bye,2026-01-05\n")
    folder.sync(deletions=True)
    there.unlink()
    there.symlink_to("unmounted.csv")

    report = folder.sync(deletions=True)

    assert ["data/tickets/a.csv is a link that leads nowhere. What was read before is stored."] == complaints(report)
    assert 6 == report.exit_code
    assert ["T1", "T2"] == folder.live("tickets")


@pytest.mark.parametrize("allowed", [131_072, 100_000_000])
def test_a_cell_that_is_too_long_costs_its_row_and_says_so(folder: Folder, allowed: int) -> None:
    """Whatever others in the process allow."""
    before = csv.field_size_limit(allowed)
    folder.put("tickets.csv", f"{HEADER}T0,{'x' * 3_000_000},2026-01-05\n{FINE}")

    folder.sync()
    csv.field_size_limit(before)

    assert ["data/tickets.csv, line 2: a cell is longer than 131,072 characters"] == folder.reasons()
    assert ["T1"] == folder.live("tickets")
