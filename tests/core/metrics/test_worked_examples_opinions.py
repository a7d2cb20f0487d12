"""The worked examples of the KPI catalogue that concern opinions, to six decimals, and what they leave open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from latido.schema import Contact, SurveyInvitation, SurveyResponse, Ticket
from tests.core.metrics.loading import JANUARY, answer, poured, reply
from tests.core.metrics.test_worked_examples import rounded

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


def test_e01_an_ordinary_sample(tmp_path: Path) -> None:
    found = answer(scored(tmp_path, 10, 9, 9, 8, 7, 6, 0), "nps")

    assert [14.285714, 7, 3, 2, 2] == rounded(found, "value", "n", "promoters", "passives", "detractors")
    assert [31.484181, -47.422146, 75.993575] == rounded(found, "standard_error", "lower", "upper")


def test_e02_nobody_answered_in_the_period(tmp_path: Path) -> None:
    figures = asking(tmp_path, said("1", 9, answered_at="2024-02-03T12:00Z"))

    for kpi in ("nps", "csat", "ces", "nps_segments"):
        assert [None, "no_rows_in_period"] == rounded(answer(figures, kpi), "value", "reason")
    assert "zero_denominator" == answer(figures, "comment_rate").reason
    assert "missing_component" == answer(figures, "cx_score").reason


def test_e03_one_respondent(tmp_path: Path) -> None:
    found = answer(scored(tmp_path, 9), "nps")

    assert [100.0, 1, None, None] == rounded(found, "value", "n", "standard_error", "lower")


def test_e04_all_detractors(tmp_path: Path) -> None:
    found = answer(scored(tmp_path, 0, 3, 6), "nps")

    assert [-100.0, 0.0, -100.0, -100.0] == rounded(found, "value", "standard_error", "lower", "upper")
    assert 1 == found.parts["degenerate"]


def test_e05_one_person_answers_twice(tmp_path: Path) -> None:
    figures = asking(
        tmp_path,
        said("1", 3, respondent_email="ana@x.example", answered_at="2024-01-05T12:00Z"),
        said("2", 9, respondent_email=" Ana@X.example", answered_at="2024-01-20T12:00Z"),
        said("3", 6, respondent_email="luis@x.example", answered_at="2024-01-08T12:00Z"),
    )

    assert [0.0, 2, {"superseded": 1}] == rounded(answer(figures, "nps"), "value", "n", "excluded")
    assert [-33.333333, 3] == rounded(answer(figures, "nps(dedupe=none)"), "value", "n")
    assert [-100.0, 2] == rounded(answer(figures, "nps(dedupe=first)"), "value", "n")


MIXED = [(10, (0, 10)), (6, (0, 10)), (9, (1, 10)), (1, (1, 10)), (5, (1, 5)), (4, (1, 5)), (11, (0, 10)), (7, None)]


def test_e06_mixed_scales(tmp_path: Path) -> None:
    figures = asking(tmp_path, *(said(str(n), *each) for n, each in enumerate(MIXED)))

    plain = answer(figures, "nps")
    assert [0.0, 4] == rounded(plain, "value", "n")
    assert {"out_of_range": 1, "scale_not_accepted": 2, "unknown_scale": 1} == plain.excluded
    assert [16.666667, 6] == rounded(answer(figures, "nps(other_scales=linear)"), "value", "n")


def test_e07_period_edges_and_time_zone(tmp_path: Path) -> None:
    stamps = {"2023-12-31T23:00:00Z": 10, "2024-01-31T23:30:00Z": 0, "2024-01-31T22:59:59Z": 7}
    figures = asking(tmp_path, *(said(at, score, answered_at=at) for at, score in stamps.items()))

    assert [50.0, 2] == rounded(answer(figures, "nps"), "value", "n")


def test_e10_effort_on_scales_of_both_directions(tmp_path: Path) -> None:
    ease = [said(str(n), score, (1, 7), "ces", higher_is_better=True) for n, score in enumerate((7, 6, 5, 4, 2))]
    figures = asking(tmp_path, *ease, said("9", 1, (1, 5), "ces", higher_is_better=False))

    assert [0.5, 6, 0.187616, 0.812384] == rounded(answer(figures, "ces"), "value", "n", "lower", "upper")
    assert [5.166667] == rounded(answer(figures, "ces(variant=mean_1_7)"), "value")
    high = answer(figures, "ces(variant=high_effort_share)")
    assert [0.166667] == rounded(high, "value")
    assert "lower" == figures.ask("ces(variant=high_effort_share)").kpi.better


def test_e37_response_rate_comments_and_experience(tmp_path: Path) -> None:
    stamps = ("2024-01-06T10:00Z", "2024-02-02T10:00Z", None, None)
    sent = [
        {"source_id": str(n), "sent_at": "2024-01-05T10:00Z", "delivered": n != 3, "responded_at": at}
        for n, at in enumerate(stamps)
    ]
    answers = [
        said("1", 9, comment="bien"),
        said("2", 5, (1, 5), "csat", comment="  "),
        said("3", 7, (1, 7), "ces"),
    ]
    figures = poured(tmp_path, {SurveyInvitation: sent, SurveyResponse: answers})

    rate = answer(figures, "survey_response_rate")
    assert [0.666667, 0.20766, 0.938508] == rounded(rate, "value", "lower", "upper")
    assert [0.333333] == rounded(answer(figures, "comment_rate"), "value")
    assert [100.0] == rounded(answer(figures, "cx_score"), "value")


def test_e38_without_surveys_there_is_no_score(tmp_path: Path) -> None:
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
