"""The core streams of the real connector, the engine and the warehouse against the sandbox, over HTTP."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from latido.connect import Tokens, TokenStore
from latido.sync import Options
from latido.testing import ManualClock, Served, World
from latido_bitrix24.connector import Bitrix24
from latido_bitrix24.sandbox import BitrixSandbox
from latido_bitrix24.sandbox._oauth import REFRESH_TOKEN, SECRET
from latido_bitrix24.sandbox._switches import MethodFault
from tests.house import House, complaints, receipts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
HOUR = 3600
DAY = 25 * HOUR
GAP, REFUSED, SETTINGS = 8, 4, 3
CLOSED = {"won", "lost"}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def sandbox(clock: ManualClock) -> Iterator[BitrixSandbox]:
    world = World("acme", end=date(2026, 11, 1), tickets=120, people=400).branch("bitrix24", tickets=60)
    sandbox = BitrixSandbox(world, clock)
    with Served(sandbox):
        yield sandbox


@pytest.fixture
def house(sandbox: BitrixSandbox, tmp_path: Path, clock: ManualClock) -> House:
    return House(Bitrix24, sandbox.settings(), tmp_path, clock)


def app(sandbox: BitrixSandbox, folder: Path, clock: ManualClock) -> House:
    """Return a house of an app to which somebody logged in long ago."""
    TokenStore(folder).put("ours", Tokens("expired", NOON, NOON, REFRESH_TOKEN))
    return House(Bitrix24, sandbox.settings(oauth=True), folder, clock)


def written(folder: Path) -> bytes:
    """Return all that stands in the files below *folder*."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_every_deal_is_stored_as_it_went(sandbox: BitrixSandbox, house: House) -> None:
    """What became of it, and the day on which it was won or lost."""
    assert 0 == house.sync("deals", "deal_stages").exit_code

    live = [each for each in sandbox.world.deals() if each.gone_at is None]
    told = [(each.status, closed_on(each.moves[-1].at) if each.status in CLOSED else None) for each in live]
    found = house.ask("SELECT status, CASE WHEN status IN ('won', 'lost') THEN close_date END FROM deals")
    assert sorted(told, key=str) == sorted(found, key=str)
    steps = "SELECT COUNT(*) FROM deal_stages AS s JOIN deals AS d ON d.source_id = s.deal_id"
    assert [(sum(len(each.moves) for each in live),)] == house.ask(steps)


def closed_on(at: int) -> date:
    return datetime.fromtimestamp(at, UTC).date()


def test_a_run_without_news_writes_nothing(house: House, clock: ManualClock) -> None:
    """And asks for little."""
    house.sync()
    clock.sleep(HOUR)

    found = receipts(house.sync())

    assert {0} == {each.inserted + each.updated + each.deleted for each in found.values()}
    assert all(each.requests <= 8 for each in found.values() if each.stream in {"companies", "contacts", "deals"})


def test_what_is_deleted_is_found_by_the_census(sandbox: BitrixSandbox, house: House, clock: ManualClock) -> None:
    """A day later, since lists just no longer hold it."""
    house.sync("companies")
    sandbox.deed.delete("companies", 3)
    clock.sleep(DAY)

    (found,) = receipts(house.sync("companies")).values()

    assert 1 == found.deleted
    assert 1 == len(house.ask("SELECT source_id FROM accounts WHERE is_deleted"))


def test_an_app_knows_of_deletions_at_once(sandbox: BitrixSandbox, tmp_path: Path, clock: ManualClock) -> None:
    """And when they were."""
    house = app(sandbox, tmp_path, clock)
    house.sync("companies", "deals", "deletions")
    deleted_at = int(clock.now().timestamp())
    sandbox.deed.delete("companies", 3)
    clock.sleep(HOUR)

    assert 0 == house.sync("companies", "deals", "deletions").exit_code

    assert [(deleted_at,)] == house.ask("SELECT EPOCH(deleted_at)::BIGINT FROM accounts WHERE is_deleted")


def test_rights_that_were_lost_delete_nothing(sandbox: BitrixSandbox, house: House, clock: ManualClock) -> None:
    """They look as if all were gone; somebody has to say that it is."""
    house.sync("companies")
    stored = house.live("accounts")
    sandbox.switches.blind_to = [4]
    clock.sleep(DAY)

    report = house.sync("companies")

    assert GAP == report.exit_code
    assert ["companies: "] == [each[:11] for each in complaints(report)]
    assert stored == house.live("accounts")

    assert 0 == house.sync("companies", options=Options(allow_mass_delete=True)).exit_code
    assert [] == house.live("accounts")


@pytest.mark.parametrize(
    ("mood", "exit_code"),
    [
        ({"moved_to": "https://new.bitrix24.com"}, SETTINGS),
        ({"https_only": True}, SETTINGS),
        ({"commercial": False}, REFUSED),
        ({"missing_scopes": ["crm"]}, REFUSED),
    ],
)
def test_what_is_wrong_is_said_without_the_secret(
    sandbox: BitrixSandbox, house: House, mood: dict[str, Any], exit_code: int
) -> None:
    """Not in what is said, and in no file."""
    for name, value in mood.items():
        setattr(sandbox.switches, name, value)

    report = house.sync("deals")

    assert exit_code == report.exit_code
    assert all(SECRET not in f"{each}{each!r}" for each in (*complaints(report), *house.warnings, report))
    assert SECRET.encode() not in written(house.folder)


def test_a_portal_that_moved_is_named(sandbox: BitrixSandbox, house: House) -> None:
    """So that one knows what to write instead; nothing is sent there."""
    sandbox.switches.moved_to = "https://new.bitrix24.com"

    (said,) = complaints(house.sync("users"))

    assert "new.bitrix24.com" in said


def test_what_an_old_installation_lacks_is_left_out(sandbox: BitrixSandbox, house: House) -> None:
    """With the name of the method; the rest is read."""
    gone = MethodFault(method="crm.item.list:1", error="ENTITY_TYPE_NOT_SUPPORTED", status=400, every=1, times=None)
    sandbox.switches.method_faults = [gone]

    report = house.sync("leads", "companies")

    assert 0 == report.exit_code
    assert any("leads is left out" in each and "crm.item.list" in each for each in house.warnings)
    assert house.live("accounts")


def test_the_documented_limits_are_kept(sandbox: BitrixSandbox, house: House, clock: ManualClock) -> None:
    """Two requests a second, and eight minutes of work in ten, whatever a page costs."""
    sandbox.switches.limits = dict(sandbox.documented_limits())
    sandbox.switches.page_seconds = 20

    assert 0 == house.sync(rate_share=1).exit_code

    assert 0 == sandbox.stats.refused
    assert clock.passed > 600


@pytest.mark.parametrize("mood", ["ignored", "nothing"])
def test_a_portal_that_does_not_read_zones_loses_nothing(
    sandbox: BitrixSandbox, house: House, clock: ManualClock, mood: Any
) -> None:
    """Some read moments only in their own spelling."""
    sandbox.switches.iso_dates = mood
    house.sync("deals")
    sandbox.deed.touch("deals", [5, 6])
    clock.sleep(HOUR)

    (found,) = receipts(house.sync("deals")).values()

    assert 2 == found.updated
    assert found.fetched < 10
