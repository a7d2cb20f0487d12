"""Big reads: jobs of the Bulk API, whose rows are all there or not accepted."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import RateLimited, VendorUnavailable
from latido.schema import Account
from tests.connectors.salesforce.builders import account, key
from tests.connectors.salesforce.desk import found, refused, result
from tests.desk import Says, last_cursor, rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latido.connect import Page
    from tests.connectors.salesforce.desk import Office, SalesforceDesk

JOBS, JOB, RESULTS = "jobs/query", "jobs/query/750", "jobs/query/750/results"
STAMP = "2026-01-05T12:00:00.000Z"
NAMES = ["Id", "SystemModstamp"]
BULK = {"bulk_above": 2}


@pytest.fixture(autouse=True)
def many(desk: SalesforceDesk) -> None:
    """There are three accounts, which is more than two."""
    desk.counts("Account", 3)
    desk.on(JOBS, {"id": "750", "state": "UploadComplete"}).on(JOB, complete(3))


def complete(n: int) -> dict[str, Any]:
    return {"id": "750", "state": "JobComplete", "numberRecordsProcessed": n}


def page(*numbers: int, **more: Any) -> Says:
    return result(NAMES, *([key("001", n), STAMP] for n in numbers), **more)


def ids(pages: Iterable[Page]) -> list[str]:
    return [each.source_id for each in rows(pages, Account)]


def test_many_records_are_read_by_a_job(desk: SalesforceDesk, office: Office) -> None:
    """Deleted ones too, and without an order, which would keep Salesforce from dividing the work."""
    desk.on(RESULTS, page(1, 2, 3))

    pages = office.pages("accounts", **BULK)

    assert [key("001", n) for n in (1, 2, 3)] == ids(pages)
    begun = desk.requests(JOBS)[0].body
    assert {"operation": "queryAll", "contentType": "CSV", "columnDelimiter": "COMMA", "lineEnding": "LF"} == {
        name: begun[name] for name in ("operation", "contentType", "columnDelimiter", "lineEnding")
    }
    assert begun["query"].endswith("FROM Account WHERE (SystemModstamp < 2026-01-10T12:00:01Z)")
    assert "2026-01-10T11:55:01+00:00" == last_cursor(pages)["since"]


def test_as_many_as_the_setting_says_are_no_case_for_a_job(desk: SalesforceDesk, office: Office) -> None:
    office.pages("accounts", bulk_above=3)

    assert [] == desk.requests(JOBS)


def test_a_job_is_looked_at_until_it_is_complete(desk: SalesforceDesk, office: Office) -> None:
    running = [{"state": "UploadComplete"}, {"state": "InProgress"}, {"state": "InProgress"}]
    desk.on(JOB, *running, complete(3)).on(RESULTS, page(1, 2, 3))

    office.pages("accounts", **BULK)

    assert 6 == office.clock.passed


def test_a_job_is_forgotten_once_it_was_read(desk: SalesforceDesk, office: Office) -> None:
    """Its result would count against the org's storage for a week."""
    desk.on(RESULTS, page(1, 2, 3))

    office.pages("accounts", **BULK)

    assert ["DELETE"] == [each.method for each in desk.requests(JOB)][-1:]


def test_a_result_has_pages(desk: SalesforceDesk, office: Office) -> None:
    desk.on(RESULTS, page(1, 2, locator="MjAw"), page(3))

    assert [key("001", n) for n in (1, 2, 3)] == ids(office.pages("accounts", **BULK))
    assert [None, "MjAw"] == desk.params(RESULTS, "locator")
    assert ["10000", "10000"] == desk.params(RESULTS, "maxRecords")


def test_a_run_that_was_killed_goes_on_with_its_job(desk: SalesforceDesk, office: Office) -> None:
    """The cursor knows the job and the page; nothing that was stored is fetched again."""
    desk.on(RESULTS, page(1, 2, locator="MjAw"), page(3))
    cursors = [each.cursor for each in office.pages("accounts", **BULK)]
    behind_two = next(each for each in cursors if each and each.get("seen") == 2)
    desk.on(RESULTS, page(3)).counts("Account", 0)

    pages = office.pages("accounts", behind_two, **BULK)

    assert [key("001", 3)] == ids(pages)
    assert "MjAw" == desk.params(RESULTS, "locator")[-1]
    assert 1 == len(desk.requests(JOBS))
    assert "2026-01-10T11:55:01+00:00" == last_cursor(pages)["since"]


def test_a_job_that_is_gone_is_begun_again(desk: SalesforceDesk, office: Office) -> None:
    """Results live for seven days."""
    cursor = {"end": "2026-01-10T12:00:01+00:00", "job": "749", "locator": "MjAw", "seen": 2}
    desk.on(RESULTS, page(1, 2, 3))
    desk.counts("Account", 0)

    assert [key("001", n) for n in (1, 2, 3)] == ids(office.pages("accounts", cursor, **BULK))


def test_a_page_with_fewer_rows_than_announced_is_fetched_again(desk: SalesforceDesk, office: Office) -> None:
    desk.on(RESULTS, page(1, 2, locator="MjAw"), page(n=1), page(3))

    assert [key("001", n) for n in (1, 2, 3)] == ids(office.pages("accounts", **BULK))
    assert [None, "MjAw", "MjAw"] == desk.params(RESULTS, "locator")


def test_rows_that_are_missing_from_a_result_are_not_accepted(desk: SalesforceDesk, office: Office) -> None:
    """Every page is what it says, and yet there are fewer rows than the job read."""
    desk.on(RESULTS, page(1, 2), page(1, 2, 3))

    pages = office.pages("accounts", **BULK)

    assert {key("001", n) for n in (1, 2, 3)} == set(ids(pages))
    assert 2 == len(desk.requests(JOBS))


def test_rows_that_stay_missing_are_read_without_a_job(desk: SalesforceDesk, office: Office) -> None:
    desk.on(RESULTS, page(1, 2)).rows("Account", found(account(1), account(2), account(3)))

    pages = office.pages("accounts", **BULK)

    assert {key("001", n) for n in (1, 2, 3)} == set(ids(pages))
    assert ["accounts is read without the Bulk API (its results are not whole)."] == office.warnings


def test_a_row_that_was_cut_makes_the_page_be_fetched_again(desk: SalesforceDesk, office: Office) -> None:
    cut = Says(200, page(1, 2, 3).body[:-15], {"content-type": "text/csv", "sforce-locator": "null"})
    desk.on(RESULTS, cut, page(1, 2, 3))

    assert key("001", 3) in ids(office.pages("accounts", **BULK))
    assert 2 == len(desk.requests(RESULTS))


def test_a_result_in_html_is_asked_for_again(desk: SalesforceDesk, office: Office) -> None:
    desk.on(RESULTS, Says(200, "<html>Just a moment</html>"), page(1, 2, 3))

    assert 3 == len(ids(office.pages("accounts", **BULK)))


def test_a_session_that_ends_in_the_middle_costs_one_page(desk: SalesforceDesk, office: Office) -> None:
    expired = refused("INVALID_SESSION_ID", "Session expired or invalid", 401)
    desk.on(RESULTS, page(1, 2, locator="MjAw"), expired, page(3))

    assert [key("001", n) for n in (1, 2, 3)] == ids(office.pages("accounts", **BULK))
    assert [None, "MjAw", "MjAw"] == desk.params(RESULTS, "locator")


@pytest.mark.parametrize(
    "refusal",
    [
        refused("INVALIDENTITY", "Entity 'Account' is not supported by the Bulk API."),
        refused("FUNCTIONALITY_NOT_ENABLED", "Selecting compound data not supported in Bulk Query"),
        refused("LIMIT_EXCEEDED", "Max bulk v2 query jobs (10000) per 24 hrs has been reached"),
    ],
)
def test_what_the_bulk_api_does_not_read_is_read_without_it(
    desk: SalesforceDesk, office: Office, refusal: Says
) -> None:
    desk.on(JOBS, refusal).rows("Account", found(account(1)))

    assert [key("001", 1)] == ids(office.pages("accounts", **BULK))
    assert [True] == ["is read without the Bulk API" in each for each in office.warnings]


@pytest.mark.parametrize("state", ["Failed", "Aborted"])
def test_a_job_that_fails_is_no_reason_to_read_nothing(desk: SalesforceDesk, office: Office, state: str) -> None:
    desk.on(JOB, {"state": state, "errorMessage": "InvalidBatch"}).rows("Account", found(account(1)))

    assert [key("001", 1)] == ids(office.pages("accounts", **BULK))


def test_a_field_that_a_job_refuses_is_left_out(desk: SalesforceDesk, office: Office) -> None:
    desk.has("Account", "Foo__c")
    desk.on(JOBS, refused("INVALID_FIELD", "No such column 'Foo__c' on entity 'Account'."), {"id": "750"})
    desk.on(RESULTS, page(1, 2, 3))

    assert 3 == len(ids(office.pages("accounts", **BULK)))
    assert [True, False] == ["Foo__c" in each.body["query"] for each in desk.requests(JOBS)]


def test_text_of_every_kind_arrives_whole(desk: SalesforceDesk, office: Office) -> None:
    """Line breaks, quotes, commas, and bytes that no text has."""
    text = 'one\nline, "two"\r\nthree\0'
    desk.has("Account", "Name").on(RESULTS, result([*NAMES, "Name"], [key("001", 1), STAMP, text]))
    desk.on(JOB, complete(1))

    (row,) = rows(office.pages("accounts", **BULK), Account)

    assert 'one\nline, "two"\r\nthree' == row.name


def test_a_long_text_arrives_whole(desk: SalesforceDesk, office: Office) -> None:
    desk.has("Account", "Name").on(RESULTS, result([*NAMES, "Name"], [key("001", 1), STAMP, "x" * 140_000]))
    desk.on(JOB, complete(1))

    (row,) = rows(office.pages("accounts", **BULK), Account)

    assert 140_000 == len(row.name)


def test_both_ways_bring_the_same_rows(desk: SalesforceDesk, office: Office) -> None:
    """One writes numbers and offsets, the other text; one nests, the other writes dots; only one knows null."""
    kinds: dict[str, Any] = {
        "MasterRecord": {"type": "reference", "relationshipName": "MasterRecord", "referenceTo": ["Account"]},
        "IsPersonAccount": "boolean", "PersonContactId": "reference", "Score__c": "double", "Seats__c": "int",
        "Seen__c": "datetime", "Vip__c": "boolean", "Since__c": "date", "Note__c": "textarea", "Owner__c": "reference",
    }  # fmt: skip
    desk.has("Account", "Name", "AnnualRevenue", "NumberOfEmployees", "CurrencyIsoCode", **kinds)
    told = {
        "Name": "Ana Ruiz", "AnnualRevenue": 12345678901234.25, "NumberOfEmployees": 7, "CurrencyIsoCode": "EUR",
        "IsPersonAccount": True, "PersonContactId": "003000000000001", "IsDeleted": True, "Score__c": 5.0,
        "MasterRecord": {"attributes": {}, "PersonContactId": key("003", 2)}, "Seats__c": 3, "Vip__c": False,
        "Seen__c": "2026-01-05T12:00:00.000+0000", "Since__c": "2026-01-05", "Note__c": None, "Owner__c": key("005", 1),
    }  # fmt: skip
    desk.rows("Account", found(account(1, **told)))
    written = {
        **{name: str(value) for name, value in told.items() if name not in ("MasterRecord", "Note__c")},
        "IsPersonAccount": "true", "IsDeleted": "true", "Vip__c": "false", "Note__c": "",
        "Seen__c": "2026-01-05T12:00:00.000Z", "MasterRecord.PersonContactId": key("003", 2),
        "Id": key("001", 1), "SystemModstamp": STAMP, "CreatedDate": "2026-01-05T09:00:00.000Z",
    }  # fmt: skip
    desk.on(RESULTS, result(list(written), list(written.values()))).on(JOB, complete(1))

    by_query = office.pages("accounts")
    by_job = office.pages("accounts", **BULK)

    assert rows(by_query, Account)[0].annual_revenue == Decimal("12345678901234.25")
    assert columns(by_query) == columns(by_job)
    assert 2 == len(columns(by_job))


def columns(pages: Iterable[Page]) -> list[Any]:
    """Return all rows of *pages*, by column, as they travel."""
    return [dict(each.columns) for page in pages for each in page.rows if len(each)]


def test_waiting_for_a_job_keeps_the_quota(desk: SalesforceDesk, office: Office) -> None:
    """Each look at a job is a request that counts."""
    headers = {"sforce-limit-info": "api-usage=12000/15000"}
    desk.on(JOB, Says(200, {"state": "InProgress"}, headers))

    with pytest.raises(RateLimited):
        office.pages("accounts", **BULK)


def test_a_census_of_many_is_taken_by_a_job(desk: SalesforceDesk, office: Office) -> None:
    desk.on(RESULTS, result(["Id"], [key("001", 1)], [key("001", 2)], [key("001", 3)]))

    assert [[key("001", n) for n in (1, 2, 3)]] == list(office.stream("accounts", **BULK).ids())
    asked = desk.requests(JOBS)[0].body
    assert ("query", "SELECT Id FROM Account") == (asked["operation"], asked["query"])


def test_a_census_that_lacks_rows_is_taken_again(desk: SalesforceDesk, office: Office) -> None:
    """Whoever is missing in it would be taken for deleted."""
    desk.on(RESULTS, result(["Id"], [key("001", 1)]))
    desk.rows("Account", found(account(1), account(2), account(3)))

    assert [key("001", n) for n in (1, 2, 3)] == list(office.stream("accounts", **BULK).ids())[-1]


@pytest.mark.parametrize("body", [{}, {"id": 7}, []])
def test_a_job_without_an_id_is_none(desk: SalesforceDesk, office: Office, body: Any) -> None:
    desk.on(JOBS, body)

    with pytest.raises(VendorUnavailable, match="Salesforce answers without"):
        office.pages("accounts", **BULK)
