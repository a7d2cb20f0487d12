"""Tables, as wide as somebody's terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.cli._output import Column, Output
from latido.messages import marker

if TYPE_CHECKING:
    import pytest

_ = marker("latido")

COLUMNS = (
    Column("source", _("source")),
    Column("stream", _("stream")),
    Column("fetched", _("at the vendor"), right=True),
    Column("deleted", _("deleted"), right=True),
    Column("cursor", _("cursor"), spare=True),
)
ROWS = (["desk", "deleted_tickets", 7, 0, "{}"], ["desk", "tickets", 3000, None, '{"at": 1}'])


def printed(capture: pytest.CaptureFixture[str], width: int | None) -> list[str]:
    Output(width=width).table(COLUMNS, ROWS)
    return [line.rstrip() for line in capture.readouterr().out.splitlines()]


def test_on_a_pipe_nothing_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert [
        "source  stream           at the vendor  deleted  cursor",
        "desk    deleted_tickets              7        0  {}",
        'desk    tickets                  3,000        \N{EN DASH}  {"at": 1}',
    ] == printed(capsys, None)


def test_where_room_is_short_columns_that_say_nothing_give_way(capsys: pytest.CaptureFixture[str]) -> None:
    assert [
        "source  stream           at the vendor",
        "desk    deleted_tickets              7",
        "desk    tickets                  3,000",
    ] == printed(capsys, 40)


def test_lines_break_between_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert [
        "                         at the",
        "source  stream           vendor",
        "desk    deleted_tickets       7",
        "desk    tickets           3,000",
    ] == printed(capsys, 31)


def test_where_no_table_fits_each_row_is_a_paragraph(capsys: pytest.CaptureFixture[str]) -> None:
    assert ["source: desk", "stream: deleted_tickets", "at the vendor: 7", "deleted: 0", "cursor: {}", ""] == printed(
        capsys, 20
    )[:6]
