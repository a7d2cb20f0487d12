"""Promises about what happens to records at the vendor."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from latido.schema import Ticket, TicketEvent
from latido.testing._conformance._laboratory import sound
from latido.testing._conformance._promise import Broken
from latido.testing._conformance._reading import SETTLED, check_same
from latido.testing._conformance._tables import OF_THE_CHANGE, some, unlike

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.testing._conformance._bench import Bench
    from latido.testing._conformance._laboratory import Laboratory
    from latido.testing._conformance._place import Place
    from latido.testing._conformance._tables import Row, Tables

QUARANTINED = 5


def deleted_records_are_marked(lab: Laboratory, stream: str) -> None:
    """A record that is deleted at the vendor stays as a row that says so."""
    gone = lab.once(deleted, stream)
    check_deleted(gone.tables, gone.key)


def a_deletion_has_its_time(lab: Laboratory, stream: str) -> None:
    """A row that is marked deleted says when that was."""
    gone = lab.once(deleted, stream)
    if check_deleted(gone.tables, gone.key)["deleted_at"] is None:
        raise Broken(f"{gone.key} is marked deleted without a time")


def restored_records_come_back_whole(lab: Laboratory, stream: str) -> None:
    """A deleted record that is restored is the row that it was."""
    gone = lab.once(deleted, stream)
    check_deleted(gone.tables, gone.key)
    row, before = row_of(gone.restored or {}, gone.key), row_of(gone.before, gone.key)
    if changed := set(unlike(before, row)) - OF_THE_CHANGE:
        raise Broken(f"{gone.key} came back with another {', '.join(sorted(changed))}")


def merged_records_leave_the_count(lab: Laboratory, stream: str) -> None:
    """A record that was merged into another one says so, and the survivor stays."""
    tables, loser, survivor = lab.once(merged, stream)
    if row_of(tables, loser)["merged_into"] is None:
        raise Broken(f"{loser} was merged into {survivor} and still counts")
    kept = row_of(tables, survivor)
    if kept["is_deleted"] or kept["merged_into"] is not None:
        raise Broken(f"{survivor} survived a merge and no longer counts")


def a_merged_record_names_its_survivor(lab: Laboratory, stream: str) -> None:
    """`merged_into` is the id of the record that is left."""
    tables, loser, survivor = lab.once(merged, stream)
    found = row_of(tables, loser)["merged_into"]
    if found != survivor:
        raise Broken(f"{loser} was merged into {survivor}, and merged_into is {found}")


def a_malformed_record_is_put_away_and_the_rest_arrives(lab: Laboratory, stream: str) -> None:
    """A value that no column takes costs one record, not the run: it is in quarantine, and the exit code says so."""
    with drilled(lab, stream) as trial:
        key = trial.drill.spoil()
        trial.bench.clock.sleep(SETTLED)
        for place in (trial.place, trial.bench.place()):
            reading = place.sync(stream)
            if reading.exit_code != QUARANTINED or reading.problems:
                raise Broken(f"with a malformed record the run ends with {reading.exit_code}: {reading.problems}")
            if {*place.quarantined()} != {key}:  # a record may fill two tables
                raise Broken(f"{key} is malformed, and in quarantine is: {some(place.quarantined()) or 'nothing'}")
            check_same(without(trial.before, key), without(place.tables(), key), "beside a malformed record")


def who_answered_is_told_as_it_was(lab: Laboratory, stream: str) -> None:
    """Each reply has the role that its author had then."""
    replies = [
        row for row in lab.undisturbed(stream).tables.get(TicketEvent.table, {}).values() if row["kind"] == "reply"
    ]
    if unknown := [row["source_id"] for row in replies if row["actor_role"] in {None, "unknown"}]:
        raise Broken(f"of {len(unknown)} replies the role of the author is not known: {some(unknown)}")


def spam_is_told_from_requests(lab: Laboratory, stream: str) -> None:
    """Each ticket says whether it is spam."""
    tickets = lab.undisturbed(stream).tables.get(Ticket.table, {}).values()
    if unknown := [row["source_id"] for row in tickets if not row["is_deleted"] and row["is_spam"] is None]:
        raise Broken(f"of {len(unknown)} tickets it is not known whether they are spam: {some(unknown)}")


class Trial:
    """A stream that was read once, and what can now be done to its records."""

    def __init__(self, bench: Bench, stream: str) -> None:
        self.bench = bench
        self.place: Place = bench.place()
        self.drill: Any = bench.sandbox.drills()[stream]
        self._stream = stream
        sound(self.place.sync(stream))
        self.before: Tables = self.place.tables()

    def after(self) -> Tables:
        """Return what is stored a day later."""
        self.bench.clock.sleep(SETTLED)
        sound(self.place.sync(self._stream))
        return self.place.tables()


@contextmanager
def drilled(lab: Laboratory, stream: str) -> Iterator[Trial]:
    """Yield a trial of *stream* on a bench of its own."""
    with lab.fresh() as bench:
        yield Trial(bench, stream)


@dataclass(frozen=True, slots=True)
class Gone:
    """What was stored before a record was deleted, a day later, and a day after it was restored if it can be."""

    key: str
    before: Tables
    tables: Tables
    restored: Tables | None


def deleted(lab: Laboratory, stream: str) -> Gone:
    """Delete a record, and bring it back."""
    with drilled(lab, stream) as trial:
        key = trial.drill.delete()
        tables, restored = trial.after(), None
        if trial.drill.restore is not None:
            trial.drill.restore(key)
            restored = trial.after()
        return Gone(key, trial.before, tables, restored)


def merged(lab: Laboratory, stream: str) -> tuple[Tables, str, str]:
    """Return what is stored a day after a record was merged, its id, and that of the survivor."""
    with drilled(lab, stream) as trial:
        loser, survivor = trial.drill.merge()
        return trial.after(), loser, survivor


def row_of(tables: Tables, key: str) -> Row:
    """Return the row with that id; raises Broken if there is none."""
    found = next((rows[key] for rows in tables.values() if key in rows), None)
    if found is None:
        raise Broken(f"{key} is in no table")
    return found


def check_deleted(tables: Tables, key: str) -> Row:
    """Return the row with that id; raises Broken if it is not marked deleted."""
    row = row_of(tables, key)
    if not row["is_deleted"]:
        raise Broken(f"{key} was deleted at the vendor and is not marked so")
    return row


def without(tables: Tables, key: str) -> Tables:
    """Return *tables* but for what belongs to one record."""
    return {
        table: {each: row for each, row in rows.items() if key not in {each, *_references(row)}}
        for table, rows in tables.items()
    }


def _references(row: Row) -> Iterator[Any]:
    return (value for name, value in row.items() if name.endswith("_id"))
