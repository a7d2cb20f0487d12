"""Answers that an organization keeps in objects and fields of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from latido.errors import ConfigurationError
from latido.schema import SurveyResponse
from tests.connectors.salesforce.builders import key, record
from tests.connectors.salesforce.desk import found
from tests.connectors.salesforce.service import case, lookup
from tests.desk import last_cursor, rows

if TYPE_CHECKING:
    from tests.connectors.salesforce.desk import Office, SalesforceDesk

NPS = {
    "sobject": "NPS__c", "kind": "nps", "score": "Score__c", "scale_min": 0, "scale_max": 10,
    "answered_at": "Answered__c", "comment": "Remark__c", "contact": "Contact__c", "account": "Contact__r.AccountId",
    "email": "Email__c",
}  # fmt: skip
CSAT = {
    "sobject": "Case", "kind": "csat", "score": "CSAT__c", "scale_min": 1, "scale_max": 5, "answered_at": "ClosedDate",
    "case": "Id", "contact": "ContactId", "where": "IsClosed = true",
}  # fmt: skip


def opened(desk: SalesforceDesk) -> SalesforceDesk:
    desk.has(
        "NPS__c", "Email__c", "Kind__c", Score__c="double", Answered__c="datetime", Remark__c="textarea", Day__c="date",
        Contact__c=lookup("Contact__r", "Contact"),
    )  # fmt: skip
    desk.has("Contact", AccountId="reference")
    return desk.has("Case", ClosedDate="datetime", CSAT__c="picklist", ContactId="reference", IsClosed="boolean")


def answer(n: int = 1, **more: Any) -> dict[str, Any]:
    told = {
        "Score__c": 9.0, "Answered__c": "2026-01-05T10:00:00.000+0000", "Remark__c": "thanks",
        "Contact__c": key("003", 1), "Contact__r": {"AccountId": key("001", 1)}, "Email__c": "ana@hoth.example",
        "Kind__c": None, "Day__c": "2026-01-04",
    }  # fmt: skip
    return {**record("NPS__c", "a01", n), **told, **more}


def read(desk: SalesforceDesk, office: Office, *answers: Any, **more: Any) -> list[Any]:
    opened(desk).rows("NPS__c", found(*answers))
    return rows(office.pages("survey_objects", survey_objects=[{**NPS, **more}]), SurveyResponse)


def test_a_record_of_an_object_of_ones_own_is_an_answer(desk: SalesforceDesk, office: Office) -> None:
    (row,) = read(desk, office, answer())

    assert (f"NPS__c.Score__c:{key('a01', 1)}", "nps", 9, 0, 10, "thanks") == (
        row.source_id, row.kind, row.score, row.scale_min, row.scale_max, row.comment,
    )  # fmt: skip
    assert (key("003", 1), key("001", 1), "ana@hoth.example", "NPS__c") == (
        row.contact_id, row.account_id, row.respondent_email, row.survey_id,
    )  # fmt: skip
    assert datetime(2026, 1, 5, 10, tzinfo=UTC) == row.answered_at


def test_fields_of_a_case_are_an_answer_too(desk: SalesforceDesk, office: Office) -> None:
    closed: dict[str, Any] = {"ClosedDate": "2026-01-05T10:00:00.000+0000", "CSAT__c": " 4 "}
    opened(desk).rows("Case", found(case(**closed)))

    (row,) = rows(office.pages("survey_objects", survey_objects=[CSAT]), SurveyResponse)

    assert ("csat", 4, key("500", 1), key("003", 1)) == (row.kind, row.score, row.ticket_id, row.contact_id)
    assert "(IsClosed = true)" in desk.queries("Case")[0]


def test_a_record_may_say_itself_of_what_kind_it_is(desk: SalesforceDesk, office: Office) -> None:
    told = [answer(n, Kind__c=each) for n, each in enumerate(("CSAT", "Ces", "Mood", None))]

    assert ["csat", "ces", "other", "nps"] == [each.kind for each in read(desk, office, *told, kind_field="Kind__c")]


@pytest.mark.parametrize("missing", ["Score__c", "Answered__c"])
def test_a_record_without_score_or_time_is_no_answer_yet(desk: SalesforceDesk, office: Office, missing: str) -> None:
    opened(desk).rows("NPS__c", found({**answer(), missing: None}))

    page, *_rest = office.pages("survey_objects", survey_objects=[NPS])

    assert [] == rows([page], SurveyResponse)
    assert {f"NPS__c.Score__c:{key('a01', 1)}": None} == page.deleted[SurveyResponse]


def test_a_day_counts_at_noon(desk: SalesforceDesk, office: Office) -> None:
    (row,) = read(desk, office, answer(), answered_at="Day__c")

    assert datetime(2026, 1, 4, 12, tzinfo=UTC) == row.answered_at


def test_an_answer_of_a_lead_is_that_of_a_lead(desk: SalesforceDesk, office: Office) -> None:
    (row,) = read(desk, office, answer(Contact__c=key("00Q", 1)))

    assert f"lead:{key('00Q', 1)}" == row.contact_id


@pytest.mark.parametrize("role", ["score", "answered_at", "comment", "contact", "account", "email"])
def test_a_field_that_there_is_not_is_said_before_anything_is_read(
    desk: SalesforceDesk, office: Office, role: str
) -> None:
    opened(desk)
    stream: Any = office.stream("survey_objects", survey_objects=[{**NPS, role: "Scores__c"}])

    with pytest.raises(ConfigurationError, match="NPS__c has no field Scores__c"):
        stream.probe()
    with pytest.raises(ConfigurationError, match="NPS__c has no field Scores__c"):
        list(stream.pages({}))

    assert [] == desk.queries("NPS__c")


def test_objects_are_read_one_after_the_other_each_from_its_own_place(desk: SalesforceDesk, office: Office) -> None:
    opened(desk).rows("NPS__c", found(answer()))
    desk.rows("Case", found(case(ClosedDate="2026-01-05T10:00:00.000+0000", CSAT__c="5")))
    pages = office.pages("survey_objects", survey_objects=[NPS, CSAT])

    assert ["nps", "csat"] == [each.kind for each in rows(pages, SurveyResponse)]
    places = {key: place["since"] for key, place in last_cursor(pages)["objects"].items()}
    since = "2026-01-10T11:55:01+00:00"
    assert {"NPS__c.Score__c:": since, "Case.CSAT__c:": since} == places


def test_an_object_that_may_not_be_read_does_not_stop_the_others(desk: SalesforceDesk, office: Office) -> None:
    opened(desk).on("sobjects/NPS__c/describe", desk.unknown())
    desk.rows("Case", found(case(ClosedDate="2026-01-05T10:00:00.000+0000", CSAT__c="5")))

    pages = office.pages("survey_objects", survey_objects=[NPS, CSAT])

    assert ["csat"] == [each.kind for each in rows(pages, SurveyResponse)]
    assert 1 == len(office.warnings)


def test_a_record_that_was_put_aside_can_be_tried_again(desk: SalesforceDesk, office: Office) -> None:
    opened(desk).rows("NPS__c", found(answer(Answered__c="soon")))
    stream = office.stream("survey_objects", survey_objects=[NPS, CSAT])
    (put_aside,) = [fault for page in stream.pages({}) for fault in page.rejected]

    fitting, _ = stream.rows(SurveyResponse, [{**put_aside.payload, "Answered__c": "2026-01-05T10:00:00Z"}])
    _, unfit = stream.rows(SurveyResponse, [put_aside.payload])

    assert (1, 1) == (len(fitting), len(unfit))


def test_objects_are_read_only_where_the_settings_declare_some(office: Office) -> None:
    assert "survey_objects" not in {each.name for each in office.connector().chosen()}
    assert "survey_objects" in {each.name for each in office.connector(survey_objects=[NPS]).chosen()}


def test_a_scale_has_a_range(office: Office) -> None:
    with pytest.raises(ValidationError):
        office.settings(survey_objects=[{**NPS, "scale_max": 0}])
