"""What the worked examples leave open of the KPIs about opinions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from latido.schema import Contact, SurveyInvitation, SurveyResponse, Ticket
from tests.core.metrics.loading import JANUARY, answer, poured, reply, rounded

if TYPE_CHECKING:
    from pathlib import Path

    from latido.metrics import Engine


def said(
    source_id: str, score: float | None, scale: tuple[float, float] | None = (0, 10), kind: str = "nps", **columns: Any
) -> dict[str, Any]:
    return reply(source_id, score, scale, kind=kind, **columns)


def asking(folder: Path, *rows: dict[str, Any]) -> Engine:
    return poured(folder, {SurveyResponse: rows})


def scored(folder: Path, *scores: float) -> Engine:
    return asking(folder, *(said(str(n), score) for n, score in enumerate(scores)))


def test_nobody_answered_in_the_period(tmp_path: Path) -> None:
    figures = asking(tmp_path, said("1", 9, answered_at="2024-02-03T12:00Z"))

    for kpi in ("nps", "csat", "ces", "nps_segments"):
        assert [None, "no_rows_in_period"] == rounded(answer(figures, kpi), "value", "reason")
    assert "zero_denominator" == answer(figures, "comment_rate").reason
    assert "missing_component" == answer(figures, "cx_score").reason


def test_an_interval_without_width_is_flagged(tmp_path: Path) -> None:
    assert 1 == answer(scored(tmp_path, 0, 3, 6), "nps").parts["degenerate"]


def test_an_address_is_one_however_it_is_written(tmp_path: Path) -> None:
    figures = asking(
        tmp_path,
        said("1", 3, respondent_email="ana@x.example", answered_at="2024-01-05T12:00Z"),
        said("2", 9, respondent_email=" Ana@X.example", answered_at="2024-01-20T12:00Z"),
        said("3", 6, respondent_email="luis@x.example", answered_at="2024-01-08T12:00Z"),
    )

    assert [0.0, 2, {"superseded": 1}] == rounded(answer(figures, "nps"), "value", "n", "excluded")


def test_a_source_that_counts_alone_says_itself_what_its_people_answered_last(tmp_path: Path) -> None:
    """What another source heard later takes nothing away from it."""
    figures = asking(
        tmp_path,
        said("1", 9, respondent_email="ana@x.example", answered_at="2024-01-05T12:00Z"),
        said("2", 3, respondent_email="ana@x.example", answered_at="2024-01-20T12:00Z", source="desk"),
    )

    for ask, shop, desk in (("nps", 100, -100), ("nps(dedupe=first)", 100, -100), ("nps_segments", 1, 1)):
        assert [shop, desk] == [answer(figures, ask, source=source).value for source in ("shop", "desk")]
    assert [-100, 1] == rounded(answer(figures, "nps"), "value", "n")


MIXED = [(10, (0, 10)), (6, (0, 10)), (9, (1, 10)), (1, (1, 10)), (5, (1, 5)), (4, (1, 5)), (11, (0, 10)), (7, None)]


def test_answers_on_other_scales_are_left_out_visibly(tmp_path: Path) -> None:
    figures = asking(tmp_path, *(said(str(n), *each) for n, each in enumerate(MIXED)))

    assert {"out_of_range": 1, "scale_not_accepted": 2, "unknown_scale": 1} == answer(figures, "nps").excluded
    assert {"out_of_range": 1, "unknown_scale": 1} == answer(figures, "nps(other_scales=linear)").excluded


EFFORTS = ("low_effort_share", "high_effort_share")


def test_less_effort_is_better(tmp_path: Path) -> None:
    figures = asking(tmp_path)

    assert ["higher", "lower"] == [figures.ask(f"ces(variant={each})").kpi.better for each in EFFORTS]


def test_without_surveys_there_is_no_score(tmp_path: Path) -> None:
    figures = poured(tmp_path, {Ticket: [{"source_id": "1", "status": "open"}]})

    asks = ["nps", "nps_segments", "ces", "cx_score", "comment_rate", "survey_response_rate"]
    assert {"no_rows"} == {found.reason for found in figures.answers(asks, JANUARY)}


def test_an_invitation_answered_before_it_was_sent_or_after_the_last_sync_is_not_answered(tmp_path: Path) -> None:
    stamps = ("2024-01-04T10:00Z", "2024-01-05T10:00Z", "2024-02-02T10:00Z")
    sent = [{"source_id": at, "sent_at": "2024-01-05T10:00Z", "responded_at": at} for at in stamps]
    figures = poured(tmp_path, {SurveyInvitation: sent})

    assert 2 == answer(figures, "survey_response_rate").numerator
    early = answer(figures, "survey_response_rate", as_of=figures.clock.now().replace(month=2, day=1))
    assert 1 == early.numerator


def test_answers_at_one_instant_are_told_apart_by_their_key(tmp_path: Path) -> None:
    same: dict[str, Any] = {"respondent_email": "ana@x.example"}
    figures = asking(tmp_path, said("1", 0, external_id="b", **same), said("2", 10, external_id="a", **same))

    assert [-100.0, 100.0] == [answer(figures, ask).value for ask in ("nps", "nps(dedupe=first)")]


@pytest.mark.parametrize(("score", "side"), [(8.5, "passives"), (6.9, "detractors"), (9, "promoters")])
def test_fractions_of_a_score_stay_fractions(tmp_path: Path, score: float, side: str) -> None:
    assert 1 == answer(scored(tmp_path, score), "nps").parts[side]


def test_a_person_is_one_by_contact_and_by_address(tmp_path: Path) -> None:
    ana = {"source_id": "c", "email": "Ana@x.example", "name": "Ana"}
    answers = [
        said("1", 9, contact_id="c", answered_at="2024-01-05T12:00Z", comment="una maravilla"),
        said("2", 2, respondent_email="ana@x.example"),
        said("3", 10),
    ]
    figures = poured(tmp_path, {Contact: [ana], SurveyResponse: answers})

    found = answer(figures, "nps_segments")
    assert [2, 1, 0, 1] == rounded(found, "value", "promoters", "passives", "detractors")


def test_people_are_listed_with_their_latest_comment_of_the_period(tmp_path: Path) -> None:
    ana: dict[str, Any] = {"respondent_email": "ana@x.example"}
    figures = asking(
        tmp_path,
        said("0", 9, answered_at="2023-12-05T12:00Z", comment="long ago", **ana),
        said("1", 9, answered_at="2024-01-05T12:00Z", comment="too dear", **ana),
        said("2", 8, answered_at="2024-01-06T12:00Z", comment=" too late \n", **ana),
        said("3", 2, answered_at="2024-01-20T12:00Z", comment="\t", **ana),
        said("4", 11, answered_at="2024-01-21T12:00Z", comment="off the scale", **ana),
        said("5", 10, respondent_email="luis@x.example"),
    )

    listed = [fact.json() for fact in figures.facts("nps_segments", JANUARY) if fact.excluded is None]
    assert [
        ("3", "detractors", 2, "ana@x.example", "too late"),
        ("5", "promoters", 10, "luis@x.example", None),
    ] == [(f["source_id"], f["class"], f["value"], f["person"], f["comment"]) for f in listed]


def test_comments_are_listed_beside_their_answers(tmp_path: Path) -> None:
    figures = asking(tmp_path, said("1", None, None, "other", comment="bien"), said("2", 9))

    assert [("1", 1, "bien"), ("2", 0, None)] == [
        (fact.source_id, fact.numerator, fact.shown["comment"]) for fact in figures.facts("comment_rate", JANUARY)
    ]
