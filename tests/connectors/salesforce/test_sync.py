"""The real connector, the engine and the warehouse against the sandbox, with the moods that only Salesforce has."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from latido.sync import Options
from latido.testing import ManualClock, Served, World
from latido_salesforce.connector import Salesforce
from latido_salesforce.sandbox import SalesforceSandbox
from tests.house import House, complaints, receipts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


MORNING = datetime(2026, 11, 1, 6, tzinfo=UTC)
HOUR, DAY = 3_600, 86_400
BULK: dict[str, Any] = {"bulk_above": 0}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(MORNING)


@pytest.fixture
def sandbox(clock: ManualClock) -> Iterator[SalesforceSandbox]:
    sandbox = SalesforceSandbox(World("acme", end=date(2026, 11, 1), tickets=150), clock)
    sandbox.switches.page_limit = 40
    with Served(sandbox):
        yield sandbox


@pytest.fixture
def house(sandbox: SalesforceSandbox, tmp_path: Path, clock: ManualClock) -> House:
    return House(Salesforce, sandbox.settings(), tmp_path, clock)


@pytest.mark.parametrize("way", [{}, BULK])
def test_what_is_stored_is_what_the_org_counts(house: House, way: dict[str, Any]) -> None:
    report = house.sync("accounts", "contacts", "opportunities", "cases", **way)

    assert 0 == report.exit_code
    assert {True} == {each.count_exact and each.counted == each.stored for each in receipts(report).values()}


def test_both_ways_fill_the_same_tables(sandbox: SalesforceSandbox, house: House, tmp_path: Path) -> None:
    """Of every object there is, with numbers, dates, flags, nulls and null bytes in it."""
    other = House(Salesforce, sandbox.settings(), tmp_path / "other", house.clock)
    names = ("accounts", "contacts", "leads", "users", "opportunities", "opportunity_history", "cases", "campaigns")
    house.sync(*names)
    other.sync(*names, **BULK)

    for table in ("accounts", "contacts", "users", "deals", "deal_stages", "tickets", "campaigns", "marketing_spend"):
        rows = house.texts(table)
        assert [] != rows
        assert rows == other.texts(table)


def test_a_transaction_that_took_long_loses_nothing(sandbox: SalesforceSandbox, house: House) -> None:
    """Its cases appear with a stamp that lies behind where we were already."""
    house.sync("cases")
    before = set(house.live("tickets"))
    house.clock.sleep(60)
    sandbox.deed.add_cases(3, ago=10 * 60)
    house.clock.sleep(HOUR)

    house.sync("cases")

    assert 3 == len(set(house.live("tickets")) - before)


def test_a_session_that_ends_in_the_middle_of_a_download_costs_nothing(
    sandbox: SalesforceSandbox, house: House
) -> None:
    sandbox.switches.token_requests = 7

    report = house.sync("cases", **BULK)

    assert 0 == report.exit_code
    receipt = receipts(report)["cases"]
    assert receipt.counted == receipt.stored
    assert receipt.retries > 0


def test_rows_that_a_result_lacks_are_not_missing_in_the_end(sandbox: SalesforceSandbox, house: House) -> None:
    """The pages say how many rows they have, and have fewer."""
    sandbox.switches.lost_rows = 2

    report = house.sync("cases", **BULK)

    assert 0 == report.exit_code
    assert receipts(report)["cases"].counted == receipts(report)["cases"].stored
    assert ["cases is read without the Bulk API (its results are not whole)."] == house.warnings


def test_jobs_that_fail_are_no_reason_to_read_nothing(sandbox: SalesforceSandbox, house: House) -> None:
    sandbox.switches.failing_jobs = 1

    report = house.sync("cases", **BULK)

    assert receipts(report)["cases"].counted == receipts(report)["cases"].stored


def test_a_pages_place_that_the_org_forgot_is_found_again(sandbox: SalesforceSandbox, house: House) -> None:
    """The rest of a result can be fetched for a while, after that only by where the last record stood."""
    sandbox.switches.locator_life = -1

    report = house.sync("contacts")

    assert 0 == report.exit_code
    assert receipts(report)["contacts"].counted == receipts(report)["contacts"].stored


def test_a_query_that_takes_too_long_is_asked_for_in_parts(sandbox: SalesforceSandbox, house: House) -> None:
    since = Options(since=date(2024, 1, 1), streams=("cases",))
    house.sync("cases")
    before = set(house.live("tickets"))
    sandbox.switches.slow_rows = 60

    report = house.sync("cases", options=since)

    assert [] == complaints(report)
    assert before == set(house.live("tickets"))


def test_an_org_that_moves_is_followed(sandbox: SalesforceSandbox, house: House) -> None:
    house.sync("users")
    sandbox.switches.moved_to = "https://acme2.my.salesforce.com"
    sandbox.expire_tokens()

    assert 0 == house.sync("users").exit_code


def test_a_share_that_is_used_up_ends_the_run_and_a_later_one_goes_on(sandbox: SalesforceSandbox, house: House) -> None:
    limits = dict(sandbox.documented_limits())
    limits["api"] = limits["api"].model_copy(update={"requests": 13})
    sandbox.switches.limits = limits
    sandbox.switches.page_limit = 5

    first = house.sync("contacts")
    sandbox.switches.limits = {}
    second = house.sync("contacts")

    assert 6 == first.exit_code
    assert [True] == ["our share of 80% is used" in each for each in complaints(first)]
    assert 0 < receipts(first)["contacts"].inserted < (receipts(second)["contacts"].stored or 0)
    assert 0 == second.exit_code


def test_a_field_that_we_may_not_see_is_null_and_the_rest_arrives(sandbox: SalesforceSandbox, house: House) -> None:
    sandbox.switches.hidden_fields = {"Opportunity": ["Amount"]}

    report = house.sync("opportunities")

    assert 0 == report.exit_code
    assert [(0,)] == house.ask("SELECT COUNT(amount) FROM deals")
    assert [(0,)] == house.ask("SELECT COUNT(*) FROM deals WHERE name IS NULL")


def test_a_field_that_we_may_see_at_last_is_filled_in(sandbox: SalesforceSandbox, house: House) -> None:
    sandbox.switches.hidden_fields = {"Opportunity": ["Amount"]}
    house.sync("opportunities")
    sandbox.switches.hidden_fields = {}
    house.clock.sleep(2 * HOUR)

    house.sync("opportunities")

    assert [(0,)] == house.ask("SELECT COUNT(*) FROM deals WHERE amount IS NULL")


def test_an_object_that_the_edition_does_not_have_is_left_out(sandbox: SalesforceSandbox, house: House) -> None:
    sandbox.switches.hidden_objects = ["Lead"]

    report = house.sync("contacts", "leads")

    assert 0 == report.exit_code
    assert [True] == [each.startswith("leads is left out: This org has no Lead") for each in house.warnings]


def test_what_left_the_recycle_bin_is_marked_all_the_same(sandbox: SalesforceSandbox, house: House) -> None:
    house.sync("contacts")
    before = set(house.live("contacts"))
    sandbox.deed.leave(4)
    sandbox.deed.destroy("Contact", 4)
    house.clock.sleep(HOUR)

    house.sync("contacts")

    assert 1 == len(before - set(house.live("contacts")))


def test_what_no_log_tells_any_more_a_census_finds(sandbox: SalesforceSandbox, house: House) -> None:
    """Nobody synced for three weeks."""
    house.sync("contacts")
    before = set(house.live("contacts"))
    sandbox.deed.leave(4)
    sandbox.deed.destroy("Contact", 4)
    house.clock.sleep(21 * DAY)

    report = house.sync("contacts")

    assert 0 == report.exit_code
    assert 1 == len(before - set(house.live("contacts")))


def test_a_case_that_comes_back_brings_its_history(sandbox: SalesforceSandbox, house: House) -> None:
    """Restoring it stamps the case, and not its history."""
    house.sync("cases", "case_history")
    before = house.ask("SELECT COUNT(*) FROM ticket_events WHERE is_deleted IS NOT TRUE")
    for deed in (sandbox.deed.delete, sandbox.deed.restore):
        deed(7)
        house.clock.sleep(HOUR)
        house.sync("cases", "case_history")
    house.clock.sleep(DAY)

    report = house.sync("cases", "case_history")

    assert [] == complaints(report)
    assert before == house.ask("SELECT COUNT(*) FROM ticket_events WHERE is_deleted IS NOT TRUE")


def test_formulas_that_are_mapped_are_read_again_each_day(sandbox: SalesforceSandbox, house: House) -> None:
    """They change without a trace."""
    mapped: dict[str, Any] = {"fields": {"accounts": {"annual_revenue": "Health_Score__c"}}}
    house.sync("accounts", **mapped)
    sandbox.deed.drift(1, 42.5)
    house.clock.sleep(HOUR)
    house.sync("accounts", **mapped)
    soon = house.ask("SELECT COUNT(*) FROM accounts WHERE annual_revenue = 42.5")
    house.clock.sleep(DAY)

    house.sync("accounts", **mapped)

    assert [(0,)] == soon
    assert [(1,)] == house.ask("SELECT COUNT(*) FROM accounts WHERE annual_revenue = 42.5")


def test_an_account_that_is_a_person_is_a_contact_with_it(tmp_path: Path, clock: ManualClock) -> None:
    world = World("acme", end=date(2026, 11, 1), tickets=150)
    sandbox = SalesforceSandbox(world, clock, person_accounts=True)
    with Served(sandbox):
        house = House(Salesforce, sandbox.settings(), tmp_path, clock)
        report = house.sync("accounts", "contacts")

    assert 0 == report.exit_code
    persons = "SELECT COUNT(*) FROM contacts WHERE _latido_stream = 'accounts'"
    assert house.ask(persons) != [(0,)]
    assert [(0,)] == house.ask(
        "SELECT COUNT(*) FROM contacts AS c ANTI JOIN accounts AS a ON a.source_id = c.account_id"
    )


def test_a_run_without_news_costs_two_requests_per_stream(house: House) -> None:
    """The count of what changed, and the log of deletions. Descriptions are an hour old at most; there is one token."""
    house.sync("contacts", "opportunities")
    house.clock.sleep(30 * 60)

    report = house.sync("contacts", "opportunities")

    assert 1 + 2 + 2 == sum(each.requests for each in receipts(report).values())
