"""The real connector, the engine and the warehouse against the sandbox, over HTTP."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from latido.testing import ManualClock, Served, World
from latido_zendesk.connector import Zendesk
from latido_zendesk.sandbox import ZendeskSandbox, documented_limits
from tests.connectors.zendesk.builders import cursor_page, ticket, user
from tests.connectors.zendesk.desk import recorded
from tests.desk import Says
from tests.house import House, complaints, receipts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from latido.testing.world import Ticket
    from tests.desk import Desk

MORNING = datetime(2026, 11, 1, 6, tzinfo=UTC)
SURVEYS = {"ces": {"alias": "effort", "scale_min": 1, "scale_max": 7, "higher_is_better": True}}
CORE = ["organizations", "users", "tickets"]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(MORNING)


@pytest.fixture
def sandbox(clock: ManualClock) -> Iterator[ZendeskSandbox]:
    sandbox = ZendeskSandbox(World("acme", end=date(2026, 11, 1), tickets=400), clock)
    with Served(sandbox):
        yield sandbox


@pytest.fixture
def house(sandbox: ZendeskSandbox, tmp_path: Path, clock: ManualClock) -> House:
    return House(Zendesk, {**sandbox.settings(), **SURVEYS}, tmp_path, clock)


@pytest.fixture
def tiny(desk: Desk, tmp_path: Path, clock: ManualClock) -> House:
    """A house beside a desk that says what the test wants, with tickets only."""
    client = {"client_id": "latido", "client_secret": "the-secret"}
    return House(
        Zendesk, {"connector": "zendesk", "base_url": desk.url, **client, "streams": ["tickets"]}, tmp_path, clock
    )


def everything(house: House) -> dict[str, list[Any]]:
    tables = ("accounts", "contacts", "users", "tickets", "survey_responses", "ticket_events")
    return {table: house.texts(table, "_latido_stream") for table in tables}


def told(ticket: Ticket) -> tuple[Any, ...]:
    """Return what Zendesk can tell of *ticket*: durations in whole minutes, but for chats' first replies."""

    def minutes(at: int | None) -> int | None:
        return None if at is None else ticket.created_at + (at - ticket.created_at) // 60 * 60

    if ticket.gone_at is not None:
        return (True, None, None, None, None, None, None, None, None)
    first_reply = ticket.first_reply_at if ticket.channel == "chat" else minutes(ticket.first_reply_at)
    return (
        False,
        "unknown" if ticket.fate == "merged" else None,
        ticket.status,
        first_reply,
        len(ticket.replies),
        minutes(next(iter(ticket.solves), None)),
        next(reversed(ticket.solves), None),
        ticket.closed_at,
        ticket.reopens,
    )


def test_every_ticket_is_stored_as_it_happened(sandbox: ZendeskSandbox, house: House) -> None:
    report = house.sync()

    assert 0 == report.exit_code
    assert [(str(each.number + 1), *told(each)) for each in sandbox.tickets()] == house.ask(
        """SELECT source_id, is_deleted, merged_into, status, EPOCH(first_reply_at)::BIGINT, agent_replies,
           EPOCH(first_solved_at)::BIGINT, EPOCH(solved_at)::BIGINT, EPOCH(closed_at)::BIGINT, reopens
           FROM tickets ORDER BY source_id::BIGINT"""
    )


def test_what_is_stored_is_what_zendesk_counts(house: House) -> None:
    report = house.sync()

    counted = {name: each for name, each in receipts(report).items() if each.counted is not None}
    assert set(CORE) == set(counted)
    assert all(each.counted == each.stored for each in counted.values())
    assert [] == house.warnings


def test_who_opened_a_ticket_is_known(sandbox: ZendeskSandbox, house: House) -> None:
    house.sync("tickets")

    by_agent = {each.number + 1 for each in sandbox.tickets() if each.opened_by.role == "agent"}
    assert by_agent == {int(key) for (key,) in house.ask("SELECT source_id FROM tickets WHERE created_by_agent")}


def test_nothing_changed_costs_one_request_per_stream(
    sandbox: ZendeskSandbox, house: House, clock: ManualClock
) -> None:
    """Only surveys, whose answers may still change, cost one per hundred of the last month."""
    house.sync()
    clock.sleep(60)

    sandbox.stats.clear()
    again = receipts(house.sync())

    asked = sandbox.stats.requests
    assert (5, 1) == (len(again), asked.pop("POST /oauth/tokens"))
    assert [1] * 5 == list(asked.values())
    assert 0 == sum(each.inserted + each.updated + each.deleted for each in again.values())


def test_a_change_is_read_and_nothing_else(sandbox: ZendeskSandbox, house: House, clock: ManualClock) -> None:
    house.sync(*CORE)
    open_one = next(each.number for each in sandbox.tickets() if each.status == "open" and each.gone_at is None)
    sandbox.deed.solve(open_one)
    clock.sleep(120)

    again = receipts(house.sync(*CORE))

    assert (1, 1) == (again["tickets"].fetched, again["tickets"].updated)
    assert ("solved",) == house.row("tickets", open_one + 1, "status")


def test_an_erased_ticket_keeps_nothing_of_what_it_said(
    sandbox: ZendeskSandbox, house: House, clock: ManualClock
) -> None:
    """Its `updated_at` does not move; only the clock of the export does."""
    house.sync(*CORE)
    number = next(each.number for each in sandbox.tickets() if each.gone_at is None)
    sandbox.deed.delete(number)
    sandbox.deed.erase(number)
    clock.sleep(120)

    house.sync(*CORE)

    assert (True, None, None) == house.row("tickets", number + 1, "is_deleted", "subject", "custom")


def test_an_older_state_on_a_later_page_does_not_win(desk: Desk, tiny: House) -> None:
    newer, older = ticket(1, status="solved", generated_timestamp=200), ticket(1, generated_timestamp=100)
    desk.on(
        "incremental/tickets/cursor",
        cursor_page("tickets", newer, end=False),
        cursor_page("tickets", older, after="c2"),
    )

    tiny.sync()

    assert ("solved",) == tiny.row("tickets", 1, "status")


def test_who_changes_sides_is_only_on_the_new_one(desk: Desk, tiny: House) -> None:
    """In one run or in two."""
    first, promoted, demoted = user(1), user(1, role="agent"), user(1)
    live = (
        "SELECT (SELECT COUNT(*) FROM contacts WHERE NOT is_deleted), (SELECT COUNT(*) FROM users WHERE NOT is_deleted)"
    )
    pages = [
        cursor_page("users", first, after="u1", end=False), cursor_page("users", promoted, after="u2"),
        cursor_page("users", demoted, after="u3"),
    ]  # fmt: skip
    desk.on("incremental/users/cursor", *pages)

    tiny.sync("users")
    assert [(0, 1)] == tiny.ask(live)

    tiny.sync("users")
    assert [(1, 0)] == tiny.ask(live)


def test_surveys_that_are_closed_to_us_are_left_out_and_the_rest_goes_on(sandbox: ZendeskSandbox, house: House) -> None:
    sandbox.switches.forbidden = {"guide/survey_responses": "text"}

    report = house.sync()

    found = receipts(report)
    assert 0 == report.exit_code
    assert {"survey_responses"} == {name for name, each in found.items() if each.skipped is not None}
    assert [True] == [text.startswith("survey_responses is left out") for text in house.warnings]
    assert found["tickets"].inserted == 400


def test_a_changed_answer_is_changed_here_too(sandbox: ZendeskSandbox, house: House, clock: ManualClock) -> None:
    """Nothing tells that it was; the mirrored rating of the ticket stands beside it, marked as what it is."""
    answered = [each for each in sandbox.tickets() if each.survey and each.survey.answered_at and each.gone_at is None]
    number = next(
        n.number for n in reversed(answered) if n.survey and n.survey.expires_at > MORNING.timestamp() + 99_999
    )
    house.sync()
    clock.sleep(86_400)
    sandbox.deed.answer(number, satisfaction=1, remark="worse after all")
    clock.sleep(120)

    house.sync()

    answers = f"SELECT score, comment FROM survey_responses WHERE ticket_id = '{number + 1}' AND kind = 'csat'"
    assert [(1.0, "worse after all")] == house.ask(f"{answers} AND survey_id <> 'rating'")
    assert [(0.0, "worse after all")] == house.ask(f"{answers} AND survey_id = 'rating'")


def test_both_ways_of_reading_tickets_store_the_same(house: House, tmp_path: Path, clock: ManualClock) -> None:
    """But for the deleted ones, which lists do not have, and the clock of the export."""
    house.sync("tickets")
    lists = House(Zendesk, house.settings, tmp_path / "lists", clock)
    lists.sync("tickets", strategy="keyset")

    left_out = ("version", "updated_at")
    assert house.texts("tickets", *left_out, where="NOT is_deleted") == lists.texts("tickets", *left_out)


def test_lists_bury_what_was_deleted_with_the_sweep(sandbox: ZendeskSandbox, house: House, clock: ManualClock) -> None:
    streams = ["tickets", "deleted_tickets"]
    house.sync(*streams, strategy="keyset")
    number = next(each.number for each in sandbox.tickets() if each.gone_at is None)
    sandbox.deed.delete(number)
    clock.sleep(86_400)

    house.sync(*streams, strategy="keyset")

    assert (True, clock.now().timestamp() - 86_400) == pytest.approx(
        house.row("tickets", number + 1, "is_deleted", "EPOCH(deleted_at)"), abs=100
    )


def test_an_export_that_closes_is_replaced_by_lists(sandbox: ZendeskSandbox, house: House, clock: ManualClock) -> None:
    house.sync(*CORE)
    sandbox.switches.forbidden = {"incremental/tickets": "ticketing"}
    number = next(each.number for each in sandbox.tickets() if each.status == "open" and each.gone_at is None)
    sandbox.deed.solve(number)
    clock.sleep(120)

    report = house.sync(*CORE)

    assert (0, ("solved",)) == (report.exit_code, house.row("tickets", number + 1, "status"))
    assert [True] == ["read from lists instead" in text for text in house.warnings]


def test_a_rejected_cursor_loses_nothing(sandbox: ZendeskSandbox, house: House, clock: ManualClock) -> None:
    house.sync("tickets")
    number = next(each.number for each in sandbox.tickets() if each.status == "open" and each.gone_at is None)
    sandbox.deed.solve(number)
    clock.sleep(120)
    sandbox.switches.bad_cursors = True

    report = house.sync("tickets")

    assert (0, ("solved",)) == (report.exit_code, house.row("tickets", number + 1, "status"))


def test_without_network_the_run_ends_resumable(house: House) -> None:
    report = house.sync(*CORE, base_url="http://127.0.0.1:9")

    assert 6 == report.exit_code
    assert {"cannot reach 127.0.0.1"} == {each.partition(":")[0] for each in complaints(report)}


def test_a_wrong_api_token_is_a_wrong_credential(sandbox: ZendeskSandbox, house: House) -> None:
    """Zendesk answers `users/me` with an anonymous user, and other paths with 401."""
    sandbox.switches.api_tokens = False
    wrong: dict[str, Any] = {
        "client_id": None, "client_secret": None, "email": "ana@example.com", "api_token": "not-the-token",
    }  # fmt: skip

    report = house.sync(*CORE, **wrong)

    assert (4, False) == (report.exit_code, any("not-the-token" in each for each in complaints(report)))


@pytest.mark.parametrize("synced_before", [False, True])
def test_a_wrong_subdomain_is_a_wrong_setting(sandbox: ZendeskSandbox, house: House, synced_before: bool) -> None:
    """Of what is asked first, reference tables or streams, none hides it."""
    if synced_before:
        house.sync(*CORE)
    sandbox.switches.exists = False

    report = house.sync(*CORE)

    assert 3 == report.exit_code
    assert {f"There is no Zendesk account at {house.settings['base_url']}."} == set(complaints(report))
    assert [] == house.warnings


STREAMS = [*CORE, "survey_responses", "ticket_events", "sla_events"]
ACCOUNTS: dict[str, dict[str, Any]] = {
    "another shape": {"heavy_above": 300, "embedded_metric_sets": True, "headers": "new"},
    "short-lived tokens": {"token_life": 600, "latency": 20, "headers": "none"},
    "documented limits": {"limits": documented_limits("sliding")},
}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """What a sync stores that nothing disturbs."""
    clock = ManualClock(MORNING)
    sandbox = ZendeskSandbox(World("acme", end=date(2026, 11, 1), tickets=400), clock)
    with Served(sandbox):
        house = House(Zendesk, {**sandbox.settings(), **SURVEYS}, tmp_path_factory.mktemp("undisturbed"), clock)
        assert 0 == house.sync(*STREAMS).exit_code
        return everything(house)


@pytest.mark.parametrize("kind", ACCOUNTS)
def test_an_account_of_another_kind_ends_in_the_same_tables(
    sandbox: ZendeskSandbox, house: House, undisturbed: dict[str, list[Any]], kind: str
) -> None:
    for name, value in ACCOUNTS[kind].items():
        setattr(sandbox.switches, name, value)

    assert 0 == house.sync(*STREAMS).exit_code

    assert undisturbed == everything(house)
    assert 0 == sandbox.stats.too_many


def test_a_broken_ticket_is_put_aside_and_the_run_says_so(desk: Desk, tiny: House) -> None:
    desk.on("incremental/tickets/cursor", cursor_page("tickets", ticket(1, created_at="soon"), ticket(2)))

    report = tiny.sync()

    assert 5 == report.exit_code
    assert [("2",)] == tiny.ask("SELECT source_id FROM tickets")
    assert [("1", "tickets", True)] == tiny.ask(
        "SELECT source_id, table_name, reason LIKE 'created_at:%' FROM _latido_quarantine"
    )


@pytest.mark.parametrize(
    ("said", "code"),
    [("401_ticketing", 4), ("403_ticketing", 4)],
)
def test_a_rejected_credential_ends_the_run_with_4(desk: Desk, tiny: House, said: str, code: int) -> None:
    desk.on("incremental/tickets/cursor", Says(int(said[:3]), recorded("synthetic/errors.json")[said]))
    desk.on("users/me", {"user": {"id": 1, "name": "Al", "role": "agent"}})

    assert code == tiny.sync().exit_code
