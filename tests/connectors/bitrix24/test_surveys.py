"""Answers to surveys, from wherever the settings say that they are kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import ConfigurationError
from latido.schema import SurveyResponse
from tests.connectors.bitrix24.builders import item
from tests.desk import last_cursor, rows

if TYPE_CHECKING:
    from latido.connect import Page
    from tests.connectors.bitrix24.desk import BitrixDesk, Office

SCALES = {"csat": {"scale_min": 1, "scale_max": 5}, "ces": {"scale_min": 1, "scale_max": 7, "higher_is_better": False}}
OF_SPA = {
    "items": "spa:134", "score": "ufScore", "kind_field": "ufKind", "comment": "ufComment", "ticket": "parentId130",
    "scales": SCALES,
}  # fmt: skip
FIELDS: dict[str, Any] = {
    "ufScore": {"type": "integer"}, "ufComment": {"type": "string"}, "parentId130": {"type": "crm_entity"},
    "webformId": {"type": "integer"}, "ufMail": {"type": "string"},
    "ufKind": {"type": "enumeration", "items": [{"ID": "101", "VALUE": "NPS"}, {"ID": "102", "VALUE": "CES"}]},
}  # fmt: skip


def answer(key: int, score: Any = 9, kind: int = 101, **fields: Any) -> dict[str, Any]:
    usual = {"companyId": 7, "contactId": 8, "parentId130": 17, "ufComment": "", "ufMail": ""}
    return item(key, **{**usual, "ufScore": score, "ufKind": kind, **fields})


def read(desk: BitrixDesk, office: Office, *items: dict[str, Any], declared: Any = None, **more: Any) -> list[Page]:
    desk.on("crm.item.fields", {"result": {"fields": FIELDS}})
    desk.holds(items)
    return office.pages("surveys", surveys={"support": declared or {**OF_SPA, **more}})


def test_an_item_is_an_answer(desk: BitrixDesk, office: Office) -> None:
    (row,) = rows(read(desk, office, answer(5, ufComment="Great")), SurveyResponse)

    assert ("support:5", "nps", 9.0, 0.0, 10.0) == (
        row.source_id, row.kind, row.score, row.scale_min, row.scale_max
    )  # fmt: skip
    assert ("8", "7", "17", "Great") == (row.contact_id, row.account_id, row.ticket_id, row.comment)
    assert ("support", datetime(2026, 1, 2, 8, tzinfo=UTC)) == (row.survey_id, row.answered_at)


def test_each_item_has_its_kind_and_scale(desk: BitrixDesk, office: Office) -> None:
    (row,) = rows(read(desk, office, answer(5, 2, 102)), SurveyResponse)

    assert ("ces", 1.0, 7.0, False) == (row.kind, row.scale_min, row.scale_max, row.higher_is_better)


@pytest.mark.parametrize("score", ["", None, []])
def test_an_item_without_a_score_is_no_answer(desk: BitrixDesk, office: Office, score: Any) -> None:
    """A survey that was sent; or one whose answer was taken back."""
    pages = read(desk, office, answer(5, score))

    assert [] == rows(pages, SurveyResponse)
    assert {"support:5"} == {key for page in pages for key in page.deleted.get(SurveyResponse, {})}


def test_only_what_the_form_made_is_an_answer(desk: BitrixDesk, office: Office) -> None:
    pages = read(
        desk, office, answer(5, webformId=3), answer(6, webformId=4), answer(7, webformId=0),
        declared={"items": "leads", "score": "ufScore", "kind": "nps", "forms": [3]},
    )  # fmt: skip

    assert [("support:5", "lead:5")] == [(row.source_id, row.contact_id) for row in rows(pages, SurveyResponse)]


@pytest.mark.parametrize(
    ("items", "links"),
    [
        ("contacts", ("5", "7", None)), ("companies", (None, "5", None)), ("deals", ("8", "7", "5")),
        ("leads", ("lead:5", "7", None)),
    ],
)  # fmt: skip
def test_a_field_of_a_record_keeps_the_last_answer(
    desk: BitrixDesk, office: Office, items: str, links: tuple[Any, ...]
) -> None:
    """When it was given nobody knows: at the latest when the record last changed."""
    declared = {"items": items, "score": "ufScore", "kind": "nps"}

    (row,) = rows(read(desk, office, answer(5), declared=declared), SurveyResponse)

    assert links == (row.contact_id, row.account_id, row.deal_id)
    assert datetime(2026, 1, 5, 12, tzinfo=UTC) == row.answered_at


def test_who_answered_may_be_an_address(desk: BitrixDesk, office: Office) -> None:
    (row,) = rows(read(desk, office, answer(5, contactId=0, ufMail="ada@acme.com"), email="ufMail"), SurveyResponse)

    assert ("ada@acme.com", None) == (row.respondent_email, row.contact_id)


def test_a_field_that_there_is_not_is_named_with_the_nearest(desk: BitrixDesk, office: Office) -> None:
    with pytest.raises(ConfigurationError, match="spa:134 has no field ufSkore") as raised:
        read(desk, office, answer(5), score="ufSkore")
    assert "Did you mean ufScore?" in str(raised.value.hint)


def test_surveys_are_read_one_after_the_other(desk: BitrixDesk, office: Office) -> None:
    """Each with a cursor of its own."""
    desk.on("crm.item.fields", {"result": {"fields": FIELDS}})
    desk.holds([answer(5)])
    declared = {"first": OF_SPA, "second": {**OF_SPA, "items": "spa:140"}}

    pages = office.pages("surveys", surveys=declared)

    assert ["first:5", "second:5"] == [row.source_id for row in rows(pages, SurveyResponse)]
    assert {"first", "second"} == last_cursor(pages).keys()


def test_without_a_declaration_there_are_no_surveys(office: Office) -> None:
    assert "surveys" not in {each.name for each in office.connector().chosen()}


def test_answers_are_read_again_when_their_scale_changes(office: Office) -> None:
    one = office.stream("surveys", surveys={"support": OF_SPA})
    other = office.stream(
        "surveys", surveys={"support": {**OF_SPA, "scales": {"csat": {"scale_min": 0, "scale_max": 5}}}}
    )

    assert one.fingerprint() != other.fingerprint()


def test_what_was_put_aside_is_read_by_its_own_survey(desk: BitrixDesk, office: Office) -> None:
    desk.on("crm.item.fields", {"result": {"fields": FIELDS}})
    stream = office.stream("surveys", surveys={"support": OF_SPA})
    kept = {**answer(5), ":survey": "support", "judged": {"kind": "nps", "score": 9}}

    found, _rejected = stream.rows(SurveyResponse, [kept, {**kept, ":survey": "gone"}])

    assert ["support:5"] == found.values("source_id")
