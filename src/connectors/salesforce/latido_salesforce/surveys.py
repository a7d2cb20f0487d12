"""What customers answered to Salesforce Surveys: one row per question that scores."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from latido.connect import Count, Mapping, first
from latido.errors import NotOffered
from latido.messages import marker
from latido.schema import SurveyResponse
from latido_salesforce import soql
from latido_salesforce.answers import body_of, listed
from latido_salesforce.declared import DeclaredStream, keyed, made, value
from latido_salesforce.fields import type_of
from latido_salesforce.transforms import deletion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Mapping as Map

    from latido.connect import Cursor, JsonObject, Page
    from latido_salesforce.settings import Question

_ = marker("latido_salesforce")

ANSWER = "SurveyQuestionResponse"
ANSWERS = (
    "Id", "ResponseId", "NumberValue", "ResponseValue", "ChoiceValue", "Datatype", "Question.QuestionType",
    "Question.DeveloperName",
)  # fmt: skip
SUBJECT = "SurveySubject"
KEY, SCORE = ":answer", ":score"
AT_ONCE = 300
"""Ids in one condition: an address holds no more."""

SCORING = frozenset({"NPS", "CSAT", "Rating", "Slider"})
"""The types of questions whose answers are scores, whether the settings say how to read them or not."""

WORDS = frozenset({"FreeText", "ShortText"})
CONTACT, LEAD, ACCOUNT, CASE, DEAL = "003", "00Q", "001", "500", "006"
"""What the ids of those begin with whom, or which, an answer is about."""


class SurveyResponses(DeclaredStream):
    """Finished responses, one row per question that scores.

    A response that is finished does not touch the answers in it, so responses are what is followed, and their answers
    and subjects are looked up. A question is read as the settings say for its developer name, or for its type
    (`questions`); a scored one that they do not name is stored as `other`, without scale.
    """

    name = "survey_responses"
    sobject = "SurveyResponse"
    entities = (SurveyResponse,)
    mappings = (
        Mapping(
            SurveyResponse,
            source_id=made("answer", "Id"),
            created_at="CreatedDate",
            updated_at="SystemModstamp",
            is_deleted="IsDeleted",
            deleted_at=deletion(),
            kind=made("kind"),
            survey_id=first("SurveyId", "SurveyVersionId"),
            score=made("score"),
            scale_min=made("scale_min"),
            scale_max=made("scale_max"),
            higher_is_better=made("higher_is_better"),
            comment=made("comment"),
            contact_id=made("person", "SubmitterId", "Invitation.ContactId", "Invitation.LeadId"),
            account_id=made("account", "InvitationId"),
            ticket_id=made("case", "InvitationId"),
            deal_id=made("opportunity", "InvitationId"),
            touchpoint=made("question"),
            answered_at="CompletionDateTime",
        ),
    )
    optional = True
    shares_table = True

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        strange = [each for each in records if not keyed(each, "Id")]
        finished = [each for each in records if keyed(each, "Id") and each.get("CompletionDateTime")]
        answers, subjects = self._answers_in(finished), self._subjects_of(finished)
        questions = self.connector.settings.questions
        told = [
            each
            for response in finished
            for each in scored(response, answers.get(response["Id"], ()), subjects, questions)
        ]
        page = super().page([*(each for each in told if each[SCORE] is not None), *strange], cursor)
        silent = dict.fromkeys(each[KEY] for each in told if each[SCORE] is None)
        return replace(page, fetched=len(records), deleted={SurveyResponse: silent} if silent else {})

    def fingerprint(self) -> str:
        return f"{super().fingerprint()}+{sorted(self.connector.settings.questions.items())}"

    def count(self) -> Count | None:
        """Return how many scores were given: exactly, unless labels of choices are among them."""
        questions, types = self.connector.settings.questions, SCORING
        scoring, named = among("Question.QuestionType", types), among("Question.DeveloperName", questions)
        n = self._answers_that(f"{scoring} OR {named}", "NumberValue != null")
        labels = self._answers_that(f"NOT {scoring}", named)
        return Count(n, exact=labels == 0 and self.unchanged())

    def _answers_that(self, *conditions: str) -> int:
        """Return how many answers in finished responses meet *conditions*."""
        query = soql.select(["COUNT()"], ANSWER, [*conditions, "Response.CompletionDateTime != null"])
        return int(body_of(self.rest.ask(query, deleted=False))["totalSize"])

    def ids(self) -> Iterator[list[str]]:
        query = soql.select(["Id"], ANSWER, ["Response.CompletionDateTime != null"])
        yield [soql.long_id(each["Id"]) for each in listed(self.connector, ANSWER, query)]

    def probe(self) -> None:
        super().probe()
        self.connector.described(ANSWER, afresh=True)

    def _answers_in(self, responses: Sequence[JsonObject]) -> Map[str, list[JsonObject]]:
        """Return the answers in each of *responses*, by its id."""
        found: dict[str, list[JsonObject]] = {}
        for each in self._belonging(ANSWER, ANSWERS, "ResponseId", [each["Id"] for each in responses]):
            found.setdefault(soql.long_id(each["ResponseId"]), []).append(each)
        return found

    def _subjects_of(self, responses: Sequence[JsonObject]) -> Map[str, list[str]]:
        """Return what each of *responses*, or its invitation, is about, by its id; nothing where that is not told."""
        found: dict[str, list[str]] = {}
        try:
            for field, key in (("SurveyResponseId", "Id"), ("SurveyInvitationId", "InvitationId")):
                keys = [each[key] for each in responses if keyed(each, key)]
                for each in self._belonging(SUBJECT, (field, "SubjectId"), field, keys):
                    found.setdefault(soql.long_id(each[field]), []).append(str(each.get("SubjectId")))
        except NotOffered as refusal:
            self.connector.runtime.warn(_("{why}", why=refusal.message))
        return found

    def _belonging(
        self, sobject: str, fields: Sequence[str], parent: str, keys: Iterable[str]
    ) -> Iterator[dict[str, Any]]:
        """Yield the records of *sobject* whose *parent* is one of *keys*, with those of *fields* that there are."""
        described = self.connector.described(sobject)
        there = [each for each in fields if type_of(self.connector, described, each)]
        if parent not in there:
            return
        for some in portions(keys):
            for each in listed(
                self.connector, sobject, soql.select(there, sobject, [among(parent, some)]), deleted=True
            ):
                if keyed(each, parent):
                    yield each


def portions(keys: Iterable[str]) -> Iterator[list[str]]:
    distinct = sorted(set(keys))
    for at in range(0, len(distinct), AT_ONCE):
        yield distinct[at : at + AT_ONCE]


def among(field: str, values: Iterable[str]) -> str:
    """Return the condition that *field* is one of *values*."""
    return f"{field} IN ({', '.join(soql.text(each) for each in sorted(values) or [''])})"


def scored(
    response: JsonObject,
    answers: Iterable[JsonObject],
    subjects: Map[str, list[str]],
    questions: Map[str, Question],
) -> Iterator[JsonObject]:
    """Yield a flat record for each of *answers* that is a score; what was said beside goes with the first given."""
    told = list(answers)
    about = [*subjects.get(response["Id"], ()), *subjects.get(response.get("InvitationId") or "", ())]
    spoken = next((text for each in told if kind_in(each) in WORDS and (text := words_in(each))), None)
    for each in told:
        question = questions.get(name_in(each)) or questions.get(kind_in(each))
        if question is None and kind_in(each) not in SCORING:
            continue
        score = score_in(each)
        yield {
            **response,
            KEY: soql.long_id(str(each.get("Id"))),
            ":kind": question.kind if question else "other",
            SCORE: score,
            ":scale_min": question and question.scale_min,
            ":scale_max": question and question.scale_max,
            ":higher_is_better": question and question.higher_is_better,
            ":comment": None if score is None else spoken,
            ":person": person_in(response),
            ":account": of_kind(ACCOUNT, about),
            ":case": of_kind(CASE, about),
            ":opportunity": of_kind(DEAL, about),
            ":question": name_in(each) or None,
        }
        spoken = spoken if score is None else None


def kind_in(answer: JsonObject) -> str:
    return str(value(answer, "Question.QuestionType") or "")


def name_in(answer: JsonObject) -> str:
    return str(value(answer, "Question.DeveloperName") or "")


def words_in(answer: JsonObject) -> Any:
    return answer.get("ResponseValue") or answer.get("ChoiceValue")


def score_in(answer: JsonObject) -> Any:
    """Return the number that was given; of a choice, the label that is one."""
    number = answer.get("NumberValue")
    if number is not None:
        return number
    text = str(words_in(answer) or "").strip()
    return text if text.replace(".", "", 1).isdigit() else None


def person_in(response: JsonObject) -> str | None:
    """Return who answered: a contact, or a lead, who has an id of its own kind here; nobody for a user or a guest."""
    invited = (value(response, f"Invitation.{field}") for field in ("ContactId", "LeadId"))
    for key in (response.get("SubmitterId"), *invited):
        if isinstance(key, str) and key.startswith(CONTACT):
            return key
        if isinstance(key, str) and key.startswith(LEAD):
            return f"lead:{key}"
    return None


def of_kind(prefix: str, keys: Iterable[str]) -> str | None:
    return next((key for key in keys if key.startswith(prefix)), None)
