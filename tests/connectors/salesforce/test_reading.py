"""How changes are read: everything once, and what changed again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from latido.connect import Count
from latido.errors import ConfigurationError, NotOffered, VendorUnavailable
from latido.schema import Account
from tests.connectors.salesforce.builders import account, key
from tests.connectors.salesforce.desk import described, found, refused, result
from tests.desk import Says, last_cursor, rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latido.connect import Page
    from tests.connectors.salesforce.desk import Office, SalesforceDesk

MORE = "/services/data/v64.0/query/01gRM000000001-2000"
JOBS = "jobs/query"
TIMEOUT = refused("QUERY_TIMEOUT", "Your query request was running for too long.")
READ = {"since": "2026-01-10T11:55:01+00:00"}
"""The cursor of a run that ended at noon by the server's clock, five minutes of which are read again."""


def ids(pages: Iterable[Page]) -> list[str]:
    return [each.source_id for each in rows(pages, Account)]


def at(stamp: str, n: int = 1, **more: Any) -> dict[str, Any]:
    return account(n, SystemModstamp=f"2026-01-{stamp}.000+0000", **more)


def test_the_first_reading_brings_everything_in_the_order_of_change(desk: SalesforceDesk, office: Office) -> None:
    desk.has("Account", "Name").rows("Account", found(account(1), account(2)))

    pages = office.pages("accounts")

    assert [key("001", 1), key("001", 2)] == ids(pages)
    (query,) = desk.queries("Account")
    assert query == (
        "SELECT Id, SystemModstamp, CreatedDate, IsDeleted, Name FROM Account "
        "WHERE (SystemModstamp < 2026-01-10T12:00:01Z) ORDER BY SystemModstamp, Id"
    )
    assert READ["since"] == last_cursor(pages)["since"]


def test_deleted_records_are_asked_for_too(desk: SalesforceDesk, office: Office) -> None:
    """The path that leaves them out is never taken, for rows or for counts."""
    office.pages("accounts")

    assert 2 == len(desk.requests("queryAll"))
    assert [] == desk.requests("query")


def test_a_later_run_reads_twenty_minutes_again(desk: SalesforceDesk, office: Office) -> None:
    """A transaction that ends minutes after it stamped its rows puts them behind where we were already."""
    desk.rows("Account", found(account(1)))

    pages = office.pages("accounts", READ)

    (query,) = desk.queries("Account")
    assert "SystemModstamp >= 2026-01-10T11:40:01Z AND SystemModstamp < 2026-01-10T12:00:01Z" in query
    assert [key("001", 1)] == ids(pages)


def test_a_start_date_is_a_start(desk: SalesforceDesk, office: Office) -> None:
    """Nothing before it is read, not even the overlap."""
    stream = office.stream("accounts")

    list(stream.pages(stream.start(office.clock.now() - timedelta(days=3))))

    assert "SystemModstamp >= 2026-01-07T12:00:00Z AND" in desk.queries("Account")[0]


def test_a_run_without_news_asks_for_the_count_only(desk: SalesforceDesk, office: Office) -> None:
    desk.counts("Account", 0)

    pages = office.pages("accounts", READ)

    assert 1 == len(desk.requests("queryAll"))
    assert READ["since"] == last_cursor(pages)["since"]


def test_the_servers_clock_counts(office: Office) -> None:
    office.clock.sleep(3600)

    assert READ["since"] == last_cursor(office.pages("accounts"))["since"]


def test_pages_follow_each_other_until_they_are_done(desk: SalesforceDesk, office: Office) -> None:
    """A page with fewer rows than it could have is not the last."""
    desk.rows("Account", found(account(1), done=False, following=MORE))
    desk.on(MORE, found(done=False, following=f"{MORE[:-4]}4000"))
    desk.on(f"{MORE[:-4]}4000", found(account(2), account(3)))

    pages = office.pages("accounts")

    assert [key("001", n) for n in (1, 2, 3)] == ids(pages)


@pytest.mark.parametrize("address", ["https://elsewhere.example/steal", "/services/apexrest/steal", None, 7])
def test_a_next_page_lies_on_the_same_host(desk: SalesforceDesk, office: Office, address: Any) -> None:
    desk.rows("Account", found(account(1), done=False, following=address))

    with pytest.raises(VendorUnavailable, match="nextRecordsUrl"):
        office.pages("accounts")


def test_an_address_of_another_host_is_asked_for_on_ours(desk: SalesforceDesk, office: Office) -> None:
    desk.rows("Account", found(account(1), done=False, following=f"https://elsewhere.example{MORE}"))
    desk.on(MORE, found(account(2)))

    assert [key("001", 1), key("001", 2)] == ids(office.pages("accounts"))


def test_each_page_tells_where_to_go_on(desk: SalesforceDesk, office: Office) -> None:
    """Behind a record, not behind its second: thousands may have the same."""
    desk.rows("Account", found(at("05T12:00:00", 1), at("05T12:00:00", 2), done=False, following=MORE))
    desk.on(MORE, found(at("06T12:00:00", 3)))
    first, *_others = office.pages("accounts")
    desk.rows("Account", found())

    pages = office.pages("accounts", first.cursor)

    resumed, following = desk.queries("Account")[-2:]
    assert resumed.endswith(
        "WHERE ((SystemModstamp > 2026-01-05T12:00:00Z OR (SystemModstamp = 2026-01-05T12:00:00Z "
        "AND Id > '001000000000002AAA')) AND SystemModstamp < 2026-01-10T12:00:01Z) ORDER BY SystemModstamp, Id"
    )
    assert "SystemModstamp >= 2026-01-10T11:40:01Z" in following
    assert READ["since"] == last_cursor(pages)["since"]


def test_what_was_interrupted_ends_where_it_was_to_end(desk: SalesforceDesk, office: Office) -> None:
    """What changed meanwhile comes with the stretch that follows, whose overlap begins before that end."""
    desk.rows("Account", found())
    cursor = {"end": "2026-01-08T12:00:01+00:00", "at": "2026-01-05T12:00:00+00:00", "after": key("001", 2)}

    office.pages("accounts", cursor)

    resumed, following = desk.queries("Account")
    assert "AND SystemModstamp < 2026-01-08T12:00:01Z" in resumed
    assert "SystemModstamp >= 2026-01-08T11:40:01Z AND SystemModstamp < 2026-01-10T12:00:01Z" in following


def test_a_page_that_the_vendor_forgot_is_asked_for_by_its_place(desk: SalesforceDesk, office: Office) -> None:
    """A cursor of the vendor's lives for two days; ours is a record."""
    desk.rows("Account", found(at("05T12:00:00", 1), done=False, following=MORE), found(at("06T12:00:00", 2)))
    desk.on(MORE, refused("INVALID_QUERY_LOCATOR", "invalid query locator"))

    pages = office.pages("accounts")

    assert [key("001", 1), key("001", 2)] == ids(pages)
    assert "Id > '001000000000001AAA'" in desk.queries("Account")[1]


def test_a_vendor_that_forgets_every_page_is_given_up(desk: SalesforceDesk, office: Office) -> None:
    desk.rows("Account", refused("INVALID_QUERY_LOCATOR", "invalid query locator"))

    with pytest.raises(Exception, match="INVALID_QUERY_LOCATOR"):
        office.pages("accounts")

    assert 6 == len(desk.queries("Account"))


def test_a_stretch_that_takes_too_long_is_halved(desk: SalesforceDesk, office: Office) -> None:
    """What failed never counts as read."""
    desk.rows("Account", TIMEOUT, found(at("09T12:00:00", 1)), found(at("10T11:00:00", 2)))

    pages = office.pages("accounts", {"since": "2026-01-08T12:15:01+00:00"})

    assert [key("001", 1), key("001", 2)] == ids(pages)
    _whole, half, rest = desk.queries("Account")
    assert "SystemModstamp >= 2026-01-08T12:00:01Z AND SystemModstamp < 2026-01-09T12:00:01Z" in half
    assert "SystemModstamp >= 2026-01-09T12:00:01Z AND SystemModstamp < 2026-01-10T12:00:01Z" in rest


def test_an_hour_that_takes_too_long_is_read_by_a_job(desk: SalesforceDesk, office: Office) -> None:
    desk.rows("Account", refused("OPERATION_TOO_LARGE"))
    desk.on(JOBS, {"id": "750"}).on(f"{JOBS}/750", {"state": "JobComplete", "numberRecordsProcessed": 1})
    desk.on(f"{JOBS}/750/results", result(["Id", "SystemModstamp"], [key("001", 1), "2026-01-10T11:50:00.000Z"]))

    pages = office.pages("accounts", READ)

    assert [key("001", 1)] == ids(pages)
    (asked,) = desk.requests(JOBS)
    assert "SystemModstamp >= 2026-01-10T11:40:01Z AND SystemModstamp < 2026-01-10T12:00:01Z" in asked.body["query"]
    assert READ["since"] == last_cursor(pages)["since"]


def test_what_no_way_reads_in_time_ends_the_run(desk: SalesforceDesk, office: Office) -> None:
    desk.rows("Account", TIMEOUT)
    desk.on(JOBS, {"id": "750"}).on(f"{JOBS}/750", {"state": "Failed", "errorMessage": "InvalidBatch : QUERY_TIMEOUT"})

    with pytest.raises(VendorUnavailable, match=r"Account in time .Failed: InvalidBatch : QUERY_TIMEOUT"):
        office.pages("accounts", READ)


def test_a_wide_object_is_asked_for_in_portions(desk: SalesforceDesk, office: Office) -> None:
    """An address has 16 kB at most. Records that changed between two portions wait for the next run."""
    wide: dict[str, Any] = {f"A_field_with_a_rather_long_name_number_{n}__c": "string" for n in range(300)}
    name = "A_field_with_a_rather_long_name_number_299__c"
    desk.has("Account", "Name", **wide)
    first = found(account(1), account(2), account(3))
    others = found(account(1, **{name: "wide"}), at("06T12:00:00", 2, **{name: "changed"}))
    desk.rows("Account", first, others)

    pages = office.pages("accounts")

    assert [key("001", 1)] == ids(pages)
    (row,) = rows(pages, Account)
    assert ("Rebel Alliance", {name: "wide"}) == (row.name, row.custom)
    assert "Id <= '001000000000003AAA'" in desk.queries("Account")[1]
    assert all(len(each) < 12_500 for each in desk.queries("Account"))


@pytest.mark.parametrize("status", [414, 431])
def test_an_address_that_is_too_long_is_halved(desk: SalesforceDesk, office: Office, status: int) -> None:
    """Something on the way may take less than Salesforce does."""
    desk.has("Account", "Name", *(f"Field_{n}__c" for n in range(700)))
    desk.rows("Account", Says(status), found(account(1)))

    assert [key("001", 1)] == ids(office.pages("accounts"))
    assert len(desk.queries("Account")[1]) < len(desk.queries("Account")[0])


def test_a_field_that_can_be_seen_at_last_is_read_for_all_records(desk: SalesforceDesk, office: Office) -> None:
    """Giving the user access to it stamps no record."""
    desk.has("Account", "Name").rows("Account", found(account()))
    before = last_cursor(office.pages("accounts"))
    desk.has("Account", "Name", "Industry").rows("Account", found(account(Industry="Energy")))

    after = office.pages("accounts", before)
    office.pages("accounts", last_cursor(after))

    assert ["Energy"] == [each.industry for each in rows(after, Account)]
    _first, whole, recent = desk.queries("Account")
    assert [False, True] == ["SystemModstamp >=" in each for each in (whole, recent)]


def test_a_field_that_was_removed_is_left_out(desk: SalesforceDesk, office: Office) -> None:
    """The description of an hour ago may be wrong by now."""
    gone = refused("INVALID_FIELD", "No such column 'Foo__c' on entity 'Account'.")
    desk.on("sobjects/Account/describe", described("Name", "Foo__c"), described("Name"))
    desk.rows("Account", gone, found(account(1)))

    assert [key("001", 1)] == ids(office.pages("accounts"))
    assert ["Foo__c" in each for each in desk.queries("Account")] == [True, False]


def test_a_field_that_is_described_but_refused_is_left_out(desk: SalesforceDesk, office: Office) -> None:
    desk.has("Account", "Foo__c", "Bar__c")
    gone = refused(
        "INVALID_FIELD", "\nSELECT Id, Foo__c\n ^\nERROR at Row:1\nNo such column 'Foo__c' on entity 'Account'."
    )
    desk.rows("Account", gone, found(account(1, Bar__c="kept")))

    (row,) = rows(office.pages("accounts"), Account)

    assert {"Bar__c": "kept"} == row.custom


def test_a_complaint_about_no_field_of_ours_is_passed_on(desk: SalesforceDesk, office: Office) -> None:
    desk.rows("Account", refused("INVALID_FIELD", "No such column 'Bar__c' on entity 'Contact'."))

    with pytest.raises(Exception, match="INVALID_FIELD"):
        office.pages("accounts")


def test_a_field_of_the_user_that_is_none_is_named(desk: SalesforceDesk, office: Office) -> None:
    desk.has("Account", "Name", "Tier__c")

    with pytest.raises(ConfigurationError, match="Account has no field Tire__c") as caught:
        office.pages("accounts", fields={"accounts": {"lifecycle_stage": "Tire__c"}})

    assert "Did you mean Tier__c? See fields.accounts.lifecycle_stage." == str(caught.value.hint)


def test_a_field_of_the_user_is_asked_for(desk: SalesforceDesk, office: Office) -> None:
    desk.has("Account", "Name", "Tier__c").rows("Account", found(account(1, Tier__c="gold")))

    (row,) = rows(office.pages("accounts", fields={"accounts": {"lifecycle_stage": "Tier__c"}}), Account)

    assert "gold" == row.lifecycle_stage


def test_a_record_that_is_malformed_does_not_stop_the_others(desk: SalesforceDesk, office: Office) -> None:
    desk.rows("Account", found(account(1), account(2, SystemModstamp="soon"), account(3, Name="third")))

    pages = office.pages("accounts")

    assert [key("001", 1), key("001", 3)] == ids(pages)
    assert [(key("001", 2), "updated_at")] == [
        (each.source_id, each.reason.partition(":")[0]) for page in pages for each in page.rejected
    ]


@pytest.mark.parametrize("body", [[], {"done": True}, {"records": {}}, {"totalSize": None}])
def test_an_answer_that_is_none_ends_the_run(desk: SalesforceDesk, office: Office, body: Any) -> None:
    desk.rows("Account", body)

    with pytest.raises(VendorUnavailable, match="Salesforce answers without"):
        office.pages("accounts")


def test_an_object_that_the_edition_does_not_have_is_not_offered(desk: SalesforceDesk, office: Office) -> None:
    desk.on("sobjects/Account/describe", refused("NOT_FOUND", "The requested resource does not exist", 404))

    with pytest.raises(NotOffered, match="This org has no Account"):
        office.pages("accounts")


def test_an_object_that_may_not_be_queried_is_not_offered(desk: SalesforceDesk, office: Office) -> None:
    desk.counts("Account", refused("INVALID_TYPE", "sObject type 'Account' is not supported."))

    with pytest.raises(NotOffered, match="INVALID_TYPE"):
        office.pages("accounts")


@pytest.mark.parametrize("code", ["INSUFFICIENT_ACCESS", "API_DISABLED_FOR_ORG", "FUNCTIONALITY_NOT_ENABLED"])
def test_a_missing_permission_is_named(desk: SalesforceDesk, office: Office, code: str) -> None:
    desk.counts("Account", refused(code, "no", 403))

    with pytest.raises(NotOffered, match=f"does not let this user read Account .{code}") as caught:
        office.pages("accounts")

    assert "View All on Account" in str(caught.value.hint)


def test_without_a_stamp_the_next_best_field_counts(desk: SalesforceDesk, office: Office) -> None:
    desk.on("sobjects/Account/describe", {"fields": [_plain("Id"), _plain("CreatedDate")]})

    office.pages("accounts")

    assert desk.queries("Account")[0].endswith("ORDER BY CreatedDate, Id")


def test_without_any_stamp_there_is_nothing_to_go_by(desk: SalesforceDesk, office: Office) -> None:
    desk.on("sobjects/Account/describe", {"fields": [_plain("Id")]})

    with pytest.raises(NotOffered, match="see when Account changed"):
        office.pages("accounts")


def test_before_reading_the_count_is_taken_as_it_is(desk: SalesforceDesk, office: Office) -> None:
    desk.counts("Account", 7)

    assert Count(7, exact=True) == office.stream("accounts").count()
    assert 1 == len(desk.requests("query"))


@pytest.mark.parametrize(("later", "exact"), [(0, True), (2, False)])
def test_the_count_is_exact_unless_something_changed_since(
    desk: SalesforceDesk, office: Office, later: int, exact: bool
) -> None:
    stream = office.stream("accounts")
    list(stream.pages(stream.start(None)))
    desk.counts("Account", 7, later)

    assert Count(7, exact=exact) == stream.count()


def test_the_census_brings_the_ids_of_live_records(desk: SalesforceDesk, office: Office) -> None:
    desk.rows("Account", found(account(1), account(2), done=False, following=MORE)).on(MORE, found(account(3)))

    assert [[key("001", 1), key("001", 2)], [key("001", 3)]] == list(office.stream("accounts").ids())
    assert ["SELECT Id FROM Account"] == desk.queries("Account")
    assert [] == desk.requests("queryAll")


def test_an_estimate_counts_pages(desk: SalesforceDesk, office: Office) -> None:
    desk.counts("Account", 10_000)
    stream = office.stream("accounts")

    assert 8 == stream.estimate(stream.start(None))


def _plain(name: str) -> dict[str, Any]:
    return {"name": name, "type": "datetime" if name.endswith("Date") else "id", "label": name}
