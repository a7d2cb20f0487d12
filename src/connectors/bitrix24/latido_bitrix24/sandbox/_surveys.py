"""Surveys: a smart process with one item for each answer to one question."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from latido_bitrix24.sandbox._book import Row
from latido_bitrix24.sandbox._kinds import ASKED, SURVEY
from latido_bitrix24.sandbox._people import base, closing, origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.testing.world import Instant, Recommendation, Ticket
    from latido_bitrix24.sandbox._sales import Parties
    from latido_bitrix24.sandbox._stamps import PortalTime

CATEGORY = 17
CONTENTED = f"DT{SURVEY}_{CATEGORY}:SUCCESS"
_KIND = 101


class Answer(NamedTuple):
    """What somebody said to one question, when, and when that was changed; about a request, by its id, or not."""

    kind: str
    score: int
    at: Instant
    changed: Instant
    remark: str | None
    request: int | None = None


def answers(ticket: Ticket, request: int) -> Iterator[Answer]:
    """Yield what was said to the questionnaire of a request."""
    survey = ticket.survey
    if survey is None or survey.answered_at is None:
        return
    for kind, score in (("CSAT", survey.satisfaction), ("CES", survey.ease)):
        if score is not None:
            changed = survey.changed_at or survey.answered_at
            yield Answer(kind, score, survey.answered_at, changed, survey.remark, request)


def recommendation(told: Recommendation) -> Answer | None:
    """Return what somebody would tell their friends; None of one who did not say."""
    if told.answered_at is None or told.score is None:
        return None
    return Answer("NPS", told.score, told.answered_at, told.answered_at, told.remark)


def survey_row(time: PortalTime, answer: Answer, parties: Parties) -> Row:
    told = {
        **base(time, answer.at, answer.changed, None),
        "xmlId": "",
        "title": f"{answer.kind} {answer.score}",
        "categoryId": CATEGORY,
        "movedBy": 1,
        "movedTime": time.stamp(answer.at),
        "stageId": CONTENTED,
        "previousStageId": "",
        **parties.told,
        **origin("WEB", form=7),
        "parentId130": answer.request,
        "parentId2": None,
        **closing(SURVEY, time, answer.changed, None),
        "ufCrm6Score": answer.score,
        "ufCrm6Kind": _KIND + ASKED.index(answer.kind),
        "ufCrm6Comment": answer.remark or "",
    }
    return Row(told, answer.changed)
