"""A stream that asks for its sweep, and files that were read again."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from latido.connect import Page, Rejected
from latido.schema import Account
from latido.warehouse import Warehouse
from tests.memory import MemoryConnector, Script, ScriptedStream, page, source_of, stored, synced

if TYPE_CHECKING:
    from pathlib import Path

    from latido.connect import Cursor


class Asking(ScriptedStream):
    """A stream whose rows may be gone whenever it is not where it was."""

    asks: ClassVar[bool] = False

    def sweep_now(self, cursor: Cursor) -> bool:
        return self.asks and cursor == {"after": 20}


def test_a_sweep_that_is_asked_for_stays_due_until_it_ends(tmp_path: Path) -> None:
    """Where it stops at the guard against mass deletions, the next run takes it up, wherever the cursor is by then."""
    warehouse = Warehouse(tmp_path / "latido.duckdb")
    all_of_them = [{"source_id": str(n)} for n in range(100)]
    script = Script("accounts", (Account,), lambda _c: [page(Account, *all_of_them, cursor={"after": 20})])
    script.deletions, script.ids = "census", lambda: [["1"]]
    source = source_of(tmp_path, script)
    source.connector.stream_type = Asking  # type: ignore[attr-defined] # it is a connector in memory
    synced(warehouse, source)
    script.pages = lambda _cursor: [Page(cursor={"after": 30})]

    idle = synced(warehouse, source).exit_code
    Asking.asks = True
    script.pages = lambda _cursor: [Page(cursor={"after": 20})]
    synced(warehouse, source)
    script.pages = lambda _cursor: [Page(cursor={"after": 40})]
    held = synced(warehouse, source).exit_code
    allowed = synced(warehouse, source, allow_mass_delete=True).exit_code

    assert (0, 8, 0) == (idle, held, allowed)
    assert [("1",)] == [(key,) for key, gone in stored(warehouse, Account, "source_id", "is_deleted") if not gone]
    assert issubclass(source.connector, MemoryConnector)


def test_what_a_file_put_away_goes_when_the_file_was_read_again(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "latido.duckdb")

    def put_away(file: str) -> Rejected:
        return Rejected("accounts", None, "source_id: missing", {"file": file, "line": 2, "row": {}})

    first = Page(rejected=[put_away("a.csv"), put_away("b.csv")], cursor={"after": 1}, settled=["a.csv", "b.csv"])
    again = Page(rejected=[], cursor={"after": 2}, settled=["a.csv"])

    synced(warehouse, source_of(tmp_path, Script("accounts", (Account,), lambda _cursor: [first])))
    synced(warehouse, source_of(tmp_path, Script("accounts", (Account,), lambda _cursor: [again])))

    with warehouse.reading() as connection:
        left = connection.execute("SELECT payload ->> '$.file' FROM _latido_quarantine").fetchall()
    assert [("b.csv",)] == left
