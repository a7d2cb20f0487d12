"""A sync, watched: lines where nobody looks, bars on a terminal."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from latido.cli._progress import Bars, Lines, observer
from latido.cli._talk import Talk
from latido.messages import marker
from latido.sync import Receipt

if TYPE_CHECKING:
    from tests.core.cli.conftest import Terminal

_ = marker("latido")

THEN = datetime(2026, 11, 20, tzinfo=UTC)


class Screen(io.StringIO):
    """A terminal that remembers what it was sent."""

    def isatty(self) -> bool:
        return True


def terminal(monkeypatch: pytest.MonkeyPatch) -> Screen:
    """Return a terminal that stderr leads to from now on."""
    found = Screen()
    monkeypatch.setattr("sys.stderr", found)
    monkeypatch.setenv("TERM", "xterm")
    return found


def receipt(**more: Any) -> Receipt:
    return Receipt("support", "tickets", ("tickets",), THEN, fetched=1_234, seconds=2.0, complete=True, **more)


def test_lines_come_at_most_every_fifteen_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    seconds = iter([0.0, 5.0, 16.0, 20.0])
    lines = Lines(Talk(), lambda: next(seconds))

    lines.stream_started("support", "tickets", 10_000)
    for _page in range(3):
        lines.page_read("support", "tickets", 1_000)
    lines.stream_ended(receipt())

    assert [
        "support: reading tickets (records: 10,000).",
        "support: tickets, records read: 2,000.",
        "support: tickets done in 2.0 s (records: 1,234).",
    ] == capsys.readouterr().err.splitlines()


def test_numbers_are_spanish_in_spanish(capsys: pytest.CaptureFixture[str]) -> None:
    Lines(Talk("es")).stream_ended(receipt())

    assert "support: tickets listo en 2.0 s (registros: 1\N{NO-BREAK SPACE}234).\n" == capsys.readouterr().err


def test_lines_can_be_read_by_programs(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines(Talk(log_format="json"))

    lines.stream_ended(receipt())
    lines.warned("support", _("New field in {table}: {name} ({kind}).", table="tickets", name="mood", kind="text"))

    done, warning = map(json.loads, capsys.readouterr().err.splitlines())
    assert ("info", "support", "tickets", 1_234) == tuple(done[key] for key in ("level", "source", "stream", "fetched"))
    assert ("warning", "support: New field in tickets: mood (text).") == (warning["level"], warning["message"])


def test_bars_are_drawn_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = terminal(monkeypatch)
    with observer(Talk()) as watching:
        assert isinstance(watching, Bars)
        watching.stream_started("support", "tickets", 2_000)
        watching.page_read("support", "tickets", 1_234)
        watching.warned(
            "support", _("New field in {table}: {name} ({kind}).", table="tickets", name="mood", kind="text")
        )
        watching.stream_ended(receipt())

    assert "support tickets" in screen.getvalue()
    assert "1234/1234" in screen.getvalue()
    assert "support: New field in tickets: mood (text)." in screen.getvalue()


@pytest.mark.parametrize("talk", [Talk(quiet=True), Talk(log_format="json")])
def test_bars_are_not_drawn_where_silence_or_json_is_wanted(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal(monkeypatch)

    assert isinstance(observer(talk), Lines)


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = terminal(monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")

    with observer(Talk()) as watching:
        watching.stream_started("support", "tickets", 10)

    assert "support tickets" in screen.getvalue()
    assert "\x1b[3" not in screen.getvalue()


def test_shell_can_complete_commands(latido: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_LATIDO_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "latido quar")
    monkeypatch.setenv("COMP_CWORD", "1")

    with pytest.raises(SystemExit):
        latido()

    assert "quarantine\n" == latido.capture.readouterr().out
