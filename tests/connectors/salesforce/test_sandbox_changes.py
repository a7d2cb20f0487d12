"""What happens to records while the sandbox stands, and who can still see it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.connectors.salesforce.visiting import Visitor

DAY = 86_400
NOON = "2026-11-01T12:00:00.000+0000"


@pytest.fixture
def visitor() -> Visitor:
    return Visitor(300)


def since(visitor: Visitor, sobject: str, stamp: str = "SystemModstamp") -> list[Any]:
    """Return what was changed since noon, deleted or not."""
    return visitor.query(
        f"SELECT Id FROM {sobject} WHERE {stamp} >= 2026-11-01T12:00:00Z ORDER BY {stamp}, Id", deleted=True
    )


def open_case(visitor: Visitor) -> int:
    return next(each.number for each in visitor.world.tickets() if each.status == "open" and each.fate == "live")


def test_a_deleted_record_is_in_the_bin_for_fifteen_days(visitor: Visitor) -> None:
    visitor.deed.delete(7)
    key = visitor.identity("Case", 7)
    all_cases = f"SELECT Id, IsDeleted, SystemModstamp FROM Case WHERE Id = '{key}'"
    plain, everything = visitor.query(all_cases), visitor.query(all_cases, deleted=True)
    visitor.clock.sleep(15 * DAY)
    visitor.enter()

    assert [] == plain
    assert [(True, NOON)] == [(each["IsDeleted"], each["SystemModstamp"]) for each in everything]
    assert [] == visitor.query(all_cases, deleted=True)


def test_what_hangs_on_a_deleted_case_is_deleted_with_it(visitor: Visitor) -> None:
    visitor.query("SELECT Id FROM EmailMessage")
    number = open_case(visitor)
    key = visitor.identity("Case", number)
    before = visitor.ids(f"SELECT Id FROM EmailMessage WHERE ParentId = '{key}'")
    visitor.deed.delete(number)

    assert before
    assert [] == visitor.ids(f"SELECT Id FROM EmailMessage WHERE ParentId = '{key}'")
    assert set(before) <= {each["Id"] for each in since(visitor, "EmailMessage")}
    visitor.deed.restore(number)
    assert before == visitor.ids(f"SELECT Id FROM EmailMessage WHERE ParentId = '{key}'")


def test_a_restored_record_is_as_it_was_with_another_stamp(visitor: Visitor) -> None:
    before = visitor.record("Case", 9)
    visitor.deed.delete(9)
    visitor.clock.sleep(60)
    visitor.deed.restore(9)
    after = visitor.record("Case", 9)

    assert {"SystemModstamp", "LastModifiedDate"} >= {name for name, value in after.items() if value != before[name]}
    assert "2026-11-01T12:01:00.000+0000" == after["SystemModstamp"]


def test_a_merged_record_names_the_one_that_stayed(visitor: Visitor) -> None:
    visitor.deed.merge(open_case(visitor), 3)
    visitor.deed.merge_people(11, 12)
    visitor.deed.merge_accounts(1, 2)

    for sobject, survivor in (("Case", 3), ("Contact", 12), ("Account", 2)):
        merged = visitor.query(
            f"SELECT MasterRecordId FROM {sobject} WHERE IsDeleted = true AND SystemModstamp >= 2026-11-01T12:00:00Z",
            deleted=True,
        )
        assert [visitor.identity(sobject, survivor)] == [each["MasterRecordId"] for each in merged]
        assert 2 == len(since(visitor, sobject))


def test_a_destroyed_record_is_nowhere_but_in_the_log_of_deletions(visitor: Visitor) -> None:
    visitor.deed.destroy("Case", 4)
    span = {"start": "2026-11-01T11:00:00Z", "end": "2026-11-01T12:30:00+00:00"}
    told = visitor.get("sobjects/Case/deleted/", **span)

    assert [] == visitor.ids(f"SELECT Id FROM Case WHERE Id = '{visitor.identity('Case', 4)}'", deleted=True)
    assert [{"id": visitor.identity("Case", 4), "deletedDate": NOON}] == told["deletedRecords"]


def test_the_log_of_deletions_goes_back_fifteen_days_or_less(visitor: Visitor) -> None:
    def ask(start: str, end: str = "2026-11-01T12:00:00Z", what: str = "deleted") -> tuple[int, str]:
        return visitor.code(f"sobjects/Case/{what}", start=start, end=end)

    visitor.deed.delete(4)
    visitor.clock.sleep(120)

    assert (400, "INVALID_REPLICATION_DATE") == ask("2026-10-10T00:00:00Z")
    assert (400, "INVALID_REPLICATION_DATE") == ask("2026-11-01T12:00:30Z")
    assert (400, "INVALID_REPLICATION_DATE") == ask("yesterday")
    assert (400, "INVALID_REPLICATION_DATE") == ask("2026-09-30T00:00:00Z", what="updated")
    visitor.switches.most_ids = 0
    assert (400, "EXCEEDED_ID_LIMIT") == ask("2026-10-20T00:00:00Z", end="2026-11-01T12:02:00Z")
    visitor.switches.most_ids, visitor.switches.deletion_log = 100, 60
    told = visitor.get("sobjects/Case/deleted", start="2026-10-20T00:00:00Z", end="2026-11-01T12:02:00Z")
    assert ([], "2026-11-01T12:01:00.000+0000") == (told["deletedRecords"], told["earliestDateAvailable"])
    assert (400, "INVALID_TYPE") == visitor.code(
        "sobjects/CaseMilestone/deleted", start="2026-10-20T00:00:00Z", end="2026-11-01T12:00:00Z"
    )


def test_what_was_updated_is_told_without_the_deleted(visitor: Visitor) -> None:
    visitor.deed.touch_all(20, 3)
    visitor.deed.delete(21)
    told = visitor.get("sobjects/Case/updated", start="2026-11-01T12:00:00Z", end="2026-11-01T12:10:00Z")

    assert [visitor.identity("Case", 20), visitor.identity("Case", 22)] == told["ids"]
    assert NOON == told["latestDateCovered"]


def test_a_late_commit_appears_behind_a_cursor_that_has_passed(visitor: Visitor) -> None:
    visitor.clock.sleep(600)
    window = (
        "SELECT Id FROM Case WHERE SystemModstamp >= 2026-11-01T12:00:00Z AND SystemModstamp < 2026-11-01T12:09:00Z"
    )
    before = visitor.ids(window)
    [number] = visitor.deed.add_cases(1, ago=400)

    assert [] == before
    assert [visitor.identity("Case", number)] == visitor.ids(window)


def test_a_formula_changes_without_a_stamp(visitor: Visitor) -> None:
    before = visitor.record("Account", 2)
    visitor.deed.drift(2, 0.123)
    after = visitor.record("Account", 2)

    assert {"Health_Score__c": 0.123} == {name: value for name, value in after.items() if value != before[name]}


def test_a_reply_is_a_message_and_no_change_of_the_case(visitor: Visitor) -> None:
    visitor.query("SELECT Id FROM EmailMessage LIMIT 1")
    number = next(each.number for each in visitor.world.tickets() if each.agent is not None and each.number % 8)
    visitor.deed.reply(number)
    visitor.deed.reply(number, public=False)

    assert [] == since(visitor, "Case")
    [message] = visitor.query(
        "SELECT Incoming, Status, ParentId, MessageDate, CreatedById FROM EmailMessage "
        "WHERE SystemModstamp >= 2026-11-01T12:00:00Z"
    )
    assert (False, "3", visitor.identity("Case", number), NOON) == tuple(
        message[name] for name in ("Incoming", "Status", "ParentId", "MessageDate")
    )
    assert [False] == [
        each["IsPublished"]
        for each in visitor.query("SELECT IsPublished FROM CaseComment WHERE SystemModstamp >= 2026-11-01T12:00:00Z")
    ]


def test_a_case_that_is_opened_again_has_no_closing_date(visitor: Visitor) -> None:
    number = open_case(visitor)
    visitor.deed.solve(number)
    closed = visitor.record("Case", number)
    visitor.clock.sleep(3_600)
    visitor.deed.reopen(number)
    opened = visitor.record("Case", number)
    rows = visitor.query(
        f"SELECT Field, OldValue, NewValue FROM CaseHistory WHERE CaseId = '{visitor.identity('Case', number)}' "
        "AND CreatedDate >= 2026-11-01T12:00:00Z AND Field = 'Status'"
    )

    assert ("Resolved", True, NOON) == (closed["Status"], closed["IsClosed"], closed["ClosedDate"])
    assert ("Working", False, None) == (opened["Status"], opened["IsClosed"], opened["ClosedDate"])
    assert [("Working", "Resolved"), ("Resolved", "Working")] == [(row["OldValue"], row["NewValue"]) for row in rows]


def test_an_answer_may_be_given_and_changed(visitor: Visitor) -> None:
    visitor.query("SELECT Id FROM SurveyResponse LIMIT 1")
    [number] = visitor.deed.add_cases()
    visitor.deed.answer(number, satisfaction=2, ease=7)
    visitor.clock.sleep(3_600)
    visitor.deed.answer(number, satisfaction=5)
    answers = visitor.query(
        "SELECT NumberValue, Question.DeveloperName, Response.CompletionDateTime, SystemModstamp "
        "FROM SurveyQuestionResponse WHERE SystemModstamp >= 2026-11-01T12:00:00Z ORDER BY Id"
    )

    assert [("satisfaction", 5), ("effort", 7), ("remark", None)] == [
        (each["Question"]["DeveloperName"], each["NumberValue"]) for each in answers
    ]
    assert {(NOON, "2026-11-01T13:00:00.000+0000")} == {
        (each["Response"]["CompletionDateTime"], each["SystemModstamp"]) for each in answers
    }


def test_an_opportunity_moves_on_and_leaves_a_trace(visitor: Visitor) -> None:
    visitor.deed.advance(1, "won")
    won = visitor.record("Opportunity", 1)
    [row] = visitor.query(
        "SELECT StageName, OpportunityId FROM OpportunityHistory WHERE CreatedDate >= 2026-11-01T12:00:00Z"
    )

    assert ("Closed Won", True, "2026-11-01") == (won["StageName"], won["IsWon"], won["CloseDate"])
    assert ("Closed Won", won["Id"]) == (row["StageName"], row["OpportunityId"])
    visitor.deed.delete_deal(1)
    assert won["Id"] not in visitor.ids("SELECT Id FROM Opportunity")
    visitor.deed.restore_deal(1)
    assert won["Id"] in visitor.ids("SELECT Id FROM Opportunity")


def test_things_happen_while_somebody_reads(visitor: Visitor) -> None:
    visitor.switches.writes_per_request = 5
    for _ in range(30):
        visitor.ids("SELECT Id FROM Case LIMIT 1")
    visitor.switches.writes_per_request = 0

    assert visitor.sandbox.world.ticket_count < visitor.sandbox.records.ticket_count
    assert all(since(visitor, sobject) for sobject in ("Case", "Contact", "Account", "Opportunity"))
    assert visitor.count("Case") == len(visitor.query("SELECT Id FROM Case"))


def test_deeds_and_switches_can_be_reached_from_outside(visitor: Visitor) -> None:
    visitor.ask("/_sandbox/do", "POST", json={"what": "touch", "number": 3})
    visitor.ask("/_sandbox/pathologies", "POST", json={"multi_currency": False})

    assert [visitor.identity("Case", 3)] == [each["Id"] for each in since(visitor, "Case")]
    assert (400, "INVALID_TYPE") == visitor.code("query", q="SELECT Id FROM CurrencyType")


@pytest.mark.parametrize("name", ["accounts", "contacts", "cases", "opportunities", "leads", "email_messages"])
def test_drills_change_what_they_say(visitor: Visitor, name: str) -> None:
    drill = visitor.sandbox.drills()[name]
    assert drill.touch is not None
    assert drill.delete is not None
    assert drill.restore is not None
    touched, deleted = drill.touch(3), drill.delete()
    drill.restore(deleted)
    again = drill.delete()

    assert 3 == len(set(touched))
    assert deleted != again


def test_a_spoilt_record_has_a_date_that_is_none(visitor: Visitor) -> None:
    spoil = visitor.sandbox.drills()["cases"].spoil
    assert spoil is not None
    key = spoil()

    assert "the day before" == visitor.get(f"sobjects/Case/{key}")["CreatedDate"]
    assert "the day before" in {row["CreatedDate"] for row in visitor.bulk("SELECT CreatedDate FROM Case")}
