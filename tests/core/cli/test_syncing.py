"""`sync`, `status` and `quarantine` as an operator meets them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from latido.connect import Page
from latido.errors import CredentialError, VendorUnavailable
from tests.core.cli.conftest import TOML, Desk, DeskTickets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.connect import Cursor
    from tests.core.cli.conftest import Terminal

BROKEN = {"id": 3, "opened": "yesterday"}


@pytest.fixture
def desk(project: Terminal) -> type[Desk]:
    """Return a connector of this test's own, to be changed."""
    own: type[Desk] = type("OwnDesk", (Desk,), {})
    project.connectors = [own]
    return own


def test_sync_prints_a_receipt_per_stream(project: Terminal) -> None:
    said = project("sync", "--format", "json")

    (receipt,) = said.json["receipts"]
    assert ("support", "tickets", 2, 2, 0) == tuple(
        receipt[name] for name in ("source", "stream", "fetched", "inserted", "quarantined")
    )
    assert 0 == said.code


def test_sync_says_how_far_it_is_on_stderr(project: Terminal) -> None:
    said = project("sync")

    assert "support: reading tickets.\n" in said.err
    assert "support: tickets done in" in said.err
    assert "reading" not in said.out


def test_record_that_does_not_fit_ends_with_5_and_is_shown(project: Terminal, desk: type[Desk]) -> None:
    desk.tickets = [{"id": 1}, BROKEN]

    synced = project("sync")
    shown = project("quarantine", "--format", "json").json["records"]

    assert 5 == synced.code
    assert "support: records of tickets that do not fit: 1. To see why, run: latido quarantine\n" in synced.err
    assert [("3", "tickets")] == [(each["source_id"], each["table_name"]) for each in shown]
    assert shown[0]["reason"].startswith("created_at: ")


def test_quarantine_can_be_tried_again(project: Terminal, desk: type[Desk]) -> None:
    desk.tickets = [BROKEN]
    project("sync")

    said = project("quarantine", "retry", "--format", "json")

    assert 5 == said.code
    assert [1] == [each["quarantined"] for each in said.json["receipts"]]


def test_quarantine_without_records_says_so(synced: Terminal) -> None:
    shown, retried = synced("quarantine"), synced("quarantine", "retry")

    assert ("", "Nothing is in quarantine.\n") == (shown.out, shown.err) == (retried.out, retried.err)


def test_one_source_that_fails_does_not_stop_the_other(project: Terminal) -> None:
    project.write(TOML + '\n[sources.second]\nconnector = "desk"\ntoken = "env:OTHER_TOKEN"\n')

    said = project("sync", "--format", "json")

    assert 3 == said.code
    assert ["support"] == [each["source"] for each in said.json["receipts"]]
    assert (
        "second: the variable OTHER_TOKEN is not set.\n"
        "  Set it in the environment or in .env, then run: latido check second\n" in said.err
    )


def test_rejected_credential_ends_with_4_and_the_vendors_sentence(project: Terminal, desk: type[Desk]) -> None:
    class Rejected(DeskTickets):
        def pages(self, cursor: Cursor) -> Iterator[Page]:
            raise CredentialError(f"support: Desk rejects the token opensesame at {cursor}.", "Check DESK_TOKEN")

    desk.stream = Rejected

    said = project("sync")

    assert 4 == said.code
    assert "support: Desk rejects the token *** at {'since': None}.\n  Check DESK_TOKEN\n" in said.err


def test_stream_that_does_not_exist_suggests_the_nearest(project: Terminal) -> None:
    said = project("sync", "--stream", "tickts")

    assert 2 == said.code
    assert "There is no stream tickts.\n  Did you mean tickets?\n" == said.err


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signal_ends_at_a_clean_checkpoint(
    project: Terminal, desk: type[Desk], sent: signal.Signals, code: int
) -> None:
    """The page at hand is stored, and the exit code tells the signal."""

    class Interrupted(DeskTickets):
        def pages(self, cursor: Cursor) -> Iterator[Page]:
            yield from super().pages(cursor)
            os.kill(os.getpid(), sent)
            assert self.connector.runtime.stopping.wait(10)
            yield Page(cursor={"at": 2})

    desk.stream = Interrupted
    before = signal.getsignal(sent)

    said = project("sync")

    assert code == said.code
    assert "Interrupted. What was read is stored.\n" in said.err
    assert before is signal.getsignal(sent)
    assert [2] == [each["inserted"] for each in said_receipts(project)]


def said_receipts(project: Terminal) -> list[dict[str, Any]]:
    (run,) = project("status", "--format", "json").json["runs"]
    found: list[dict[str, Any]] = project("status", run["run_id"], "--format", "json").json["receipts"]
    return found


def test_plan_of_a_stream_that_does_not_exist(project: Terminal) -> None:
    said = project("sync", "--plan", "--stream", "tikets")

    assert (2, "There is no stream tikets.\n  Did you mean tickets?\n") == (said.code, said.err)


def test_what_several_streams_complain_of_is_said_once(project: Terminal, desk: type[Desk]) -> None:
    class Asleep(DeskTickets):
        def pages(self, cursor: Cursor) -> Iterator[Page]:
            yield from ()
            assert cursor
            raise VendorUnavailable(f"{self.name} sleeps.", "Wake the vendor up.")

    class Drowsy(Asleep):
        name = "drowsy"

    desk.streams = lambda self: [Asleep(self), Asleep(self), Drowsy(self)]  # type: ignore[method-assign]

    said = project("sync", "--quiet")

    assert (6, "support: tickets sleeps.\nsupport: drowsy sleeps.\n  Wake the vendor up.\n") == (said.code, said.err)


def test_plan_costs_nothing(project: Terminal) -> None:
    said = project("sync", "--plan", "--format", "json")

    assert [("support", "tickets", True)] == [
        (each["source"], each["stream"], each["whole"]) for each in said.json["plan"]
    ]
    assert not (project.folder / "latido.duckdb").exists()


def test_published_copy_is_renewed(project: Terminal) -> None:
    project.write(TOML.replace("[latido]\n", '[latido]\npublish = "read.duckdb"\n'))

    project("sync")

    with duckdb.connect(str(project.folder / "read.duckdb"), read_only=True) as copy:
        assert [(2,)] == copy.execute("SELECT COUNT(*) FROM tickets").fetchall()


def test_status_shows_freshness_streams_and_runs(synced: Terminal) -> None:
    said = synced("status", "--format", "json").json

    assert [("support", 0, True)] == [
        (each["source"], each["exit_code"], each["configured"]) for each in said["sources"]
    ]
    assert ['{"at":1}'] == [each["cursor"] for each in said["streams"]]
    assert ["incremental"] == [each["mode"] for each in said["runs"]]


def test_status_of_a_run_shows_its_receipts(synced: Terminal) -> None:
    (run,) = synced("status", "--format", "json").json["runs"]

    receipts = synced("status", run["run_id"], "--format", "json").json["receipts"]

    assert [("tickets", 2)] == [(each["stream"], each["inserted"]) for each in receipts]


def test_status_of_a_run_that_never_was(synced: Terminal) -> None:
    said = synced("status", "yesterday")

    assert 2 == said.code
    assert "There was no run yesterday.\n  See the last ones: latido status\n" == said.err


def test_status_shows_a_source_that_is_no_longer_configured(synced: Terminal) -> None:
    synced.write("[latido]\n")

    assert [False] == [each["configured"] for each in synced("status", "--format", "json").json["sources"]]


def test_nothing_synced_yet_says_what_to_run(project: Terminal) -> None:
    said = project("status")

    assert 3 == said.code
    assert "Nothing has been synced yet.\n  Run: latido sync\n" == said.err


def test_warehouse_of_a_newer_latido_ends_with_7(synced: Terminal) -> None:
    with duckdb.connect(str(synced.folder / "latido.duckdb")) as connection:
        connection.execute("UPDATE _latido_meta SET value = '999' WHERE key = 'schema_version'")

    for command in ("status", "sync"):
        said = synced(command)

        assert 7 == said.code
        assert "The warehouse was written by a newer Latido (schema 999, here" in said.err
        assert "  Update this one: pip install --upgrade latido\n" in said.err


def test_file_held_by_another_program_is_named(synced: Terminal) -> None:
    """The program is told by name and number; the exit code says that a later run resumes."""
    code = "import duckdb, sys; c = duckdb.connect('latido.duckdb'); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=synced.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()

        said = synced("sync", "--timeout", "1s")
        holder.terminate()

    assert 9 == said.code
    assert "latido.duckdb is held by " in said.err
    assert f"(process {holder.pid})" in said.err
