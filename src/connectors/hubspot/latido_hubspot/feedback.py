"""What customers answered to surveys: one row per submission, which HubSpot keeps as an object of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido.connect import Mapping, Page, Scale, Source
from latido.schema import SurveyResponse
from latido_hubspot.associations import associated
from latido_hubspot.reading import ObjectStream
from latido_hubspot.records import ids_of
from latido_hubspot.transforms import lower, moment, named, own_properties
from latido_hubspot.unfolding import unfolded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Mapping as Map

    from latido.connect import Cursor, JsonObject
    from latido_hubspot.settings import Survey

KINDS = frozenset({"nps", "csat", "ces"})

SCALES = {"nps": Scale(scale_min=0, scale_max=10), "ces": Scale(scale_min=1, scale_max=7)}
"""The scales of HubSpot's own surveys; those about satisfaction have one each."""

VERDICTS = {
    "promoter": 1, "happy": 1, "positive": 1, "satisfied": 1,
    "passive": 0, "neutral": 0,
    "detractor": 0, "unhappy": 0, "negative": 0, "dissatisfied": 0,
}  # fmt: skip
"""What HubSpot itself makes of a score, as satisfied or not."""

SAYS = ("hs_response_group", "hs_sentiment", "hs_survey_id", "hs_survey_type", "hs_value")


def judged(answer: Map[str, Any], surveys: Map[str, Survey]) -> JsonObject:
    """Return kind, score and scale of an *answer*; without a scale the score is not to be compared with others.

    Where nobody knows the scale of a survey about satisfaction, HubSpot's verdict takes the place of the score.
    """
    own = surveys.get(str(answer.get("hs_survey_id")))
    kind = (own.kind if own else None) or kind_of(answer.get("hs_survey_type"))
    scale = own or SCALES.get(kind)
    verdict = verdict_of(answer)
    if scale is None and kind == "csat" and verdict is not None:
        return {"kind": kind, "score": verdict, "scale_min": 0, "scale_max": 1, "higher_is_better": True}
    ends = {} if scale is None else scale.model_dump(exclude={"kind"})
    return {**ends, "kind": kind, "score": answer.get("hs_value")}


def kind_of(written: str | None) -> str:
    word = (written or "").strip().lower()
    return word if word in KINDS else "other"


def verdict_of(answer: Map[str, Any]) -> int | None:
    words = [str(answer.get(name) or "").strip().lower() for name in ("hs_response_group", "hs_sentiment")]
    return next((VERDICTS[word] for word in words if word in VERDICTS), None)


def judgement(name: str) -> Source:
    """What an answer comes to, by HubSpot's properties and by what the settings say of the survey."""
    paths = tuple(named(each) for each in SAYS)
    return Source(
        f"judged({', '.join(SAYS)}).{name}", paths, lambda _context: lambda record: record["judged"].get(name)
    )


class FeedbackSubmissions(ObjectStream):
    """Answers with their score, told on the day that they were given, whenever the record was made."""

    name = "feedback_submissions"
    entities = (SurveyResponse,)
    object_type = "feedback_submissions"
    object_type_id = "0-19"
    together = 10
    optional = True
    reference = ("account", "properties_feedback_submissions")
    mappings = (
        Mapping(
            SurveyResponse,
            source_id="id",
            url=named("hs_submission_url"),
            created_at="createdAt",
            updated_at="updatedAt",
            custom=own_properties("feedback_submissions"),
            kind=judgement("kind"),
            survey_id=named("hs_survey_id"),
            score=judgement("score"),
            scale_min=judgement("scale_min"),
            scale_max=judgement("scale_max"),
            higher_is_better=judgement("higher_is_better"),
            comment=named("hs_content"),
            contact_id="contact",
            respondent_email=named("hs_contact_email_rollup"),
            ticket_id="ticket",
            touchpoint=named("hs_survey_name"),
            channel=lower(named("hs_survey_channel")),
            answered_at=moment(named("hs_submission_timestamp")),
        ),
    )

    def fingerprint(self) -> str:
        return f"{super().fingerprint()}+{sorted(self.connector.settings.surveys.items())}"

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        answers, unfit = unfolded(SurveyResponse, records, self._judged)
        contacts = self._first("contacts", [each for each in answers if each["contact"] is None])
        tickets = self._first("tickets", answers)
        linked = [
            {
                **each,
                "contact": each["contact"] or contacts.get(str(each["id"])),
                "ticket": tickets.get(str(each["id"])),
            }
            for each in answers
        ]
        rows, rejected = self.rows(SurveyResponse, linked)
        return Page((rows,), cursor, len(records), rejected=(*unfit, *rejected))

    def _judged(self, record: JsonObject) -> Iterator[JsonObject]:
        answer = record["properties"]
        yield {
            **record,
            "judged": judged(answer, self.connector.settings.surveys),
            "contact": answer.get("hs_contact_id"),
        }

    def _first(self, to_type: str, answers: Sequence[JsonObject]) -> dict[str, str]:
        """Return the first record of *to_type* that each of *answers* is associated with."""
        found = associated(self.connector, self.object_type, to_type, ids_of(answers))
        return {key: links[0].id for key, links in found.items() if links}
