"""What was recorded at Salesforce, through the real connector over HTTP, field by field.

None of these records belongs in quarantine.
"""

from __future__ import annotations

import csv as tables
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from latido.connect import Refused
from latido.errors import CredentialError, NotOffered, RateLimited
from latido.schema import Account, Deal, SurveyResponse, Ticket
from latido_salesforce.references import organization
from tests.connectors.salesforce.builders import account, key, record
from tests.connectors.salesforce.desk import RECORDED, TOKENS, found, recorded, result
from tests.connectors.salesforce.service import lookup
from tests.desk import Says, rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latido.connect import Page
    from latido.schema import Record
    from tests.connectors.salesforce.desk import Office, SalesforceDesk

ERRORS = recorded("synthetic/errors.json")
DESCRIBED = {
    "Amount": "currency", "CloseDate": "date", "ClosedDate": "datetime", "Description": "textarea",
    "IsClosed": "boolean", "OwnerId": "reference", "Probability": "percent", "Status": "picklist",
    "StageName": "picklist",
}  # fmt: skip


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def fields(pages: Iterable[Page], entity: type[Record]) -> list[dict[str, Any]]:
    """Return what the rows of *pages* say, without what they leave open."""
    return [row.model_dump(exclude_none=True, exclude={"version", "url"}) for row in rows(pages, entity)]


def error(code: str, said: str = "") -> Says:
    """Return the recorded error with that *code* whose sentence has *said* in it."""
    for each in ERRORS:
        body = each["body"]
        if isinstance(body, list) and body[0]["errorCode"] == code and said in body[0]["message"]:
            return Says(each["status"], body)
    raise LookupError(code)


def page(n: int) -> Says:
    """Return a recorded page of a job's result with its headers."""
    headers = {name.lower(): text for name, text in recorded("synthetic/bulk2_result_headers.json")[n - 1].items()}
    return Says(200, (RECORDED / f"synthetic/bulk2_case_page{n}.csv").read_bytes(), {**headers, "page": str(n)})


# What an org says of itself


@pytest.mark.parametrize(("sobject", "table", "n"), [("Case", "tickets", 35), ("Opportunity", "deals", 40)])
def test_the_fields_of_an_object(desk: SalesforceDesk, office: Office, sobject: str, table: str, n: int) -> None:
    desk.on(f"sobjects/{sobject}/describe", recorded(f"describe_{sobject}.json"))

    told = office.connector().vendor_fields()[table]

    assert n == len(told)
    assert {name: told[name] for name in DESCRIBED if name in told} == {
        name: kind for name, kind in DESCRIBED.items() if name in told
    }


ASKED = {
    "cases": {
        "AccountId", "ClosedDate", "ContactEmail", "ContactId", "CreatedDate", "Id", "IsClosed", "IsDeleted",
        "MasterRecordId", "Origin", "Owner.Name", "OwnerId", "Priority", "Status", "Subject", "SuppliedEmail",
        "SystemModstamp", "Type",
    },
    "opportunities": {
        "AccountId", "Amount", "CampaignId", "CloseDate", "ContactId", "CreatedDate", "Id", "IsClosed", "IsDeleted",
        "IsWon", "LeadSource", "Name", "OwnerId", "Probability", "StageName", "SystemModstamp", "Type",
    },
}  # fmt: skip


@pytest.mark.parametrize(("stream", "sobject"), [("cases", "Case"), ("opportunities", "Opportunity")])
def test_only_what_an_object_has_is_asked_for(desk: SalesforceDesk, office: Office, stream: str, sobject: str) -> None:
    """Neither has a currency, entitlements or a sign of having been closed on creation."""
    desk.has("User", "Name").has("Group", "Name")
    desk.on(f"sobjects/{sobject}/describe", recorded(f"describe_{sobject}.json"))

    office.pages(stream)

    asked = desk.queries(sobject)[0].removeprefix("SELECT ").partition(" FROM ")[0]
    assert ASKED[stream] == set(asked.split(", "))


def test_the_organization(desk: SalesforceDesk, office: Office) -> None:
    asked = (
        "Id", "Name", "IsSandbox", "TimeZoneSidKey", "DefaultLocaleSidKey", "OrganizationType", "InstanceName",
    )  # fmt: skip
    whole = recorded("sobject_Organization.json")
    desk.rows("Organization", found({name: whole[name] for name in ("attributes", *asked)}))

    assert {
        "Id": "00D0xORGID00000000", "Name": "CumulusCI - Dev Workspace", "IsSandbox": True,
        "TimeZoneSidKey": "America/Los_Angeles", "DefaultLocaleSidKey": "en_US",
        "OrganizationType": "Developer Edition", "InstanceName": "CS420",
    } == organization(office.connector())  # fmt: skip


def test_a_count_and_a_type_that_there_is_not(desk: SalesforceDesk, office: Office) -> None:
    good, bad = recorded("composite_count_partial_error.json")["response"]["body"]["compositeResponse"]
    desk.counts("Account", Says(good["httpStatusCode"], good["body"]), Says(bad["httpStatusCode"], bad["body"]))
    stream = office.stream("accounts")

    first = stream.count()
    with pytest.raises(NotOffered, match="Account"):
        stream.count()

    assert first is not None
    assert (17, True) == (first.n, first.exact)


def test_the_approximate_count_is_of_the_same_object_as_ours() -> None:
    """It counts what was deleted too, so the connector asks for COUNT() instead."""
    assert {"sObjects": [{"count": 3, "name": "Account"}]} == recorded("limits_recordCount.json")


# Records


def test_accounts_of_a_query(desk: SalesforceDesk, office: Office) -> None:
    desk.has("Account", "Name", "Phone", "AccountNumber", "Description")
    answer = recorded("query_accounts.json")
    desk.rows("Account", answer)

    told = fields(office.pages("accounts"), Account)

    assert [
        {"source_id": each["Id"], "is_deleted": False, "name": f"Account {n}"}
        for n, each in enumerate(answer["records"])
    ] == told
    assert 10 == len(told)


WHIZBANG = {
    "sobject": "Whizbang", "kind": "other", "score": "Number_Label", "scale_min": 0, "scale_max": 100,
    "answered_at": "DateTime_Label", "comment": "Text_Label", "email": "Email_Label",
}  # fmt: skip


def whizbangs(desk: SalesforceDesk, office: Office, *answers: Any, **more: Any) -> list[dict[str, Any]]:
    desk.has(
        "Whizbang", "Text_Label", "Email_Label", "TextArea_Label", Number_Label="double", Percent_Label="percent",
        Currency_Label="currency", Checkbox_Label="boolean", Date_Label="date", DateTime_Label="datetime",
        ParentId=lookup("ParentWhizbang__r", "Whizbang"),
    )  # fmt: skip
    desk.rows("Whizbang", *answers)
    return fields(office.pages("survey_objects", survey_objects=[{**WHIZBANG, **more}]), SurveyResponse)


ANSWER = {
    "kind": "other", "survey_id": "Whizbang", "scale_min": 0, "scale_max": 100, "higher_is_better": True,
}  # fmt: skip


def test_a_record_of_an_object_of_ones_own(desk: SalesforceDesk, office: Office) -> None:
    (row,) = whizbangs(
        desk, office, found(recorded("restforce_sobject_find_success_response.json")), answered_at="Date_Label"
    )

    assert {
        **ANSWER, "source_id": "Whizbang.Number_Label:23foo", "score": 23.0, "comment": "some text",
        "respondent_email": "danny@example.com", "answered_at": at(2010, 1, 1, 12), "is_deleted": False,
    } == row  # fmt: skip


def test_a_record_with_relatives(desk: SalesforceDesk, office: Office) -> None:
    """Its children, which nobody asked for, are passed over."""
    answer = recorded("restforce_query_success_response.json")
    answer["records"][0] |= {"Id": "23bar", "Number_Label": 7}

    (row,) = whizbangs(desk, office, answer, comment="ParentWhizbang__r.Text_Label")

    assert {
        **ANSWER, "source_id": "Whizbang.Number_Label:23bar", "score": 7.0, "comment": "Hello",
        "answered_at": at(2011, 7, 7, 0, 37), "is_deleted": False,
    } == row  # fmt: skip


def test_a_first_page_leads_to_a_second(desk: SalesforceDesk, office: Office) -> None:
    """The recording was made with an older version of the API."""
    first = recorded("restforce_query_paginated_first_page_response.json")
    path = first["nextRecordsUrl"].replace("v26.0", "v64.0")
    told = {"Number_Label": 1, "DateTime_Label": "2011-07-07T00:37:00.000+0000"}
    first = {**first, "nextRecordsUrl": path, "records": [{**each, "Id": "1", **told} for each in first["records"]]}
    desk.on(path, found({"Id": "2", "Text_Label": "Second Page", **told}))

    assert ["First Page", "Second Page"] == [each["comment"] for each in whizbangs(desk, office, first)]


def test_nothing(desk: SalesforceDesk, office: Office) -> None:
    assert [] == whizbangs(desk, office, recorded("restforce_query_empty_response.json"))


def test_what_was_deleted_for_good(desk: SalesforceDesk, office: Office) -> None:
    desk.has("Account", "Name", replicateable=True)
    desk.on("sobjects/Account/deleted/", recorded("restforce_get_deleted_success_response.json"))

    *_pages, last = office.pages("accounts", {"since": "2026-01-10T11:00:00+00:00"})

    assert {Account: {"a00D0000008pQRAIA2": at(2013, 5, 7, 22, 7, 19)}} == last.deleted


# Big reads


def cases(desk: SalesforceDesk) -> SalesforceDesk:
    desk.has("Case", "CaseNumber", "Status", "Subject", "MasterRecordId", IsClosed="boolean", ClosedDate="datetime")
    desk.counts("Case", 3)
    waiting, running, done, _failed = recorded("synthetic/bulk2_job_states.json")
    desk.on("jobs/query", waiting).on(f"jobs/query/{waiting['id']}", waiting, running, done)
    return desk.on(f"jobs/query/{waiting['id']}/results", page(1), page(2))


def test_a_job_from_its_beginning_to_its_last_page(desk: SalesforceDesk, office: Office) -> None:
    """A newline and quotes within a field, a NUL byte, an empty text, and a case that was merged away."""
    cases(desk)

    pages = office.pages("cases", bulk_above=0)

    assert [
        {
            "source_id": "500000000000001AAA", "updated_at": at(2026, 1, 3, 0, 0, 1), "is_deleted": False,
            "subject": 'line one\nline "two"', "status": "closed", "status_raw": "Closed",
            "solved_at": at(2026, 1, 3), "closed_at": at(2026, 1, 3),
        },
        {
            "source_id": "500000000000002AAA", "updated_at": at(2026, 1, 3, 0, 0, 1), "is_deleted": True,
            "deleted_at": at(2026, 1, 3, 0, 0, 1), "merged_into": "500000000000001AAA", "subject": "nulbyte",
            "status": "open", "status_raw": "New",
        },
        {
            "source_id": "500000000000003AAA", "updated_at": at(2026, 1, 4, 10), "is_deleted": False, "status": "open",
            "status_raw": "Working",
        },
    ] == fields(pages, Ticket)  # fmt: skip
    assert [] == [fault for each in pages for fault in each.rejected]
    assert [None, "MjAwMDAw"] == desk.params("jobs/query/750000000000001AAA/results", "locator")


def test_a_job_that_fails_is_replaced_by_queries(desk: SalesforceDesk, office: Office) -> None:
    failed = recorded("synthetic/bulk2_job_states.json")[-1]
    cases(desk).on(f"jobs/query/{failed['id']}", failed)

    office.pages("cases", bulk_above=0)

    assert 1 == len(desk.queries("Case"))
    assert ["QUERY_TIMEOUT" in each for each in office.warnings] == [True]


def test_compound_fields_are_refused_by_jobs(desk: SalesforceDesk, office: Office) -> None:
    cases(desk).on("jobs/query", error("FUNCTIONALITY_NOT_ENABLED"))

    office.pages("cases", bulk_above=0)

    assert 1 == len(desk.queries("Case"))


def seed(name: str, **types: str) -> tuple[list[str], list[list[str]]]:
    """Return rows of somebody's warehouse as the Bulk API would have sent them; times were stored without zone."""
    with (RECORDED / f"seed_sf_{name}_data.csv").open(newline="") as file:
        names, *values = tables.reader(file)
    renamed = ["".join(part.capitalize() for part in each.split("_")) for each in names]
    renamed[names.index("_fivetran_synced")] = "SystemModstamp"
    chosen = [n for n, each in enumerate(renamed) if each == "SystemModstamp" or not names[n].startswith("_")]
    kinds = {**types, "SystemModstamp": "datetime"}
    return [renamed[n] for n in chosen], [[written(each[n], kinds.get(renamed[n])) for n in chosen] for each in values]


def written(value: str, kind: str | None) -> str:
    if not value or kind not in {"date", "datetime"}:
        return value
    return (
        value[:10]
        if kind == "date"
        else datetime.fromisoformat(f"{value}Z").isoformat(timespec="milliseconds")[:23] + "Z"
    )


def by_job(desk: SalesforceDesk, sobject: str, names: list[str], values: list[list[str]], **types: Any) -> None:
    desk.has(sobject, *(each for each in names if each not in types), **types)
    desk.counts(sobject, len(values))
    desk.on("jobs/query", {"id": "750"})
    desk.on("jobs/query/750", {"state": "JobComplete", "numberRecordsProcessed": len(values)})
    desk.on("jobs/query/750/results", result(names, *values))


def test_accounts_of_a_warehouse(desk: SalesforceDesk, office: Office) -> None:
    """Most texts were made illegible."""
    names, values = seed("account")
    by_job(desk, "Account", names, values)

    told = fields(office.pages("accounts", bulk_above=0), Account)

    assert len(values) == len(told) == 10
    assert {
        "source_id": "0015500000Xyy06AAB", "updated_at": at(2019, 10, 17, 21, 10, 19), "is_deleted": False,
        "name": "Eric's Test", "owner_id": "tqs6UXPA/Lm7W+0dX0+syw==", "lifecycle_stage": "ziZgHawN6hOLcpXwK3Ygpw==",
    } == told[0]  # fmt: skip
    assert ("Seinfeld", True) == (told[1]["name"], told[1]["is_deleted"])


@pytest.mark.parametrize("name", ["opportunity", "opportunity_history"])
def test_opportunities_of_a_warehouse(desk: SalesforceDesk, office: Office, name: str) -> None:
    """As they are, and as they were stored once."""
    types = {
        "CloseDate": "date", "CreatedDate": "datetime", "Amount": "currency", "Probability": "percent",
        "IsWon": "boolean", "IsClosed": "boolean",
    }  # fmt: skip
    names, values = seed(name, **types)
    by_job(desk, "Opportunity", names, values, **types)

    told = fields(office.pages("opportunities", bulk_above=0), Deal)

    assert len(values) == len(told)
    assert {
        "source_id": "006q000000HddohAAB", "created_at": at(2018, 12, 19, 19, 51, 13),
        "updated_at": at(2019, 4, 4, 18, 47, 1), "is_deleted": True, "deleted_at": at(2019, 4, 4, 18, 47, 1),
        "name": "$1m deal", "amount": Decimal(24_120_000), "status": "won", "close_date": date(2018, 12, 19),
    }.items() <= told[0].items()  # fmt: skip
    assert {"open", "won", "lost"} == {each["status"] for each in told}


# Surveys


def test_answers_of_a_finished_and_of_a_begun_response(desk: SalesforceDesk, office: Office) -> None:
    desk.has("SurveyResponse", CompletionDateTime="datetime", SubmitterId="reference")
    desk.has("SurveyQuestion", "QuestionType", "DeveloperName")
    desk.has(
        "SurveyQuestionResponse", "ResponseValue", "ChoiceValue", ResponseId="reference", NumberValue="int",
        QuestionId=lookup("Question", "SurveyQuestion"),
    )  # fmt: skip
    answers = recorded("synthetic/survey_responses.json")
    responses = {each["ResponseId"]: {**record("", "0Kw", 0), "Id": each["ResponseId"], **each["Response"]}
                 for each in answers["records"]}  # fmt: skip
    desk.rows("SurveyResponse", found(*responses.values())).rows("SurveyQuestionResponse", answers)

    assert [
        {
            "source_id": "0Kx000000000001AAA", "created_at": at(2026, 1, 5, 9), "updated_at": at(2026, 1, 5, 12),
            "is_deleted": False, "kind": "nps", "score": 9.0, "scale_min": 0.0, "scale_max": 10.0,
            "higher_is_better": True, "comment": "thanks", "contact_id": "003000000000001AAA", "touchpoint": "nps_q",
            "answered_at": at(2026, 1, 10, 10),
        }
    ] == fields(office.pages("survey_responses"), SurveyResponse)  # fmt: skip


# Errors


@pytest.mark.parametrize("body", [
    recorded("restforce_auth_error_response.json"),
    *(each["body"] for each in ERRORS if isinstance(each["body"], dict)),
])  # fmt: skip
def test_a_token_that_is_refused(desk: SalesforceDesk, office: Office, body: Any) -> None:
    """Without a sentence, or with one."""
    desk.on(TOKENS, Says(400, body))

    with pytest.raises(CredentialError) as caught:
        office.pages("accounts")

    assert body["error"] in str(caught.value.message)


def test_a_session_that_expired_is_renewed_once(desk: SalesforceDesk, office: Office) -> None:
    desk.rows("Account", error("INVALID_SESSION_ID"), found(account()))

    assert [key("001", 1)] == [each.source_id for each in rows(office.pages("accounts"), Account)]
    assert 2 == len(desk.requests(TOKENS))


def test_a_daily_limit_that_is_used_up_ends_the_run(desk: SalesforceDesk, office: Office) -> None:
    desk.rows("Account", error("REQUEST_LIMIT_EXCEEDED", "TotalRequests"))

    with pytest.raises(RateLimited):
        office.pages("accounts")


def test_too_many_long_requests_at_once_are_waited_for(desk: SalesforceDesk, office: Office) -> None:
    desk.rows("Account", error("REQUEST_LIMIT_EXCEEDED", "Concurrent"), found(account()))

    assert 1 == len(rows(office.pages("accounts"), Account))
    assert 5 <= office.clock.passed <= 30


def test_a_query_that_takes_too_long_is_asked_for_less(desk: SalesforceDesk, office: Office) -> None:
    desk.rows("Account", error("QUERY_TIMEOUT"), found(account()), found())

    assert 1 == len(rows(office.pages("accounts", {"since": "2026-01-10T06:00:00+00:00"}), Account))
    assert 3 == len(desk.queries("Account"))


def test_a_forgotten_place_is_gone_back_to(desk: SalesforceDesk, office: Office) -> None:
    path = "/services/data/v64.0/query/01gD-2000"
    desk.rows("Account", found(account(1), done=False, following=path), found(account(2)))
    desk.on(path, error("INVALID_QUERY_LOCATOR"))

    assert [key("001", 1), key("001", 2)] == [each.source_id for each in rows(office.pages("accounts"), Account)]


@pytest.mark.parametrize(
    "body", [recorded("restforce_query_error_response.json"), error("INVALID_FIELD").body]
)  # fmt: skip
def test_a_field_that_nobody_asked_for_and_that_there_is_not(desk: SalesforceDesk, office: Office, body: Any) -> None:
    desk.rows("Account", Says(400, body))

    with pytest.raises(Refused) as caught:
        office.pages("accounts")

    assert body[0]["message"] in caught.value.sentence


@pytest.mark.parametrize("unwell", [each for each in ERRORS if isinstance(each["body"], str)])
def test_an_org_that_is_unwell_is_asked_again(desk: SalesforceDesk, office: Office, unwell: Any) -> None:
    desk.rows("Account", Says(unwell["status"], unwell["body"]), found(account()))

    assert 1 == len(rows(office.pages("accounts"), Account))


def test_every_recording_says_where_it_comes_from() -> None:
    said = (RECORDED / "SOURCES.md").read_text()

    for file in (each for each in RECORDED.glob("*.*") if each.suffix != ".md"):
        assert file.name in said or f"{file.name.split('_')[0]}_*" in said
