"""What a sync promises, over a vendor in memory."""

from __future__ import annotations

import signal
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from arro3.core import Array, DataType
from hypothesis import given, settings
from hypothesis import strategies as st

from latido.connect import Count, Mapping, Page, Refused, Rejected, Rows, Stream, local_date
from latido.errors import CredentialError, NotOffered, UsageError, VendorUnavailable
from latido.messages import marker
from latido.schema import Account, Contact, Deal, Ticket, TicketEvent
from latido.sync import Options, Sync, plan, retry_quarantine
from latido.warehouse import Warehouse, meta
from tests.house import Open
from tests.memory import NOON, FakeClock, Listener, Script, ScriptedStream, page, source_of, stored, synced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from latido.connect import Cursor
    from latido.sync import Report, Source

_ = marker("latido")


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "latido.duckdb")


def accounts(*pages: Page, **more: object) -> Script:
    return Script("accounts", (Account,), lambda _cursor: list(pages), **more)  # type: ignore[arg-type]


def always(*pages: Page) -> Callable[[Cursor], Sequence[Page]]:
    return lambda _cursor: pages


def problem(report: Report) -> str:
    return str(report.outcomes[0].problems[0].message)


def test_rows_and_cursor_are_stored(warehouse: Warehouse, tmp_path: Path) -> None:
    script = accounts(page(Account, {"source_id": "1", "name": "Acme"}, cursor={"after": 1}))

    report = synced(warehouse, source_of(tmp_path, script))

    assert 0 == report.exit_code
    assert [("shop", "1", "Acme")] == stored(warehouse, Account, "source", "source_id", "name")


def test_a_second_run_resumes_at_the_stored_cursor(warehouse: Warehouse, tmp_path: Path) -> None:
    script = accounts(page(Account, {"source_id": "1"}, cursor={"after": 1}))
    source = source_of(tmp_path, script)

    synced(warehouse, source)
    synced(warehouse, source)

    assert [{"since": None}, {"after": 1}] == script.read_from


def test_reading_again_changes_nothing(warehouse: Warehouse, tmp_path: Path) -> None:
    source = source_of(tmp_path, accounts(page(Account, {"source_id": "1", "name": "Acme"}, cursor={"after": 1})))
    synced(warehouse, source)
    before = stored(warehouse, Account, "name", "seq")

    receipt = synced(warehouse, source).outcomes[0].receipts[0]

    assert (0, 0, 1) == (receipt.inserted, receipt.updated, receipt.unchanged)
    assert before == stored(warehouse, Account, "name", "seq")


@pytest.mark.parametrize(("first", "second", "name"), [(1, 2, "new"), (2, 2, "new"), (2, 1, "old"), (None, 1, "new")])
def test_a_greater_or_equal_version_replaces(
    warehouse: Warehouse, tmp_path: Path, first: int | None, second: int, name: str
) -> None:
    script = accounts(
        page(Account, {"source_id": "1", "version": first, "name": "old"}, cursor={"after": 1}),
        page(Account, {"source_id": "1", "version": second, "name": "new"}, cursor={"after": 2}),
    )

    synced(warehouse, source_of(tmp_path, script), checkpoint_rows=1)
    one_flush = Warehouse(tmp_path / "other.duckdb")
    synced(one_flush, source_of(tmp_path, script))

    assert [(name,)] == stored(warehouse, Account, "name") == stored(one_flush, Account, "name")


def test_of_rows_that_stand_out_of_order_the_last_position_wins(warehouse: Warehouse, tmp_path: Path) -> None:
    rows, _faults = Rows.of(Account, [{"source_id": "1", "name": "later"}, {"source_id": "1", "name": "earlier"}])
    out_of_order = Page([replace(rows, positions=[1, 0])], {"at": 1})

    synced(warehouse, source_of(tmp_path, accounts(out_of_order)))

    assert [("1", "later")] == stored(warehouse, Account, "source_id", "name")


def test_columns_of_arrow_are_stored_as_lists_are(warehouse: Warehouse, tmp_path: Path) -> None:
    lists, _faults = Rows.of(Account, [{"source_id": "1", "employees": 7}, {"source_id": "2", "employees": None}])
    kinds = {"source_id": DataType.string(), "employees": DataType.int64()}
    arrays = Rows(Account, {name: Array(lists.values(name), kind) for name, kind in kinds.items()})
    deleted = Page([], deleted={Account: {"2": None}})

    synced(warehouse, source_of(tmp_path, accounts(deleted, Page([arrays], {"at": 1}))))

    assert list(lists) == list(arrays)
    assert [("1", 7, False), ("2", None, False)] == stored(warehouse, Account, "source_id", "employees", "is_deleted")


def test_a_deletion_leaves_a_tombstone_that_a_restored_row_clears(warehouse: Warehouse, tmp_path: Path) -> None:
    alive = page(Account, {"source_id": "1", "version": 7}, cursor={"after": 1})
    gone = Page(deleted={Account: {"1": NOON}}, cursor={"after": 2})
    for turn, expected in ((alive, False), (gone, True), (alive, False)):
        synced(warehouse, source_of(tmp_path, accounts(turn)))

        assert [(expected,)] == stored(warehouse, Account, "is_deleted")


def test_a_merged_row_names_its_survivor(warehouse: Warehouse, tmp_path: Path) -> None:
    script = accounts(
        page(Account, {"source_id": "1"}, {"source_id": "2"}, merged={Account: {"1": "2"}}, cursor={"a": 1})
    )

    receipt = synced(warehouse, source_of(tmp_path, script)).outcomes[0].receipts[0]

    assert 1 == receipt.merged
    assert [("1", "2"), ("2", None)] == stored(warehouse, Account, "source_id", "merged_into")


def test_rows_that_come_deleted_or_merged_are_counted_as_such(warehouse: Warehouse, tmp_path: Path) -> None:
    """Some vendors tell of it in the record itself. Told again, it is no news."""
    before = page(Account, {"source_id": "1"}, {"source_id": "2"}, {"source_id": "3"}, cursor={"a": 1})
    after = page(
        Account,
        {"source_id": "1", "is_deleted": True},
        {"source_id": "2", "merged_into": "3"},
        {"source_id": "3"},
        cursor={"a": 2},
    )

    found = [synced(warehouse, source_of(tmp_path, accounts(turn))) for turn in (before, after, after)]

    assert [(3, 0, 0, 0), (0, 2, 1, 1), (0, 0, 0, 0)] == [
        (each.inserted, each.updated, each.deleted, each.merged) for (each,) in (r.outcomes[0].receipts for r in found)
    ]


def test_children_that_the_parent_lost_are_deleted(warehouse: Warehouse, tmp_path: Path) -> None:
    def brought(cursor: int, *ids: str) -> Page:
        rows = [{"source_id": each, "ticket_id": "t"} for each in ids]
        return page(TicketEvent, *rows, replaces={TicketEvent: ("ticket_id", ["t"])}, cursor={"after": cursor})

    script = Script("events", (TicketEvent,), lambda _cursor: [brought(1, "a", "b"), brought(2, "b", "c")])

    synced(warehouse, source_of(tmp_path, script))

    assert [("a", True), ("b", False), ("c", False)] == [
        (key, bool(deleted)) for key, deleted in stored(warehouse, TicketEvent, "source_id", "is_deleted")
    ]


def test_a_snapshot_deletes_what_it_no_longer_brings(warehouse: Warehouse, tmp_path: Path) -> None:
    both = page(Account, {"source_id": "1"}, {"source_id": "2"})
    one = page(Account, {"source_id": "2"})

    for turn in (both, one):
        synced(warehouse, source_of(tmp_path, accounts(turn, mode="snapshot")))

    assert [("1", True), ("2", False)] == stored(warehouse, Account, "source_id", "is_deleted")


def test_children_of_a_parent_that_is_not_named_stay(warehouse: Warehouse, tmp_path: Path) -> None:
    """A page may bring some children of one parent and all of another."""
    family = page(TicketEvent, {"source_id": "a", "ticket_id": "t"}, {"source_id": "b", "ticket_id": "u"})
    later = page(TicketEvent, {"source_id": "c", "ticket_id": "u"}, replaces={TicketEvent: ("ticket_id", ["t"])})

    synced(warehouse, source_of(tmp_path, Script("events", (TicketEvent,), lambda _cursor: [family, later])))

    assert [("a", True), ("b", False), ("c", False)] == stored(warehouse, TicketEvent, "source_id", "is_deleted")


def test_a_page_of_marks_alone_is_stored(warehouse: Warehouse, tmp_path: Path) -> None:
    events = [page(TicketEvent, {"source_id": "e", "ticket_id": "t"}), Page(replaces={TicketEvent: ("ticket_id", "t")})]
    people = [page(Contact, {"source_id": "1"}, {"source_id": "2"}), Page(merged={Contact: {"1": "2"}})]
    for turn in (0, 1):
        scripts = [
            Script("events", (TicketEvent,), always(events[turn])),
            Script("people", (Contact,), always(people[turn])),
        ]
        synced(warehouse, source_of(tmp_path, *scripts))

    assert [(True,)] == stored(warehouse, TicketEvent, "is_deleted")
    assert [("2",), (None,)] == stored(warehouse, Contact, "merged_into")


def test_a_snapshot_of_two_tables_deletes_in_each_what_is_gone_there(warehouse: Warehouse, tmp_path: Path) -> None:
    before = [page(Account, {"source_id": "1"}), page(Contact, {"source_id": "c"}, {"source_id": "d"})]
    after = [page(Account, {"source_id": "1"}), page(Contact, {"source_id": "d"})]

    for turn in (before, after):
        script = Script("both", (Account, Contact), always(*turn), mode="snapshot")
        synced(warehouse, source_of(tmp_path, script))

    assert [("1", False)] == stored(warehouse, Account, "source_id", "is_deleted")
    assert [("c", True), ("d", False)] == stored(warehouse, Contact, "source_id", "is_deleted")


def test_a_snapshot_keeps_what_is_there_but_does_not_fit(warehouse: Warehouse, tmp_path: Path) -> None:
    for employees in (3, "many"):
        odd = page(Account, {"source_id": "1", "employees": employees})
        report = synced(warehouse, source_of(tmp_path, accounts(odd, mode="snapshot")))

    assert 5 == report.exit_code
    assert [(3, False)] == stored(warehouse, Account, "employees", "is_deleted")


def data_version(warehouse: Warehouse) -> str | None:
    with warehouse.reading() as connection:
        return meta(connection, "data_version")


def test_what_a_census_deletes_makes_figures_stale(warehouse: Warehouse, tmp_path: Path) -> None:
    script = accounts(many(2), deletions="census", ids=lambda: [["0"]])
    clock = FakeClock()
    synced(warehouse, source_of(tmp_path, script, clock=clock))
    before = data_version(warehouse)
    clock.instant += timedelta(hours=24)
    script.pages = lambda _cursor: []

    synced(warehouse, source_of(tmp_path, script, clock=clock))

    assert before != data_version(warehouse)


def many(n: int) -> Page:
    return page(Account, *[{"source_id": str(each)} for each in range(n)], cursor={"after": n})


def test_a_snapshot_that_would_delete_too_much_stops_the_stream(warehouse: Warehouse, tmp_path: Path) -> None:
    synced(warehouse, source_of(tmp_path, accounts(many(100), mode="snapshot")))
    shrunk = source_of(tmp_path, accounts(many(50), mode="snapshot"))

    report = synced(warehouse, shrunk)

    assert 8 == report.exit_code
    assert "accounts: 50 of 100 rows are gone at the vendor." == problem(report)
    assert "--allow-mass-delete" in str(report.outcomes[0].problems[0].hint)
    assert 100 == sum(not deleted for (deleted,) in stored(warehouse, Account, "is_deleted"))
    assert 0 == synced(warehouse, shrunk, allow_mass_delete=True).exit_code
    assert 50 == sum(not deleted for (deleted,) in stored(warehouse, Account, "is_deleted"))


def test_a_census_finds_deletions_once_its_time_has_come(warehouse: Warehouse, tmp_path: Path) -> None:
    clock = FakeClock()
    script = accounts(many(3), deletions="census", ids=lambda: [["0"], ["2"]])
    source = source_of(tmp_path, script, clock=clock)
    synced(warehouse, source)
    script.pages = lambda _cursor: []

    synced(warehouse, source)
    assert 0 == sum(bool(deleted) for (deleted,) in stored(warehouse, Account, "is_deleted"))
    clock.instant += timedelta(hours=24)
    synced(warehouse, source)

    assert [("0", False), ("1", True), ("2", False)] == stored(warehouse, Account, "source_id", "is_deleted")


def test_a_census_that_yields_no_lists_deletes_nothing(warehouse: Warehouse, tmp_path: Path) -> None:
    """Taken letter by letter, the id 12 would be the two others."""
    clock = FakeClock()
    script = accounts(many(13), deletions="census", ids=lambda: map(str, range(13)))
    source = source_of(tmp_path, script, clock=clock)
    synced(warehouse, source)
    clock.instant += timedelta(hours=24)
    script.pages = lambda _cursor: []

    report = synced(warehouse, source)

    assert 1 == report.exit_code
    assert "ids() yields lists of ids" in str(report.outcomes[0].problems[0].__cause__)
    assert 0 == sum(bool(deleted) for (deleted,) in stored(warehouse, Account, "is_deleted"))


def test_a_snapshot_need_not_say_where_to_go_on(warehouse: Warehouse, tmp_path: Path) -> None:
    """That its mapping changed is noticed all the same."""
    script = accounts(page(Account, {"source_id": "1"}), mode="snapshot")
    listener = Listener()
    synced(warehouse, source_of(tmp_path, script))
    script.fingerprint = "two"

    for _ in range(2):
        synced(warehouse, source_of(tmp_path, script), observer=listener)

    assert ["The mapping of accounts changed: it is read again in full."] == listener.warnings


def test_a_record_that_does_not_fit_is_quarantined_until_it_does(warehouse: Warehouse, tmp_path: Path) -> None:
    broken = page(Account, {"source_id": "1", "employees": "many"}, {"source_id": "2"}, cursor={"after": 1})
    mended = page(Account, {"source_id": "1", "employees": 3}, cursor={"after": 2})

    report = synced(warehouse, source_of(tmp_path, accounts(broken)))

    assert 5 == report.exit_code
    assert [("2",)] == stored(warehouse, Account, "source_id")
    with warehouse.reading() as connection:
        kept = connection.execute("SELECT source_id, reason FROM _latido_quarantine").fetchall()
    assert [("1", "employees: expected a number, found other text")] == kept
    assert 0 == synced(warehouse, source_of(tmp_path, accounts(mended))).exit_code
    with warehouse.reading() as connection:
        assert [] == connection.execute("SELECT * FROM _latido_quarantine").fetchall()


def test_a_record_that_fits_on_a_later_page_leaves_quarantine(warehouse: Warehouse, tmp_path: Path) -> None:
    pages = [
        page(Account, {"source_id": "1", "employees": "many"}, cursor={"after": 1}),
        page(Account, {"source_id": "1", "employees": 3}, cursor={"after": 2}),
    ]

    synced(warehouse, source_of(tmp_path, accounts(*pages)))

    with warehouse.reading() as connection:
        assert [] == connection.execute("SELECT * FROM _latido_quarantine").fetchall()


def test_quarantine_keeps_whatever_a_vendor_sends(warehouse: Warehouse, tmp_path: Path) -> None:
    sent: list[object] = [{"id": 2**70}, {"cut": "\ud83d"}, {"nan": float("nan")}, {1: "a\0b"}, {(1, 2): 2**70}, "text"]
    rejected = [Rejected("accounts", str(at), "odd \ud83d", each) for at, each in enumerate(sent)]

    report = synced(warehouse, source_of(tmp_path, accounts(Page(rejected=rejected, cursor={"after": 1}))))

    assert (5, 6) == (report.exit_code, report.outcomes[0].receipts[0].quarantined)


def test_one_failing_stream_does_not_stop_the_others(warehouse: Warehouse, tmp_path: Path) -> None:
    def failing(_cursor: Cursor) -> Iterator[Page]:
        yield page(Contact, {"source_id": "c"}, cursor={"after": 1})
        raise VendorUnavailable("shop: no answer.")

    report = synced(warehouse, source_of(tmp_path, Script("contacts", (Contact,), failing), accounts(many(1))))

    assert 6 == report.exit_code
    assert [("0",)] == stored(warehouse, Account, "source_id")
    assert [("c",)] == stored(warehouse, Contact, "source_id")


def test_one_failing_source_does_not_stop_the_others(warehouse: Warehouse, tmp_path: Path) -> None:
    def failing(_cursor: Cursor) -> Iterator[Page]:
        yield from ()
        raise CredentialError("desk: rejected.")

    report = synced(
        warehouse,
        source_of(tmp_path, Script("tickets", (Ticket,), failing), name="desk"),
        source_of(tmp_path, accounts(many(1)), name="shop"),
    )

    assert 4 == report.exit_code
    assert [("shop", "0")] == stored(warehouse, Account, "source", "source_id")


def test_a_stream_that_breaks_in_an_unknown_way_is_named_without_a_traceback(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    def broken(_cursor: Cursor) -> Iterator[Page]:
        yield from ()
        raise KeyError("secret-token")

    report = synced(warehouse, source_of(tmp_path, Script("accounts", (Account,), broken)))

    assert 1 == report.exit_code
    assert "shop: accounts failed unexpectedly (KeyError)." == problem(report)


def test_a_connector_that_cannot_be_made_does_not_stop_the_other_sources(warehouse: Warehouse, tmp_path: Path) -> None:
    def broken(*_arguments: object) -> None:
        raise ZeroDivisionError

    report = synced(
        warehouse,
        source_of(tmp_path, accounts(), name="desk", __init__=broken),
        source_of(tmp_path, accounts(many(1)), name="shop"),
    )

    assert 1 == report.exit_code
    assert "desk: memory failed unexpectedly (ZeroDivisionError)." == problem(report)
    assert [("shop", "0")] == stored(warehouse, Account, "source", "source_id")


@pytest.mark.parametrize(("optional", "code"), [(True, 0), (False, 4)])
def test_a_stream_that_the_account_does_not_have(
    warehouse: Warehouse, tmp_path: Path, optional: bool, code: int
) -> None:
    def refused(_cursor: Cursor) -> Iterator[Page]:
        yield from ()
        raise NotOffered("surveys need a plan that this account does not have.")

    listener = Listener()
    source = source_of(tmp_path, Script("surveys", (Account,), refused, optional=optional), accounts(many(1)))

    assert code == synced(warehouse, source, observer=listener).exit_code
    expected = ["surveys is left out: surveys need a plan that this account does not have."] if optional else []
    assert expected == listener.warnings


def test_pages_without_cursor_are_stored_with_the_next_that_has_one(warehouse: Warehouse, tmp_path: Path) -> None:
    steps: list[str] = []

    def reading(_cursor: Cursor) -> Iterator[Page]:
        yield page(Account, {"source_id": "1"}, {"source_id": "2"})
        assert [] == steps
        yield page(Account, {"source_id": "3"}, cursor={"after": 3})

    synced(
        warehouse, source_of(tmp_path, Script("accounts", (Account,), reading)), checkpoint_rows=1, step=steps.append
    )

    assert ["data", "cursor"] == steps
    assert 3 == len(stored(warehouse, Account, "source_id"))


def test_an_exact_count_that_disagrees_is_a_gap(warehouse: Warehouse, tmp_path: Path) -> None:
    report = synced(warehouse, source_of(tmp_path, accounts(many(3), count=Count(5, exact=True))))

    assert 8 == report.exit_code
    assert "shop: 2 accounts are missing. The vendor counts 5 and 3 are stored." == problem(report)


@pytest.mark.parametrize(("counted", "code"), [(2, 0), (3, 0), (5, 8)])
def test_a_vendor_that_forgets_what_we_keep_only_counts_the_least(
    warehouse: Warehouse, tmp_path: Path, counted: int, code: int
) -> None:
    count = Count(counted, exact=True, least=True)

    assert code == synced(warehouse, source_of(tmp_path, accounts(many(3), count=count))).exit_code


def test_a_record_in_quarantine_is_not_missing(warehouse: Warehouse, tmp_path: Path) -> None:
    """The vendor counts it, and we know where it is."""
    odd = Page(rejected=[Rejected("accounts", "9", "odd", {})], cursor={"after": 9})

    report = synced(warehouse, source_of(tmp_path, accounts(many(3), odd, count=Count(4, exact=True))))

    assert 5 == report.exit_code


def test_an_approximate_count_that_is_far_off_is_a_warning(warehouse: Warehouse, tmp_path: Path) -> None:
    listener = Listener()
    source = source_of(tmp_path, accounts(many(3), count=Count(5, exact=False)))

    assert 0 == synced(warehouse, source, observer=listener).exit_code
    assert ["shop: the vendor counts about 5 accounts, 3 are stored."] == listener.warnings


def test_a_changed_mapping_reads_the_stream_again(warehouse: Warehouse, tmp_path: Path) -> None:
    listener = Listener()
    script = accounts(page(Account, {"source_id": "1"}, cursor={"after": 1}))
    source = source_of(tmp_path, script)
    synced(warehouse, source)
    script.fingerprint = "two"

    synced(warehouse, source, observer=listener)

    assert [{"since": None}, {"since": None}] == script.read_from
    assert ["The mapping of accounts changed: it is read again in full."] == listener.warnings


def test_full_and_since_move_the_cursor_back(warehouse: Warehouse, tmp_path: Path) -> None:
    script = accounts(page(Account, {"source_id": "1"}, cursor={"after": 1}))
    source = source_of(tmp_path, script, start_date=date(2026, 1, 1))

    synced(warehouse, source)
    synced(warehouse, source, full=True)
    synced(warehouse, source, since=date(2026, 2, 3))

    began = "2026-01-01T00:00:00+00:00"
    assert [{"since": began}, {"since": began}, {"since": "2026-02-03T00:00:00+00:00"}] == script.read_from


def test_since_does_not_skip_what_was_never_read(warehouse: Warehouse, tmp_path: Path) -> None:
    def two_pages(cursor: Cursor) -> Iterator[Page]:
        yield page(Account, {"source_id": "1"}, cursor={"after": 1})
        if "since" in cursor:
            raise VendorUnavailable("The vendor fell asleep.")

    script = Script("accounts", (Account,), two_pages)
    source = source_of(tmp_path, script)

    synced(warehouse, source, since=date(2026, 2, 3))
    synced(warehouse, source, since=date(2026, 2, 3))
    synced(warehouse, source, since=NOON.date() + timedelta(days=30))

    assert [{"since": None}, {"after": 1}, {"after": 1}] == script.read_from


def test_reading_in_full_ends_at_the_cursor_where_it_stood(warehouse: Warehouse, tmp_path: Path) -> None:
    script = accounts(page(Account, {"source_id": "1"}, cursor={"after": 1}), Page(cursor={"after": 2}))
    source = source_of(tmp_path, script)

    for full in (False, True, False):
        synced(warehouse, source, full=full, checkpoint_rows=1)

    assert {"after": 2} == script.read_from[-1]


def test_an_earlier_start_date_reads_what_lies_before(warehouse: Warehouse, tmp_path: Path) -> None:
    script = accounts(page(Account, {"source_id": "1"}, cursor={"after": 1}))

    for begin in (date(2026, 1, 1), date(2026, 2, 1), date(2025, 1, 1), None):
        synced(warehouse, source_of(tmp_path, script, start_date=begin))

    assert [
        {"since": "2026-01-01T00:00:00+00:00"},
        {"after": 1},
        {"since": "2025-01-01T00:00:00+00:00"},
        {"since": None},
    ] == script.read_from


def test_reference_tables_are_read_at_most_once_an_hour(warehouse: Warehouse, tmp_path: Path) -> None:
    clock, reads = FakeClock(), 0

    def stages() -> dict[str, str]:
        nonlocal reads
        reads += 1
        return {"a": "b"}

    source = source_of(
        tmp_path,
        accounts(many(1), reference=("stages",)),
        clock=clock,
        tables={"stages": stages},
    )

    for hours in (0, 0.9, 0.2):
        clock.instant += timedelta(hours=hours)
        synced(warehouse, source)

    assert 2 == reads


def test_a_changed_schema_at_the_vendor_is_reported(warehouse: Warehouse, tmp_path: Path) -> None:
    listener = Listener()
    before = {"tickets": {"plan": "text", "size": "integer", "old": "text"}}
    after = {"tickets": {"plan": "text", "size": "text", "new": "text"}}

    for fields in (before, after):
        synced(warehouse, source_of(tmp_path, accounts(many(1)), known_fields=fields), observer=listener)

    assert [
        "New field in tickets: new (text).",
        "Field removed from tickets: old.",
        "Field size of tickets is text, was integer.",
    ] == listener.warnings


def test_fields_that_could_not_be_asked_for_are_no_change(warehouse: Warehouse, tmp_path: Path) -> None:
    listener, known = Listener(), {"tickets": {"plan": "text"}}

    for fields in (known, {}, {**known, "contacts": {"size": "text"}}):
        synced(warehouse, source_of(tmp_path, accounts(many(1)), known_fields=fields), observer=listener)

    assert [] == listener.warnings


@pytest.mark.parametrize("trouble", [NotOffered("no."), VendorUnavailable("shop: the search is down.")])
def test_a_count_that_the_vendor_does_not_tell_is_no_reason_to_read_nothing(
    warehouse: Warehouse, tmp_path: Path, trouble: Exception
) -> None:
    class Uncounted(ScriptedStream):
        def count(self) -> Count:
            raise trouble

    report = synced(warehouse, source_of(tmp_path, accounts(many(1)), stream_type=Uncounted))

    assert (0, None) == (report.exit_code, report.outcomes[0].receipts[0].counted)
    assert [("0",)] == stored(warehouse, Account, "source_id")


def test_a_source_is_synced_by_one_run_at_a_time(warehouse: Warehouse, tmp_path: Path) -> None:
    inner: list[Report] = []

    def reading(_cursor: Cursor) -> Iterator[Page]:
        inner.append(synced(warehouse, source))
        yield many(1)

    source = source_of(tmp_path, Script("accounts", (Account,), reading))

    assert 0 == synced(warehouse, source).exit_code
    assert 9 == inner[0].exit_code
    assert "shop: another run is going on." == problem(inner[0])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_at_a_clean_checkpoint(warehouse: Warehouse, tmp_path: Path, number: int) -> None:
    def endless(cursor: Cursor) -> Iterator[Page]:
        first = int(cursor.get("after", 0)) + 1
        for each in range(first, first + 10):
            if each == 3:
                run.stop(number)
            yield page(Account, {"source_id": str(each)}, cursor={"after": each})

    script = Script("accounts", (Account,), endless)
    run = Sync(warehouse, [source_of(tmp_path, script)])

    report = run.run()

    assert 128 + number == report.exit_code
    assert ["1", "2", "3"] == [key for (key,) in stored(warehouse, Account, "source_id")]
    synced(warehouse, run.sources[0])
    assert {"after": 3} == script.read_from[-1]


def test_a_run_whose_time_is_up_ends_resumable(warehouse: Warehouse, tmp_path: Path) -> None:
    def endless(_cursor: Cursor) -> Iterator[Page]:
        each = 0
        while True:
            each += 1
            yield page(Account, {"source_id": "1"}, cursor={"after": each})

    report = synced(warehouse, source_of(tmp_path, Script("accounts", (Account,), endless)), timeout_seconds=0.3)

    assert 6 == report.exit_code
    assert "The time is up. What was read is stored." == problem(report)


def test_what_comes_after_rows_that_could_not_be_stored_is_not_stored_either(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    """Its cursor would skip them for ever."""
    source = source_of(tmp_path, accounts(*[page(Account, {"source_id": str(n)}, cursor={"after": n}) for n in "123"]))
    failures = [RuntimeError("no luck")]

    def once(_step: str) -> None:
        if failures:
            raise failures.pop()

    report = synced(warehouse, source, checkpoint_rows=1, step=once)

    assert (1, "The warehouse failed: no luck") == (report.exit_code, problem(report))
    assert [] == stored(warehouse, Account, "source_id")
    assert 0 == synced(warehouse, source).exit_code
    assert [("1",), ("2",), ("3",)] == stored(warehouse, Account, "source_id")


def test_a_full_disk_ends_every_stream(warehouse: Warehouse, tmp_path: Path) -> None:
    """And is said once, not once per stream."""

    def endless(_cursor: Cursor) -> Iterator[Page]:
        while True:
            yield page(Contact, {"source_id": "c"}, cursor={"after": 1})

    def full(_step: str) -> None:
        raise OSError(28, "No space left on device")

    source = source_of(tmp_path, Script("contacts", (Contact,), endless), accounts(many(1)))
    report = synced(warehouse, source, checkpoint_rows=50, step=full)

    assert 1 == report.exit_code
    assert ["The disk is full: latido.duckdb could not be written. What was stored before is safe."] == [
        str(each.message) for each in report.outcomes[0].problems
    ]


def test_a_vendor_that_fails_while_the_run_is_stopped_is_still_named(warehouse: Warehouse, tmp_path: Path) -> None:
    def failing(_cursor: Cursor) -> Iterator[Page]:
        yield from ()
        run.stop(signal.SIGINT)
        raise VendorUnavailable("shop: no answer.")

    run = Sync(warehouse, [source_of(tmp_path, Script("accounts", (Account,), failing))])

    assert "shop: no answer." == problem(run.run())


def test_a_stream_that_does_not_exist_is_a_usage_error(warehouse: Warehouse, tmp_path: Path) -> None:
    run = Sync(warehouse, [source_of(tmp_path, accounts(many(1)))], Options(streams=("acounts",)))

    with pytest.raises(UsageError, match="There is no stream acounts") as raised:
        run.run()

    assert "Did you mean accounts?" == str(raised.value.hint)


def test_fields_of_a_table_that_nothing_fills_are_a_setting(warehouse: Warehouse, tmp_path: Path) -> None:
    source = source_of(tmp_path, accounts(many(1)), fields={"acounts": {"name": "title"}})

    report = synced(warehouse, source)

    (told,) = report.outcomes[0].problems
    assert 3 == report.exit_code
    assert ("shop: nothing fills a table acounts.", "Did you mean accounts? See [sources.shop] fields.") == (
        str(told.message), str(told.hint),
    )  # fmt: skip


def test_every_run_and_receipt_is_remembered(warehouse: Warehouse, tmp_path: Path) -> None:
    synced(warehouse, source_of(tmp_path, accounts(many(2))))

    with warehouse.reading() as connection:
        runs = connection.execute("SELECT source, mode, exit_code FROM _latido_runs").fetchall()
        receipts = connection.execute(
            "SELECT stream, tables, complete, fetched, inserted FROM _latido_receipts"
        ).fetchall()

    assert [("shop", "incremental", 0)] == runs
    assert [("accounts", ["accounts"], True, 2, 2)] == receipts


def test_a_stream_that_the_vendor_refuses_is_remembered_too(warehouse: Warehouse, tmp_path: Path) -> None:
    def refuse(_cursor: Cursor) -> Sequence[Page]:
        raise Refused(_("No."), 400, {"error": "no"}, {})

    synced(warehouse, source_of(tmp_path, Script("accounts", (Account,), refuse)))

    with warehouse.reading() as connection:
        assert [(1, "No.")] == connection.execute("SELECT exit_code, problem FROM _latido_runs").fetchall()
        assert [(False, "No.")] == connection.execute("SELECT complete, problem FROM _latido_receipts").fetchall()


def test_a_rejected_record_without_a_key_is_kept_once(warehouse: Warehouse, tmp_path: Path) -> None:
    lost = Page(rejected=[Rejected("accounts", None, "source_id: missing", {"name": "?"})], cursor={"after": 1})

    for _turn in range(2):
        synced(warehouse, source_of(tmp_path, accounts(lost)))

    with warehouse.reading() as connection:
        assert (1,) == connection.execute("SELECT COUNT(*) FROM _latido_quarantine").fetchone()


def test_quarantined_records_get_a_second_chance(warehouse: Warehouse, tmp_path: Path) -> None:
    """The mapping was at fault, and is mended: nothing has to be read from the vendor again."""

    class Strict(ScriptedStream):
        mappings = (Mapping(Account, source_id="id", employees="staff"),)

        def pages(self, cursor: Cursor) -> Iterator[Page]:
            del cursor
            rows, rejected = self.rows(Account, [{"id": 1, "staff": "ten", "staff_count": 10}, {"id": 2, "staff": 5}])
            yield Page([rows], {"after": 1}, rejected=rejected)

    class Mended(Strict):
        mappings = (Mapping(Account, source_id="id", employees="staff_count"),)

    def desk(stream: type[ScriptedStream]) -> Source:
        return source_of(tmp_path, accounts(), stream_type=stream)

    assert 5 == synced(warehouse, desk(Strict)).exit_code
    again = retry_quarantine(warehouse, desk(Mended))

    assert [(1, 0)] == [(receipt.inserted, receipt.quarantined) for receipt in again]
    assert [("1", 10), ("2", 5)] == stored(warehouse, Account, "source_id", "employees")


def said(key: str, version: int, mark: str) -> Page:
    """Return a page about *key*: a row of *version*, or a mark."""
    match mark:
        case "deleted":
            return Page(deleted={Account: {key: None}}, cursor={"at": version})
        case "merged":
            return Page(merged={Account: {key: "survivor"}}, cursor={"at": version})
        case _:
            return page(Account, {"source_id": key, "version": version, "name": mark}, cursor={"at": version})


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(0, 2), st.sampled_from(["x", "y", "deleted", "merged"])),
        min_size=2,
        max_size=8,
    )
)
@settings(max_examples=15, deadline=None)
def test_marks_and_rows_count_in_their_order_however_they_are_flushed(pages: list[tuple[str, int, str]]) -> None:
    found = []
    for checkpoint in (1, 1000):
        with TemporaryDirectory() as folder:
            warehouse = Open(Path(folder) / "latido.duckdb")
            script = Script("accounts", (Account,), lambda _cursor: [said(*each) for each in pages])
            synced(warehouse, source_of(Path(folder), script), checkpoint_rows=checkpoint)
            found.append(stored(warehouse, Account, "source_id", "version", "name", "is_deleted", "merged_into"))

    assert found[0] == found[1]


def test_a_second_chance_is_given_in_the_time_zone_of_the_project(warehouse: Warehouse, tmp_path: Path) -> None:
    class Local(ScriptedStream):
        mappings = (Mapping(Deal, source_id="id", close_date=local_date("closed")),)

        def fingerprint(self) -> str:
            return Stream.fingerprint(self)

    late = {"id": 1, "closed": "2026-01-31T23:30:00Z"}
    script = Script(
        "deals", (Deal,), lambda _c: [Page(rejected=[Rejected("deals", "1", "odd", late)], cursor={"a": 1})]
    )
    source = replace(source_of(tmp_path, script, stream_type=Local), time_zone=ZoneInfo("Europe/Madrid"))
    synced(warehouse, source)

    (expected,) = plan(warehouse, [source], Options())
    retry_quarantine(warehouse, source)

    assert not expected.whole
    assert [("2026-02-01",)] == stored(warehouse, Deal, "CAST(close_date AS VARCHAR)")


@given(
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.none() | st.integers(0, 3), st.text(max_size=3)), min_size=1, max_size=12
    ),
    st.integers(1, 5),
    st.integers(1, 6),
)
@settings(max_examples=15, deadline=None)
def test_chunking_and_delivering_twice_change_nothing(
    rows: list[tuple[str, int | None, str]], chunk: int, checkpoint: int
) -> None:
    """However rows are cut into pages and flushes, the greatest version stays, and of equal ones the later."""
    records = [{"source_id": key, "version": version, "name": name} for key, version, name in rows]
    pages = [page(Account, *records[at : at + chunk], cursor={"after": at}) for at in range(0, len(records), chunk)]
    winners: dict[str, tuple[int, str]] = {}
    for key, version, name in rows:
        rank = -1 if version is None else version
        if key not in winners or rank >= winners[key][0]:
            winners[key] = (rank, name)

    with TemporaryDirectory() as folder:
        warehouse = Open(Path(folder) / "latido.duckdb")
        for _turn in range(2):
            script = Script("accounts", (Account,), lambda _cursor: pages)
            assert 0 == synced(warehouse, source_of(Path(folder), script), checkpoint_rows=checkpoint).exit_code

            expected = [(key, name) for key, (_rank, name) in sorted(winners.items())]
            assert expected == stored(warehouse, Account, "source_id", "name")


def test_texts_that_hardly_any_program_expects_are_stored(warehouse: Warehouse, tmp_path: Path) -> None:
    odd = {"source_id": "1", "name": "", "domain": "a\0b", "website": "cut \ud83d", "industry": "x" * 1_000_000}

    report = synced(warehouse, source_of(tmp_path, accounts(page(Account, odd, cursor={"after": 1}))))

    assert 0 == report.exit_code
    assert [("", "a\0b", "cut \N{REPLACEMENT CHARACTER}", "x" * 1_000_000)] == stored(
        warehouse, Account, "name", "domain", "website", "industry"
    )
