"""What customers answered, and what happened to tickets, as the sandbox tells it."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import pytest

from latido.testing.world import promises_kept
from tests.connectors.zendesk.visiting import SECONDS, Visitor

RESPONSES, RATINGS = "guide/survey_responses", "satisfaction_ratings"


@pytest.fixture(scope="module")
def visitor() -> Visitor:
    return Visitor(1_200)


@pytest.fixture
def fresh() -> Visitor:
    """One that a test may change."""
    return Visitor(600)


def seconds(stamp: str) -> float:
    return datetime.fromisoformat(stamp).timestamp()


def test_ratings_are_listed_by_when_they_were_asked_for(visitor: Visitor) -> None:
    start, end = visitor.world.start, visitor.world.surveys_since
    listed = list(visitor.walk(RATINGS, RATINGS, start_time=start, end_time=end))

    assert listed
    assert sorted(each["created_at"] for each in listed) == [each["created_at"] for each in listed]
    assert {True} == {start <= seconds(each["created_at"]) < end for each in listed}
    assert {True} == {
        (each["updated_at"] > each["created_at"]) == (each["score"] in {"good", "bad"}) for each in listed
    }


def test_ratings_can_be_chosen_by_score(visitor: Visitor) -> None:
    scores = [each["score"] for each in visitor.walk(RATINGS, RATINGS)]

    for wanted in ("good", "bad", "offered"):
        assert scores.count(wanted) == len(list(visitor.walk(RATINGS, RATINGS, score=wanted)))
    received = list(visitor.walk(RATINGS, RATINGS, score="received"))
    assert {"good", "bad"} == {each["score"] for each in received}
    commented = visitor.walk(RATINGS, RATINGS, score="good_with_comment")
    assert sum(each["score"] == "good" and bool(each["comment"]) for each in received) == len(list(commented))


def test_ratings_cannot_be_asked_up_to_this_minute(visitor: Visitor) -> None:
    assert 422 == visitor.ask(RATINGS, start_time=0, end_time=SECONDS - 59).status_code


def test_responses_are_chosen_in_milliseconds_and_sorted_by_id_both_ways(visitor: Visitor) -> None:
    since = visitor.world.surveys_since
    middle = (since + visitor.world.end) // 2 * 1_000
    early, late = (
        [each["id"] for each in visitor.walk(RESPONSES, "survey_responses", **{f"filter[created_at_{edge}]": middle})]
        for edge in ("end", "start")
    )
    backwards = [each["id"] for each in visitor.walk(RESPONSES, "survey_responses", sort="-id")]

    assert early
    assert late
    assert [*early, *late] == sorted(early) + sorted(late) == backwards[::-1]


def test_responses_can_be_chosen_by_ticket(visitor: Visitor) -> None:
    one, other = [each["subject_zrns"][0] for each in visitor.get(RESPONSES)["survey_responses"][:2]]
    found = visitor.get(RESPONSES, **{"filter[subject_zrns]": f"{one},{other},zen:ticket:0"})

    assert [[one], [other]] == [each["subject_zrns"] for each in found["survey_responses"]]


def test_an_answer_is_mirrored_as_a_thumb(visitor: Visitor) -> None:
    tickets = {each["id"]: each for each in visitor.export("tickets")}
    answered = [
        (int(each["subjects"][0]["id"]), each["answers"][0]["rating"])
        for each in visitor.walk(RESPONSES, "survey_responses")
        if each["answers"] and each["answers"][0]["type"] == "rating_scale"
    ]

    assert answered
    for ticket, rating in answered:
        assert ("good" if rating >= 4 else "bad") == tickets[ticket]["satisfaction_rating"]["score"]


def test_an_answer_may_be_given_and_changed_until_it_expires(fresh: Visitor) -> None:
    number = next(
        ticket.number
        for ticket in fresh.sandbox.tickets()
        if ticket.survey and ticket.survey.answered_at is None and ticket.survey.expires_at > SECONDS
    )
    where = {"filter[subject_zrns]": f"zen:ticket:{number + 1}"}

    def answers() -> list[Any]:
        found: list[Any] = fresh.get(RESPONSES, **where)["survey_responses"][0]["answers"]
        return found

    before = answers()
    fresh.sandbox.deed.answer(number, satisfaction=2, ease=7)
    fresh.clock.sleep(3_600)
    fresh.enter()
    fresh.sandbox.deed.answer(number, satisfaction=5)
    rated, eased, _ = answers()

    assert [] == before
    assert (5, "2026-11-01T12:00:00.000Z", "2026-11-01T13:00:00.000Z") == tuple(
        rated[key] for key in ("rating", "created_at", "updated_at")
    )
    assert (7, "good", "effort") == (eased["rating"], eased["rating_category"], eased["question"]["alias"])


def test_of_a_deleted_ticket_no_opinion_is_told(fresh: Visitor) -> None:
    rated = fresh.get(RATINGS)["satisfaction_ratings"][0]["ticket_id"]
    fresh.sandbox.deed.delete(rated - 1)

    assert rated not in {each["ticket_id"] for each in fresh.walk(RATINGS, RATINGS)}


def events(visitor: Visitor, name: str, start: int = 0, **params: Any) -> dict[int, Any]:
    """Return the rows of an export by time, by id."""
    rows: dict[int, Any] = {}
    while True:
        page = visitor.get(f"incremental/{name}", start_time=start, **params)
        rows |= {each["id"]: each for each in page[name]}
        if page["end_of_stream"]:
            return rows
        start = page["end_time"]


def test_audits_tell_the_conversation_and_the_statuses(visitor: Visitor) -> None:
    ticket = next(each for each in visitor.world.tickets() if each.fate == "live" and each.reopens and each.is_solved)
    audits = [
        each
        for each in events(visitor, "ticket_events", include="comment_events").values()
        if each["ticket_id"] == ticket.number + 1
    ]
    children = [child for each in audits for child in each["child_events"]]

    assert [step.status for step in ticket.steps] == [child["status"] for child in children if "status" in child]
    assert len(ticket.comments) == sum(child["event_type"] == "Comment" for child in children)
    assert {comment.public for comment in ticket.comments} == {
        child["public"] for child in children if child["event_type"] == "Comment"
    }


def test_comments_have_no_text_unless_they_are_asked_for(visitor: Visitor) -> None:
    children = [child for each in events(visitor, "ticket_events").values() for child in each["child_events"]]

    assert [] == [child for child in children if "body" in child]


def test_what_happens_to_a_ticket_is_told_when_its_minute_is_over(fresh: Visitor) -> None:
    number = next(each.number for each in fresh.world.tickets() if each.status == "new" and each.fate == "live")
    assert {} == events(fresh, "ticket_events", SECONDS - 60)
    fresh.sandbox.deed.solve(number)
    fresh.clock.sleep(60)

    told = events(fresh, "ticket_events", SECONDS - 60)

    assert [(number + 1, "solved")] == [
        (each["ticket_id"], each["child_events"][-1]["status"]) for each in told.values()
    ]


def test_metric_events_tell_which_promises_were_kept(visitor: Visitor) -> None:
    """A target is broken when a breach that was not taken back lies before the fulfilment."""
    by_target: dict[tuple[int, str, int], dict[str, Any]] = defaultdict(dict)
    for each in events(visitor, "ticket_metric_events").values():
        if each["instance_id"]:
            by_target[each["ticket_id"], each["metric"], each["instance_id"]][each["type"]] = each
    outcome: dict[int, list[bool]] = defaultdict(list)
    for (ticket, _, _), told in by_target.items():
        if "apply_sla" in told and "fulfill" in told:
            outcome[ticket].append("breach" not in told or told["breach"]["deleted"])

    expected = {each.number + 1: kept for each in visitor.world.tickets() if (kept := promises_kept(each)) is not None}

    assert expected == {ticket: all(kept) for ticket, kept in outcome.items()}


def test_a_breach_is_announced_and_taken_back() -> None:
    visitor = Visitor(30)
    [number] = visitor.sandbox.deed.add_tickets()
    while visitor.sandbox.records.ticket(number).priority is None:
        [number] = visitor.sandbox.deed.add_tickets()

    def breach() -> Any:
        told = events(visitor, "ticket_metric_events").values()
        return next(each for each in told if each["ticket_id"] == number + 1 and each["type"] == "breach")

    visitor.clock.sleep(60)
    announced = breach()
    visitor.sandbox.deed.reply(number)
    visitor.clock.sleep(60)
    taken_back = breach()

    assert seconds(announced["time"]) > visitor.clock.now().timestamp()
    assert (False, True) == (announced["deleted"], taken_back["deleted"])
    assert announced["id"] == taken_back["id"]


def test_the_events_of_the_past_are_there_to_the_last() -> None:
    visitor = Visitor(300)
    latest = max(each["timestamp"] for each in events(visitor, "ticket_events").values())

    assert latest < datetime(2026, 11, 1, tzinfo=UTC).timestamp()
    assert 24 * 3_600 > visitor.world.end - latest
