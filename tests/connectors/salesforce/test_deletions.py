"""Deleted records come with the others for 15 days; what left the recycle bin stands in a log, or nowhere."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from latido.schema import Account
from tests.connectors.salesforce.builders import account, key
from tests.connectors.salesforce.desk import found, refused
from tests.desk import last_cursor, rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latido.connect import Page
    from tests.connectors.salesforce.desk import Office, SalesforceDesk

LOG = "sobjects/Account/deleted/"
READ = {"since": "2026-01-10T11:00:00+00:00"}
NOTHING = {"deletedRecords": [], "earliestDateAvailable": "2025-12-27T00:00:00.000+0000"}


@pytest.fixture(autouse=True)
def logged(desk: SalesforceDesk) -> None:
    desk.has("Account", "Name", "MasterRecordId", replicateable=True).on(LOG, NOTHING)


def deleted(pages: Iterable[Page]) -> dict[str, datetime | None]:
    return {key: at for page in pages for key, at in page.deleted.get(Account, {}).items()}


def test_a_deleted_record_says_so_and_since_when(desk: SalesforceDesk, office: Office) -> None:
    desk.rows("Account", found(account(1, IsDeleted=True)))

    (row,) = rows(office.pages("accounts"), Account)

    assert (True, datetime(2026, 1, 5, 12, tzinfo=UTC)) == (row.is_deleted, row.deleted_at)


def test_a_restored_record_is_no_longer_deleted(desk: SalesforceDesk, office: Office) -> None:
    desk.rows("Account", found(account(1)))

    (row,) = rows(office.pages("accounts", READ), Account)

    assert (False, None) == (row.is_deleted, row.deleted_at)


def test_a_merged_record_names_its_survivor(desk: SalesforceDesk, office: Office) -> None:
    desk.rows("Account", found(account(1, IsDeleted=True, MasterRecordId=key("001", 2))))

    (row,) = rows(office.pages("accounts"), Account)

    assert key("001", 2) == row.merged_into


def test_what_was_deleted_for_good_is_marked(desk: SalesforceDesk, office: Office) -> None:
    """Its id may come with 15 characters."""
    gone = [{"id": key("001", 7)[:15], "deletedDate": "2026-01-10T11:30:00.000+0000"}]
    desk.on(LOG, {**NOTHING, "deletedRecords": gone})

    pages = office.pages("accounts", READ)

    assert {key("001", 7): datetime(2026, 1, 10, 11, 30, tzinfo=UTC)} == deleted(pages)
    (asked,) = desk.requests(LOG)
    assert {"start": "2026-01-10T10:45:00+00:00", "end": "2026-01-10T12:00:00+00:00"} == asked.params


def test_the_first_run_asks_no_log(desk: SalesforceDesk, office: Office) -> None:
    office.pages("accounts")

    assert [] == desk.requests(LOG)


def test_an_object_without_a_log_is_not_asked_for_one(desk: SalesforceDesk, office: Office) -> None:
    """What left its recycle bin a census finds."""
    desk.has("Account", replicateable=False)
    stream = office.stream("accounts")

    list(stream.pages(READ))

    assert [] == desk.requests(LOG)
    assert "census" == stream.deletions


def test_as_long_as_the_log_tells_no_census_is_taken(office: Office) -> None:
    stream = office.stream("accounts")

    pages = list(stream.pages(READ))

    assert "reported" == stream.deletions
    assert "gap" not in last_cursor(pages)


@pytest.mark.parametrize(
    ("cursor", "log"),
    [
        ({"since": "2025-12-20T11:00:00+00:00"}, NOTHING),
        (READ, {**NOTHING, "earliestDateAvailable": "2026-01-10T11:20:00.000+0000"}),
        (READ, refused("EXCEEDED_ID_LIMIT", "exceeded id limit")),
        (READ, refused("INVALID_REPLICATION_DATE", "startDate before org replication enabled date")),
    ],
)
def test_what_the_log_does_not_tell_a_census_does(
    desk: SalesforceDesk, office: Office, cursor: dict[str, Any], log: Any
) -> None:
    """A run came too late, or Salesforce has dropped its log: until a sweep has compared, the cursor remembers."""
    desk.on(LOG, log)
    stream = office.stream("accounts")

    pages = list(stream.pages(cursor))

    assert "census" == stream.deletions
    assert "2026-01-10T12:00:01+00:00" == last_cursor(pages)["gap"]


def test_a_gap_is_remembered_until_a_sweep_was_due(office: Office) -> None:
    early, late = office.stream("accounts"), office.stream("accounts")

    within = list(early.pages({**READ, "gap": "2026-01-10T01:00:00+00:00"}))
    behind = list(late.pages({**READ, "gap": "2026-01-09T11:00:00+00:00"}))

    assert ["census", "census"] == [early.deletions, late.deletions]
    assert [True, False] == ["gap" in last_cursor(each) for each in (within, behind)]


def test_reading_everything_compares_everything(office: Office) -> None:
    """What the vendor no longer has comes from no query."""
    stream = office.stream("accounts")

    list(stream.pages(stream.start(None)))

    assert "census" == stream.deletions


def test_formulas_are_read_again_once_a_day(desk: SalesforceDesk, office: Office) -> None:
    """They change without their record changing; so every record is read, not what changed."""
    desk.has("Account", Health__c={"type": "double", "calculated": True})
    mapped = {"fields": {"accounts": {"lifecycle_stage": "Health__c"}}}
    fresh = {**READ, "refreshed": "2026-01-10T00:00:00+00:00"}
    stale = {**READ, "refreshed": "2026-01-09T11:00:00+00:00"}

    office.pages("accounts", fresh, **mapped)
    pages = office.pages("accounts", stale, **mapped)

    assert [True, False] == ["SystemModstamp >=" in each for each in desk.queries("Account")]
    assert "2026-01-10T12:00:00+00:00" == last_cursor(pages)["refreshed"]


def test_a_run_from_a_day_on_does_not_count_as_reading_formulas(desk: SalesforceDesk, office: Office) -> None:
    """What `--since` reads again ends that day; the next run reads the formulas of all records."""
    desk.has("Account", Health__c={"type": "double", "calculated": True})
    mapped = {"fields": {"accounts": {"lifecycle_stage": "Health__c"}}}
    since = {"from": "2026-01-09T00:00:00+00:00"}

    office.pages("accounts", last_cursor(office.pages("accounts", since, **mapped)), **mapped)

    assert [True, False] == ["SystemModstamp >=" in each for each in desk.queries("Account")]


def test_formulas_that_nobody_maps_are_not_read_again(desk: SalesforceDesk, office: Office) -> None:
    """As good as every org has some, and to read everything each day for them would be dear."""
    desk.has("Account", Health__c={"type": "double", "calculated": True})

    office.pages("accounts", {**READ, "refreshed": "2026-01-01T00:00:00+00:00"})

    assert "SystemModstamp >=" in desk.queries("Account")[0]
