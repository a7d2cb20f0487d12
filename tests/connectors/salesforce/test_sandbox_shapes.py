"""The sandbox answers in the shapes that were recorded at Salesforce: the same keys, types and nulls."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from latido.testing import Limit
from tests.connectors.salesforce.desk import RECORDED, recorded
from tests.connectors.salesforce.visiting import CLIENT, Visitor

DESCRIBED = ("type", "nillable", "calculated", "filterable", "sortable", "groupable", "soapType", "referenceTo")
ALSO_DESCRIBED = ("relationshipName", "polymorphicForeignKey", "namePointing", "createable", "updateable", "idLookup")
ODD = {"Comments": {"sortable": False}, "ContactId": {"updateable": True}}
"""Two of a kind: a long text that can be sorted by, and a contact that only a new opportunity can be given."""


@pytest.fixture(scope="module")
def visitor() -> Visitor:
    return Visitor(900)


def kinds(record: dict[str, Any]) -> dict[str, str]:
    return {name: type(value).__name__ for name, value in record.items()}


def refusal(code: str) -> Any:
    """Return the recorded answer with that error code."""
    return next(
        each for each in recorded("synthetic/errors.json") if code in {every.get("errorCode") for every in each["body"]}
    )


@pytest.mark.parametrize("sobject", ["Case", "Opportunity"])
def test_descriptions(visitor: Visitor, sobject: str) -> None:
    """Recorded at version 48 and later; what is newer is documented."""
    theirs, ours = recorded(f"describe_{sobject}.json"), visitor.get(f"sobjects/{sobject}/describe")
    newer = {"associateEntityType", "associateParentEntity", "sobjectDescribeOption"}

    assert theirs.keys() | newer == ours.keys()
    assert {name: value for name, value in kinds(theirs).items() if value != "NoneType"}.items() <= kinds(ours).items()
    for name in ("name", "keyPrefix", "custom", "deletable", "queryable", "replicateable", "label", "labelPlural"):
        assert theirs[name] == ours[name]


@pytest.mark.parametrize("sobject", ["Case", "Opportunity"])
def test_described_fields(visitor: Visitor, sobject: str) -> None:
    """Every recorded field is there, and says the same of itself."""
    theirs = {each["name"]: each for each in recorded(f"describe_{sobject}.json")["fields"]}
    ours = {each["name"]: each for each in visitor.get(f"sobjects/{sobject}/describe")["fields"]}

    assert set() == theirs.keys() - ours.keys()
    for name, field in theirs.items():
        assert field.keys() == ours[name].keys()
        told = {key: ours[name][key] for key in (*DESCRIBED, *ALSO_DESCRIBED)}
        assert {key: field[key] for key in told} | ODD.get(name, {}) == told, name
    choices = [choice for each in theirs.values() for choice in each["picklistValues"]]
    assert kinds(choices[0]) == kinds(ours["Status" if sobject == "Case" else "StageName"]["picklistValues"][0])


def test_a_field_without_permission_is_missing_and_the_description_is_newer(visitor: Visitor) -> None:
    first = visitor.ask("sobjects/Account/describe")
    seen = {"If-Modified-Since": first.headers["last-modified"]}
    same = visitor.ask("sobjects/Account/describe", headers=seen)
    visitor.clock.sleep(60)
    visitor.switches.hidden_fields = {"Account": ["Industry"]}
    changed = visitor.ask("sobjects/Account/describe", headers=seen)
    visitor.switches.hidden_fields = {}

    assert (304, b"") == (same.status_code, same.content)
    assert {"Industry"} == {each["name"] for each in first.json()["fields"]} - {
        each["name"] for each in changed.json()["fields"]
    }


def test_the_list_of_objects(visitor: Visitor) -> None:
    body = visitor.get("sobjects")

    assert {"encoding", "maxBatchSize", "sobjects"} == body.keys()
    assert {"Account", "Case", "CaseStatus", "NPS_Response__c"} < {each["name"] for each in body["sobjects"]}
    assert {"00k", "006", "500"} < {each["keyPrefix"] for each in body["sobjects"]}
    assert (404, "NOT_FOUND") == visitor.code("sobjects/Nothing__c/describe")


def test_a_query(visitor: Visitor) -> None:
    theirs = recorded("query_accounts.json")
    ours = visitor.get("query", q="SELECT Id, Name, Description, Phone, External_Key__c FROM Account")

    assert list(theirs) == list(ours)
    assert kinds(theirs) == kinds(ours)
    assert list(theirs["records"][0]["attributes"]) == list(ours["records"][0]["attributes"])
    assert len(theirs["records"][0]["Id"]) == len(ours["records"][0]["Id"])


def test_a_query_that_finds_nothing_and_one_that_finds_more_than_fits(visitor: Visitor) -> None:
    nothing = visitor.get("query", q="SELECT Id FROM Account WHERE Name = 'nobody'")
    first = visitor.ask("query", headers={"Sforce-Query-Options": "batchSize=200"}, q="SELECT Id FROM Case").json()

    assert recorded("restforce_query_empty_response.json") == nothing
    assert list(recorded("restforce_query_paginated_first_page_response.json")) == list(first)


def test_an_object_that_there_is_not(visitor: Visitor) -> None:
    theirs = recorded("composite_count_partial_error.json")["response"]["body"]["compositeResponse"]
    ours = visitor.ask("query", q="select count() from XYZZY")

    assert theirs[1]["httpStatusCode"] == ours.status_code
    assert theirs[1]["body"] == ours.json()
    assert theirs[0]["body"].keys() == visitor.get("query", q="select count() from Account").keys()


def test_counts(visitor: Visitor) -> None:
    theirs = recorded("limits_recordCount.json")
    ours = visitor.get("limits/recordCount", sObjects="Account")

    assert [kinds(each) for each in theirs["sObjects"]] == [kinds(each) for each in ours["sObjects"]]
    assert "Account" == ours["sObjects"][0]["name"]


def test_the_organization(visitor: Visitor) -> None:
    """Recorded in an org of which some settings were empty, and of another country."""
    theirs = recorded("sobject_Organization.json")
    [found] = visitor.query("SELECT Id FROM Organization")
    ours = visitor.get(f"sobjects/Organization/{found['Id']}")

    assert list(theirs)[:8] == list(ours)[:8]
    assert theirs.keys() == ours.keys()
    assert {name: kind for name, kind in kinds(theirs).items() if theirs[name] is not None} == {
        name: kind for name, kind in kinds(ours).items() if theirs[name] is not None
    }
    assert theirs["Address"].keys() == ours["Address"].keys()


def test_deleted_records(visitor: Visitor) -> None:
    theirs = recorded("restforce_get_deleted_success_response.json")
    visitor.deed.delete(3)
    ours = visitor.get("sobjects/Case/deleted", start="2026-10-25T00:00:00Z", end="2026-11-02T00:00:00Z")

    assert kinds(theirs) == kinds(ours)
    assert kinds(theirs["deletedRecords"][0]) == kinds(ours["deletedRecords"][0])
    assert len(theirs["latestDateCovered"]) == len(ours["latestDateCovered"])


def test_refusals_at_the_door(visitor: Visitor) -> None:
    theirs = recorded("restforce_auth_error_response.json")
    refused = visitor.token(grant_type="refresh_token", refresh_token="old", **CLIENT)

    assert kinds(theirs) == kinds(refused.json())
    assert (
        next(each["body"] for each in recorded("synthetic/errors.json") if "expired access" in str(each["body"]))
        == refused.json()
    )


def test_refusals(visitor: Visitor) -> None:
    expired = visitor.ask("limits", headers={"authorization": "Bearer nobody"})
    visitor.switches.limits = {"api": Limit(requests=0)}
    used_up = visitor.ask("limits")
    visitor.switches.limits = {}
    visitor.sandbox.fail("too_many")
    at_once = visitor.ask("limits")
    locator = visitor.ask("query/01g")
    compound = visitor.ask(
        "jobs/query", "POST", json={"operation": "query", "query": "SELECT BillingAddress FROM Account"}
    )
    both = [each for each in recorded("synthetic/errors.json") if "REQUEST_LIMIT" in str(each["body"])]

    for answer, theirs in (
        (expired, refusal("INVALID_SESSION_ID")),
        (used_up, both[0]),
        (at_once, both[1]),
        (locator, refusal("INVALID_QUERY_LOCATOR")),
        (compound, refusal("FUNCTIONALITY_NOT_ENABLED")),
    ):
        assert (theirs["status"], theirs["body"]) == (answer.status_code, answer.json())
    assert [list(each) for each in recorded("restforce_query_error_response.json")] == [list(expired.json()[0])]


def test_the_states_of_a_job(visitor: Visitor) -> None:
    theirs = recorded("synthetic/bulk2_job_states.json")
    asked = {"operation": "queryAll", "query": "SELECT Id FROM Case"}
    began = visitor.ask("jobs/query", "POST", json=asked).json()
    running = visitor.get(f"jobs/query/{began['id']}")
    complete = visitor.finish(began["id"])
    visitor.switches.failing_jobs = 1
    failed = visitor.finish(visitor.begin("SELECT Id FROM Case"))

    assert [kinds(each) for each in theirs[:3]] == [kinds(each) for each in (began, running, complete)]
    assert theirs[3].keys() <= failed.keys()
    assert [each["state"] for each in theirs] == [each["state"] for each in (began, running, complete, failed)]


def test_pages_of_a_result(visitor: Visitor) -> None:
    text = (RECORDED / "synthetic" / "bulk2_case_page1.csv").read_text()
    names = next(csv.reader(io.StringIO(text.replace("\0", ""))))
    job = visitor.begin(f"SELECT {', '.join(names)} FROM Case")
    visitor.finish(job)
    page = visitor.ask(f"jobs/query/{job}/results", maxRecords=20)

    assert text.splitlines()[0] == page.text.splitlines()[0]
    for name, theirs in recorded("synthetic/bulk2_result_headers.json")[0].items():
        if name != "page":
            assert type(theirs) is type(page.headers[name])
    assert len("2026-01-03T00:00:01.000Z") == len(page.text.splitlines()[1].rsplit(",", 1)[1].strip('"'))


def test_survey_answers(visitor: Visitor) -> None:
    theirs = recorded("synthetic/survey_responses.json")["records"]
    ours = visitor.query(
        "SELECT Id, ResponseId, NumberValue, ResponseValue, ChoiceValue, Datatype, Question.QuestionType, "
        "Question.DeveloperName, Response.CompletionDateTime, Response.SubmitterId, Response.Status "
        "FROM SurveyQuestionResponse WHERE ResponseValue != null"
    )

    assert theirs[0].keys() == ours[0].keys()
    for parent in ("Question", "Response"):
        assert theirs[0][parent].keys() == ours[0][parent].keys()
    for name in ("NumberValue", "ResponseValue", "ChoiceValue", "Datatype"):
        assert {type(each[name]) for each in ours} <= {type(each[name]) for each in theirs}
