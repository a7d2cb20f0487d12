"""What a conformance suite has done to the records, each time to other ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from latido.testing import Drill
from latido_salesforce.sandbox import _ids as ids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from latido_salesforce.sandbox._deeds import Deeds
    from latido_salesforce.sandbox._records import Records
    from latido_salesforce.sandbox._table import Table

_NO_DATE = "the day before"
RECOMMENDATIONS = "NPS_Response__c.Score__c"
"""How the connector names the answers in the org's own object."""
_MERGEABLE = {"Account", "Contact", "Lead", "Case"}


@dataclass(frozen=True, slots=True)
class Stored:
    """How a stream stores the records of an object: with which prefix, and only those that `fit`.

    `within` names the lookup to a parent, its object, and its flag that has to be set.
    """

    sobject: str
    prefix: str = ""
    fits: Callable[[Table, int], bool] = lambda _table, _number: True
    spoilt: str = "CreatedDate"
    within: tuple[str, str, str] | None = None


def _has(field: str) -> Callable[[Table, int], bool]:
    return lambda table, number: table.value(number, field) not in {None, False}


def _is_queue(table: Table, number: int) -> bool:
    return bool(table.value(number, "Type") == "Queue")


def _can_be_merged(lead: Table, number: int) -> bool:
    return not lead.value(number, "IsConverted")


STORED = {
    "accounts": Stored("Account"),
    "contacts": Stored("Contact"),
    "leads": Stored("Lead", "lead:", _can_be_merged),
    "users": Stored("User"),
    "queues": Stored("Group", fits=_is_queue),
    "account_contact_relations": Stored("AccountContactRelation"),
    "opportunities": Stored("Opportunity"),
    "line_items": Stored(
        "OpportunityLineItem", "line:", _has("Term_Months__c"), within=("OpportunityId", "Opportunity", "IsWon")
    ),
    "contracts": Stored("Contract"),
    "assets": Stored("Asset", "asset:"),
    "asset_state_periods": Stored("AssetStatePeriod", "period:"),
    "cases": Stored("Case"),
    "email_messages": Stored("EmailMessage", "email:", _has("MessageDate")),
    "case_comments": Stored("CaseComment", "comment:"),
    "case_milestones": Stored("CaseMilestone", "milestone:", _has("CompletionDate"), "CompletionDate"),
    "campaigns": Stored("Campaign"),
    "survey_objects": Stored("NPS_Response__c", f"{RECOMMENDATIONS}:", _has("Answered_At__c"), "Answered_At__c"),
}
HISTORIES = {"case_history": "CaseHistory", "opportunity_history": "OpportunityHistory"}


class Drills:
    """The drills of each stream, over *records*, done by *deeds*."""

    def __init__(self, records: Records, deeds: Deeds) -> None:
        self._records = records
        self._deeds = deeds

    @property
    def by_stream(self) -> Mapping[str, Drill]:
        own = {name: _TableDrills(self._records, self._deeds, stored).drill for name, stored in STORED.items()}
        histories = {name: Drill(partial(self._appended, sobject)) for name, sobject in HISTORIES.items()}
        return {**own, **histories, "survey_responses": Drill(self._answered)}

    def _appended(self, sobject: str, count: int) -> list[str]:
        """Return the ids of rows that a history has gained: it is only ever added to."""
        table = self._records.tables[sobject]
        model = next(
            number for number in range(table.count) if sobject != "CaseHistory" or _tells_status(table, number)
        )
        return [table.identity(self._deeds.copy(sobject, model)) for _ in range(count)]

    def _answered(self, count: int) -> list[str]:
        """Return the answers that *count* customers gave to the question that scores satisfaction."""
        family = self._records.on_cases
        family.tables["SurveyQuestionResponse"].fill()
        numbers = self._deeds.add_cases(count)
        for number in numbers:
            self._deeds.answer(number, satisfaction=5)
        return [family.identity("SurveyQuestionResponse", number) for number in numbers]


def _tells_status(table: Table, number: int) -> bool:
    return table.value(number, "Field") == "Status" and not table.deleted(number)


class _TableDrills:
    """Changes to single records of one table; what belongs to a thing is changed by the deed that is about it."""

    def __init__(self, records: Records, deeds: Deeds, stored: Stored) -> None:
        self._tables = records.tables
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
        for number in range(self._table.count):
            if not self._table.deleted(number) and self._stored.fits(self._table, number) and self._is_within(number):
                yield number

    def _is_within(self, number: int) -> bool:
        if self._stored.within is None:
            return True
        lookup, sobject, flag = self._stored.within
        parent = ids.number(str(self._table.value(number, lookup)))
        return parent is not None and bool(self._tables[sobject].value(parent, flag))

    def _touch(self, count: int) -> list[str]:
        """Start from the first record again: to touch one twice is allowed. Where there are too few, some are added."""
        chosen = list(islice(self._live_numbers(), count))
        for number in chosen:
            self._write(number)
        return [self._key(number) for number in (*chosen, *self._added(count - len(chosen)))]

    def _added(self, count: int) -> list[int]:
        if self._stored.sobject == "Case":
            return self._deeds.add_cases(count)
        model = next(self._live_numbers())
        return [self._deeds.copy(self._stored.sobject, model) for _ in range(count)]

    def _delete(self) -> str:
        number = next(self._live)
        self._write(number, IsDeleted=True)
        return self._key(number)

    def _restore(self, key: str) -> None:
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
