"""SOQL as the sandbox reads it, and results in batches."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from tests.connectors.salesforce.visiting import Visitor

EARLY, LATE = "2026-06-01T00:00:00Z", "2026-09-01T00:00:00Z"


@pytest.fixture(scope="module")
def visitor() -> Visitor:
    return Visitor(2_600)


@pytest.fixture
def fresh() -> Visitor:
    """One that a test may change."""
    return Visitor(600)


def cases(visitor: Visitor) -> list[Any]:
    return visitor.query("SELECT Id, Status, IsClosed, CreatedDate, SystemModstamp, Priority, Subject FROM Case")


def test_only_the_asked_fields_come_as_they_are_spelled_in_the_description(visitor: Visitor) -> None:
    record = visitor.query("select ID, casenumber from CASE limit 1")[0]

    assert ["attributes", "Id", "CaseNumber"] == list(record)
    assert {"type": "Case", "url": f"/services/data/v64.0/sobjects/Case/{record['Id']}"} == record["attributes"]


def test_a_parents_fields_are_nested_and_null_without_a_parent(visitor: Visitor) -> None:
    found = visitor.query("SELECT Id, Account.Name, Account.Owner.Name FROM Contact")
    attached = next(each for each in found if each["Account"])

    assert ["attributes", "Name", "Owner"] == list(attached["Account"])
    assert "User" == attached["Account"]["Owner"]["attributes"]["type"]
    assert any(each["Account"] is None for each in found)


def test_an_owner_is_a_user_or_a_queue(visitor: Visitor) -> None:
    owners = [each["Owner"] for each in visitor.query("SELECT Owner.Name, Owner.Type FROM Case")]

    assert {("User", "User"), ("Group", "Queue")} == {(each["attributes"]["type"], each["Type"]) for each in owners}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("IsClosed = true", lambda each: each["IsClosed"]),
        ("IsClosed != true", lambda each: not each["IsClosed"]),
        ("Status = 'new'", lambda each: each["Status"] == "New"),
        ("Status IN ('New', 'On Hold')", lambda each: each["Status"] in {"New", "On Hold"}),
        ("Status NOT IN ('New', 'On Hold')", lambda each: each["Status"] not in {"New", "On Hold"}),
        ("Status LIKE 'w%'", lambda each: each["Status"] in {"Working", "Waiting on Customer"}),
        ("Priority = null", lambda each: each["Priority"] is None),
        ("Priority != 'High'", lambda each: each["Priority"] != "High"),
        (f"CreatedDate >= {EARLY}", lambda each: each["CreatedDate"] >= EARLY),
        (f"CreatedDate < {EARLY}", lambda each: each["CreatedDate"] < EARLY),
        ("CreatedDate < 2026-06-01T02:00:00+02:00", lambda each: each["CreatedDate"] < EARLY),
        (
            f"(IsClosed = false OR Priority = 'High') AND CreatedDate > {EARLY}",
            lambda each: (not each["IsClosed"] or each["Priority"] == "High") and each["CreatedDate"] > EARLY,
        ),
        (
            "IsClosed = false AND NOT (Priority = 'High' OR Priority = 'Low')",
            lambda each: not each["IsClosed"] and each["Priority"] not in {"High", "Low"},
        ),
        (r"Subject = 'He said \"it\'s broken\" \\ and left'", lambda each: "it's broken" in each["Subject"]),
    ],
)
def test_conditions(visitor: Visitor, condition: str, holds: Any) -> None:
    expected = [each["Id"] for each in cases(visitor) if holds(each)]

    assert expected
    assert expected == visitor.ids(f"SELECT Id FROM Case WHERE {condition} ORDER BY Id")


def test_conditions_on_a_parent(visitor: Visitor) -> None:
    name = visitor.query("SELECT Name FROM Account LIMIT 1")[0]["Name"].replace("'", "\\'")
    expected = [each["Id"] for each in visitor.query("SELECT Id, Account.Name FROM Case") if each["Account"]]

    assert set(visitor.ids(f"SELECT Id FROM Case WHERE Account.Name = '{name}'")) < set(expected)
    assert {"Queue"} == {
        each["Owner"]["Type"] for each in visitor.query("SELECT Owner.Type FROM Case WHERE Owner.Type = 'queue'")
    }


def test_an_id_is_found_by_fifteen_letters_too(visitor: Visitor) -> None:
    wanted = visitor.identity("Case", 61)

    assert [wanted] == visitor.ids(f"SELECT Id FROM Case WHERE Id = '{wanted[:15]}'")
    assert [] == visitor.ids(f"SELECT Id FROM Case WHERE Id = '{wanted.lower()}'")


def test_ids_that_differ_only_in_capitals_are_different_records(visitor: Visitor) -> None:
    lower, upper = (visitor.identity("Case", number) for number in (36, 10))

    assert lower != upper
    assert lower[:15].lower() == upper[:15].lower()
    assert lower.lower() != upper.lower()


def test_order_by_several_fields_with_nulls_first_or_last(visitor: Visitor) -> None:
    found = visitor.query(
        "SELECT Priority, CreatedDate FROM Case ORDER BY Priority DESC NULLS LAST, CreatedDate LIMIT 900"
    )
    priorities = [each["Priority"] for each in found]

    assert ["Medium"] == sorted(set(priorities), key=priorities.index)[:1]
    assert all(
        before["CreatedDate"] <= after["CreatedDate"]
        for before, after in pairwise(found)
        if before["Priority"] == after["Priority"]
    )
    assert [None] == [each["Priority"] for each in visitor.query("SELECT Priority FROM Case ORDER BY Priority LIMIT 1")]


def test_a_window_by_time_comes_in_the_order_of_time_and_id(visitor: Visitor) -> None:
    window = f"SystemModstamp >= {EARLY} AND SystemModstamp < {LATE}"
    keys = [
        (each["SystemModstamp"], each["Id"])
        for each in visitor.query(f"SELECT Id, SystemModstamp FROM Case WHERE {window} ORDER BY SystemModstamp, Id")
    ]

    assert keys
    assert sorted(keys) == keys
    assert {each["Id"] for each in cases(visitor) if EARLY <= each["SystemModstamp"] < LATE} == {key for _, key in keys}


def test_a_keyset_goes_on_within_a_second(fresh: Visitor) -> None:
    fresh.clock.sleep(60)
    fresh.deed.touch_all(0, 90)
    first = "SystemModstamp >= 2026-11-01T12:01:00Z"
    seen: list[str] = []
    while batch := fresh.query(
        "SELECT Id, SystemModstamp FROM Case WHERE "
        f"{_behind(seen) if seen else first} ORDER BY SystemModstamp, Id LIMIT 40",
        deleted=True,
    ):
        seen += [each["Id"] for each in batch]

    assert 90 == len(seen) == len(set(seen))


def _behind(seen: list[str]) -> str:
    at = "2026-11-01T12:01:00Z"
    return f"((SystemModstamp = {at} AND Id > '{seen[-1]}') OR SystemModstamp > {at})"


def test_pages_by_id(visitor: Visitor) -> None:
    seen: list[str] = []
    while batch := visitor.ids(
        f"SELECT Id FROM Case WHERE Id > '{seen[-1] if seen else '000000000000000AAA'}' ORDER BY Id LIMIT 999"
    ):
        seen += batch

    assert visitor.ids("SELECT Id FROM Case") == seen


def test_counting(visitor: Visitor) -> None:
    body = visitor.get("query", q="SELECT COUNT() FROM Case WHERE IsClosed = false")

    assert {"totalSize": body["totalSize"], "done": True, "records": []} == body
    assert sum(not each["IsClosed"] for each in cases(visitor)) == body["totalSize"]


def test_a_batch_has_two_thousand_records_unless_fewer_are_asked_for(visitor: Visitor) -> None:
    def size(asked: str | None = None) -> int:
        headers = {} if asked is None else {"Sforce-Query-Options": f"batchSize={asked}"}
        answer = visitor.ask("query", headers=headers, q="SELECT Id FROM Case")
        return len(answer.json()["records"])

    assert (2_000, 500, 200, 2_000) == (size(), size("500"), size("10"), size("9000"))


def test_a_wide_query_has_smaller_batches(fresh: Visitor) -> None:
    fresh.switches.wide_batch = 50
    names = ", ".join(each["name"] for each in fresh.get("sobjects/Case/describe")["fields"])

    assert 50 == len(fresh.get("query", q=f"SELECT {names} FROM Case")["records"])
    assert 500 < len(fresh.get("query", q="SELECT Id FROM Case")["records"])


def test_the_rest_of_a_result_can_be_fetched_for_two_days(fresh: Visitor) -> None:
    answer = fresh.ask("query", headers={"Sforce-Query-Options": "batchSize=200"}, q="SELECT Id FROM Case").json()
    following = answer["nextRecordsUrl"]
    before = fresh.get(following)
    fresh.clock.sleep(2 * 86_400)
    fresh.enter()

    assert following.startswith("/services/data/v64.0/query/01g")
    assert 200 == len(before["records"])
    assert (400, "INVALID_QUERY_LOCATOR") == fresh.code(following)
    assert (400, "INVALID_QUERY_LOCATOR") == fresh.code("query/01gNOBODYKNOWSTHISX-2000")


def test_a_query_that_looks_at_too_much_times_out(fresh: Visitor) -> None:
    fresh.switches.slow_rows = 100
    narrow = "SELECT Id FROM Case WHERE SystemModstamp >= 2026-10-30T00:00:00Z"

    assert (400, "QUERY_TIMEOUT") == fresh.code("query", q="SELECT Id FROM Case")
    assert 200 == fresh.ask("query", q=narrow).status_code


@pytest.mark.parametrize(
    ("soql", "code", "told"),
    [
        ("SELECT Id FROM", "MALFORMED_QUERY", "unexpected token: '<EOF>'"),
        ("SELECT Id, FROM Case", "MALFORMED_QUERY", "ERROR at Row:1:Column:17"),
        ("SELECT Id FROM Case WHERE Status ~ 'New'", "MALFORMED_QUERY", "no viable alternative"),
        ("SELECT Id FROM Case LIMIT many", "MALFORMED_QUERY", "unexpected token: 'many'"),
        ("SELECT Id, Id FROM Case", "MALFORMED_QUERY", "duplicate field selected: Id"),
        ("SELECT Foo__c FROM Account", "INVALID_FIELD", "No such column 'Foo__c' on entity 'Account'."),
        ("SELECT Boss.Name FROM Case", "INVALID_FIELD", "Didn't understand relationship 'Boss'"),
        ("SELECT Owner.CaseNumber FROM Case", "INVALID_FIELD", "No such column 'CaseNumber' on entity 'Name'"),
        ("SELECT Id FROM Case ORDER BY Foo", "INVALID_FIELD", "No such column 'Foo'"),
        ("SELECT Id FROM Case WHERE CreatedDate > '2026-01-01'", "INVALID_FIELD", "must be of type dateTime"),
        ("SELECT Id FROM Case WHERE Status = 1", "INVALID_FIELD", "should be enclosed in quotes"),
        ("SELECT Id FROM Case WHERE Description = 'x'", "INVALID_FIELD", "can not be filtered"),
        ("SELECT Id FROM CaseHistory WHERE NewValue = 'x'", "INVALID_FIELD", "can not be filtered"),
        ("SELECT Id FROM Case WHERE Id LIKE '500%'", "INVALID_QUERY_FILTER_OPERATOR", "id field"),
        ("SELECT Id FROM Nothing__c", "INVALID_TYPE", "sObject type 'Nothing__c' is not supported."),
        ("SELECT Id FROM Case OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "2000"),
    ],
)
def test_what_is_no_query_here(visitor: Visitor, soql: str, code: str, told: str) -> None:
    answer = visitor.ask("query", q=soql)
    [error] = answer.json()

    assert (400, code) == (answer.status_code, error["errorCode"])
    assert told in error["message"]


def test_a_field_or_object_that_the_user_may_not_see_does_not_exist(fresh: Visitor) -> None:
    fresh.switches.hidden_fields = {"Case": ["Priority"]}
    fresh.switches.hidden_objects = ["CaseMilestone"]

    assert (400, "INVALID_FIELD") == fresh.code("query", q="SELECT Priority FROM Case")
    assert (400, "INVALID_FIELD") == fresh.code("query", q="SELECT Id FROM Case WHERE Priority = 'High'")
    assert (400, "INVALID_TYPE") == fresh.code("query", q="SELECT Id FROM CaseMilestone")


def test_an_org_with_one_currency_has_no_currency_fields(fresh: Visitor) -> None:
    assert {"EUR", "USD", "GBP"} == {each["IsoCode"] for each in fresh.query("SELECT IsoCode FROM CurrencyType")}
    fresh.switches.multi_currency = False

    assert (400, "INVALID_TYPE") == fresh.code("query", q="SELECT IsoCode FROM CurrencyType")
    assert (400, "INVALID_FIELD") == fresh.code("query", q="SELECT CurrencyIsoCode FROM Opportunity")


def test_an_org_without_surveys_has_no_objects_for_them(fresh: Visitor) -> None:
    fresh.switches.surveys = False

    assert (400, "INVALID_TYPE") == fresh.code("query", q="SELECT Id FROM SurveyResponse")
    assert 200 == fresh.ask("query", q="SELECT Id FROM NPS_Response__c").status_code


def test_records_are_found_by_their_parents(visitor: Visitor) -> None:
    one, other = visitor.ids("SELECT Id FROM Case LIMIT 2")
    messages = visitor.query("SELECT Id, ParentId FROM EmailMessage")

    assert [each["Id"] for each in messages if each["ParentId"] in {one, other}] == visitor.ids(
        f"SELECT Id FROM EmailMessage WHERE ParentId IN ('{one[:15]}', '{other}') AND HasAttachment = false"
    )
