"""What a conformance suite has done to the records, each time to other ones."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from latido.testing import Drill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from latido_salesforce.sandbox._deeds import Deeds
    from latido_salesforce.sandbox._records import Records
    from latido_salesforce.sandbox._table import Table

_NO_DATE = "the day before"
_MERGEABLE = {"Account", "Contact", "Lead", "Case"}


@dataclass(frozen=True, slots=True)
class Stored:
    """How a stream stores the records of an object: with which prefix, and only those for which *field* is true."""

    sobject: str
    prefix: str = ""
    field: str | None = None
    spoilt: str = "CreatedDate"


STORED = {
    "accounts": Stored("Account"),
    "contacts": Stored("Contact"),
    "leads": Stored("Lead", "lead:"),
    "users": Stored("User"),
    "account_contact_relations": Stored("AccountContactRelation"),
    "opportunities": Stored("Opportunity"),
    "line_items": Stored("OpportunityLineItem", "line:", field="Term_Months__c"),
    "contracts": Stored("Contract"),
    "assets": Stored("Asset", "asset:"),
    "asset_state_periods": Stored("AssetStatePeriod", "period:"),
    "cases": Stored("Case"),
    "email_messages": Stored("EmailMessage", "email:"),
    "case_comments": Stored("CaseComment", "comment:"),
    "case_milestones": Stored("CaseMilestone", "milestone:", field="IsCompleted", spoilt="CompletionDate"),
    "campaigns": Stored("Campaign"),
}


class Drills:
    """The drills of each stream, over *records*, done by *deeds*."""

    def __init__(self, records: Records, deeds: Deeds) -> None:
        self._records = records
        self._deeds = deeds

    @property
    def by_stream(self) -> Mapping[str, Drill]:
        history = {
            "case_history": Drill(lambda count: self._appended("CaseHistory", count, self._reopen)),
            "opportunity_history": Drill(lambda count: self._appended("OpportunityHistory", count, self._advance)),
        }
        return {
            name: _TableDrills(self._records, self._deeds, stored).drill for name, stored in STORED.items()
        } | history

    def _appended(self, sobject: str, count: int, change: Callable[[int], None]) -> list[str]:
        """Return the ids of the rows that *count* changes leave in a history."""
        table = self._records.tables[sobject]
        first = table.count
        for turn in range(count):
            change(turn)
        return [table.identity(number) for number in range(first, table.count)]

    def _reopen(self, turn: int) -> None:
        live = (each for each in self._records.all_tickets() if each.fate == "live" and each.is_solved)
        self._deeds.reopen(next(islice(live, turn, None)).number)

    def _advance(self, turn: int) -> None:
        self._deeds.advance(turn, "negotiation")


class _TableDrills:
    """Changes to single records of one table; what belongs to a thing is changed by the deed that is about it."""

    def __init__(self, records: Records, deeds: Deeds, stored: Stored) -> None:
        self._table: Table = records.tables[stored.sobject]
        self._deeds = deeds
        self._stored = stored
        self._live = self._live_numbers()

    @property
    def drill(self) -> Drill:
        deletable = self._table.sobject.deletable
        return Drill(
            touch=self._touch,
            delete=self._delete if deletable else None,
            restore=self._restore if deletable else None,
            merge=self._merge if self._stored.sobject in _MERGEABLE else None,
            spoil=self._spoil,
        )

    def _live_numbers(self) -> Iterator[int]:
        field = self._stored.field
        for number in range(self._table.count):
            if not self._table.deleted(number) and (field is None or self._table.value(number, field)):
                yield number

    def _touch(self, count: int) -> list[str]:
        """Start from the first record again: to touch one twice is allowed."""
        chosen = list(islice(self._live_numbers(), count))
        for number in chosen:
            self._write(number)
        return [self._key(number) for number in chosen]

    def _delete(self) -> str:
        number = next(self._live)
        self._write(number, IsDeleted=True)
        return self._key(number)

    def _restore(self, key: str) -> None:
        from latido_salesforce.sandbox import _ids as ids

        number = ids.number(key.removeprefix(self._stored.prefix))
        if number is not None:
            self._write(number, IsDeleted=False, MasterRecordId=None)

    def _merge(self) -> tuple[str, str]:
        loser, survivor = next(self._live), next(self._live)
        self._write(loser, IsDeleted=True, MasterRecordId=self._table.identity(survivor))
        self._write(survivor)
        return self._key(loser), self._key(survivor)

    def _spoil(self) -> str:
        number = next(self._live)
        self._write(number, **{self._stored.spoilt: _NO_DATE})
        return self._key(number)

    def _write(self, number: int, **values: object) -> None:
        self._deeds.stamp(self._stored.sobject, number, **values)

    def _key(self, number: int) -> str:
        return self._stored.prefix + self._table.identity(number)
