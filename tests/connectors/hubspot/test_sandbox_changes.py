"""Records of the sandbox change as those of HubSpot do, also while they are being read."""

from __future__ import annotations

import gc
import tracemalloc
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from latido.testing import World
from latido_hubspot.sandbox import HubSpotSandbox
from tests.asking import ask
from tests.connectors.hubspot.visiting import MS, OBJECTS, Visitor

if TYPE_CHECKING:
    from latido.testing.world import Ticket

MODIFIED = "hs_lastmodifieddate"
MERGEABLE = ("contacts", "companies", "deals", "tickets")


@pytest.fixture
def visitor() -> Visitor:
    return Visitor(120, people=60)


def live(visitor: Visitor, kind: str, turn: int = 0) -> int:
    """Return the number of a live record."""
    return list(visitor.sandbox.records.books[kind].live())[turn]


def some(visitor: Visitor, *, solved: bool) -> Ticket:
    """Return a live ticket that was answered."""
    return next(
        each for each in visitor.sandbox.tickets() if each.fate == "live" and each.replies and each.is_solved == solved
    )


def stages(visitor: Visitor, ticket: int) -> list[str]:
    told = visitor.record("tickets", ticket, propertiesWithHistory="hs_pipeline_stage")
    return [each["value"] for each in told["propertiesWithHistory"]["hs_pipeline_stage"]]


def emails(visitor: Visitor, ticket: int) -> list[Any]:
    """Return the conversation of a ticket."""
    told = visitor.linked("tickets", "emails", visitor.identity("tickets", ticket))["results"]
    ids = [{"id": str(each["toObjectId"])} for each in (told[0]["to"] if told else ())]
    body = {"inputs": ids, "properties": ["hs_email_direction", "hs_timestamp"]}
    return [each["properties"] for each in visitor.post(f"{OBJECTS}/emails/batch/read", body)["results"]]


def test_tickets_tell_the_stage_that_their_status_is(visitor: Visitor) -> None:
    expected = {"new": "1", "pending": "2", "open": "3", "on_hold": "3", "solved": "4", "closed": "4"}
    told = {
        each["id"]: [version["value"] for version in each["propertiesWithHistory"]["hs_pipeline_stage"]]
        for each in visitor.walk("tickets", propertiesWithHistory="hs_pipeline_stage")
    }

    for ticket in visitor.world.tickets():
        if ticket.fate == "live":
            versions = told[visitor.identity("tickets", ticket.number)]
            assert expected[ticket.status] == versions[0]
            assert ticket.reopens == sum(before == "4" for before in versions[1:])


def test_the_conversation_is_in_emails_the_request_incoming(visitor: Visitor) -> None:
    directions = {
        each["id"]: each["properties"]["hs_email_direction"]
        for each in visitor.walk("emails", properties="hs_email_direction,hs_email_status")
        if each["properties"]["hs_email_status"] != "BOUNCED"
    }
    live = {visitor.identity("tickets", each.number): each for each in visitor.world.tickets() if each.fate == "live"}
    linked = visitor.linked("tickets", "emails", *live)["results"]

    assert list(live) == [each["from"]["id"] for each in linked]
    for each in linked:
        ticket = live[each["from"]["id"]]
        told = [directions[key] for to in each["to"] if (key := str(to["toObjectId"])) in directions]
        opening = "INCOMING_EMAIL" if ticket.opened_by.role == "requester" else "EMAIL"
        assert opening == told[0]
        assert len(ticket.replies) == told[1:].count("EMAIL")
    assert {"EMAIL", "INCOMING_EMAIL", "FORWARDED_EMAIL"} == set(directions.values())


def test_a_reply_is_an_outgoing_email(visitor: Visitor) -> None:
    [number] = visitor.deed.add_tickets()
    visitor.clock.sleep(300)
    visitor.deed.reply(number)

    assert ["INCOMING_EMAIL", "EMAIL"] == [each["hs_email_direction"] for each in emails(visitor, number)]
    told = visitor.record("tickets", number, properties="time_to_first_agent_reply,first_agent_reply_date")
    assert ("300000", "2026-11-01T12:05:00Z") == (
        told["properties"]["time_to_first_agent_reply"],
        told["properties"]["first_agent_reply_date"],
    )


def test_a_reopened_ticket_has_no_date_of_closing_but_a_history(visitor: Visitor) -> None:
    ticket = some(visitor, solved=True)
    before = stages(visitor, ticket.number)
    visitor.deed.reopen(ticket.number)

    told = visitor.record("tickets", ticket.number, properties="closed_date,time_to_close")["properties"]
    assert (None, None) == (told["closed_date"], told["time_to_close"])
    assert ["3", *before] == stages(visitor, ticket.number)
    visitor.clock.sleep(60)
    visitor.deed.close(ticket.number)
    assert ["4", "3", *before] == stages(visitor, ticket.number)
    again = visitor.record("tickets", ticket.number, properties="closed_date")["properties"]
    assert "2026-11-01T12:01:00Z" == again["closed_date"]


def test_an_answer_is_a_submission_for_each_question(visitor: Visitor) -> None:
    ticket = some(visitor, solved=True)
    visitor.deed.answer(ticket.number, satisfaction=2, ease=6)
    visitor.clock.sleep(600)
    visitor.deed.answer(ticket.number, satisfaction=5)

    key = visitor.identity("tickets", ticket.number)
    ids = [
        {"id": str(each["toObjectId"])}
        for each in (visitor.linked("tickets", "feedback_submissions", key)["results"][0]["to"])
    ]
    body = {"inputs": ids, "properties": ["hs_survey_type", "hs_value", "hs_response_group"]}
    told = visitor.post(f"{OBJECTS}/feedback_submissions/batch/read", body)["results"]
    assert {("CSAT", "5", "Happy"), ("CES", "6", "Easy")} == {
        tuple(each["properties"][name] for name in ("hs_survey_type", "hs_value", "hs_response_group")) for each in told
    }
    assert {"2026-11-01T12:10:00Z"} == {each["updatedAt"] for each in told}


@pytest.mark.parametrize("kind", ["contacts", "companies", "deals", "tickets", "line_items", "carts"])
def test_an_archived_record_moves_to_another_list_until_it_is_restored(visitor: Visitor, kind: str) -> None:
    number = live(visitor, kind)
    before = visitor.record(kind, number)
    visitor.deed.archive(kind, number)

    key = visitor.identity(kind, number)
    assert key not in {each["id"] for each in visitor.walk(kind)}
    [gone] = [each for each in visitor.walk(kind, archived="true") if each["id"] == key]
    assert (True, "2026-11-01T12:00:00") == (gone["archived"], gone["archivedAt"][:19])
    assert 404 == visitor.ask(f"{OBJECTS}/{kind}/{key}").status_code
    visitor.deed.restore(kind, number)
    after = visitor.record(kind, number)
    assert {True} == {
        after["properties"][name] == value
        for name, value in before["properties"].items()
        if (name not in {MODIFIED, "lastmodifieddate"})
    }
    assert key in {each["id"] for each in visitor.walk(kind)}


@pytest.mark.parametrize("kind", MERGEABLE)
def test_an_erased_record_leaves_no_trace(visitor: Visitor, kind: str) -> None:
    number = live(visitor, kind)
    visitor.deed.erase(kind, number)

    for archived in ("false", "true"):
        assert visitor.identity(kind, number) not in {each["id"] for each in visitor.walk(kind, archived=archived)}


@pytest.mark.parametrize("kind", MERGEABLE)
def test_two_records_become_a_new_one_that_names_both(visitor: Visitor, kind: str) -> None:
    loser, survivor = live(visitor, kind, 0), live(visitor, kind, 1)
    old = [visitor.identity(kind, each) for each in (survivor, loser)]
    name = {"contacts": "firstname", "companies": "name", "deals": "dealname", "tickets": "subject"}[kind]
    kept = visitor.record(kind, survivor, properties=name)["properties"][name]
    fresh = visitor.deed.merge(kind, loser, survivor)

    told = visitor.record(kind, fresh, properties=f"{name},hs_merged_object_ids")
    assert (kept, ";".join(old)) == (told["properties"][name], told["properties"]["hs_merged_object_ids"])
    everywhere = [each["id"] for archived in ("false", "true") for each in visitor.walk(kind, archived=archived)]
    assert (set(), 1) == (set(old) & set(everywhere), everywhere.count(told["id"]))


def test_a_merged_ticket_keeps_its_conversation(visitor: Visitor) -> None:
    survivor, loser = [each.number for each in visitor.sandbox.tickets() if each.fate == "live" and each.replies][:2]
    before = emails(visitor, survivor)
    fresh = visitor.deed.merge("tickets", loser, survivor)

    assert before == emails(visitor, fresh)
    fates = {each.number: each.fate for each in visitor.sandbox.tickets()}
    assert ("merged", "merged", "live") == (fates[loser], fates[survivor], fates[fresh])


def test_tickets_that_were_merged_are_named_by_the_one_that_is_left(visitor: Visitor) -> None:
    gone = [each for each in visitor.world.tickets() if each.fate == "merged"]

    assert gone
    for ticket in gone:
        told = visitor.record("tickets", ticket.merged_into or 0, properties="hs_merged_object_ids")["properties"]
        assert visitor.identity("tickets", ticket.number) in told["hs_merged_object_ids"].split(";")


def test_a_deal_moves(visitor: Visitor) -> None:
    number = next(each.number for each in visitor.world.deals() if each.status == "open" and each.gone_at is None)
    visitor.deed.move_deal(number, "won")

    told = visitor.record("deals", number, properties="hs_is_closed_won,closedate", propertiesWithHistory="dealstage")
    assert ("true", "2026-11-01T12:00:00Z") == (
        told["properties"]["hs_is_closed_won"],
        told["properties"]["closedate"],
    )
    assert "2026-11-01T12:00:00Z" == told["propertiesWithHistory"]["dealstage"][0]["timestamp"]


def test_many_records_change_in_one_millisecond(visitor: Visitor) -> None:
    numbers = visitor.deed.touch_all("contacts", 0, 30)
    visitor.clock.sleep(60)

    assert 30 == visitor.search("contacts", ("lastmodifieddate", "EQ", str(MS)))["total"] == len(numbers)


def test_a_record_can_get_a_date_that_is_none(visitor: Visitor) -> None:
    visitor.deed.spoil("companies", 1)

    assert "the day before" == visitor.record("companies", 1)["createdAt"]


def test_something_is_written_while_somebody_reads(visitor: Visitor) -> None:
    visitor.switches.writes_per_request = 2
    for _ in range(30):
        visitor.clock.sleep(1)
        visitor.ask(f"{OBJECTS}/contacts", limit=1)
    visitor.switches.writes_per_request = 0
    visitor.clock.sleep(60)

    changed = {kind: visitor.search(kind, (MODIFIED, "GTE", str(MS)))["total"] for kind in MERGEABLE[1:]}
    assert {True} == {count > 0 for count in changed.values()}
    assert 0 < visitor.search("contacts", ("lastmodifieddate", "GTE", str(MS)))["total"]


def test_deeds_can_be_done_from_outside(visitor: Visitor) -> None:
    body = {"what": "archive", "kind": "companies", "number": 0}
    answer = ask(visitor.sandbox, "POST", "/_sandbox/do", json=body)

    assert 200 == answer.status_code
    assert 404 == visitor.ask(f"{OBJECTS}/companies/{visitor.identity('companies', 0)}").status_code


@pytest.mark.parametrize(
    "stream", ["contacts", "companies", "deals", "tickets", "leads", "line_items", "carts", "orders"]
)
def test_a_drill_names_the_records_that_it_changed(visitor: Visitor, stream: str) -> None:
    drill = visitor.sandbox.drills()[stream]
    assert drill.touch
    assert drill.delete
    assert drill.restore
    keys = list(drill.touch(3))
    gone = drill.delete()
    archived = {each["id"] for each in visitor.walk(stream, archived="true")}
    drill.restore(gone)

    assert 3 == len(set(keys))
    assert gone.rpartition(":")[2] in archived
    assert gone.rpartition(":")[2] in {each["id"] for each in visitor.walk(stream)}


def test_records_lie_on_disk() -> None:
    """A record more costs some hundred bytes in memory, not what they say."""
    spent = []
    for people in (60, 260):
        tracemalloc.start()
        sandbox = HubSpotSandbox(World("acme", end=date(2026, 11, 1), tickets=20, people=people))
        gc.collect()
        spent.append((tracemalloc.get_traced_memory()[0], sum(map(len, sandbox.records.books.values()))))
        tracemalloc.stop()
    (less, few), (more, many) = spent

    assert (more - less) / (many - few) < 900


def test_records_can_be_made_after_a_model(visitor: Visitor) -> None:
    number = live(visitor, "line_items")
    copies = [visitor.identity("line_items", each) for each in visitor.deed.add_copies("line_items", number, 3)]

    linked = visitor.linked("line_items", "deals", visitor.identity("line_items", number), *copies)["results"]
    assert {1} == {len(each["to"]) for each in linked}
    assert 1 == len({each["to"][0]["toObjectId"] for each in linked})
    assert set(copies) <= {each["id"] for each in visitor.walk("line_items")}


def test_pages_that_were_asked_for_before_know_what_was_written_since(visitor: Visitor) -> None:
    first = visitor.walk("companies", properties="city")
    visitor.deed.change("companies", 0, city="Vigo")

    assert "Vigo" == visitor.walk("companies", properties="city")[0]["properties"]["city"]
    visitor.deed.erase("companies", 0)
    assert first[1:] == visitor.walk("companies", properties="city")
