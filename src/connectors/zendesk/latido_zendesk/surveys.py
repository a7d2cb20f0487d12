"""What customers answered: survey responses, ratings of the older kind, scores kept in ticket fields, and old NPS."""

from __future__ import annotations

import re
from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from latido.connect import Mapping, Page, computed, constant, first, lookup
from latido.schema import SurveyResponse
from latido_zendesk.reading import HOUR, SETTLING, TimeExport, ZendeskStream, each_of, instant, listed
from latido_zendesk.transforms import export_version

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from latido.connect import Cursor, JsonObject, Rejected, Rows
    from latido.schema import Record
    from latido_zendesk.connector import Zendesk
    from latido_zendesk.settings import Survey

DAY = 24 * HOUR
FOUR_WEEKS, MONTH = 28 * DAY, 30 * DAY
FIRST_SURVEYS = 1_293_840_000
"""2011: nothing was asked before."""

_LAST_NUMBER = re.compile(r"(?:^|_)(\d+(?:\.\d+)?)$")
_ULID = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def joined(response: Any, question: Any) -> str | None:
    return f"{response}:{question}" if response and question else None


@dataclass(slots=True)
class Window:
    """A time of creation, from `begin` to `end` in seconds, and how many records were found in it."""

    begin: int
    end: int
    found: int = 0


class WindowedStream(ZendeskStream):
    """A list that is read in windows of creation time, an empty window making the next one twice as long.

    Its cursor's `high_water` is where the last window ended, in seconds.
    """

    entities = (SurveyResponse,)
    optional = True
    window: ClassVar[int] = MONTH

    def start(self, since: datetime | None) -> Cursor:
        return {"high_water": int(since.timestamp()) if since else FIRST_SURVEYS}

    def windows(self, begin: int, end: int) -> Iterator[Window]:
        """Yield windows from *begin* to *end*; each is to be read before the next is asked for."""
        length = self.window
        while begin < end:
            window = Window(begin, min(begin + length, end))
            yield window
            begin, length = window.end, self.window if window.found else 2 * length

    def read(self, window: Window) -> Iterator[list[JsonObject]]:
        """Yield the records of *window*, page by page."""
        for body, _after in listed(self.connector.http, self.path, self.key, self.within(window)):
            window.found += len(body[self.key])
            yield body[self.key]

    @abstractmethod
    def within(self, window: Window) -> dict[str, str | int]:
        """Return the parameters that ask for what was created in *window*."""


class SatisfactionRatings(WindowedStream):
    """Good and bad ratings of the older kind.

    They are listed by when they were offered, and are given later: each run reads the last day again, and each sweep
    (`sweep_every`) the last four weeks. Mirrors of newer survey answers come too; the model layer drops those.
    """

    name = "satisfaction_ratings"
    mappings = (
        Mapping(
            SurveyResponse,
            source_id=computed("rating:", lambda key: None if key is None else f"rating:{key}", "id"),
            created_at="created_at",
            updated_at="updated_at",
            kind=constant("csat"),
            survey_id=constant("rating"),
            score=lookup("score", {"bad": 0, "good": 1}),
            scale_min=constant(0),
            scale_max=constant(1),
            higher_is_better=constant(True),
            comment="comment",
            contact_id="requester_id",
            ticket_id="ticket_id",
            answered_at="updated_at",
        ),
    )
    path = "/api/v2/satisfaction_ratings"
    key = "satisfaction_ratings"

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        sweeping = self.now - cursor.get("swept", 0) >= self.connector.settings.sweep_every.total_seconds()
        begin = max(0, cursor["high_water"] - (FOUR_WEEKS if sweeping else DAY))
        for window in self.windows(begin, self.now - 2 * SETTLING):
            for records in self.read(window):
                given = [each for each in records if not isinstance(each, dict) or each.get("score") in {"good", "bad"}]
                yield replace(self.page(given, cursor), fetched=len(records))
            cursor = {**cursor, "high_water": max(window.end, cursor["high_water"])}
            yield Page(cursor=cursor)
        if sweeping:
            yield Page(cursor={**cursor, "swept": self.now})

    def within(self, window: Window) -> dict[str, str | int]:
        return {"score": "received", "start_time": window.begin, "end_time": window.end}


class SurveyResponses(WindowedStream):
    """One row per rated question of a survey.

    People may change their answers until `expires_at`, and nothing tells that they did: every run reads from the oldest
    response that may still change.
    """

    name = "survey_responses"
    mappings = (
        Mapping(
            SurveyResponse,
            source_id=computed("response:question", joined, "response.id", "question.id"),
            created_at="created_at",
            updated_at="updated_at",
            kind="kind",
            survey_id="response.survey.id",
            score="rating",
            scale_min="scale.min",
            scale_max="scale.max",
            higher_is_better="scale.higher_is_better",
            comment="comment",
            contact_id="response.responder_id",
            ticket_id="ticket_id",
            touchpoint="question.alias",
            answered_at="created_at",
        ),
    )
    window = 3 * MONTH  # What may still change goes back a month and a bit: that is one window.
    path = "/api/v2/guide/survey_responses"
    key = "survey_responses"

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        level, now = int(cursor["high_water"]), self.now
        begin = max(0, min(level - HOUR, cursor.get("open_from", level)))
        cursor, oldest_open = {"high_water": level, "open_from": begin}, now
        for window in self.windows(begin, now):
            for responses in self.read(window):
                oldest_open = min([oldest_open, *open_since(responses, window, now)])
                yield self._answers(responses, cursor)
            cursor = {"high_water": max(window.end, level), "open_from": min(oldest_open, window.end)}
            yield Page(cursor=cursor)

    def within(self, window: Window) -> dict[str, str | int]:
        created = {"filter[created_at_start]": window.begin * 1000, "filter[created_at_end]": window.end * 1000}
        return {"sort": "id", **created}

    def fingerprint(self) -> str:
        return f"{super().fingerprint()}+{sorted(self.connector.settings.surveys.items())}"

    def _answers(self, responses: Sequence[JsonObject], cursor: Cursor) -> Page:
        """Return the page of the rated answers; one that was rated and is no longer is deleted."""
        rated: list[JsonObject] = []
        unrated: dict[str, datetime | None] = {}

        def take(response: JsonObject) -> None:
            for answer in response.get("answers") or ():
                if answer.get("type") == "rating_scale":
                    rated.append(flat(response, answer, self.connector.settings.surveys))
                else:
                    unrated[f"{response['id']}:{(answer.get('question') or {}).get('id')}"] = None

        unfit = each_of(SurveyResponse, responses, take)
        page = self.page(rated, cursor)
        deleted: dict[type[Record], dict[str, datetime | None]] = {SurveyResponse: unrated} if unrated else {}
        return replace(page, fetched=len(responses), deleted=deleted, rejected=(*unfit, *page.rejected))


class NpsResponses(TimeExport):
    """Answers to the NPS surveys that Zendesk has withdrawn, where an account still has them."""

    name = "nps_responses"
    entities = (SurveyResponse,)
    mappings = (
        Mapping(
            SurveyResponse,
            source_id=computed("nps:", lambda key: None if key is None else f"nps:{key}", "id"),
            created_at="created_at",
            updated_at="updated_at",
            kind=constant("nps"),
            survey_id="survey_id",
            score="rating",
            scale_min=constant(0),
            scale_max=constant(10),
            higher_is_better=constant(True),
            comment="comment",
            contact_id="user_id",
            respondent_email="email",
            answered_at=first("rated_at", "updated_at"),
        ),
    )
    path = "/api/v2/nps/incremental/responses"
    key = "responses"
    optional = True
    on_by_default = False


def flat(response: JsonObject, answer: JsonObject, surveys: Any) -> JsonObject:
    """Return *answer* with what the settings say of its question and what stands around it in its *response*."""
    kind = kind_of(answer.get("question") or {}, surveys)
    survey: Survey | None = surveys.get(kind)
    scale = survey and {"min": survey.scale_min, "max": survey.scale_max, "higher_is_better": survey.higher_is_better}
    others = response.get("answers") or ()
    return {
        **answer,
        "response": response,
        "kind": kind,
        "scale": scale,
        "comment": spoken(others) if answer is first_rated(others) else None,
        "ticket_id": ticket_of(response.get("subjects") or ()),
    }


def kind_of(question: JsonObject, surveys: Any) -> str:
    """Return what *question* asks for: Zendesk marks satisfaction, the settings name the aliases of the others."""
    if question.get("sub_type") == "customer_satisfaction":
        return "csat"
    alias = question.get("alias")
    return next((kind for kind, survey in surveys.items() if alias and survey.alias == alias), "other")


def first_rated(answers: Sequence[Any]) -> Any:
    return next((each for each in answers if each.get("type") == "rating_scale"), None)


def spoken(answers: Sequence[Any]) -> Any:
    """Return the comment among *answers*; it is kept beside the first rating, so that it counts once."""
    told = [each.get("open_ended") or each for each in answers if each.get("type") == "open_ended"]
    return next((each["value"] for each in told if each.get("value")), None)


def ticket_of(subjects: Sequence[Any]) -> Any:
    return next((each.get("id") for each in subjects if each.get("type") in {"ticket", "request"}), None)


def open_since(responses: Sequence[Any], window: Window, now: int) -> Iterator[int]:
    """Yield when each of *responses* that may still change was created, at the earliest."""
    for response in responses:
        expires = instant(response.get("expires_at")) if isinstance(response, dict) else None
        if expires is not None and expires.timestamp() > now:
            created = ulid_seconds(str(response.get("id")))
            yield created if created is not None and window.begin <= created <= window.end else window.begin


def ulid_seconds(key: str) -> int | None:
    """Return the creation that a ULID begins with; None if *key* is none."""
    try:
        return sum(_ULID.index(letter) << 5 * place for place, letter in enumerate(reversed(key[:10]))) // 1000
    except ValueError:
        return None


def field_answers(
    connector: Zendesk, tickets: Sequence[JsonObject]
) -> tuple[list[tuple[Rows, list[Rejected]]], dict[str, datetime | None]]:
    """Return the answers that *tickets* keep in fields that the settings name, and the ids of those that keep none."""
    answers: list[tuple[Rows, list[Rejected]]] = []
    unanswered: dict[str, datetime | None] = {}
    for kind, survey in connector.settings.surveys.items():
        if survey.ticket_field is None:
            continue
        field = str(survey.ticket_field)
        given = []
        for ticket in tickets:
            fields = ticket.get("custom_fields") if isinstance(ticket, dict) else None
            if isinstance(fields, dict) and fields.get(field) not in (None, ""):
                given.append(ticket)
            elif isinstance(ticket, dict):
                unanswered[f"ticket:{ticket.get('id')}:{field}"] = None
        answers.append(field_mapping(kind, field, survey).bound(connector.context()).rows(given))
    return answers, unanswered


def field_mapping(kind: str, field: str, survey: Survey) -> Mapping:
    """Return how an answer is made of a ticket. When a field was filled is not told: the solve stands for it."""
    return Mapping(
        SurveyResponse,
        source_id=computed(f"ticket:id:{field}", lambda key: f"ticket:{key}:{field}", "id"),
        version=export_version(),
        created_at="created_at",
        updated_at="updated_at",
        is_deleted=computed("is_deleted", lambda status: status == "deleted", "status"),
        kind=constant(kind),
        survey_id=constant(f"field:{field}"),
        score=computed("last_number", last_number, f"custom_fields.{field}"),
        scale_min=constant(survey.scale_min),
        scale_max=constant(survey.scale_max),
        higher_is_better=constant(survey.higher_is_better),
        contact_id="requester_id",
        account_id="organization_id",
        ticket_id="id",
        channel="via.channel",
        answered_at=first("metric_set.solved_at", "updated_at"),
    )


def last_number(value: Any) -> float | None:
    """Return the number that *value* is or, as a tag such as `ces_5`, ends in; None if there is none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    found = _LAST_NUMBER.search(value.strip()) if isinstance(value, str) else None
    return float(found[1]) if found else None
