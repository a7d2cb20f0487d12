"""What becomes of a ticket."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from latido.schema import SurveyResponse, Ticket
from tests.connectors.zendesk.builders import (
    NOON_SECONDS,
    copied,
    cursor_page,
    custom_fields,
    list_page,
    metric_set,
    ticket,
)
from tests.desk import Desk, rows

if TYPE_CHECKING:
    from latido.connect import Page
    from tests.connectors.zendesk.desk import Office

EXPORT = "incremental/tickets/cursor"
CES = {"scale_min": 1, "scale_max": 7, "higher_is_better": True}


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 1, 5, hour, minute, second, tzinfo=UTC)


def read(desk: Desk, office: Office, *tickets: Any, **settings: Any) -> list[Page]:
    desk.on(EXPORT, cursor_page("tickets", *tickets))
    return office.pages("tickets", **settings)


def stored(desk: Desk, office: Office, **fields: Any) -> Any:
    """Return the row of a ticket with *fields*."""
    (row,) = rows(read(desk, office, ticket(**fields)), Ticket)
    return row


def test_a_ticket_is_mapped_field_by_field(desk: Desk, office: Office) -> None:
    desk.on("groups", list_page("groups", {"id": 301, "name": "Support"}))
    desk.on("custom_statuses", {"custom_statuses": [{"id": 41, "agent_label": "Waiting for parts"}]})

    row = stored(
        desk,
        office,
        status="hold",
        custom_status_id=41,
        external_id="crm-7",
        tags=["vip"],
        satisfaction_rating={"score": "good", "comment": "thanks"},
    )

    assert "1" == row.source_id
    assert "crm-7" == row.external_id
    assert "https://acme.zendesk.com/agent/tickets/1" == row.url
    assert (at(9), at(12)) == (row.created_at, row.updated_at)
    assert (False, None, None) == (row.is_deleted, row.merged_into, row.custom)
    assert "It does not work" == row.subject
    assert ("501", "9001", "7001", "Support") == (row.account_id, row.contact_id, row.assignee_id, row.team)
    assert ("on_hold", "Waiting for parts") == (row.status, row.status_raw)
    assert ("normal", "incident", "email") == (row.priority, row.type, row.channel)
    assert ("good", "thanks") == (row.csat, row.csat_comment)
    assert ("vip",) == row.tags
    assert (None, None) == (row.is_spam, row.sla_met)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("new", "new"), ("open", "open"), ("pending", "pending"), ("hold", "on_hold"),
        ("solved", "solved"), ("closed", "closed"), ("brand_new_word", "unknown"),
    ],
)  # fmt: skip
def test_a_status_is_one_of_ours_or_unknown(desk: Desk, office: Office, theirs: str, ours: str) -> None:
    row = stored(desk, office, status=theirs)

    assert (ours, theirs) == (row.status, row.status_raw)


def test_a_closed_ticket_is_not_called_by_the_label_of_a_solved_one(desk: Desk, office: Office) -> None:
    desk.on("custom_statuses", {"custom_statuses": [{"id": 41, "agent_label": "Solved"}]})

    assert "closed" == stored(desk, office, status="closed", custom_status_id=41).status_raw


def test_metrics_become_moments_and_counts(desk: Desk, office: Office) -> None:
    measured = metric_set(
        replies=2,
        reopens=1,
        solved_at="2026-01-05T11:30:15Z",
        status_updated_at="2026-01-09T11:30:15Z",
        reply_time_in_minutes={"calendar": 12, "business": 3},
        first_resolution_time_in_minutes={"calendar": 60, "business": 30},
    )

    row = stored(desk, office, status="closed", metric_set=measured)

    assert (2, 1) == (row.agent_replies, row.reopens)
    assert at(9, 12) == row.first_reply_at
    assert at(10) == row.first_solved_at
    assert at(11, 30, 15) == row.solved_at
    assert datetime(2026, 1, 9, 11, 30, 15, tzinfo=UTC) == row.closed_at


def test_a_metric_set_with_nulls_says_that_nothing_is_known_yet(desk: Desk, office: Office) -> None:
    """Null means "not yet"; a KPI that took it for 0 would flatter."""
    row = stored(desk, office, metric_set=metric_set(reopens=None, replies=None))

    found = (row.first_reply_at, row.agent_replies, row.first_solved_at, row.solved_at, row.closed_at, row.reopens)
    assert (None, None, None, None, None, None) == found


def test_a_reply_within_the_first_minute_is_a_reply_at_once(desk: Desk, office: Office) -> None:
    row = stored(desk, office, metric_set=metric_set(reply_time_in_minutes={"calendar": 0, "business": 0}))

    assert at(9) == row.first_reply_at


@pytest.mark.parametrize(("messaging", "expected"), [(True, at(9, 0, 40)), (False, at(9, 1))])
def test_seconds_count_only_where_zendesk_keeps_them(
    desk: Desk, office: Office, messaging: bool, expected: datetime
) -> None:
    measured = metric_set(reply_time_in_minutes={"calendar": 1, "business": 1}, reply_time_in_seconds={"calendar": 40})

    row = stored(desk, office, from_messaging_channel=messaging, metric_set=measured)

    assert expected == row.first_reply_at


def test_metric_sets_beside_the_tickets_are_found_too(desk: Desk, office: Office) -> None:
    desk.on(EXPORT, cursor_page("tickets", ticket(metric_set=None), metric_sets=[metric_set(1, replies=3)]))

    (row,) = rows(office.pages("tickets"), Ticket)

    assert 3 == row.agent_replies


@pytest.mark.parametrize("beside", [True, False])
def test_live_tickets_without_metrics_are_looked_up(desk: Desk, office: Office, beside: bool) -> None:
    """A row without metrics would replace the one that has them."""
    found = {"tickets": [ticket(1, metric_set=None)], "metric_sets": [metric_set(1, replies=3)]}
    embedded = {"tickets": [ticket(1, metric_set=metric_set(1, replies=3))]}
    desk.on("tickets/show_many", found if beside else embedded)

    (page,) = read(desk, office, ticket(1, metric_set=None), ticket(2), ticket(3, status="deleted", metric_set=None))

    assert [3, 0, None] == [row.agent_replies for row in rows([page], Ticket)]
    assert (["1"], []) == (desk.params("tickets/show_many", "ids"), list(page.warnings))


def test_live_tickets_without_metrics_are_announced(desk: Desk, office: Office) -> None:
    (page,) = read(desk, office, ticket(1, metric_set=None), ticket(2), ticket(3, status="deleted", metric_set=None))

    assert ["1 tickets came without metrics: their replies and solves are not known."] == [
        str(each) for each in page.warnings
    ]


@pytest.mark.parametrize(
    ("requester", "submitter", "expected"),
    [(9001, 9001, False), (9001, 7001, True), (9001, 9002, None), (1, None, None)],
)
def test_who_opened_a_ticket_is_told_only_when_known(
    desk: Desk, office: Office, requester: int, submitter: int | None, expected: bool | None
) -> None:
    """A submitter who is no agent today may have been one then."""
    agent, customer = {"id": 7001, "role": "agent"}, {"id": 9002, "role": "end-user"}
    desk.on("users", list_page("users", agent, customer))

    row = stored(desk, office, requester_id=requester, submitter_id=submitter)

    assert expected is row.created_by_agent


@pytest.mark.parametrize(
    ("score", "expected"),
    [("good", "good"), ("bad", "bad"), ("offered", "offered"), ("unoffered", "none"), ("lukewarm", "unknown")],
)
def test_satisfaction_is_a_word_of_ours(desk: Desk, office: Office, score: str, expected: str) -> None:
    assert expected == stored(desk, office, satisfaction_rating={"score": score}).csat


def test_an_account_without_ratings_says_nothing_of_satisfaction(desk: Desk, office: Office) -> None:
    assert stored(desk, office, satisfaction_rating=None).csat is None


def test_a_deleted_ticket_is_a_tombstone(desk: Desk, office: Office) -> None:
    row = stored(desk, office, status="deleted", metric_set=None)

    assert (True, None, "deleted", "It does not work") == (row.is_deleted, row.status, row.status_raw, row.subject)


def test_a_scrubbed_ticket_keeps_no_subject(desk: Desk, office: Office) -> None:
    row = stored(desk, office, status="deleted", subject="SCRUBBED", description="X", metric_set=None)

    assert (True, None) == (row.is_deleted, row.subject)


def test_a_merged_ticket_is_merged_into_an_unknown_one(desk: Desk, office: Office) -> None:
    """Its resolution is none; Zendesk tags it and does not name the survivor."""
    row = stored(desk, office, status="closed", tags=["closed_by_merge"])

    assert "unknown" == row.merged_into


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ({"generated_timestamp": 100}, {"generated_timestamp": 101}),
        ({"generated_timestamp": 101, "updated_at": "2026-01-05T10:00:00Z"}, {"generated_timestamp": 101}),
        ({"generated_timestamp": 100}, {"generated_timestamp": 101, "updated_at": "2020-01-05T10:00:00Z"}),
        ({"metric_set": None}, {}),
        ({"generated_timestamp": None, "updated_at": "2026-01-05T11:59:59Z"}, {"generated_timestamp": None}),
        ({"generated_timestamp": NOON_SECONDS - 1}, {"generated_timestamp": None}),
    ],
)
def test_the_version_follows_the_clock_of_the_export_then_the_update(
    desk: Desk, office: Office, older: Any, newer: Any
) -> None:
    old, new = rows(read(desk, office, ticket(1, **older), ticket(1, **newer)), Ticket)

    assert old.version < new.version


def test_custom_fields_are_kept_by_id_without_the_empty_ones(desk: Desk, office: Office) -> None:
    fields = custom_fields(f1001="12.50", f1002=["a", "b"], f1003=None, f1004=False)

    assert {"1001": "12.50", "1002": ["a", "b"], "1004": False} == stored(desk, office, custom_fields=fields).custom


def test_the_settings_choose_custom_fields(desk: Desk, office: Office) -> None:
    fields = custom_fields(f1001="a", f1002="b")

    (row,) = rows(read(desk, office, ticket(custom_fields=fields), custom=["1002"]), Ticket)

    assert {"1002": "b"} == row.custom


def test_a_custom_field_may_fill_a_column(desk: Desk, office: Office) -> None:
    fields = {"tickets": {"priority": "custom_fields.1001"}}

    (row,) = rows(read(desk, office, ticket(custom_fields=custom_fields(f1001="P1")), fields=fields), Ticket)

    assert "P1" == row.priority


def test_what_customers_wrote_is_not_kept(desk: Desk, office: Office) -> None:
    (page,) = read(desk, office, ticket(), ticket(2, created_at=17))

    assert "Ana" not in repr(rows([page], Ticket))
    assert "Ana" not in repr(page.rejected)


def test_what_customers_wrote_is_kept_if_the_user_maps_it(desk: Desk, office: Office) -> None:
    (row,) = rows(read(desk, office, ticket(), fields={"tickets": {"subject": "description"}}), Ticket)

    assert row.subject.startswith("Dear all")


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"created_at": 17}, "created_at: expected a point in time"),
        ({"id": None}, "source_id: missing"),
        ({"metric_set": metric_set(replies="many")}, "agent_replies: expected a number"),
        ({"metric_set": "none"}, ""),
        ({"custom_fields": "none"}, "custom: expected an object"),
        ({"generated_timestamp": "yesterday"}, "version: "),
        ({"tags": "vip"}, "tags: expected a list"),
    ],
)
def test_a_ticket_of_wrong_types_is_put_aside_and_the_others_go_on(
    desk: Desk, office: Office, broken: Any, reason: str
) -> None:
    (page,) = read(desk, office, ticket(1, **broken), ticket(2))

    assert ["2"] == [row.source_id for row in rows([page], Ticket)]
    (rejected,) = page.rejected
    assert rejected.reason.startswith(reason)


def test_a_record_that_is_none_is_put_aside(desk: Desk, office: Office) -> None:
    (page,) = read(desk, office, None, "ticket", ticket(3))

    assert (["3"], 2) == ([row.source_id for row in rows([page], Ticket)], len(page.rejected))


def test_a_rejected_ticket_fits_once_the_mapping_does(desk: Desk, office: Office) -> None:
    """The payload in quarantine is what the mapping can be tried on again."""
    (page,) = read(desk, office, ticket(1, custom_fields=custom_fields(f7="x"), priority=["high"]))
    stream = office.stream("tickets", fields={"tickets": {"priority": "type"}})

    again, faults = stream.rows(Ticket, [copied(each.payload) for each in page.rejected])

    assert ([], [{"7": "x"}]) == (faults, [row.custom for row in again])


def test_a_page_read_twice_gives_the_same_rows(desk: Desk, office: Office) -> None:
    known = ticket(custom_fields=custom_fields(f7="x"), status="solved")

    assert rows(read(desk, office, known), Ticket) == rows(read(desk, office, known), Ticket)


def test_a_score_in_a_ticket_field_is_an_answer(desk: Desk, office: Office) -> None:
    measured = metric_set(solved_at="2026-01-05T11:00:00Z")
    fields = custom_fields(f360="ces_5")

    (page,) = read(desk, office, ticket(metric_set=measured, custom_fields=fields), ces={"ticket_field": 360, **CES})

    (answer,) = rows([page], SurveyResponse)
    assert ("ticket:1:360", "ces", "field:360", 5.0) == (answer.source_id, answer.kind, answer.survey_id, answer.score)
    assert (1.0, 7.0, True) == (answer.scale_min, answer.scale_max, answer.higher_is_better)
    assert ("9001", "501", "1", at(11)) == (answer.contact_id, answer.account_id, answer.ticket_id, answer.answered_at)


@pytest.mark.parametrize(
    ("value", "score"),
    [("5", 5.0), (5, 5.0), ("4.5", 4.5), ("ces_5", 5.0), ("easy", None), ("v2x", None), (True, None)],
)
def test_a_score_is_a_number_or_a_tag_that_ends_in_one(desk: Desk, office: Office, value: Any, score: Any) -> None:
    (page,) = read(desk, office, ticket(custom_fields=custom_fields(f360=value)), ces={"ticket_field": 360, **CES})

    (answer,) = rows([page], SurveyResponse)
    assert score == answer.score


def test_an_answer_that_was_emptied_is_deleted(desk: Desk, office: Office) -> None:
    (page,) = read(desk, office, ticket(custom_fields=custom_fields(f360=None)), ces={"ticket_field": 360, **CES})

    assert {SurveyResponse: {"ticket:1:360": None}} == page.deleted
    assert [] == rows([page], SurveyResponse)


def test_another_survey_field_reads_tickets_again(office: Office) -> None:
    without = office.stream("tickets").fingerprint()

    assert without != office.stream("tickets", ces={"ticket_field": 360, **CES}).fingerprint()
