"""Answers to surveys as HubSpot stores them: one record per answered question, the score a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from latido_hubspot.sandbox._book import Record
from latido_hubspot.sandbox._stamps import noted, told

if TYPE_CHECKING:
    from latido.testing.world import Instant, Ticket

_MS = 1000


class Questionnaire(NamedTuple):
    """A survey: its id, its type and name, the least score that is good and the greatest that is bad."""

    number: int
    type: str
    name: str
    good: int
    bad: int
    groups: tuple[str, str, str]


CSAT = Questionnaire(13, "CSAT", "Satisfacción con el soporte", 4, 2, ("Happy", "Neutral", "Unhappy"))
CES = Questionnaire(12, "CES", "Facilidad", 5, 3, ("Easy", "Neutral", "Difficult"))
NPS = Questionnaire(11, "NPS", "Recomendación", 9, 6, ("Promoter", "Passive", "Detractor"))


class Answer(NamedTuple):
    """One score, given at `at` and last changed at `changed`."""

    score: int
    at: Instant
    changed: Instant
    remark: str | None


def answers(ticket: Ticket) -> list[tuple[Questionnaire, Answer]]:
    """Return what the requester of a ticket answered; a question left out makes no record."""
    survey = ticket.survey
    if survey is None or survey.answered_at is None:
        return []
    asked = ((CSAT, survey.satisfaction, survey.remark), (CES, survey.ease, None))
    changed = survey.changed_at or survey.answered_at
    return [
        (which, Answer(score, survey.answered_at, changed, remark))
        for which, score, remark in asked
        if score is not None
    ]


def feedback_record(which: Questionnaire, answer: Answer, contact: str | None, address: str | None) -> Record:
    """Return a submission; the time of the answer is told apart from those of the record, once in ISO, once in ms."""
    good, neutral, bad = which.groups
    group = good if answer.score >= which.good else bad if answer.score <= which.bad else neutral
    at = str(answer.at * _MS) if answer.at % 5 == 0 else told(answer.at)
    given = {
        "hs_survey_id": str(which.number),
        "hs_survey_name": which.name,
        "hs_survey_type": which.type,
        "hs_survey_channel": "EMAIL",
        "hs_value": str(answer.score),
        "hs_response_group": group,
        "hs_sentiment": {good: "POSITIVE", bad: "NEGATIVE"}.get(group, "NEUTRAL"),
        "hs_content": answer.remark if answer.remark is not None else ("" if answer.at % 2 else None),
        "hs_submission_name": f"{which.name} - {address or contact}",
        "hs_submission_timestamp": at,
        "hs_contact_id": contact,
        "hs_contact_email_rollup": address,
    }
    return Record(given, noted(answer.at, answer.score + 100), noted(answer.changed, answer.score + 200))
