"""Tables, as wide as somebody's terminal."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from latido.cli._output import Column, Output
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

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


@pytest.fixture
def pipe_without_reader() -> Iterator[TextIO]:
    """Yield a pipe whose other end is closed, which says so as soon as something is written."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(os.dup(writing), "w", buffering=1, encoding="utf-8") as pipe:
        yield pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), pipe.fileno())
    os.close(writing)


def test_a_table_that_nobody_reads_to_its_end_is_no_failure(
    pipe_without_reader: TextIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout", pipe_without_reader)

    with pytest.raises(BrokenPipeError):
        Output().table(COLUMNS, ROWS)


def test_no_terminal_obeys_what_a_vendor_delivers(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output()
    output.table(COLUMNS[:2], [["\x1b[31m[red]desk[/red]", "two\nlines\x9b2J"]])
    output.line("a name\x1b]0;title\x07")

    _titles, row, line = (each.strip() for each in capsys.readouterr().out.splitlines())
    assert ("[31m[red]desk[/red]  two lines 2J", "a name]0;title") == (row, line)


def test_no_spreadsheet_takes_a_text_for_a_formula(capsys: pytest.CaptureFixture[str]) -> None:
    Output().csv(["a", "b", "c", "d"], [["=cmd()", "@x", -2.5, "-2.5"], ["+1-1", "a=b", None, "-2+3"]])

    assert ["a,b,c,d", "'=cmd(),'@x,-2.5,-2.5", "'+1-1,a=b,,'-2+3"] == capsys.readouterr().out.splitlines()
