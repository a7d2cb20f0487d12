"""Tables that are filled by the queries of a database."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.exc import OperationalError

from latido.connect import Runtime
from latido_files.connector import Files
from tests.house import House, complaints, receipts

if TYPE_CHECKING:
    from pathlib import Path

    from latido.testing import ManualClock

SPEND = "select id as source_id, day as spend_date, amount, 'EUR' as currency, who from spend"
LOGINS = "select id as source_id, customer as account_id, 'login' as milestone, at as occurred_at, changed from logins"


class Shop:
    """A database that somebody else writes to, in a project's folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "shop.db"
        self.do("create table spend (id integer primary key, day text, amount numeric, who text)")
        self.do("create table logins (id integer primary key, customer text, at text, changed text)")

    def do(self, sql: str, *values: Any) -> None:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.execute(sql, values)

    def spend(self, *rows: tuple[Any, ...]) -> None:
        for row in rows:
            self.do("insert or replace into spend values (?, ?, ?, ?)", *row)

    def log_in(self, *rows: tuple[Any, ...]) -> None:
        for row in rows:
            self.do("insert or replace into logins values (?, ?, ?, ?)", *row)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.fixture
def house(tmp_path: Path, shop: Shop, clock: ManualClock) -> House:
    (tmp_path / ".latido").mkdir()
    url = f"sqlite:///{shop.path.name}"
    return House(
        Files, {"connector": "files", "url": url, "queries": {"marketing_spend": SPEND}}, tmp_path / ".latido", clock
    )


def test_the_rows_of_a_query_fill_a_table(shop: Shop, house: House) -> None:
    shop.spend((1, "2026-01-05", 12.5, "Ana"), (2, "2026-01-06", 1042, None))

    report = house.sync()

    assert (0, []) == (report.exit_code, complaints(report))
    assert [("1", "2026-01-05", "12.5000", '{"who":"Ana"}'), ("2", "2026-01-06", "1042.0000", None)] == house.ask(
        "SELECT source_id, spend_date::VARCHAR, amount::VARCHAR, custom::VARCHAR FROM marketing_spend ORDER BY 1"
    )


def test_a_row_that_does_not_fit_is_put_away_with_its_number(shop: Shop, house: House) -> None:
    shop.spend((1, "2026-01-05", 12.5, "Ana"), (2, "05/01/2026", 3, "Ana"))

    report = house.sync()

    assert 5 == report.exit_code
    assert ["1"] == house.live("marketing_spend")
    ((reason,),) = house.ask("SELECT reason FROM _latido_quarantine")
    assert reason.startswith("query marketing_spend, line 2: spend_date: expected a date as 2026-01-31")


def test_a_result_is_never_held_as_a_whole(shop: Shop, house: House) -> None:
    with closing(sqlite3.connect(shop.path)) as connection, connection:
        rows = ((n, "2026-01-05", n, "Ana") for n in range(12_001))
        connection.executemany("insert into spend values (?, ?, ?, ?)", rows)
    files = Files(Files.Settings.model_validate(house.settings), Runtime("ours", folder=house.folder))

    (stream,) = files.chosen()

    assert [5_000, 5_000, 2_001] == [page.fetched for page in stream.pages(stream.start(None))]


def test_without_a_cursor_everything_is_read_and_only_what_changed_is_written(shop: Shop, house: House) -> None:
    shop.spend((1, "2026-01-05", 12.5, "Ana"), (2, "2026-01-06", 3, "Ana"))
    house.sync()
    shop.spend((2, "2026-01-06", 4, "Ana"))

    receipt = receipts(house.sync())["marketing_spend"]

    assert (2, 1, 1) == (receipt.fetched, receipt.updated, receipt.unchanged)


def test_a_row_that_is_gone_stays_unless_deletions_are_asked_for(shop: Shop, house: House) -> None:
    shop.spend((1, "2026-01-05", 12.5, "Ana"), (2, "2026-01-06", 3, "Ana"))
    house.sync()
    shop.do("delete from spend where id = 1")

    house.sync()
    kept = house.live("marketing_spend")
    house.sync(deletions=True)

    assert (["1", "2"], ["2"]) == (kept, house.live("marketing_spend"))


class TestWithACursor:
    """Only what is new is asked for."""

    @pytest.fixture
    def house(self, tmp_path: Path, shop: Shop, clock: ManualClock) -> House:
        (tmp_path / ".latido").mkdir()
        said = {
            "connector": "files",
            "url": f"sqlite:///{shop.path.name}",
            "queries": {"milestones": LOGINS},
            "cursors": {"milestones": "changed"},
        }
        return House(Files, said, tmp_path / ".latido", clock)

    def test_what_came_after_the_last_run_is_read(self, shop: Shop, house: House) -> None:
        shop.log_in(*((n, "acme", "2026-01-05T09:00:00Z", f"2026-01-05 09:00:{n:02}") for n in range(10)))
        house.sync()
        shop.log_in((10, "acme", "2026-01-06T09:00:00Z", "2026-01-06 09:00:00"))

        receipt = receipts(house.sync())["milestones"]

        assert (2, 1) == (receipt.fetched, receipt.inserted)
        assert 11 == len(house.live("milestones"))

    def test_a_row_with_the_value_of_the_last_one_is_not_lost(self, shop: Shop, house: House) -> None:
        """Two rows of one second, and between them a run."""
        shop.log_in((1, "acme", "2026-01-05T09:00:00Z", "2026-01-05 09:00:00"))
        house.sync()
        shop.log_in((2, "acme", "2026-01-05T09:00:00Z", "2026-01-05 09:00:00"))

        house.sync()

        assert ["1", "2"] == house.live("milestones")

    def test_more_rows_of_one_value_than_a_portion_holds_all_arrive(self, shop: Shop, house: House) -> None:
        with closing(sqlite3.connect(shop.path)) as connection, connection:
            connection.executemany(
                "insert into logins values (?, 'acme', '2026-01-05T09:00:00Z', '2026-01-05 09:00:00')",
                ((n,) for n in range(12_001)),
            )

        house.sync()

        assert 12_001 == len(house.live("milestones"))

    def test_a_row_without_a_value_is_read_each_time(self, shop: Shop, house: House) -> None:
        shop.log_in((1, "acme", "2026-01-05T09:00:00Z", "2026-01-05 09:00:00"), (2, "acme", "2026-01-05", None))
        house.sync()
        shop.log_in((2, "other", "2026-01-05", None))

        house.sync()

        assert ("other",) == house.row("milestones", 2, "account_id")

    def test_deletions_are_found_by_going_through_all_ids(self, shop: Shop, house: House, clock: ManualClock) -> None:
        shop.log_in(*((n, "acme", "2026-01-05T09:00:00Z", f"2026-01-05 09:00:{n:02}") for n in range(4)))
        house.sync(deletions=True)
        shop.do("delete from logins where id = 1")
        clock.sleep(25 * 3600)

        house.sync(deletions=True)

        assert ["0", "2", "3"] == house.live("milestones")

    def test_another_query_is_read_from_its_beginning(self, shop: Shop, house: House) -> None:
        """What it left out before may lie behind the cursor."""
        shop.log_in(*((n, "acme", "2026-01-05T09:00:00Z", f"2026-01-05 09:00:{n:02}") for n in range(10)))
        house.sync(queries={"milestones": f"{LOGINS} where id > 4"})

        house.sync()

        assert 10 == len(house.live("milestones"))
        assert ["The mapping of milestones changed: it is read again in full."] == house.warnings

    def test_a_cursor_column_that_the_query_lacks_is_said_with_the_nearest(self, house: House) -> None:
        report = house.sync(cursors={"milestones": "changd"})

        assert 3 == report.exit_code
        assert ["milestones: the query has no column changd to go on by."] == complaints(report)


@pytest.mark.parametrize("mark", ["'09:30'", "':x'", "'100%'", "'%s %(a)s'", "'\\'", "'a -- b'"])
def test_no_character_of_a_query_is_taken_for_a_parameter(shop: Shop, house: House, mark: str) -> None:
    shop.spend((1, "2026-01-05", 12.5, "Ana"))
    query = f"select id as source_id, {mark} as note from spend -- at :noon"

    report = house.sync(queries={"marketing_spend": query}, cursors={"marketing_spend": "source_id"})
    again = house.sync(queries={"marketing_spend": query}, cursors={"marketing_spend": "source_id"})

    assert ([], []) == (complaints(report), complaints(again))
    ((custom,),) = house.ask("SELECT custom ->> 'note' FROM marketing_spend")
    assert mark[1:-1] == custom


def test_a_query_that_writes_is_refused_and_nothing_is_written(shop: Shop, house: House) -> None:
    shop.spend((1, "2026-01-05", 12.5, "Ana"))

    report = house.sync(queries={"marketing_spend": "delete from spend"})

    assert 3 == report.exit_code
    assert ["marketing_spend: the query would write: DELETE."] == complaints(report)
    with closing(sqlite3.connect(shop.path)) as connection:
        assert [(1,)] == connection.execute("select count(*) from spend").fetchall()


def test_the_database_is_opened_without_the_right_to_write(house: House) -> None:
    """What no check of a query could see fails all the same."""
    files = Files(Files.Settings.model_validate(house.settings), Runtime("ours", folder=house.folder))

    with files.database.connected() as connection, pytest.raises(OperationalError, match="readonly"):
        connection.exec_driver_sql("insert into spend values (9, '2026-01-01', 1, 'Eve')")


def test_a_database_file_that_is_not_there_is_not_made(tmp_path: Path, house: House) -> None:
    report = house.sync(url="sqlite:///elsewhere.db")

    assert 3 == report.exit_code
    (said,) = complaints(report)
    assert "elsewhere.db cannot be opened as a database: unable to open database file" in said
    assert not (tmp_path / "elsewhere.db").exists()


def test_a_table_that_is_not_there_is_said_by_the_database(house: House) -> None:
    report = house.sync(queries={"marketing_spend": "select * from spent"})

    assert 3 == report.exit_code
    assert ["marketing_spend: the database refuses it: no such table: spent"] == complaints(report)


def test_two_columns_of_one_name_are_refused(shop: Shop, house: House) -> None:
    shop.spend((1, "2026-01-05", 12.5, "Ana"))

    report = house.sync(queries={"marketing_spend": "select id as source_id, day as amount, amount from spend"})

    assert ["marketing_spend: two columns are called amount."] == complaints(report)


@pytest.mark.parametrize("cursors", [{}, {"marketing_spend": "changed"}], ids=("whole", "by cursor"))
def test_a_row_without_an_id_that_is_edited_counts_once(shop: Shop, house: House, cursors: dict[str, str]) -> None:
    shop.spend((1, "2026-01-05", 10, "2026-01-05"), (2, "2026-01-06", 20, "2026-01-06"))
    queries = {"marketing_spend": "select day as spend_date, amount, 'EUR' as currency, who as changed from spend"}
    house.sync(queries=queries, cursors=cursors)
    shop.spend((1, "2026-01-05", 15, "2026-01-07"))

    report = house.sync(queries=queries, cursors=cursors)

    assert (0, []) == (report.exit_code, complaints(report))
    assert [("35.0000",)] == house.ask("SELECT SUM(amount)::VARCHAR FROM marketing_spend WHERE is_deleted IS NOT TRUE")
