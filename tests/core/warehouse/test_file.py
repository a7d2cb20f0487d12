"""The warehouse file among other programs, older and newer Latidos, and full disks."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb
import pytest

from latido.errors import ConfigurationError, LockedError, SchemaError
from latido.schema import ENTITIES, Account
from latido.warehouse import SCHEMA_VERSION, Warehouse, columns, publish
from tests.memory import FakeClock, Listener, Script, page, source_of, stored, synced

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOLD = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == "ro")
print("open", flush=True)
input()
"""


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "latido.duckdb", clock=FakeClock())


@contextmanager
def another_program(path: Path, mode: str) -> Iterator[int]:
    """Keep *path* open in another process; yields its id."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path), mode], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        assert "open\n" == program.stdout.readline()
        yield program.pid
        program.communicate("\n")


def accounts(*names: str) -> Script:
    rows = [{"source_id": name, "name": name} for name in names]
    return Script("accounts", (Account,), lambda _cursor: [page(Account, *rows, cursor={"after": 1})])


def test_every_table_has_its_columns(warehouse: Warehouse) -> None:
    with warehouse.writing():
        pass

    with warehouse.reading() as connection:
        for entity in ENTITIES:
            found = connection.execute(f"DESCRIBE {entity.table}").fetchall()
            expected = {
                name: kind.replace("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE") for name, kind in columns(entity).items()
            }
            assert expected == {name: kind for name, kind, *_ in found}


def test_reading_before_the_first_sync_says_what_to_do(warehouse: Warehouse) -> None:
    with pytest.raises(ConfigurationError, match="Nothing has been synced yet") as raised, warehouse.reading():
        pass

    assert "Run: latido sync" == str(raised.value.hint)


def test_a_writer_waits_for_another_program_then_names_it(warehouse: Warehouse) -> None:
    warehouse.upgrade()
    waited: list[LockedError] = []

    with (
        another_program(warehouse.path, "rw") as pid,
        pytest.raises(LockedError, match=f"process {pid}"),
        warehouse.writing(wait=5, on_wait=waited.append),
    ):
        pass

    assert 1 == len(waited)


def test_a_writer_does_not_complain_of_who_only_reads_a_figure(warehouse: Warehouse) -> None:
    warehouse.upgrade()
    waited: list[LockedError] = []

    with (
        another_program(warehouse.path, "ro"),
        pytest.raises(LockedError),
        warehouse.writing(wait=1, on_wait=waited.append),
    ):
        pass

    assert [] == waited


def test_a_writer_that_is_asked_to_end_waits_some_seconds_more(warehouse: Warehouse) -> None:
    """Long enough for somebody who only reads a figure, and no ten minutes."""
    warehouse.upgrade()

    with (
        another_program(warehouse.path, "ro"),
        pytest.raises(LockedError),
        warehouse.writing(in_a_hurry=lambda: warehouse.clock.monotonic() > 1),
    ):
        pass

    assert 5 < warehouse.clock.monotonic() < 7


def test_a_sync_that_another_program_keeps_out_ends_resumable(tmp_path: Path, warehouse: Warehouse) -> None:
    listener, source = Listener(), source_of(tmp_path, accounts("a"))
    synced(warehouse, source)

    with another_program(warehouse.path, "ro") as pid:
        report = synced(warehouse, source, observer=listener, timeout_seconds=2)

    assert 9 == report.exit_code
    assert any(str(pid) in warning for warning in listener.warnings)
    assert 0 == synced(warehouse, source).exit_code


def test_readers_in_other_programs_do_not_disturb_each_other(warehouse: Warehouse) -> None:
    warehouse.upgrade()

    with another_program(warehouse.path, "ro"), warehouse.reading() as connection:
        assert [(0,)] == connection.execute("SELECT COUNT(*) FROM accounts").fetchall()


def test_a_newer_warehouse_is_left_alone(warehouse: Warehouse) -> None:
    with warehouse.writing() as connection:
        connection.execute("UPDATE _latido_meta SET value = ? WHERE key = 'schema_version'", [str(SCHEMA_VERSION + 1)])

    for opened in (warehouse.reading, warehouse.writing):
        with pytest.raises(SchemaError, match="newer Latido") as raised, opened():
            pass
        assert "pip install --upgrade latido" in str(raised.value.hint)


def test_an_older_warehouse_gains_the_columns_that_it_lacks(tmp_path: Path, warehouse: Warehouse) -> None:
    synced(warehouse, source_of(tmp_path, accounts("a")))
    with warehouse.writing() as connection:
        connection.execute("ALTER TABLE accounts DROP COLUMN tax_id")
        connection.execute("UPDATE _latido_meta SET value = '0' WHERE key = 'schema_version'")

    assert [("a", None)] == stored(warehouse, Account, "name", "tax_id")


@pytest.mark.parametrize("name", ["latido.duckdb", "tickets.csv"])
def test_a_file_that_is_no_warehouse_is_not_touched(tmp_path: Path, name: str) -> None:
    warehouse = Warehouse(tmp_path / name)
    warehouse.path.write_text("id,diary\n1,mine\n" * 1000)

    with pytest.raises(ConfigurationError, match=rf"{name} is not a warehouse of Latido"), warehouse.writing():
        pass

    assert warehouse.path.read_text().startswith("id,diary")


def test_what_has_no_room_in_memory_lies_beside_the_warehouse_meanwhile(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "latido.duckdb", memory_limit="20MB")

    with warehouse.writing() as connection:
        connection.execute("CREATE TEMP TABLE much AS SELECT HASH(i)::VARCHAR AS text FROM RANGE(2_000_000) AS r(i)")
        beside = [each.name for each in tmp_path.iterdir()]

    assert "latido.duckdb.tmp" in beside
    assert ["latido.duckdb"] == [each.name for each in tmp_path.iterdir()]


@pytest.mark.parametrize(("room", "more"), [(3_000_000, 60_000), (1_000_000, 3_000)], ids=["rows", "commit"])
def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path, room: int, more: int) -> None:
    """A file size limit stands for the disk: the operating system refuses the same writes."""
    program = """
import resource, signal, sys
from pathlib import Path
from latido.schema import Account
from latido.warehouse import Warehouse
from tests.memory import Script, page, source_of, stored, synced

folder, room, more = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
warehouse = Warehouse(folder / "latido.duckdb")
def rows(first, n):
    return [{"source_id": str(i), "name": f"{i * 7919 % 104729:x}" * 40} for i in range(first, first + n)]
few = Script("accounts", (Account,), lambda c: [page(Account, *rows(0, 10), cursor={"after": 1})])
many = Script("accounts", (Account,), lambda c: [page(Account, *rows(10, more), cursor={"after": 2})])
assert synced(warehouse, source_of(folder, few)).exit_code == 0
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
report = synced(warehouse, source_of(folder, many))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(report.exit_code, report.outcomes[0].problems[0].message)
print(len(stored(warehouse, Account, "source_id")))
print(synced(warehouse, source_of(folder, many)).exit_code, len(stored(warehouse, Account, "source_id")))
"""

    command = [sys.executable, "-c", program, str(tmp_path), str(room), str(more)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    expected = "1 The disk is full: latido.duckdb could not be written. What was stored before is safe."
    assert [expected, "10", f"0 {more + 10}"] == done.stdout.splitlines(), done.stderr


def test_a_published_copy_is_renewed_while_somebody_reads_the_old_one(tmp_path: Path, warehouse: Warehouse) -> None:
    target = tmp_path / "read.duckdb"
    synced(warehouse, source_of(tmp_path, accounts("a")))
    publish(warehouse, target)

    with another_program(target, "ro"):
        synced(warehouse, source_of(tmp_path, accounts("a", "b")))
        publish(warehouse, target)

    assert [("a",), ("b",)] == duckdb.connect(str(target)).execute("SELECT name FROM accounts ORDER BY 1").fetchall()
    assert ["latido.duckdb", "read.duckdb"] == sorted(path.name for path in tmp_path.glob("*duckdb*"))


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigurationError, match="folder of the warehouse"):
        Warehouse(tmp_path / "file" / "latido.duckdb").upgrade()
