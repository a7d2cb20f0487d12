"""Files in a folder: which are read, when they are read again, and what becomes of rows that disappear."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING

import duckdb
import pytest

from latido.sync import Options
from tests.house import complaints, receipts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.plugins.files.project import Folder

HEADER = "source_id,subject,status,created_at\n"


def tickets(*numbers: int, status: str = "open") -> str:
    return HEADER + "".join(f"T{n},Hello {n},{status},2026-01-0{n % 9 + 1}T10:00:00Z\n" for n in numbers)


def test_a_folder_with_a_file_per_table_needs_no_mapping(folder: Folder) -> None:
    """Three lines of settings are enough, whatever the files are and however their columns are capitalized."""
    folder.put("Tickets.CSV", "Source ID,Subject,STATUS,Created At\nT1,Hello,On hold,2026-01-05T10:00:00Z\n")
    folder.put("accounts.ndjson", '{"source_id": 7, "name": "Acme", "employees": 12}\n')
    folder.put("contacts.json", '[{"source_id": "C1", "email": "ann@acme.example"}]')
    row = "SELECT 'M1' AS source_id, '7' AS account_id, 'login' AS milestone, DATE '2026-01-05' AS occurred_at"
    written(folder.files / "milestones.parquet", row)

    report = folder.sync()

    assert 0 == report.exit_code, complaints(report)
    assert ("Hello", "on_hold", "On hold") == folder.row("tickets", "T1", "subject", "status", "status_raw")
    assert ("Acme", 12) == folder.row("accounts", "7", "name", "employees")
    assert ("ann@acme.example",) == folder.row("contacts", "C1", "email")
    assert ("login", "7") == folder.row("milestones", "M1", "milestone", "account_id")


def test_a_folder_of_files_and_a_pattern_are_one_table(folder: Folder) -> None:
    folder.put("tickets/2024.csv", tickets(1))
    folder.put("tickets/2025.csv", tickets(2))
    folder.put("tickets/~$2025.csv", "half a lock file")

    folder.sync()
    by_pattern = folder.sync(options=Options(full=True), path="data/tickets/*.csv")

    assert ["T1", "T2"] == folder.live("tickets")
    assert 2 == receipts(by_pattern)["tickets"].unchanged


def test_unchanged_files_cost_nothing(folder: Folder) -> None:
    folder.put("tickets/a.csv", tickets(1, 2))
    changed = folder.put("tickets/b.csv", tickets(3))
    folder.sync()

    nothing = receipts(folder.sync())["tickets"]
    folder.put(f"tickets/{changed.name}", tickets(3, 4))
    again = receipts(folder.sync())["tickets"]

    assert (0, 0) == (nothing.fetched, nothing.inserted)
    assert (2, 1, 1) == (again.fetched, again.inserted, again.unchanged)


def test_rows_that_disappear_stay_unless_deletions_are_asked_for(folder: Folder) -> None:
    folder.put("tickets.csv", tickets(1, 2, 3))
    folder.sync()
    folder.put("tickets.csv", tickets(1, 3))

    folder.sync()
    kept = folder.live("tickets")
    folder.put("tickets.csv", tickets(1))
    report = folder.sync(deletions=True)

    assert ["T1", "T2", "T3"] == kept
    assert 2 == receipts(report)["tickets"].deleted
    assert ["T1"] == folder.live("tickets")


def test_a_file_that_is_taken_away_takes_its_rows_along(folder: Folder) -> None:
    gone = folder.put("tickets/a.csv", tickets(1))
    folder.put("tickets/b.csv", tickets(2))
    folder.sync(deletions=True)
    gone.unlink()

    folder.sync(deletions=True)

    assert ["T2"] == folder.live("tickets")


def test_a_row_in_quarantine_is_there_and_not_deleted(folder: Folder) -> None:
    folder.put("tickets.csv", tickets(1, 2))
    folder.sync(deletions=True)
    folder.put("tickets.csv", tickets(1, 2).replace("2026-01-03T10", "03/04/2026"))

    report = folder.sync(deletions=True)

    assert 5 == report.exit_code
    assert ["T1", "T2"] == folder.live("tickets")


def test_many_rows_that_disappear_are_not_deleted_before_somebody_says_so(folder: Folder) -> None:
    """The comparison stays due, so that saying so helps although the file is the same by then."""
    folder.put("tickets.csv", tickets(*range(100)))
    folder.sync(deletions=True)
    folder.put("tickets.csv", tickets(1))

    held = folder.sync(deletions=True)
    said = folder.sync(deletions=True, options=Options(allow_mass_delete=True))

    assert (8, 0) == (held.exit_code, said.exit_code)
    assert ["T1"] == folder.live("tickets")


def test_later_lines_win_and_a_version_wins_over_them(folder: Folder) -> None:
    lines = "source_id,created_at,status,version\nT1,2026-01-01,open,\nT1,2026-01-01,solved,\n"
    folder.put("tickets.csv", f"{lines}T2,2026-01-01,solved,2\nT2,2026-01-01,open,1\n")

    folder.sync()

    assert ("solved",) == folder.row("tickets", "T1", "status")
    assert ("solved",) == folder.row("tickets", "T2", "status")
    assert "data/tickets.csv: rows with a key that came before: 2; of each key the newest counts." in folder.warnings


@pytest.mark.parametrize("order", [("1", "1.0"), ("1.0", "1")])
def test_later_lines_win_however_each_of_them_was_read(folder: Folder, order: tuple[str, str]) -> None:
    """A number such as 1.0 is looked at one by one, and must not come after what was sure at once."""
    first, last = order
    fill = "".join(f"F{n},x,2026-01-01,open\n" for n in range(5))
    folder.put(
        "tickets.csv",
        f"source_id,reopens,created_at,status\nT1,{first},2026-01-01,first\n{fill}T1,{last},2026-01-01,last\n",
    )

    folder.sync()

    assert ("last",) == folder.row("tickets", "T1", "status_raw")


def test_a_killed_sync_reads_the_file_again_that_it_was_in(folder: Folder) -> None:
    folder.put("tickets/a.csv", tickets(1))
    folder.put("tickets/b.csv", tickets(2) + "T3\n")
    folder.sync()
    before = folder.texts("tickets")

    folder.sync(options=Options(full=True))

    assert before == folder.texts("tickets")


def test_a_file_that_vanishes_while_its_folder_is_read_is_said_and_the_others_are_read(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = folder.put("tickets/a.csv", tickets(1))
    folder.put("tickets/b.csv", tickets(2))
    monkeypatch.setattr(folder.listener, "stream_started", lambda *_args: gone.unlink())

    report = folder.sync(deletions=True)

    assert ["data/tickets/a.csv vanished while its folder was read. What was read before is stored."] == complaints(
        report
    )
    assert 6 == report.exit_code
    assert ["T2"] == folder.live("tickets")


def test_a_folder_that_vanishes_deletes_nothing(folder: Folder) -> None:
    folder.put("tickets.csv", tickets(1))
    folder.sync(deletions=True)
    shutil.rmtree(folder.files)

    report = folder.sync(deletions=True)

    assert 3 == report.exit_code
    assert ["T1"] == folder.live("tickets")


def test_a_folder_that_may_not_be_looked_into_is_said_and_deletes_nothing(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.put("tickets/a.csv", tickets(1))
    folder.sync(deletions=True)

    def locked(path: Path) -> Iterator[Path]:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(type(folder.files), "iterdir", locked)
    report = folder.sync(deletions=True)

    (problem,) = [each for outcome in report.outcomes for each in outcome.problems]
    assert str(problem.message).endswith("data cannot be read: Permission denied")
    assert ("Look who may read it, then run: latido sync", 6) == (str(problem.hint), report.exit_code)
    assert ["T1"] == folder.live("tickets")


def test_files_of_before_the_start_date_are_not_read(folder: Folder) -> None:
    folder.put("tickets.csv", tickets(1))

    folder.sync(start_date=date(2025, 6, 16))

    assert [] == folder.live("tickets")


def test_what_a_mapping_names_fills_the_column_and_the_rest_is_custom(folder: Folder) -> None:
    folder.put("tickets.csv", "Nummer,Betreff,Angelegt,Stufe,Farbe\n1,Hallo,2026-01-05,vip,rot\n")
    fields = {"tickets": {"source_id": "Nummer", "subject": "betreff", "created_at": "Angelegt"}}

    folder.sync(fields=fields, custom=["Farbe"])

    assert ("Hallo", '{"Farbe":"rot"}') == folder.row("tickets", "1", "subject", "custom")


def test_a_mapping_leads_into_objects_of_json(folder: Folder) -> None:
    folder.put("tickets.ndjson", '{"source_id": 1, "created_at": "2026-01-05", "who": {"mail": "a@b.example"}}\n')

    folder.sync(fields={"tickets": {"requester_email": "who.mail"}})

    assert ("a@b.example", '{"who":{"mail":"a@b.example"}}') == folder.row("tickets", "1", "requester_email", "custom")


def test_natural_keys_stand_in_where_there_is_no_id(folder: Folder) -> None:
    folder.put(
        "fx_rates.csv", "Currency,Rate_Date,Rate\nUSD,2026-01-01,0.9\nUSD,2026-01-02,0.91\nUSD,2026-01-02,0.92\n"
    )
    folder.put("marketing_spend.csv", "spend_date,amount,currency\n2026-01-01,10,EUR\n2026-01-01,10.00,EUR\n,,\n")
    folder.put("accounts.csv", "external_id,name\nE1,Acme\n,Nobody\n")

    folder.sync()

    assert ["USD::2026-01-01:", "USD::2026-01-02:"] == folder.live("fx_rates")
    assert 1 == len(folder.live("marketing_spend"))
    assert ["E1"] == folder.live("accounts")
    assert ["data/accounts.csv, line 3: source_id: missing"] == folder.reasons()


def test_a_row_that_fits_after_the_settings_learned_leaves_quarantine(folder: Folder) -> None:
    folder.put("tickets.csv", "source_id,created_at\nT1,31/01/2026\nT2,03/04/2025\n")
    refused = folder.sync()

    folder.sync(dates="%d/%m/%Y")

    assert 5 == refused.exit_code
    assert ["T1", "T2"] == folder.live("tickets")
    assert [] == folder.reasons()


def test_what_was_mended_or_taken_away_leaves_quarantine_also_where_it_had_no_key(folder: Folder) -> None:
    folder.put("tickets/a.csv", "source_id,created_at\n,2026-01-05\nT1\n")
    gone = folder.put("tickets/b.csv", "source_id,created_at\n,2026-01-05\n")
    folder.put("tickets/c.csv", "source_id,created_at\n,2026-01-05\n")
    folder.sync()
    folder.put("tickets/a.csv", "source_id,created_at\nT1,2026-01-05\n")
    gone.unlink()

    report = folder.sync()

    assert 0 == report.exit_code
    assert ["data/tickets/c.csv, line 2: source_id: missing"] == folder.reasons()


def test_times_without_a_zone_are_those_of_the_project(folder: Folder) -> None:
    folder.put("tickets.csv", "source_id,created_at\nT1,2026-07-01 10:00\n")

    folder.sync()

    (at,) = folder.row("tickets", "T1", "CAST(created_at AS VARCHAR)")
    assert "2026-07-01 10:00:00+00" == at


def written(path: Path, rows: str) -> None:
    duckdb.execute(f"COPY ({rows}) TO '{path}' (FORMAT parquet)")


def test_parquet_is_read_with_its_types(folder: Folder) -> None:
    row = """SELECT 1::BIGINT AS source_id, 12.0::DOUBLE AS account_id, 2::SMALLINT AS reopens, true AS is_spam,
        TIMESTAMPTZ '2026-01-05 10:00:00.5+01' AS created_at, DATE '2026-01-06' AS solved_at, ['a', 'b'] AS tags,
        'NaN'::DOUBLE AS csat_score, 12.50::DECIMAL(9, 2) AS price, {'a': 1} AS more, INTERVAL 1 DAY AS took,
        0.5::DOUBLE AS half"""
    written(folder.files / "tickets.parquet", row)

    report = folder.sync()

    assert 0 == report.exit_code, folder.reasons()
    assert ("12", 2, True, ["a", "b"], None) == folder.row(
        "tickets", "1", "account_id", "reopens", "is_spam", "tags", "csat_score"
    )
    (custom,) = folder.row("tickets", "1", "custom")
    assert '{"half":0.5,"more":{"a":1},"price":"12.50","took":"1 day"}' == custom
