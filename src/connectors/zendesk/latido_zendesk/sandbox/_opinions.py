"""What customers answered: the older thumbs, and the questionnaires."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import Response

from latido.testing import json, place, place_before
from latido.testing.world import REASONS, iso
from latido_zendesk.sandbox import _bodies as bodies
from latido_zendesk.sandbox import _cbp as cbp
from latido_zendesk.sandbox._account import AGENTS, GROUPS, RATINGS, USERS
from latido_zendesk.sandbox._records import DELETED, SURVEYED
from latido_zendesk.sandbox._tickets import ticket_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.requests import Request

    from latido.testing.world import Survey, Ticket
    from latido_zendesk.sandbox._records import Records
    from latido_zendesk.sandbox._service import Service

_TOO_RECENT = 60
_MILLI = 1000
_FOREVER = 1 << 31
_END = place(_FOREVER, 0)
_ULID = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_GOOD, _FAIR = 4, 3
_EASY, _BEARABLE = 6, 4
SURVEY_ID = "01JSURVEY0000000000000001"
QUESTION = "01JQUESTION00000000000001"
EFFORT_ALIAS = "effort"


class Opinions:
    """Ratings and survey responses, by when customers were asked."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._records = service.records
        self._switches = service.switches

    def ratings(self, request: Request) -> Response:
        """Answer with thumbs asked for in [`start_time`, `end_time`): also those that mirror a questionnaire."""
        query = request.query_params
        start, end = _epoch(query.get("start_time"), 0), _epoch(query.get("end_time"), self._service.now - _TOO_RECENT)
        if start is None or end is None:
            return bodies.bad_start_time()
        if max(start, end) > self._service.now - _TOO_RECENT:
            return json({"error": "InvalidValue", "description": "start_time and end_time must be in the past"}, 422)
        wanted = query.get("score")

        def shown(ticket: Ticket) -> dict[str, Any] | None:
            rating = rating_json(self._records, ticket)
            return rating if wanted is None or _matches(rating, wanted) else None

        return self._listed(request, "satisfaction_ratings", start, end, shown)

    def responses(self, request: Request) -> Response:
        """Answer with questionnaires sent in a window of milliseconds. Unanswered ones have no answers yet."""
        if not self._switches.surveys:
            return _guide_refusal("NotFound", "not found", 404)
        query = request.query_params
        start = _epoch(query.get("filter[created_at_start]"), 0)
        end = _epoch(query.get("filter[created_at_end]"), _FOREVER * _MILLI)
        if start is None or end is None or query.get("sort", "id") not in {"id", "-id"}:
            return _guide_refusal("InvalidParameter", "invalid parameter", 400)
        wanted = {zrn for zrn in query.get("filter[subject_zrns]", "").split(",") if zrn}

        def shown(ticket: Ticket) -> dict[str, Any] | None:
            if ticket.survey is None or (wanted and f"zen:ticket:{ticket_id(ticket.number)}" not in wanted):
                return None
            return response_json(ticket, ticket.survey)

        # Whole seconds are all that a world has: the window [start, end) in milliseconds holds those that fall in it.
        seconds = -(-start // _MILLI), -(-end // _MILLI)
        return self._listed(request, "survey_responses", *seconds, shown, down=query.get("sort") == "-id")

    def response(self, request: Request) -> Response:
        """Answer with one questionnaire."""
        found = (each for each in self._asked(0, _FOREVER, None, down=False))
        for _, number in found:
            ticket = self._records.ticket(number) if self._records.flags[number] & SURVEYED else None
            if (
                ticket is not None
                and ticket.survey is not None
                and response_id(ticket, ticket.survey) == request.path_params["id"]
            ):
                return json({"survey_response": response_json(ticket, ticket.survey)})
        return _guide_refusal("NotFound", "not found", 404)

    def _listed(
        self,
        request: Request,
        name: str,
        start: int,
        end: int,
        shown: Callable[[Ticket], dict[str, Any] | None],
        *,
        down: bool = False,
    ) -> Response:
        asked = cbp.asked_page(request, self._switches)
        if isinstance(asked, Response):
            return asked
        rendered: dict[int, bytes] = {}
        surveyed = name == "survey_responses"

        def rows() -> Iterator[tuple[int, int]]:
            for time, number in self._asked(start, end, asked.mark, down=down):
                if surveyed and not self._records.flags[number] & SURVEYED:
                    continue
                if (body := shown(self._records.ticket(number))) is not None:
                    rendered[number] = orjson.dumps(body)
                    yield place(time, number), number

        def render(numbers: list[int]) -> list[bytes]:
            return [bodies.listed(name, (rendered[number] for number in numbers))]

        path = f"guide/{name}" if surveyed else f"{name}.json"
        return cbp.page(self._service.url(path), request, asked, cbp.Lists(rows(), render, {}))

    def _asked(self, start: int, end: int, mark: int | None, *, down: bool) -> Iterator[tuple[int, int]]:
        """Yield (time, number) of live tickets about which somebody was asked in [start, end)."""
        feed = self._records.asked_feed
        if down:
            rows = feed.before(min(place_before(end) + 1, _END if mark is None else mark))
        else:
            rows = feed.after(max(place_before(start), -1 if mark is None else mark))
        for time, number in rows:
            if not start <= time < end:
                return
            if not self._records.flags[number] & DELETED:
                yield time, number


def rating_json(records: Records, ticket: Ticket) -> dict[str, Any]:
    """Return the thumb about a ticket: `created_at` is when it was asked for, `updated_at` when it was given."""
    identity = RATINGS + ticket.number
    score, remark, reason, offered_at, given_at = _thumb(ticket)
    return {
        "url": records.account.url(f"satisfaction_ratings/{identity}.json"),
        "id": identity,
        "assignee_id": None if ticket.agent is None else AGENTS + ticket.agent,
        "group_id": None if ticket.team is None else GROUPS + ticket.team,
        "requester_id": USERS + ticket.requester,
        "ticket_id": ticket_id(ticket.number),
        "score": score,
        "created_at": iso(offered_at),
        "updated_at": iso(given_at or offered_at),
        "comment": remark,
        "reason": None if reason is None else REASONS[reason],
        "reason_id": None if reason is None else 40_080 + reason,
        "reason_code": None if reason is None else 5 + reason,
    }


def response_json(ticket: Ticket, survey: Survey) -> dict[str, Any]:
    """Return a questionnaire as Zendesk's help centre tells it: times in milliseconds, no word of when it was sent."""
    identity = ticket_id(ticket.number)
    zrn = f"zen:ticket:{identity}"
    return {
        "id": response_id(ticket, survey),
        "responder_id": USERS + ticket.requester,
        "subject_zrns": [zrn],
        "subjects": [{"id": str(identity), "type": "ticket", "zrn": zrn}],
        "survey": {"id": SURVEY_ID, "version": 3, "state": "enabled"},
        "expires_at": _precise(survey.expires_at),
        "answers": _answers(survey),
    }


def response_id(ticket: Ticket, survey: Survey) -> str:
    """Return a ULID: sorted by when it was sent."""
    return _ulid(survey.offered_at * _MILLI, 10) + _ulid(ticket.number, 16)


def _answers(survey: Survey) -> list[dict[str, Any]]:
    if survey.answered_at is None:
        return []
    first, last = survey.answered_at, survey.changed_at or survey.answered_at
    csat = {"id": QUESTION, "type": "rating_scale_numeric", "sub_type": "customer_satisfaction"}
    effort = {"id": "01JQUESTION00000000000002", "type": "rating_scale_numeric", "sub_type": "other"}
    remark = {"id": "01JQUESTION00000000000003", "type": "open_ended"}
    return [
        _rated(csat, survey.satisfaction, (_FAIR, _GOOD), first, last),
        _rated(effort | {"alias": EFFORT_ALIAS}, survey.ease, (_BEARABLE, _EASY), first, first),
        _answer(remark, first, first, type="open_ended", open_ended={"value": survey.remark})
        if survey.remark is not None
        else _answer(remark, first, first, type="skipped"),
    ]


def _rated(
    question: dict[str, str], rating: int | None, borders: tuple[int, int], first: int, last: int
) -> dict[str, Any]:
    if rating is None:
        return _answer(question, first, last, type="skipped")
    category = "bad" if rating < borders[0] else "neutral" if rating < borders[1] else "good"
    return _answer(question, first, last, type="rating_scale", rating=rating, rating_category=category)


def _answer(question: dict[str, str], first: int, last: int, **more: Any) -> dict[str, Any]:
    return {**more, "question": question, "created_at": _precise(first), "updated_at": _precise(last)}


def _thumb(ticket: Ticket) -> tuple[str, str | None, int | None, int, int | None]:
    """Return score, remark, reason, when it was asked for and when it was given."""
    survey, rating = ticket.survey, ticket.rating
    if survey is not None and survey.satisfaction is not None:
        score = "good" if survey.satisfaction >= _GOOD else "bad"
        return score, survey.remark, None, survey.offered_at, survey.changed_at or survey.answered_at
    if rating is not None and rating.good is not None:
        score = "good" if rating.good else "bad"
        return score, rating.remark, rating.reason, rating.offered_at, rating.answered_at
    asked = survey or rating
    return "offered", None, None, 0 if asked is None else asked.offered_at, None


def _matches(rating: dict[str, Any], wanted: str) -> bool:
    """Return whether a rating has the score *wanted*: `received` is any, `good_with_comment` what it says."""
    score, _, comment = wanted.partition("_with")
    scores = {"good", "bad"} if score == "received" else {score}
    if comment and bool(rating["comment"]) != (comment == "_comment"):
        return False
    return rating["score"] in scores


def _precise(at: int) -> str:
    return iso(at).replace("Z", ".000Z")


def _ulid(number: int, letters: int) -> str:
    return "".join(_ULID[number >> 5 * place & 31] for place in range(letters - 1, -1, -1))


def _epoch(text: str | None, default: int) -> int | None:
    if text is None:
        return default
    return int(text) if text.isdecimal() else None


def _guide_refusal(code: str, title: str, status: int) -> Response:
    return json({"errors": [{"code": code, "status": str(status), "title": title}]}, status)
