"""Jobs of the Bulk API 2.0, as the sandbox does them."""

from __future__ import annotations

import gzip

import pytest

from tests.connectors.salesforce.visiting import Visitor, table

CASES = "SELECT Id, CaseNumber, ClosedDate, IsDeleted, Account.Name FROM Case"


@pytest.fixture(scope="module")
def visitor() -> Visitor:
    return Visitor(300)


@pytest.fixture
def fresh() -> Visitor:
    return Visitor(120)


def test_a_job_gets_on_by_being_looked_at_and_with_time(fresh: Visitor) -> None:
    fresh.switches.job_polls, fresh.switches.job_seconds = 2, 30
    began = fresh.ask("jobs/query", "POST", json={"operation": "queryAll", "query": CASES}).json()
    states = []
    for wait in (1, 1, 1, 30):
        states.append(fresh.get(f"jobs/query/{began['id']}")["state"])
        fresh.clock.sleep(wait)
    told = fresh.get(f"jobs/query/{began['id']}")

    assert "UploadComplete" == began["state"]
    assert ["InProgress"] * 4 == states
    assert ("JobComplete", fresh.count("Case", deleted=True)) == (told["state"], told["numberRecordsProcessed"])


def test_a_job_never_gets_the_id_of_another(fresh: Visitor) -> None:
    jobs = [fresh.begin(CASES) for _ in range(3)]
    for job in jobs[:2]:
        fresh.finish(job)
        fresh.ask(f"jobs/query/{job}", "DELETE")

    assert fresh.begin(CASES) not in jobs


def test_rest_and_bulk_tell_the_same(visitor: Visitor) -> None:
    rows = visitor.bulk("SELECT Id, Subject, Description, IsClosed, CreatedDate, Priority, Age_Days__c FROM Case")
    records = visitor.query(
        "SELECT Id, Subject, Description, IsClosed, CreatedDate, Priority, Age_Days__c FROM Case", deleted=True
    )

    assert [
        {
            "Id": each["Id"],
            "Subject": each["Subject"],
            "Description": each["Description"],
            "IsClosed": str(each["IsClosed"]).lower(),
            "CreatedDate": each["CreatedDate"].replace("+0000", "Z"),
            "Priority": each["Priority"] or "",
            "Age_Days__c": str(each["Age_Days__c"]),
        }
        for each in records
    ] == [{**row, "Description": row["Description"].replace("\0", "")} for row in rows]


def test_texts_have_lines_quotes_and_nul_bytes(visitor: Visitor) -> None:
    job = visitor.begin("SELECT Id, Subject, Description FROM Case")
    visitor.finish(job)
    text = visitor.ask(f"jobs/query/{job}/results").content

    assert text.startswith(b'"Id","Subject","Description"\n"500')
    assert b"\0" in text
    assert b'""it\'s broken""' in text
    assert len(table(visitor.ask(f"jobs/query/{job}/results"))) < text.count(b"\n") - 1


def test_parents_come_in_columns_with_dots(visitor: Visitor) -> None:
    names = {each["Id"]: each["Account"] for each in visitor.query("SELECT Id, Account.Name FROM Case", deleted=True)}

    assert {key: (account or {"Name": ""})["Name"] for key, account in names.items()} == {
        row["Id"]: row["Account.Name"] for row in visitor.bulk(CASES)
    }


def test_a_result_comes_in_pages_with_a_locator(fresh: Visitor) -> None:
    job = fresh.begin("SELECT Id FROM Case")
    fresh.finish(job)
    first = fresh.ask(f"jobs/query/{job}/results", maxRecords=50)
    second = fresh.ask(f"jobs/query/{job}/results", maxRecords=50, locator=first.headers["sforce-locator"])
    last = fresh.ask(f"jobs/query/{job}/results", maxRecords=50, locator=second.headers["sforce-locator"])
    pages = [first, second, last]

    assert "text/csv" == first.headers["content-type"]
    assert ["50", "50"] == [page.headers["sforce-numberofrecords"] for page in pages[:2]]
    assert "null" == last.headers["sforce-locator"]
    assert fresh.ids("SELECT Id FROM Case", deleted=True) == [row["Id"] for page in pages for row in table(page)]
    assert (400, "INVALID_QUERY_LOCATOR") == fresh.code(f"jobs/query/{job}/results", locator="later")


def test_an_empty_result_has_its_header(fresh: Visitor) -> None:
    job = fresh.begin("SELECT Id FROM Case WHERE CaseNumber = 'none'")
    fresh.finish(job)
    page = fresh.ask(f"jobs/query/{job}/results")

    assert (b'"Id"\n', "0", "null") == (
        page.content,
        page.headers["sforce-numberofrecords"],
        page.headers["sforce-locator"],
    )


def test_deleted_records_come_only_to_who_asks_for_all(fresh: Visitor) -> None:
    fresh.deed.delete(5)

    assert fresh.identity("Case", 5) not in {row["Id"] for row in fresh.bulk(CASES, deleted=False)}
    assert "true" == next(row for row in fresh.bulk(CASES) if row["Id"] == fresh.identity("Case", 5))["IsDeleted"]


@pytest.mark.parametrize(
    ("soql", "code"),
    [
        ("SELECT Id FROM CaseStatus", "INVALIDENTITY"),
        ("SELECT Id, BillingAddress FROM Account", "FUNCTIONALITY_NOT_ENABLED"),
        ("SELECT COUNT() FROM Case", "API_ERROR"),
        ("SELECT Nothing FROM Case", "INVALID_FIELD"),
        ("SELECT", "MALFORMED_QUERY"),
    ],
)
def test_what_no_job_reads(visitor: Visitor, soql: str, code: str) -> None:
    answer = visitor.ask("jobs/query", "POST", json={"operation": "query", "query": soql})

    assert (400, code) == (answer.status_code, answer.json()[0]["errorCode"])


def test_a_job_may_fail(fresh: Visitor) -> None:
    fresh.switches.failing_jobs = 1
    failed, fine = fresh.finish(fresh.begin(CASES)), fresh.finish(fresh.begin(CASES))

    assert ("Failed", "InvalidBatch : Failed to process query: QUERY_TIMEOUT") == (
        failed["state"],
        failed["errorMessage"],
    )
    assert "JobComplete" == fine["state"]


def test_rows_may_be_missing_from_a_page_that_counts_them(fresh: Visitor) -> None:
    fresh.switches.lost_rows = 2
    job = fresh.begin("SELECT Id FROM Account")
    told = fresh.finish(job)
    page = fresh.ask(f"jobs/query/{job}/results")

    assert str(told["numberRecordsProcessed"]) == page.headers["sforce-numberofrecords"]
    assert told["numberRecordsProcessed"] - 2 == len(table(page))


def test_a_session_may_end_in_the_middle_of_a_download(fresh: Visitor) -> None:
    fresh.switches.token_requests = 4
    fresh.enter()
    job = fresh.begin("SELECT Id FROM Case")
    fresh.finish(job)
    first, second = (fresh.ask(f"jobs/query/{job}/results", maxRecords=10) for _ in range(2))
    fresh.enter()

    assert [200, 401] == [first.status_code, second.status_code]
    assert first.content == fresh.ask(f"jobs/query/{job}/results", maxRecords=10).content


def test_a_day_has_so_many_jobs(fresh: Visitor) -> None:
    fresh.switches.bulk_jobs = 1
    fresh.begin(CASES)
    refused = fresh.ask("jobs/query", "POST", json={"operation": "query", "query": CASES})
    fresh.clock.sleep(86_400)
    fresh.enter()

    assert "Max bulk v2 query jobs (1) per 24 hrs has been reached" == refused.json()[0]["message"]
    assert fresh.begin(CASES)


def test_a_result_can_be_compressed(fresh: Visitor) -> None:
    fresh.switches.gzip = True
    job = fresh.begin(CASES)
    fresh.finish(job)
    page = fresh.ask(f"jobs/query/{job}/results", headers={"accept-encoding": "gzip"})

    assert "gzip" == page.headers["content-encoding"]
    assert int(page.headers["content-length"]) < len(gzip.compress(page.content, 1)) + 100 < len(page.content)


def test_a_job_that_was_deleted_or_aborted_has_no_result(fresh: Visitor) -> None:
    gone, stopped = fresh.begin(CASES), fresh.begin(CASES)
    fresh.finish(gone)

    assert (400, "API_ERROR") == fresh.code(f"jobs/query/{stopped}", method="DELETE")
    assert 204 == fresh.ask(f"jobs/query/{gone}", "DELETE").status_code
    assert (404, "NOT_FOUND") == fresh.code(f"jobs/query/{gone}")
    assert "Aborted" == fresh.ask(f"jobs/query/{stopped}", "PATCH", json={"state": "Aborted"}).json()["state"]
    assert (400, "INVALIDJOBSTATE") == fresh.code(f"jobs/query/{stopped}/results")
    assert [stopped] == [each["id"] for each in fresh.get("jobs/query")["records"]]
