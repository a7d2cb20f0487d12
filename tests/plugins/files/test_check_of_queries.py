"""What `check` says of a database and its queries."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from latido.connect import Runtime
from latido_files.connector import Files

if TYPE_CHECKING:
    from pathlib import Path

    from latido.connect import Finding

SPEND = "select day as spend_date, amount, currency, who from spend"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "shop.db")) as connection, connection:
        connection.execute("create table spend (day text, amount numeric, currency text, who text)")
        connection.execute("create table people (id integer, mail text)")
    return tmp_path


def files(folder: Path, queries: dict[str, str], **more: Any) -> Files:
    said = {"connector": "files", "url": "sqlite:///shop.db", "queries": queries, **more}
    return Files(Files.Settings.model_validate(said), Runtime("shop", folder=folder / ".latido"))


def found(folder: Path, queries: dict[str, str], **more: Any) -> list[Finding]:
    return list(files(folder, queries, **more).check())


def said(folder: Path, queries: dict[str, str], **more: Any) -> list[tuple[str | None, str, str]]:
    return [(each.wrong, str(each.text), str(each.fix or "")) for each in found(folder, queries, **more)]


def test_a_query_that_can_be_read_says_its_columns(folder: Path) -> None:
    assert [
        (None, "sqlite shop.db is open.", ""),
        (
            None,
            "marketing_spend: a query. Columns: amount, currency, spend_date. Kept in custom: who.",
            "",
        ),
    ] == said(folder, {"marketing_spend": SPEND})


def test_a_row_that_nothing_tells_from_others_is_a_wrong_setting(folder: Path) -> None:
    (_open, _columns, key) = said(folder, {"contacts": "select mail as email from people"})

    assert (
        "setting",
        "contacts: no column tells one row from another, so all would go to quarantine.",
        "Add a column source_id, or say which one it is: source_id under [sources.shop.fields.contacts]",
    ) == key


def test_a_column_that_is_mapped_counts_as_there(folder: Path) -> None:
    """The user's own names, whatever their case."""
    fields = {"contacts": {"source_id": "ID", "email": "mail"}}

    assert [None, None] == [wrong for wrong, *_ in said(folder, {"contacts": "select * from people"}, fields=fields)]


def test_a_mapped_column_that_is_not_there_is_said_with_the_nearest(folder: Path) -> None:
    fields = {"contacts": {"source_id": "id", "email": "mial"}}

    (_open, _columns, lost) = said(folder, {"contacts": "select * from people"}, fields=fields)

    assert ("setting", "contacts.email: there is no column mial.", "Did you mean mail?") == lost


def test_what_rows_count_little_without_is_a_warning(folder: Path) -> None:
    (_open, _columns, missing) = said(folder, {"marketing_spend": "select day as spend_date, amount from spend"})

    assert ("warning", "marketing_spend has no currency.") == missing[:2]


def test_a_query_that_writes_is_found_before_anything_is_read(folder: Path) -> None:
    (_open, refused) = said(folder, {"marketing_spend": "delete from spend returning *"})

    assert ("setting", "marketing_spend: the query would write: DELETE.") == refused[:2]


def test_a_start_date_is_said_to_be_for_the_query(folder: Path) -> None:
    (_open, start, _columns) = said(folder, {"marketing_spend": SPEND}, start_date="2026-01-01")

    assert ("warning", "start_date is not for queries: they read what they say.") == start[:2]


def test_the_columns_that_nobody_maps_are_offered(folder: Path) -> None:
    """For `latido fields`, and so that a sync notices one that comes or goes."""
    query = "select day as 'Spend Date', amount, who from spend"

    offered = files(folder, {"marketing_spend": query}).vendor_fields()

    assert {"marketing_spend": {"spend_date": "column", "amount": "column", "who": "column"}} == offered
