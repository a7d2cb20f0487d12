"""The real connector, the engine and the warehouse against the sandbox, over HTTP."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from latido.sync import Options
from latido.testing import ManualClock, Served, World
from latido_hubspot.connector import HubSpot
from latido_hubspot.sandbox import HubSpotSandbox, documented_limits
from tests.house import House, complaints, receipts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


MORNING = datetime(2026, 11, 1, 6, tzinfo=UTC)
DAY = timedelta(hours=25).total_seconds()
TABLES = {
    "companies": "accounts",
    "contacts": "contacts",
    "deals": "deals",
    "tickets": "tickets",
    "carts": "carts",
    "line_items": "contracts",
}


class Home(House):
    """A house beside the sandbox that it is filled from."""

    def __init__(self, sandbox: HubSpotSandbox, folder: Path, clock: ManualClock) -> None:
        super().__init__(HubSpot, sandbox.settings(), folder, clock)
        self.sandbox = sandbox

    def there(self, kind: str) -> list[str]:
        """Return the ids of the live records at HubSpot."""
        book = self.sandbox.records.books[kind]
        return sorted(book.identity(number) for number in book.live())

    def key(self, kind: str, number: int) -> str:
        return str(self.sandbox.records.books[kind].identity(number))

    def some(self, kind: str, count: int = 1) -> list[int]:
        """Return the numbers of live records."""
        return list(islice(self.sandbox.records.books[kind].live(2), count))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(MORNING)


@pytest.fixture(scope="session")
def served() -> Iterator[HubSpotSandbox]:
    """The world as it is before anybody touches it."""
    sandbox = HubSpotSandbox(World("sync", end=date(2026, 11, 1), tickets=120, people=160), ManualClock(MORNING))
    with Served(sandbox):
        yield sandbox


@pytest.fixture
def sandbox(clock: ManualClock) -> Iterator[HubSpotSandbox]:
    sandbox = HubSpotSandbox(World("sync", end=date(2026, 11, 1), tickets=60, people=120), clock)
    with Served(sandbox):
        yield sandbox


@pytest.fixture
def house(sandbox: HubSpotSandbox, tmp_path: Path, clock: ManualClock) -> Home:
    return Home(sandbox, tmp_path, clock)


def test_a_first_sync_stores_the_whole_account(served: HubSpotSandbox, tmp_path: Path, clock: ManualClock) -> None:
    house = Home(served, tmp_path, clock)

    report = house.sync()

    assert (0, [], []) == (report.exit_code, complaints(report), house.warnings)
    for kind in ("companies", "contacts", "deals", "tickets", "carts"):
        assert house.there(kind) == [key for key in house.live(TABLES[kind]) if ":" not in key], kind
        assert receipts(report)[kind].counted == len(house.there(kind)), kind


def test_contracts_are_those_of_the_world(served: HubSpotSandbox, tmp_path: Path, clock: ManualClock) -> None:
    house = Home(served, tmp_path, clock)
    house.sync("line_items")

    stored = house.ask("SELECT recurring_monthly_amount, currency, starts_on, ends_on FROM contracts")

    told = sorted(
        (each.monthly / 100, each.currency, each.starts_on, each.ends_on) for each in served.world.contracts()
    )
    assert told == sorted((float(amount), *rest) for amount, *rest in stored)


def test_a_second_sync_costs_a_search_per_stream(house: Home) -> None:
    house.sync()
    house.clock.sleep(60)
    house.sandbox.stats.clear()

    # One by one: side by side, waits for a turn add up on a clock that stands still, and look like another time there.
    codes = [house.sync(kind).exit_code for kind in TABLES]

    assert {0} == set(codes)
    assert {
        **{f"POST /crm/v3/objects/{kind}/search": 1 for kind in TABLES},
        # Of the items of deals that were won or lost meanwhile, and of carts that were ordered.
        "POST /crm/v3/objects/deals/search": 2,
        "POST /crm/v3/objects/orders/search": 1,
    } == dict(house.sandbox.stats.requests)


def test_changes_arrive_with_the_next_sync(house: Home) -> None:
    house.sync("contacts", "deals")
    (contact,), (deal,) = house.some("contacts"), house.some("deals")
    house.clock.sleep(3600)
    house.sandbox.deed.change("contacts", contact, jobtitle="Directora")
    house.sandbox.deed.move_deal(deal, "won")
    house.clock.sleep(120)

    report = house.sync("contacts", "deals")

    assert ("Directora",) == house.row("contacts", house.key("contacts", contact), "title")
    assert ("won",) == house.row("deals", house.key("deals", deal), "status")
    assert 1 == receipts(report)["contacts"].updated


def test_what_the_search_knows_late_is_read_all_the_same(house: Home) -> None:
    """The index is three quarters of an hour behind: two runs find nothing, and the repair brings it."""
    house.sync("contacts")
    (contact,) = house.some("contacts")
    house.sandbox.switches.lag = 45 * 60
    house.clock.sleep(30)
    house.sandbox.deed.change("contacts", contact, jobtitle="Directora")
    house.clock.sleep(1200)
    house.sync("contacts")
    house.clock.sleep(1500)
    house.sync("contacts")
    early = house.row("contacts", house.key("contacts", contact), "title")
    house.clock.sleep(2 * 3600)

    house.sync("contacts")

    assert early != ("Directora",) == house.row("contacts", house.key("contacts", contact), "title")


def test_deletions_arrive_with_the_sweep(house: Home) -> None:
    kinds = ("companies", "contacts", "deals", "tickets")
    house.sync(*kinds)
    chosen = {kind: house.some(kind)[0] for kind in kinds}
    for kind, number in chosen.items():
        house.sandbox.deed.archive(kind, number)
    house.clock.sleep(DAY)

    report = house.sync(*kinds)

    assert 0 == report.exit_code
    for kind, number in chosen.items():
        deleted, at = house.row(TABLES[kind], house.key(kind, number), "is_deleted", "CAST(deleted_at AS VARCHAR)")
        assert (True, True) == (deleted, at is not None), kind
        assert house.there(kind) == house.live(TABLES[kind]), kind


def test_what_was_erased_is_found_by_the_census(house: Home) -> None:
    """It leaves no trace in any list."""
    house.sync("contacts")
    (contact,) = house.some("contacts")
    house.sandbox.deed.erase("contacts", contact)
    house.clock.sleep(DAY)

    house.sync("contacts")

    assert (True,) == house.row("contacts", house.key("contacts", contact), "is_deleted")
    assert house.there("contacts") == house.live("contacts")


@pytest.mark.parametrize("kind", ["companies", "contacts", "deals", "tickets"])
def test_merged_records_name_their_survivor(house: Home, kind: str) -> None:
    """A merge makes a new record, and both old ones vanish."""
    house.sync(kind)
    house.clock.sleep(3600)
    old = house.some(kind, 2)
    survivor = house.sandbox.deed.merge(kind, *old)
    house.clock.sleep(120)

    report = house.sync(kind)

    new = house.key(kind, survivor)
    assert [(new,), (new,)] == [house.row(TABLES[kind], house.key(kind, number), "merged_into") for number in old]
    assert (False, None) == house.row(TABLES[kind], new, "is_deleted", "merged_into")
    assert 2 == receipts(report)[kind].merged
    assert house.there(kind) == house.live(TABLES[kind])


@pytest.mark.parametrize("kind", ["companies", "deals", "tickets"])
def test_what_is_restored_is_live_again(house: Home, kind: str) -> None:
    house.sync(kind)
    (number,) = house.some(kind)
    house.sandbox.deed.archive(kind, number)
    house.clock.sleep(DAY)
    house.sync(kind)
    house.sandbox.deed.restore(kind, number)
    house.clock.sleep(DAY)

    house.sync(kind)

    assert house.there(kind) == house.live(TABLES[kind])
    assert (False,) == house.row(TABLES[kind], house.key(kind, number), "is_deleted")


def test_a_contract_ends_with_its_deal(house: Home) -> None:
    """Nothing happens to the line items when a deal is won, or lost after all."""
    world = house.sandbox.world
    house.sync("line_items")
    sold = (each for each in world.deals() if each.status == "open" and each.monthly and each.gone_at is None)
    number = next(sold).number
    before = set(house.live("contracts"))
    house.clock.sleep(3600)
    house.sandbox.deed.move_deal(number, "won")
    house.clock.sleep(120)

    house.sync("line_items")
    won = set(house.live("contracts"))
    house.clock.sleep(3600)
    house.sandbox.deed.move_deal(number, "lost")
    house.clock.sleep(120)
    house.sync("line_items")

    assert before < won
    assert before == set(house.live("contracts"))


def test_a_cart_is_completed_when_it_is_ordered_later(house: Home) -> None:
    """Nothing happens to the cart, and the order only names it."""
    house.sync("carts")
    ((cart, named),) = house.ask("SELECT source_id, external_id FROM carts WHERE completed_at IS NULL LIMIT 1")
    (order,) = house.some("orders")
    house.clock.sleep(3600)
    house.sandbox.deed.change("orders", order, hs_external_cart_id=named)
    house.clock.sleep(120)

    house.sync("carts")

    assert (True,) == house.row("carts", cart, "completed_at IS NOT NULL")


@pytest.mark.parametrize("deed", ["archive", "erase"])
def test_a_contract_goes_with_its_deal(house: Home, deed: str) -> None:
    """Nothing happens to the line items when a deal is deleted."""
    house.sync("line_items")
    ((key,), *_more) = house.ask("SELECT deal_id FROM contracts ORDER BY deal_id")
    number = next(each.number for each in house.sandbox.world.deals() if house.key("deals", each.number) == key)
    getattr(house.sandbox.deed, deed)("deals", number)
    house.clock.sleep(DAY)

    house.sync("line_items")

    assert {(True,)} == set(house.ask(f"SELECT is_deleted FROM contracts WHERE deal_id = '{key}'"))
    assert [] != house.live("contracts")


def test_what_is_sold_and_subscribed_counts_once(served: HubSpotSandbox, tmp_path: Path, clock: ManualClock) -> None:
    house = Home(served, tmp_path, clock)

    house.sync("line_items", "subscriptions")

    (monthly,) = house.ask("SELECT SUM(recurring_monthly_amount) FROM contracts WHERE NOT is_deleted")
    assert sum(each.monthly for each in served.world.contracts()) / 100 == float(monthly[0])


def test_more_changes_than_a_search_shows(house: Home) -> None:
    house.sync("contacts")
    house.clock.sleep(3600)
    for _second in range(30):
        house.sandbox.deed.add_contacts(350)
        house.clock.sleep(1)
    house.clock.sleep(120)

    house.sync("contacts")

    assert [] == house.warnings
    assert house.there("contacts") == house.live("contacts")


@pytest.mark.parametrize("text_ids", [True, False])
def test_more_changes_in_one_millisecond_than_a_search_shows(house: Home, *, text_ids: bool) -> None:
    house.sandbox.switches.text_ids = text_ids
    house.sync("contacts")
    house.clock.sleep(3600)
    many = house.sandbox.deed.add_contacts(10_400)
    house.sandbox.deed.touch("contacts", many)
    house.clock.sleep(120)

    report = house.sync("contacts")

    assert [] == house.warnings
    assert house.there("contacts") == house.live("contacts")
    assert receipts(report)["contacts"].requests < 120


def test_nothing_is_lost_of_what_changes_while_it_is_read(house: Home) -> None:
    kinds = ("companies", "contacts", "deals", "tickets")
    house.sandbox.switches.page_limit = 15
    house.sandbox.switches.writes_per_request = 1
    for _turn in range(2):
        house.sync(*kinds)
        house.clock.sleep(600)
    house.sandbox.switches.writes_per_request = 0
    house.clock.sleep(DAY)

    report = house.sync(*kinds)

    assert 0 == report.exit_code
    for kind in kinds:
        assert house.there(kind) == house.live(TABLES[kind]), kind
    titles = dict(house.ask("SELECT source_id, title FROM contacts"))
    book = house.sandbox.records.books["contacts"]
    told = {book.identity(n): book.record(n).properties.get("jobtitle") for n in book.live()}
    assert {key: title or None for key, title in told.items()} == titles


def test_short_and_empty_pages_end_nothing(house: Home) -> None:
    house.sandbox.switches.short_pages = True

    report = house.sync(*TABLES)

    assert 0 == report.exit_code
    for kind in ("companies", "contacts", "deals", "tickets"):
        assert house.there(kind) == house.live(TABLES[kind]), kind


def test_addresses_stay_short_enough(house: Home) -> None:
    house.sandbox.switches.longest_url = 5_500

    assert 0 == house.sync(*TABLES).exit_code


def test_archives_that_are_refused_do_not_stop_a_sync(house: Home) -> None:
    house.sandbox.switches.archives_refused = ["deals"]

    report = house.sync("deals")

    assert 0 == report.exit_code
    (said,) = house.warnings
    assert said.startswith("deals: archived records cannot be listed")
    assert house.there("deals") == house.live("deals")


def test_missing_scopes_are_named_and_stop_only_their_stream(house: Home) -> None:
    house.sandbox.switches.missing_scopes = ["crm.objects.deals.read"]

    report = house.sync("contacts", "deals")

    assert 4 == report.exit_code
    assert ["crm.objects.deals.read" in said for said in complaints(report)] == [True]
    assert house.there("contacts") == house.live("contacts")


def test_editions_without_an_object_are_read_all_the_same(house: Home) -> None:
    house.sandbox.switches.not_in_plan = ["leads", "carts", "orders"]

    report = house.sync()

    assert 0 == report.exit_code
    assert {"leads", "carts"} <= {said.split(" ")[0].rstrip(":") for said in house.warnings}


def test_the_limits_of_an_account_are_never_hit(house: Home) -> None:
    house.sandbox.switches.limits = documented_limits()
    house.sandbox.switches.page_limit = 5

    report = house.sync("companies", "contacts", "tickets")

    assert (0, 0) == (report.exit_code, house.sandbox.stats.answers[429])


def test_dated_versions_bring_the_same(served: HubSpotSandbox, tmp_path: Path, clock: ManualClock) -> None:
    house = Home(served, tmp_path, clock)

    report = house.sync("companies", "deals", "line_items", api_version="2026-09")

    assert (0, house.there("deals")) == (report.exit_code, house.live("deals"))


def test_the_users_own_fields_fill_columns(served: HubSpotSandbox, tmp_path: Path, clock: ManualClock) -> None:
    house = Home(served, tmp_path, clock)
    fields = {"deals": {"contract_start": "properties.inicio_contrato", "supersedes": "properties.sustituye_a"}}

    report = house.sync("deals", fields=fields)

    assert 0 == report.exit_code
    started = {str(day) for (day,) in house.ask("SELECT contract_start FROM deals WHERE contract_start IS NOT NULL")}
    assert {
        each.starts_on.isoformat() for each in served.world.deals() if each.starts_on and each.gone_at is None
    } == started


@pytest.mark.parametrize(
    ("streams", "field", "where", "near"),
    [
        ("campaigns", "campaigns.name", "hs_nam", "hs_name"),
        ("email_replies", "ticket_events.actor_id", "hubspot_owner", "hubspot_owner_id"),
        ("ticket_statuses email_replies", "ticket_events.from_value", "hs_pipelin", "hs_pipeline"),
        ("feedback_submissions", "survey_responses.touchpoint", "survey_nam", "hs_survey_name"),
    ],
)
def test_a_field_that_there_is_not_is_named_with_the_nearest(
    house: Home, streams: str, field: str, where: str, near: str
) -> None:
    """HubSpot passes over it in silence, or refuses the whole request."""
    table, column = field.split(".")

    report = house.sync(*streams.split(), fields={table: {column: f"properties.{where}"}})

    (problem, *_more) = (each for outcome in report.outcomes for each in outcome.problems)
    assert 3 == report.exit_code
    assert f"{table}: {column} is to come from properties.{where}, which" in str(problem.message)
    assert f"Did you mean properties.{near}?" in str(problem.hint)


def test_a_run_that_was_stopped_resumes_where_it_was(house: Home) -> None:
    house.sandbox.switches.page_limit = 5
    house.sandbox.fail("status", "/objects/", status=500, times=8, after=20)

    first = house.sync("contacts", options=Options(checkpoint_rows=10))
    house.sandbox.switches.faults.clear()
    stored = len(house.live("contacts"))
    second = house.sync("contacts")

    assert (6, 0) == (first.exit_code, second.exit_code)
    assert 0 < stored < len(house.there("contacts"))
    assert receipts(second)["contacts"].fetched <= len(house.there("contacts")) - stored + 10
    assert house.there("contacts") == house.live("contacts")


def test_the_limit_of_the_day_leaves_what_was_read(house: Home) -> None:
    house.sandbox.switches.limits = {"daily": documented_limits()["daily"].model_copy(update={"requests": 12})}
    house.sandbox.switches.page_limit = 5

    report = house.sync("contacts", options=Options(checkpoint_rows=10))

    assert 6 == report.exit_code
    assert 0 < len(house.live("contacts"))


def test_an_association_that_moved_arrives_with_the_sweep(house: Home) -> None:
    """It moves the date of neither record, and what it was before is deleted."""
    house.sync("associations")
    number, companies = house.some("contacts")[0], house.some("companies", 2)
    begin = f"contacts:{house.key('contacts', number)}:"
    told = []
    for company in companies:
        house.sandbox.deed.relink("contacts", number, company)
        house.clock.sleep(DAY)
        house.sync("associations")
        told.append([each for each in house.live("associations") if each.startswith(begin)])

    assert [[f"{begin}accounts:{house.key('companies', each)}"] for each in companies] == told


def test_replies_reopenings_and_answers_arrive_with_the_next_sync(house: Home) -> None:
    streams = ("email_replies", "ticket_statuses", "feedback_submissions")
    house.sync(*streams)
    number = house.some("tickets")[0]
    ticket, deed = house.key("tickets", number), house.sandbox.deed
    query = f"SELECT kind, COALESCE(to_value, actor_role) FROM ticket_events WHERE ticket_id = '{ticket}'"
    before = Counter(house.ask(query))
    for act in (deed.reply, deed.close, deed.reopen):
        house.clock.sleep(600)
        act(number)
    deed.answer(number, satisfaction=5)
    house.clock.sleep(1800)

    house.sync(*streams)

    more = Counter(house.ask(query)) - before
    assert (1, 1) == (more["reply", "agent"], more["reply", "requester"])
    assert more["status", "open"] >= 1
    assert [(ticket, 5.0)] == house.ask(
        f"SELECT ticket_id, score FROM survey_responses WHERE ticket_id = '{ticket}' AND kind = 'csat'"
    )
