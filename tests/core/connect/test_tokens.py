"""Tokens are whole at any moment, and only their owner reads them."""

from __future__ import annotations

import multiprocessing
import os
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from latido.connect import Http, OAuth, Runtime, Tokens, TokenStore
from latido.errors import ConfigurationError
from latido.testing import ManualClock
from tests.core.connect.token_servers import TokenServer
from tests.core.connect.vendors import NOON, Loopback

if TYPE_CHECKING:
    from multiprocessing.synchronize import Barrier
    from pathlib import Path

PROCESSES = multiprocessing.get_context("spawn")
FIRST = Tokens("access-0", NOON, NOON + timedelta(minutes=30), "refresh-0")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / ".latido"


def test_tokens_come_back_as_they_were_stored(folder: Path) -> None:
    endless = Tokens("access-9", NOON)
    TokenStore(folder).put("support", FIRST)
    TokenStore(folder).put("a/../b", endless)

    assert FIRST == TokenStore(folder).get("support")
    assert endless == TokenStore(folder).get("a/../b")
    assert None is TokenStore(folder).get("sales")


def test_a_store_that_was_never_written_is_empty_and_stays_away(folder: Path) -> None:
    assert None is TokenStore(folder).get("support")
    assert not folder.exists()


def test_only_their_owner_reads_tokens(folder: Path) -> None:
    before = os.umask(0)
    try:
        TokenStore(folder).put("support", FIRST)
    finally:
        os.umask(before)

    assert 0o700 == folder.stat().st_mode & 0o777
    assert {0o600} == {file.stat().st_mode & 0o777 for file in folder.iterdir()}


def test_tokens_do_not_show_when_printed() -> None:
    assert "access" not in f"{FIRST!r} {FIRST}".replace("Tokens", "")
    assert "refresh" not in f"{FIRST!r} {FIRST}"


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"support": {}}', '{"support": 7}', '{"support": {"access_token": "a-123456"}}']
)
def test_a_damaged_file_is_told_and_left_alone(folder: Path, content: str) -> None:
    folder.mkdir()
    file = folder / "tokens.json"
    file.write_text(content)

    with pytest.raises(ConfigurationError, match=r"tokens\.json is damaged") as caught:
        TokenStore(folder).get("support")

    assert "latido login" in str(caught.value.hint)
    assert "a-123456" not in str(caught.value)
    assert content == file.read_text()


def test_a_write_that_fails_leaves_the_file_as_it_was(folder: Path) -> None:
    """A full disk, say."""
    store = TokenStore(folder)
    store.put("support", FIRST)

    with pytest.raises(TypeError):
        store.put("support", Tokens(object(), NOON))  # type: ignore[arg-type]

    assert FIRST == store.get("support")
    assert ["tokens.json"] == [file.name for file in folder.iterdir() if file.suffix != ".lock"]


def renewing(url: str, folder: Path, both_started: Barrier) -> None:
    """One of two programs that find an expired token at the same time."""
    runtime = Runtime("support", clock=ManualClock(NOON + timedelta(hours=1)), folder=folder)
    secret = SecretStr("s3cr3t-of-ours")
    auth = OAuth(f"{url}/token", runtime, client_id="latido", client_secret=secret, grant="refresh_token")
    http = Http(url, runtime, auth=auth)
    both_started.wait()
    for n in range(3):
        http.get(f"page/{n}")
    http.close()


def test_two_programs_at_once_renew_once(folder: Path) -> None:
    """The vendor forgets the old pair at once: whoever renewed second would be locked out."""
    TokenStore(folder).put("support", FIRST)
    server = TokenServer()
    with Loopback(server.say_raw) as vendor:
        both_started = PROCESSES.Barrier(2)
        programs = [
            PROCESSES.Process(target=renewing, args=(vendor.url, folder, both_started), daemon=True) for _ in range(2)
        ]
        for program in programs:
            program.start()
        for program in programs:
            program.join(60)

    assert [0, 0] == [program.exitcode for program in programs]
    assert 1 == len(server.grants)
    assert 6 == len(server.opened)


def dying(url: str, folder: Path) -> None:
    """A program that is killed when its new tokens are on the disk, but not yet in their place."""
    os.fsync = lambda _descriptor: os._exit(9)  # type: ignore[assignment]
    renewing(url, folder, PROCESSES.Barrier(1))


def test_a_crash_before_the_new_pair_is_stored_leaves_no_trace_of_it(folder: Path) -> None:
    """What nobody stored, nobody used: the old pair is whole, nothing is locked, nothing is in the way."""
    TokenStore(folder).put("support", FIRST)
    server = TokenServer()
    with Loopback(server.say_raw) as vendor:
        program = PROCESSES.Process(target=dying, args=(vendor.url, folder), daemon=True)
        program.start()
        program.join(60)

    assert 9 == program.exitcode
    assert 1 == len(server.grants)
    assert [] == server.opened
    assert FIRST == TokenStore(folder).get("support")

    again = Tokens("access-7", NOON, None, "refresh-7")
    TokenStore(folder).put("support", again)
    assert again == TokenStore(folder).get("support")
