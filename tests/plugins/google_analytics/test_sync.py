"""The real connector, the engine and the warehouse against the sandbox, over HTTP."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from latido.connect import Person, Runtime
from latido.testing import ManualClock, Served, World
from latido_google_analytics.connector import GoogleAnalytics
from latido_google_analytics.sandbox import GoogleAnalyticsSandbox
from tests.house import House, complaints, receipts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from latido.sync import Receipt

END = date(2026, 11, 1)
MORNING = datetime(2026, 11, 1, 6, tzinfo=UTC)
DAY = 24 * 3600
BEGIN = date(2026, 8, 1)
"""From when on most tests read; the property was made two years before the end."""

LIVE = "FROM web_sessions WHERE is_deleted IS NOT TRUE"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(MORNING)


@pytest.fixture
def sandbox(clock: ManualClock) -> Iterator[GoogleAnalyticsSandbox]:
    sandbox = GoogleAnalyticsSandbox(World("acme", end=END, tickets=1_500, people=600), clock)
    with Served(sandbox):
        yield sandbox


@pytest.fixture
def house(sandbox: GoogleAnalyticsSandbox, tmp_path: Path, clock: ManualClock) -> House:
    return House(GoogleAnalytics, {**sandbox.settings(), "start_date": BEGIN}, tmp_path, clock)


def synced(house: House, **settings: Any) -> Receipt:
    report = house.sync(**settings)
    assert (0, []) == (report.exit_code, complaints(report))
    return receipts(report)["web_sessions"]


def history(sandbox: GoogleAnalyticsSandbox, begin: date = BEGIN) -> list[Any]:
    """Return all that came to the site from *begin* on, day by day."""
    return [each for n in range((END - begin).days) for each in sandbox.figures.on(begin + timedelta(days=n))]


def test_two_years_arrive_in_one_report(sandbox: GoogleAnalyticsSandbox, house: House) -> None:
    """Beside it: a token, which metrics there are, and when the property was made."""
    receipt = synced(house, start_date=None)

    told = history(sandbox, sandbox.figures.made_at.date())
    assert 4_000 < len(told) == receipt.inserted
    assert [(sum(each.sessions for each in told), sum(each.page_views for each in told))] == house.ask(
        f"SELECT SUM(sessions), SUM(pageviews) {LIVE}"
    )
    assert [(sum((each.key_events for each in told), Decimal()),)] == house.ask(f"SELECT SUM(conversions) {LIVE}")
    assert {
        "POST /token": 1,
        "GET /v1beta/properties/{number}/metadata": 1,
        "GET /v1beta/properties/{number}": 1,
        "POST /v1beta/properties/{number}:runReport": 1,
    } == dict(sandbox.stats.requests)
    assert [] == house.warnings


def test_what_is_stored_is_what_the_property_shows(sandbox: GoogleAnalyticsSandbox, house: House) -> None:
    synced(house)

    day = date(2026, 10, 20)
    rows = house.ask(
        f"""SELECT traffic_source, traffic_medium, sessions, pageviews, CAST(started_at AS VARCHAR)
            {LIVE} AND external_id = 'day:2026-10-20' ORDER BY source_id"""
    )
    expected = sorted(
        (each.source, each.medium, each.sessions, each.page_views, "2026-10-19 22:00:00+00")
        for each in sandbox.figures.on(day)
    )
    named = [(None if source == "(not set)" else source, *more) for source, *more in expected]
    assert named == rows


def test_direct_visits_count_however_they_are_written(sandbox: GoogleAnalyticsSandbox, house: House) -> None:
    """The property has `(direct)` and `(Direct)`; what has no source is not direct."""
    synced(house)

    words = {each.source for each in history(sandbox)}
    assert {"(direct)", "(Direct)", "(not set)"} <= words
    stored = {word for (word,) in house.ask(f"SELECT DISTINCT traffic_source {LIVE}")}
    assert words - {"(not set)"} | {None} == stored


def test_the_next_run_takes_one_report(sandbox: GoogleAnalyticsSandbox, house: House, clock: ManualClock) -> None:
    synced(house)
    sandbox.stats.clear()
    clock.sleep(DAY)

    receipt = synced(house)

    assert 1 == sandbox.stats.asked("runReport")
    assert (0, 0, 0) == (receipt.inserted, receipt.updated, receipt.deleted)
    assert 31 * 7 <= receipt.unchanged


def test_days_that_are_restated_end_as_they_are_in_the_end(
    sandbox: GoogleAnalyticsSandbox, house: House, clock: ManualClock
) -> None:
    """Visits that belonged to no campaign do a day later: rows vanish, others come."""
    sandbox.switches.restating = 2
    synced(house, start_date="2026-10-15")
    early = house.ask(f"SELECT COUNT(*) {LIVE} AND traffic_medium = 'cpc' AND external_id = 'day:2026-10-31'")
    clock.sleep(3 * DAY)

    receipt = synced(house, start_date="2026-10-15")

    assert [(0,)] == early
    assert 0 < receipt.inserted
    told = history(sandbox, date(2026, 10, 15))
    assert len(told) == len(house.live("web_sessions"))
    assert [(sum(each.sessions for each in told),)] == house.ask(f"SELECT SUM(sessions) {LIVE}")


def test_a_row_that_vanished_is_deleted_and_may_come_back(
    sandbox: GoogleAnalyticsSandbox, house: House, clock: ManualClock
) -> None:
    synced(house)
    place = ("2026-10-20", "google", "cpc")
    sandbox.deed.vanish(*place)

    gone = synced(house)
    left = house.row("web_sessions", "|".join(place), "is_deleted")
    sandbox.deed.come_back(*place)
    clock.sleep(DAY)
    back = synced(house)

    assert (1, (True,)) == (gone.deleted, left)
    assert ((False,), 1) == (house.row("web_sessions", "|".join(place), "is_deleted"), back.updated)


def test_what_vanished_before_the_last_days_is_kept(sandbox: GoogleAnalyticsSandbox, house: House) -> None:
    synced(house)
    sandbox.deed.vanish("2026-09-20", "google", "cpc")

    assert 0 == synced(house, restate_days=30).deleted
    assert 1 == synced(house, restate_days=60).deleted


def test_a_day_that_suddenly_reads_empty_keeps_its_rows(sandbox: GoogleAnalyticsSandbox, house: House) -> None:
    synced(house)
    for each in sandbox.figures.on(date(2026, 10, 20)):
        sandbox.deed.vanish("2026-10-20", each.source, each.medium)

    receipt = synced(house)

    assert 0 == receipt.deleted
    assert [1] == [each.count("no figures for 2026-10-20.") for each in house.warnings]


def test_a_property_that_says_nothing_loses_nothing(sandbox: GoogleAnalyticsSandbox, house: House) -> None:
    synced(house)
    stored = house.texts("web_sessions")
    sandbox.switches.empty_reason = "PROPERTY_IS_BEING_MOVED"

    synced(house)

    assert stored == house.texts("web_sessions")
    assert any("PROPERTY_IS_BEING_MOVED" in each for each in house.warnings)


def test_a_first_run_without_figures_for_a_reason_is_made_up_for(sandbox: GoogleAnalyticsSandbox, house: House) -> None:
    sandbox.switches.empty_reason = "NOT_YET"
    synced(house, start_date=None)
    sandbox.switches.empty_reason = None

    assert 4_000 < synced(house, start_date=None).inserted


@pytest.mark.parametrize("sampled_above", [1, 10, 100])
def test_a_large_property_is_read_in_shorter_ranges(
    sandbox: GoogleAnalyticsSandbox, house: House, sampled_above: int
) -> None:
    sandbox.switches.sampled_above = sampled_above
    begin = date(2026, 6, 1)

    receipt = synced(house, start_date=begin)

    assert len(history(sandbox, begin)) == receipt.inserted
    assert [] == [each for each in house.warnings if "sample" in each]
    assert 153 / sampled_above <= sandbox.stats.asked("runReport") <= 153 * 2 / sampled_above + 16


def test_a_day_that_is_sampled_all_the_same_is_marked(sandbox: GoogleAnalyticsSandbox, house: House) -> None:
    sandbox.switches.sampled_above = 0

    synced(house, start_date="2026-10-30")

    assert [(True,)] == house.ask(f"SELECT DISTINCT custom->>'samplesReadCount' = '9874512' {LIVE}")
    assert [1] == [
        each.count("from a sample (of 32% of the events at worst): 2026-10-30 to 2026-10-31") for each in house.warnings
    ]


def test_a_property_that_is_heavy_is_read_before_it_is_shut(sandbox: GoogleAnalyticsSandbox, house: House) -> None:
    sandbox.switches.heavy_above = 60

    receipt = synced(house, start_date="2026-06-01")

    assert len(history(sandbox, date(2026, 6, 1))) == receipt.inserted
    assert 6 == sandbox.stats.answers[500]


def test_a_property_that_is_too_heavy_is_read_in_several_runs(
    sandbox: GoogleAnalyticsSandbox, house: House, clock: ManualClock
) -> None:
    """Each run stops before the tenth failure; nobody else is kept from the property."""
    sandbox.switches.heavy_above = 30

    report = house.sync(start_date="2026-01-01")

    assert 6 == report.exit_code
    assert 9 == sandbox.stats.answers[500]
    assert 0 == sandbox.stats.too_many
    clock.sleep(3601)
    sandbox.switches.heavy_above = None
    assert len(history(sandbox, date(2026, 1, 1))) == synced(house, start_date="2026-01-01").inserted


def test_pages_that_do_not_fit_together_are_read_again(sandbox: GoogleAnalyticsSandbox, house: House) -> None:
    sandbox.switches.page_limit, sandbox.switches.shifting = 20, 3

    receipt = synced(house, start_date="2026-10-01")

    assert len(history(sandbox, date(2026, 10, 1))) == receipt.inserted == receipt.fetched


def test_flags_that_are_null_say_nothing(sandbox: GoogleAnalyticsSandbox, house: House) -> None:
    sandbox.switches.null_flags = True

    synced(house)

    assert [] == house.warnings


def test_rare_combinations_have_no_source(sandbox: GoogleAnalyticsSandbox, house: House) -> None:
    """The sum of visits is what it was; they are told apart no more."""
    sandbox.switches.overflowing = True

    synced(house, start_date="2026-10-15")

    total = sum(each.sessions for each in history(sandbox, date(2026, 10, 15)))
    ((stored, unknown),) = house.ask(f"SELECT SUM(sessions), COUNT(*) FILTER (traffic_source IS NULL) {LIVE}")
    assert 0.98 * total < stored <= total  # Google estimates what it puts together
    assert 0 < unknown
    assert any("(other) counts as visits of no known source" in each for each in house.warnings)


def test_what_google_forgets_is_kept(sandbox: GoogleAnalyticsSandbox, house: House) -> None:
    synced(house)
    stored = len(house.live("web_sessions"))
    sandbox.switches.truncated_before = date(2026, 10, 20)

    synced(house)

    assert stored == len(house.live("web_sessions"))
    assert any("no longer has figures before 2026-10-20" in each for each in house.warnings)


def test_an_old_property_knows_conversions(sandbox: GoogleAnalyticsSandbox, house: House) -> None:
    sandbox.switches.old_names = True

    synced(house)

    assert [(sum((each.key_events for each in history(sandbox)), Decimal()),)] == house.ask(
        f"SELECT SUM(conversions) {LIVE}"
    )


def test_chosen_key_events_are_a_part_of_all(sandbox: GoogleAnalyticsSandbox, house: House) -> None:
    synced(house, key_events=["purchase"])

    everything = sum((each.key_events for each in history(sandbox)), Decimal())
    ((purchases,),) = house.ask(f"SELECT SUM(conversions) {LIVE}")
    assert 0 < purchases < everything


def test_another_zone_cuts_the_days_to_come(sandbox: GoogleAnalyticsSandbox, house: House, clock: ManualClock) -> None:
    synced(house)
    sandbox.deed.move_zone("America/New_York")
    clock.sleep(DAY)

    receipt = synced(house)

    assert (0, 0) == (receipt.updated, receipt.deleted)
    assert any("is America/New_York, was Europe/Madrid. Days before 2026-11-01 stay" in each for each in house.warnings)


@pytest.mark.parametrize(("zone", "last"), [("Pacific/Kiritimati", "2026-10-31"), ("Etc/GMT+12", "2026-10-30")])
def test_the_last_day_is_the_propertys_yesterday(
    sandbox: GoogleAnalyticsSandbox, house: House, zone: str, last: str
) -> None:
    """At six in the morning in London it is tomorrow at one end of the world, and yesterday at the other."""
    sandbox.switches.zone = zone

    synced(house, start_date="2026-10-20")

    assert [(f"day:{last}",)] == house.ask(f"SELECT MAX(external_id) {LIVE}")


def test_without_the_admin_api_everything_is_read_all_the_same(sandbox: GoogleAnalyticsSandbox, house: House) -> None:
    sandbox.switches.admin_api = False

    assert 4_000 < synced(house, start_date=None).inserted


@pytest.mark.parametrize("door", ["api", "scope", "access"])
def test_a_shut_door_ends_with_what_to_do(sandbox: GoogleAnalyticsSandbox, house: House, door: str) -> None:
    sandbox.switches.refusing = door  # type: ignore[assignment]

    report = house.sync()

    assert (4, 1) == (report.exit_code, len(complaints(report)))


def test_a_property_that_is_not_there_is_as_one_that_is_not_ours(house: House) -> None:
    report = house.sync(property_id="1")

    assert 4 == report.exit_code
    (said,) = complaints(report)
    assert said.startswith("There is no property 1, or latido@sandbox.iam.gserviceaccount.example may not see it.")


def test_an_exhausted_quota_ends_the_run_resumable(sandbox: GoogleAnalyticsSandbox, house: House) -> None:
    sandbox.switches.exhausted = "tokens per day"

    assert 6 == house.sync().exit_code
    assert 1 == sandbox.stats.too_many
    sandbox.switches.exhausted = None
    assert len(history(sandbox)) == synced(house).inserted


def test_tokens_run_low_and_a_run_stops_before_google_says_so(sandbox: GoogleAnalyticsSandbox, house: House) -> None:
    sandbox.switches.page_limit, sandbox.switches.tokens_left = 100, 4_210

    report = house.sync()

    assert (6, 0) == (report.exit_code, sandbox.stats.too_many)
    sandbox.switches.tokens_left, sandbox.switches.page_limit = 14_000, None
    synced(house)
    assert len(history(sandbox)) == len(house.live("web_sessions"))


def test_a_person_may_log_in_instead(sandbox: GoogleAnalyticsSandbox, tmp_path: Path, clock: ManualClock) -> None:
    import httpx

    said = {**sandbox.settings(), **sandbox.client(), "start_date": "2026-10-20"}
    house = House(GoogleAnalytics, said, tmp_path, clock)
    connector = GoogleAnalytics(
        GoogleAnalytics.Settings.model_validate(said), Runtime("ours", clock=clock, folder=tmp_path)
    )
    agreed: list[str] = []

    def agree(address: str) -> None:
        agreed.append(httpx.get(address).headers["location"])

    connector.login(Person(show=agree, pasted=agreed.pop))
    connector.close()

    assert 0 < synced(house).inserted
    sandbox.doorkeeper.revoke()
    assert 4 == house.sync().exit_code


def test_a_check_of_the_sandbox_finds_nothing_wrong(
    sandbox: GoogleAnalyticsSandbox, tmp_path: Path, clock: ManualClock
) -> None:
    zone = ZoneInfo("Europe/Madrid")
    runtime = Runtime("ours", clock=clock, folder=tmp_path, time_zone=zone)
    connector = GoogleAnalytics(GoogleAnalytics.Settings.model_validate(sandbox.settings()), runtime)
    try:
        findings = list(connector.check())
    finally:
        connector.close()

    assert {None} == {each.wrong for each in findings}
    assert "The property is Acme (standard)." in [str(each.text) for each in findings]
