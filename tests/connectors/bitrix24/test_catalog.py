"""What `latido catalog` says of what Bitrix24 does not give out."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from latido import cli
from latido.plugins import plugin_manager
from tests.connectors.bitrix24.desk import SECRET, WEBHOOK

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SPEND = "Bitrix24 does not give out ad spend. Put it into a file and install latido-files."
TOML = """\
[sources.crm]
connector = "bitrix24"
webhook_url = "env:BITRIX24_WEBHOOK"
"""


def test_the_catalogue_says_once_what_is_not_given_out_and_what_unlocks_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Several figures need ad spend, and none of them can be had from a portal alone."""
    (tmp_path / "latido.toml").write_text(TOML, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO())

    code = cli.main(["catalog"], environ={"BITRIX24_WEBHOOK": WEBHOOK}, installed=plugin_manager)

    said = capsys.readouterr().out
    assert (0, 1) == (code, said.count(SPEND))
    assert SECRET not in said
