"""The imagined folder: what it tells, and that it is the user's once it has settled."""

from __future__ import annotations

import csv
from datetime import date
from typing import TYPE_CHECKING

import pytest

from latido.testing import World
from latido_files.connector import Files
from latido_files.needs import missing
from latido_files.sandbox import FilesImitation
from latido_files.told import TOLD

if TYPE_CHECKING:
    from pathlib import Path

WORLD = World("acme", end=date(2026, 11, 1), tickets=60, people=60)


@pytest.fixture
def settled(tmp_path: Path) -> Path:
    """Return the folder in which an imagined one has settled."""
    FilesImitation(WORLD).settle(tmp_path)
    return tmp_path / "files"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [*csv.DictReader(file)]


def test_each_table_is_a_file_with_what_its_rows_need(settled: Path) -> None:
    assert sorted(f"{table}.csv" for table in TOLD) == sorted(each.name for each in settled.iterdir())
    for table in TOLD:
        assert [] == missing(table, rows(settled / f"{table}.csv")[0]), table


def test_what_was_spent_is_what_the_business_spent(settled: Path) -> None:
    spent = sum(round(float(row["amount"]) * 100) for row in rows(settled / "marketing_spend.csv"))

    assert sum(each.amount for campaign in WORLD.campaigns() for each in campaign.spend) == spent


def test_a_file_that_somebody_edited_stays_as_it_is(settled: Path, tmp_path: Path) -> None:
    """A demo is started again with each command."""
    (settled / "fx_rates.csv").write_text("currency,rate_date,rate\nUSD,2026-01-01,0.9\n")
    (settled / "deals.csv").unlink()

    FilesImitation(WORLD).settle(tmp_path)

    assert [{"currency": "USD", "rate_date": "2026-01-01", "rate": "0.9"}] == rows(settled / "fx_rates.csv")
    assert not (settled / "deals.csv").exists()


def test_a_folder_that_was_half_written_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "files.new").mkdir()
    (tmp_path / "files.new" / "accounts.csv").write_text("source_id\n")

    FilesImitation(WORLD).settle(tmp_path)

    assert len(TOLD) == len([*(tmp_path / "files").iterdir()])
    assert not (tmp_path / "files.new").exists()


def test_it_is_where_its_address_says_and_gone_with_it() -> None:
    folder = FilesImitation(WORLD)
    path = folder.folder

    assert {"path": str(path)} == folder.address()
    assert {"connector": "files", "path": str(path), "deletions": True} == folder.settings()
    assert path.is_dir()
    del folder
    assert not path.exists()


def test_the_connector_offers_that_part_of_the_business_that_no_other_vendor_tells_of() -> None:
    ours, theirs = Files.sandbox(WORLD), WORLD.branch("other", tickets=1, territory=(2, 4))

    assert isinstance(ours, FilesImitation)
    assert not {each.name for each in ours.world.deals()} & {each.name for each in theirs.deals()}
