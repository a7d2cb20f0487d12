"""What customers answered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import NotOffered
from latido.schema import SurveyResponse
from tests.connectors.hubspot.builders import gone, listed, record
from tests.connectors.hubspot.links import asked_for, between, linked, links
from tests.desk import Desk, Says, rows

if TYPE_CHECKING:
    from latido.connect import Page
    from tests.connectors.hubspot.desk import Office

ANSWERS = "feedback_submissions"
SURVEY_13 = {"13": {"scale_min": 1, "scale_max": 5}}


def answer(kind: str = "NPS", value: str | None = "9", key: Any = 9001, **more: Any) -> dict[str, Any]:
    told = {
        "hs_survey_id": "11", "hs_survey_type": kind, "hs_value": value, "hs_contact_id": "501",
        "hs_submission_timestamp": "2026-01-05T10:00:00Z",
    }  # fmt: skip
    return record(key, **{**told, **more})


def read(desk: Desk, office: Office, *answers: Any, **settings: Any) -> list[Page]:
    desk.on(ANSWERS, listed(*answers), listed())
    for other in ("contacts", "tickets"):
        if not desk.requests(between(ANSWERS, other)):
            desk.on(between(ANSWERS, other), links())
    return office.pages(ANSWERS, **settings)


def one(desk: Desk, office: Office, given: Any, **settings: Any) -> Any:
    (row,) = rows(read(desk, office, given, **settings), SurveyResponse)
    return row


@pytest.mark.parametrize(
    ("written", "kind", "scale"),
    [
        ("NPS", "nps", (0, 10)),
        ("nps", "nps", (0, 10)),
        ("Ces", "ces", (1, 7)),
        ("KNOWLEDGE", "other", (None, None)),
        ("CUSTOM", "other", (None, None)),
        (None, "other", (None, None)),
    ],
)
def test_the_kind_is_told_in_any_spelling_and_says_the_scale(
    desk: Desk, office: Office, written: str | None, kind: str, scale: tuple[float | None, float | None]
) -> None:
    row = one(desk, office, answer(written, "3"))  # type: ignore[arg-type]

    assert (kind, 3, scale) == (row.kind, row.score, (row.scale_min, row.scale_max))


def test_an_answer_is_mapped_field_by_field(desk: Desk, office: Office) -> None:
    row = one(
        desk, office,
        answer(
            hs_content="great", hs_survey_name="Recommend us", hs_survey_channel="EMAIL",
            hs_contact_email_rollup="ana@example.com",
        ),
    )  # fmt: skip

    assert ("9001", "11", "great", "501") == (row.source_id, row.survey_id, row.comment, row.contact_id)
    assert ("Recommend us", "email", "ana@example.com") == (row.touchpoint, row.channel, row.respondent_email)


def test_an_answer_counts_when_it_was_given_not_when_it_was_stored(desk: Desk, office: Office) -> None:
    """It is told in ISO 8601, or in milliseconds since 1970."""
    iso, millis = (
        one(desk, office, answer(hs_submission_timestamp=told)) for told in ("2026-02-01T00:00:00Z", "1769904000000")
    )

    assert [datetime(2026, 2, 1, tzinfo=UTC)] * 2 == [iso.answered_at, millis.answered_at]


def test_satisfaction_has_no_scale_of_its_own(desk: Desk, office: Office) -> None:
    row = one(desk, office, answer("CSAT", "4"))

    assert ("csat", 4, None, None) == (row.kind, row.score, row.scale_min, row.scale_max)


@pytest.mark.parametrize(
    ("group", "sentiment", "satisfied"),
    [("PROMOTER", None, 1), ("Happy", "NEGATIVE", 1), ("Passive", None, 0), (None, "negative", 0), ("", "POSITIVE", 1)],
)
def test_without_a_scale_hubspots_verdict_takes_the_place_of_the_score(
    desk: Desk, office: Office, group: str | None, sentiment: str | None, satisfied: float
) -> None:
    row = one(desk, office, answer("CSAT", "2", hs_response_group=group, hs_sentiment=sentiment))

    assert (satisfied, 0, 1, True) == (row.score, row.scale_min, row.scale_max, row.higher_is_better)


def test_the_settings_say_how_a_survey_is_to_be_read(desk: Desk, office: Office) -> None:
    asked = answer("CSAT", "4", hs_survey_id="13", hs_response_group="Happy")

    row = one(desk, office, asked, surveys=SURVEY_13)

    assert ("csat", 4, 1, 5, True) == (row.kind, row.score, row.scale_min, row.scale_max, row.higher_is_better)


def test_the_settings_give_a_kind_to_a_survey_of_the_users_own(desk: Desk, office: Office) -> None:
    effort = {"13": {"kind": "ces", "scale_min": 1, "scale_max": 5, "higher_is_better": False}}

    row = one(desk, office, answer("CUSTOM", "4", hs_survey_id="13"), surveys=effort)

    assert ("ces", 4, 1, 5, False) == (row.kind, row.score, row.scale_min, row.scale_max, row.higher_is_better)


def test_other_settings_read_the_answers_again(office: Office) -> None:
    one, other = (office.stream(ANSWERS, surveys=each).fingerprint() for each in ({}, SURVEY_13))

    assert one != other


def test_an_empty_score_is_none(desk: Desk, office: Office) -> None:
    assert one(desk, office, answer("NPS", "")).score is None


def test_who_answered_about_which_ticket_is_told_by_associations(desk: Desk, office: Office) -> None:
    desk.on(between(ANSWERS, "contacts"), links(linked(9002, 502)))
    desk.on(between(ANSWERS, "tickets"), links(linked(9001, 7), linked(9002, 8)))
    desk.on(ANSWERS, listed(answer(key=9001), answer(key=9002, hs_contact_id="")), listed())

    answers = rows(office.pages(ANSWERS), SurveyResponse)

    assert [("501", "7"), ("502", "8")] == [(row.contact_id, row.ticket_id) for row in answers]
    assert [[{"id": "9002"}]] == asked_for(desk, ANSWERS, "contacts")


def test_the_properties_are_named_since_hubspot_tells_hardly_any_by_itself(desk: Desk, office: Office) -> None:
    read(desk, office)

    asked = set((desk.params(ANSWERS, "properties")[0] or "").split(","))
    assert {"hs_value", "hs_survey_type", "hs_survey_id", "hs_response_group", "hs_sentiment", "hs_content"} <= asked


def test_an_answer_that_was_deleted_is_deleted(desk: Desk, office: Office) -> None:
    desk.on(ANSWERS, listed(), listed(gone(9001)))

    deleted = [page.deleted for page in office.pages(ANSWERS) if page.deleted]

    assert ["9001"] == [key for each in deleted for key in each[SurveyResponse]]


def test_a_score_that_is_none_is_put_aside_and_the_others_go_on(desk: Desk, office: Office) -> None:
    pages = read(desk, office, answer("NPS", "nine"), answer(key=9002))

    assert ["9002"] == [row.source_id for row in rows(pages, SurveyResponse)]
    assert ["9001"] == [each.source_id for page in pages for each in page.rejected]


def test_an_edition_without_surveys_has_none(desk: Desk, office: Office) -> None:
    desk.on(ANSWERS, Says(403, {"category": "MISSING_SCOPES", "message": "This app hasn't been granted …"}))

    with pytest.raises(NotOffered):
        office.pages(ANSWERS)
