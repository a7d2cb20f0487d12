"""What a record says of how content somebody was."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from latido_bitrix24.declared import Survey
from latido_bitrix24.scores import judged

WORDS = {"ufKind": {"101": "NPS", "102": "CSAT", "103": "Otra"}, "ufList": {"7": "9 - muy probable"}}


def survey(**said: Any) -> Survey:
    return Survey.model_validate({"items": "spa:134", "score": "ufScore", **said})


def test_the_kind_of_each_record_stands_in_a_list() -> None:
    declared = survey(kind_field="ufKind", scales={"csat": {"scale_min": 1, "scale_max": 5}})

    nps, csat, other = (judged({"ufScore": 4, "ufKind": each}, declared, WORDS) for each in (101, "102", 103))

    assert ("nps", 0, 10) == (nps["kind"], nps["scale_min"], nps["scale_max"])
    assert ("csat", 1, 5, True) == (csat["kind"], csat["scale_min"], csat["scale_max"], csat["higher_is_better"])
    assert {"kind": "other", "score": 4} == other


def test_a_record_that_does_not_tell_is_of_the_kind_of_all() -> None:
    assert "ces" == judged({"ufScore": 4, "ufKind": None}, survey(kind_field="ufKind", kind="ces"), WORDS)["kind"]


@pytest.mark.parametrize(
    ("told", "score"),
    [(9, 9), (8.5, 8.5), ("9", "9"), (" 9 ", "9"), ([9, 7], 9), (0, 0), ("", None), ([], None), (False, None)],
)
def test_a_score_is_a_number_or_a_text_that_is_one(told: Any, score: Any) -> None:
    """Nothing is an empty text, an empty list or false; 0 is a score."""
    assert score == judged({"ufScore": told}, survey(), {})["score"]


def test_the_words_of_a_list_may_begin_with_the_score() -> None:
    assert "9" == judged({"ufList": 7}, survey(score="ufList"), WORDS)["score"]


@pytest.mark.parametrize("items", ["134", "spa:", "quotes"])
def test_only_records_that_can_be_read_hold_answers(items: str) -> None:
    with pytest.raises(ValidationError, match="items"):
        survey(items=items)
