"""What customers answered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from latido.schema import SurveyResponse
from tests.connectors.salesforce.builders import key, record
from tests.connectors.salesforce.desk import found, refused
from tests.connectors.salesforce.service import lookup
from tests.desk import rows

if TYPE_CHECKING:
    from latido.connect import Page
    from tests.connectors.salesforce.desk import Office, SalesforceDesk

RESPONSE, INVITATION, CASE, ANA = key("0Kw", 1), key("0Ki", 1), key("500", 1), key("003", 1)
FINISHED = "2026-01-05T10:00:00.000+0000"


def response(n: int = 1, **more: Any) -> dict[str, Any]:
    told = {
        "CompletionDateTime": FINISHED, "SubmitterId": ANA, "InvitationId": INVITATION, "SurveyId": key("0Kd", 1),
        "Invitation": {"ContactId": ANA, "LeadId": None},
    }  # fmt: skip
    return {**record("SurveyResponse", "0Kw", n), **told, **more}


def answered(n: int, kind: str, number: int | None, name: str = "q", **more: Any) -> dict[str, Any]:
    told = {
        "ResponseId": RESPONSE, "NumberValue": number, "ResponseValue": None if number is None else str(number),
        "ChoiceValue": None, "Question": {"QuestionType": kind, "DeveloperName": name},
    }  # fmt: skip
    return {**record("SurveyQuestionResponse", "0Kx", n), **told, **more}


def said(n: int, text: str) -> dict[str, Any]:
    return answered(n, "FreeText", None, "why", ResponseValue=text)


def opened(desk: SalesforceDesk) -> SalesforceDesk:
    desk.has(
        "SurveyResponse", "SurveyId", CompletionDateTime="datetime", SubmitterId=lookup("Submitter", "Contact", "User"),
        InvitationId=lookup("Invitation", "SurveyInvitation"),
    )  # fmt: skip
    desk.has("SurveyInvitation", ContactId="reference", LeadId="reference")
    desk.has("SurveyQuestion", "QuestionType", "DeveloperName")
    desk.has(
        "SurveyQuestionResponse", "ResponseValue", "ChoiceValue", ResponseId=lookup("Response", "SurveyResponse"),
        QuestionId=lookup("Question", "SurveyQuestion"), NumberValue="int",
    )  # fmt: skip
    desk.has("SurveySubject", SurveyResponseId="reference", SurveyInvitationId="reference", SubjectId="reference")
    return desk


def pages(desk: SalesforceDesk, office: Office, *answers: Any, of: Any = None, **settings: Any) -> list[Page]:
    opened(desk).rows("SurveyResponse", found(of or response()))
    desk.rows("SurveyQuestionResponse", found(*answers))
    return office.pages("survey_responses", **settings)


def read(desk: SalesforceDesk, office: Office, *answers: Any, of: Any = None, **settings: Any) -> list[Any]:
    return rows(pages(desk, office, *answers, of=of, **settings), SurveyResponse)


def test_each_question_that_scores_is_an_answer(desk: SalesforceDesk, office: Office) -> None:
    nps, csat = read(desk, office, answered(1, "NPS", 9), answered(2, "CSAT", 4), said(3, "thanks"))

    assert (key("0Kx", 1), "nps", 9, 0, 10, True) == (
        nps.source_id, nps.kind, nps.score, nps.scale_min, nps.scale_max, nps.higher_is_better,
    )  # fmt: skip
    assert ("csat", 4, 1, 5) == (csat.kind, csat.score, csat.scale_min, csat.scale_max)
    assert datetime(2026, 1, 5, 10, tzinfo=UTC) == nps.answered_at == csat.answered_at
    assert (key("0Kd", 1), ANA, "q") == (nps.survey_id, nps.contact_id, nps.touchpoint)


def test_answers_that_could_not_be_looked_up_are_not_passed_over(desk: SalesforceDesk, office: Office) -> None:
    """The same responses are asked for again."""
    opened(desk).rows("SurveyResponse", found(response()))
    desk.rows("SurveyQuestionResponse", refused("INVALID_QUERY_LOCATOR"), found(answered(1, "NPS", 9)))

    (row,) = rows(office.pages("survey_responses"), SurveyResponse)

    assert 9 == row.score
    first, again = desk.queries("SurveyResponse")
    assert first == again


def test_what_was_said_counts_once(desk: SalesforceDesk, office: Office) -> None:
    first, second = read(desk, office, answered(1, "NPS", 9), answered(2, "CSAT", 4), said(3, "thanks"))

    assert ("thanks", None) == (first.comment, second.comment)


def test_what_was_said_goes_with_the_first_score_that_was_given(desk: SalesforceDesk, office: Office) -> None:
    (given,) = read(desk, office, answered(1, "NPS", None), answered(2, "CSAT", 4), said(3, "thanks"))

    assert (4, "thanks") == (given.score, given.comment)


def test_the_settings_name_questions_about_effort_and_other_scales(desk: SalesforceDesk, office: Office) -> None:
    """There is no type of question for effort. A name goes before a type."""
    questions = {
        "effort": {"kind": "ces", "scale_min": 1, "scale_max": 7},
        "stars": {"kind": "csat", "scale_min": 1, "scale_max": 10},
        "CSAT": {"kind": "csat", "scale_min": 1, "scale_max": 5},
    }
    told = (answered(1, "Rating", 6, "effort"), answered(2, "CSAT", 8, "stars"), answered(3, "CSAT", 3))

    effort, stars, plain = read(desk, office, *told, questions=questions)

    assert ("ces", 6, 7) == (effort.kind, effort.score, effort.scale_max)
    assert [("csat", 10), ("csat", 5)] == [(each.kind, each.scale_max) for each in (stars, plain)]


def test_a_score_that_the_settings_do_not_name_is_another_one_without_scale(
    desk: SalesforceDesk, office: Office
) -> None:
    (row,) = read(desk, office, answered(1, "Slider", 70))

    assert ("other", 70, None, None) == (row.kind, row.score, row.scale_min, row.scale_max)


def test_a_choice_whose_label_is_a_number_is_a_score_where_the_settings_name_it(
    desk: SalesforceDesk, office: Office
) -> None:
    questions = {"effort": {"kind": "ces", "scale_min": 1, "scale_max": 7}}
    chosen = answered(1, "RadioButton", None, "effort", ChoiceValue="5")

    (row,) = read(
        desk, office, chosen, answered(2, "RadioButton", None, "colour", ChoiceValue="5"), questions=questions
    )

    assert 5 == row.score


def test_a_response_that_is_not_finished_is_no_answer(desk: SalesforceDesk, office: Office) -> None:
    assert [] == read(desk, office, answered(1, "NPS", 9), of=response(CompletionDateTime=None))
    assert [] == desk.queries("SurveyQuestionResponse")


def test_a_response_that_is_finished_later_brings_answers_which_nothing_touched(
    desk: SalesforceDesk, office: Office
) -> None:
    """So responses are followed, and not the answers in them."""
    read(desk, office, answered(1, "NPS", 9))

    (followed,), (looked_up,) = desk.queries("SurveyResponse"), desk.queries("SurveyQuestionResponse")
    assert "ORDER BY SystemModstamp, Id" in followed
    assert f"WHERE (ResponseId IN ('{RESPONSE}'))" in looked_up


def test_a_question_that_was_left_out_is_no_answer(desk: SalesforceDesk, office: Office) -> None:
    (page, _last) = pages(desk, office, answered(1, "NPS", None))

    assert [] == rows([page], SurveyResponse)
    assert {key("0Kx", 1): None} == page.deleted[SurveyResponse]


def test_the_subject_of_a_response_or_of_its_invitation_is_what_it_is_about(
    desk: SalesforceDesk, office: Office
) -> None:
    about = [{"SurveyResponseId": RESPONSE, "SubjectId": key("001", 7)}]
    invited = [{"SurveyInvitationId": INVITATION, "SubjectId": each} for each in (CASE, key("006", 5))]
    opened(desk).rows("SurveySubject", found(*about), found(*invited))

    (row,) = read(desk, office, answered(1, "NPS", 9))

    assert (key("001", 7), CASE, key("006", 5)) == (row.account_id, row.ticket_id, row.deal_id)


def test_subjects_that_may_not_be_read_are_left_open(desk: SalesforceDesk, office: Office) -> None:
    opened(desk).on("sobjects/SurveySubject/describe", desk.unknown())

    (row,) = read_without_subjects(desk, office)

    assert row.ticket_id is None
    assert 1 == len(office.warnings)


def read_without_subjects(desk: SalesforceDesk, office: Office) -> list[Any]:
    desk.rows("SurveyResponse", found(response())).rows("SurveyQuestionResponse", found(answered(1, "NPS", 9)))
    return rows(office.pages("survey_responses"), SurveyResponse)


@pytest.mark.parametrize(
    ("submitter", "invitation", "expected"),
    [
        (ANA, None, ANA),
        (key("00Q", 1), None, f"lead:{key('00Q', 1)}"),
        (key("005", 1), {"ContactId": ANA, "LeadId": None}, ANA),
        (None, {"ContactId": None, "LeadId": key("00Q", 2)}, f"lead:{key('00Q', 2)}"),
        (None, None, None),
    ],
)
def test_who_answered_is_a_contact_or_a_lead_or_nobody(
    desk: SalesforceDesk, office: Office, submitter: Any, invitation: Any, expected: Any
) -> None:
    (row,) = read(desk, office, answered(1, "NPS", 9), of=response(SubmitterId=submitter, Invitation=invitation))

    assert expected == row.contact_id


def test_a_deleted_response_takes_its_answers_along(desk: SalesforceDesk, office: Office) -> None:
    (row,) = read(desk, office, answered(1, "NPS", 9), of=response(IsDeleted=True))

    assert row.is_deleted
    asked = [each.path for each in desk.asked if "FROM SurveyQuestionResponse" in each.params.get("q", "")]
    assert ["/services/data/v64.0/queryAll"] == asked


def test_questions_read_otherwise_are_read_again(office: Office) -> None:
    other = {"CSAT": {"kind": "csat", "scale_min": 1, "scale_max": 7}}

    assert (
        office.stream("survey_responses").fingerprint()
        != office.stream("survey_responses", questions=other).fingerprint()
    )


def test_a_response_that_is_none_is_put_aside(desk: SalesforceDesk, office: Office) -> None:
    (page, _last) = pages(desk, office, of={"Id": None, "CompletionDateTime": "soon"})

    assert 1 == len(page.rejected)
