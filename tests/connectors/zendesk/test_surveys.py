"""What becomes of answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import NotOffered
from latido.schema import SurveyResponse
from tests.connectors.zendesk.builders import NOON_SECONDS, effort, list_page, rated, rating, survey_response, time_page
from tests.connectors.zendesk.desk import Office, recorded
from tests.desk import Desk, Says, last_cursor, rows

if TYPE_CHECKING:
    from latido.connect import Page
    from latido.testing import ManualClock

RATINGS = "satisfaction_ratings"
RESPONSES = "guide/survey_responses"
CES = {"alias": "effort", "scale_min": 1, "scale_max": 7, "higher_is_better": False}
DAY = 86_400
NOW = int(datetime(2026, 1, 10, 12, tzinfo=UTC).timestamp())
YESTERDAY = {"high_water": NOW - DAY}


def answers(desk: Desk, office: Office, *responses: Any, **settings: Any) -> list[Page]:
    desk.on(RESPONSES, list_page("survey_responses", *responses))
    return office.pages("survey_responses", YESTERDAY, **settings)


def test_a_rating_is_an_answer_on_a_scale_of_0_to_1(desk: Desk, office: Office) -> None:
    desk.on(RATINGS, list_page(RATINGS, rating(comment="ok"), rating(881, score="bad")))

    good, bad = rows(office.pages(RATINGS, {**YESTERDAY, "swept": NOW}), SurveyResponse)

    assert ("rating:880", "csat", "rating") == (good.source_id, good.kind, good.survey_id)
    assert (1, 0, 0, 1, True) == (good.score, bad.score, good.scale_min, good.scale_max, good.higher_is_better)
    assert ("ok", "9001", "1") == (good.comment, good.contact_id, good.ticket_id)
    assert datetime(2026, 1, 5, 10, 31, tzinfo=UTC) == good.answered_at


def test_an_offer_is_no_answer(desk: Desk, office: Office) -> None:
    desk.on(RATINGS, list_page(RATINGS, rating(score="offered"), rating(881, score="unoffered")))

    assert [] == rows(office.pages(RATINGS, {**YESTERDAY, "swept": NOW}), SurveyResponse)


def test_ratings_are_asked_for_in_windows_of_a_month_up_to_two_minutes_ago(desk: Desk, office: Office) -> None:
    desk.on(RATINGS, list_page(RATINGS, rating()))

    pages = office.pages(RATINGS, {"high_water": NOW - 65 * DAY, "swept": NOW})

    starts, ends = (desk.params(RATINGS, name) for name in ("start_time", "end_time"))
    assert [str(NOW - 66 * DAY), str(NOW - 36 * DAY), str(NOW - 6 * DAY)] == starts
    assert [str(NOW - 36 * DAY), str(NOW - 6 * DAY), str(NOW - 120)] == ends
    assert {"received"} == set(desk.params(RATINGS, "score"))
    assert NOW - 120 == last_cursor(pages)["high_water"]


def test_empty_years_are_crossed_in_growing_steps(desk: Desk, office: Office) -> None:
    """Nobody says when an account began."""
    desk.on(RATINGS, list_page(RATINGS))

    office.pages(RATINGS)

    assert 8 == len(desk.requests(RATINGS))


def test_every_run_reads_a_day_again_and_every_sweep_four_weeks(desk: Desk, office: Office, clock: ManualClock) -> None:
    """A rating is listed by when it was offered and may be given weeks later."""
    desk.on(RATINGS, list_page(RATINGS))

    first = last_cursor(office.pages(RATINGS, {"high_water": NOW, "swept": NOW - DAY}))
    second = last_cursor(office.pages(RATINGS, first))
    clock.sleep(DAY)
    office.pages(RATINGS, second)

    assert [str(NOW - 28 * DAY), str(NOW - DAY), str(NOW - 28 * DAY)] == desk.params(RATINGS, "start_time")


def test_a_survey_gives_a_row_per_rated_question(desk: Desk, office: Office) -> None:
    said = {"type": "open_ended", "open_ended": {"value": "quick!"}, "question": {"id": "01JQ3"}}

    pages = answers(desk, office, survey_response("R", rated(4), effort(6), said), ces=CES)

    csat, ces = rows(pages, SurveyResponse)
    assert ("R:01JQ1", "csat", 4, 1, 5, True) == (
        csat.source_id, csat.kind, csat.score, csat.scale_min, csat.scale_max, csat.higher_is_better,
    )  # fmt: skip
    assert ("R:01JQ2", "ces", 6, 1, 7, False) == (
        ces.source_id, ces.kind, ces.score, ces.scale_min, ces.scale_max, ces.higher_is_better,
    )  # fmt: skip
    assert ("01JSURVEY", "9001", "1") == (csat.survey_id, csat.contact_id, csat.ticket_id)
    assert datetime(2026, 1, 5, 10, 40, tzinfo=UTC) == csat.answered_at
    assert ("quick!", None) == (csat.comment, ces.comment)


def test_a_comment_that_stands_directly_in_the_answer_is_found_too(desk: Desk, office: Office) -> None:
    pages = answers(desk, office, survey_response("R", rated(), {"type": "open_ended", "value": "quick!"}))

    assert ["quick!"] == [row.comment for row in rows(pages, SurveyResponse)]


def test_a_question_that_the_settings_do_not_name_is_another_one_without_scale(desk: Desk, office: Office) -> None:
    """Neither kind nor scale is guessed."""
    (row,) = rows(answers(desk, office, survey_response("R", effort(6))), SurveyResponse)

    assert ("other", 6, None, None, None) == (
        row.kind, row.score, row.scale_min, row.scale_max, row.higher_is_better,
    )  # fmt: skip


def test_a_survey_without_answers_gives_no_row(desk: Desk, office: Office) -> None:
    assert [] == rows(answers(desk, office, survey_response("R")), SurveyResponse)


def test_a_response_that_makes_no_sense_is_put_aside(desk: Desk, office: Office) -> None:
    pages = answers(desk, office, survey_response("R", "good!"), None, survey_response("S", rated("four")))

    assert ["R", None, "S:01JQ1"] == [each.source_id for page in pages for each in page.rejected]


def test_an_answer_that_was_taken_back_is_deleted(desk: Desk, office: Office) -> None:
    skipped = {"type": "skipped", "question": {"id": "01JQ1"}}

    pages = answers(desk, office, survey_response("R", skipped))

    assert [{SurveyResponse: {"R:01JQ1": None}}] == [page.deleted for page in pages if page.deleted]


def test_surveys_are_asked_for_in_milliseconds(desk: Desk, office: Office) -> None:
    answers(desk, office)

    assert [str((NOW - DAY - 3600) * 1000)] == desk.params(RESPONSES, "filter[created_at_start]")
    assert [str(NOW * 1000)] == desk.params(RESPONSES, "filter[created_at_end]")


def test_an_answer_that_may_still_change_is_read_again(desk: Desk, office: Office, clock: ManualClock) -> None:
    """Nothing tells that it was changed: the next run begins where the oldest open response was created."""
    created = NOON_SECONDS
    key = ulid(created)
    desk.on(RESPONSES, list_page("survey_responses", survey_response(key, rated(2))))
    pages = office.pages("survey_responses", {"high_water": created})
    clock.sleep(3600)
    changed = rated(5, updated_at="2026-01-10T12:30:00.000Z")
    desk.on(RESPONSES, list_page("survey_responses", survey_response(key, changed)))

    again = office.pages("survey_responses", last_cursor(pages))

    assert [str(created * 1000)] == desk.params(RESPONSES, "filter[created_at_start]")[1:]
    (old,), (new,) = rows(pages, SurveyResponse), rows(again, SurveyResponse)
    assert (old.source_id, 2, 5) == (new.source_id, old.score, new.score)
    assert old.version < new.version
    assert old.answered_at == new.answered_at


def test_an_expired_answer_is_not_read_again(desk: Desk, office: Office) -> None:
    pages = answers(desk, office, survey_response("R", rated(), expires_at="2026-01-10T11:59:59.000Z"))

    assert {"high_water": NOW, "open_from": NOW} == last_cursor(pages)


def test_an_id_that_tells_no_time_keeps_its_whole_window_open(desk: Desk, office: Office) -> None:
    pages = answers(desk, office, survey_response("survey-response-7", rated()))

    assert NOW - DAY - 3600 == last_cursor(pages)["open_from"]


def test_a_run_that_is_cut_short_misses_no_open_answer(desk: Desk, office: Office) -> None:
    """Until the last window is read, the cursor stays before what was not looked at."""
    old = NOW - 100 * DAY
    still_open = list_page("survey_responses", survey_response(ulid(NOON_SECONDS), rated()))
    desk.on(RESPONSES, list_page("survey_responses"), still_open)

    pages = office.pages("survey_responses", {"high_water": NOW - DAY, "open_from": old})

    first_window_ends = old + 90 * DAY
    open_from = [page.cursor["open_from"] for page in pages if page.cursor]
    assert [old, first_window_ends, first_window_ends, NOON_SECONDS] == open_from


def test_another_survey_setting_reads_answers_again(office: Office) -> None:
    without = office.stream("survey_responses").fingerprint()

    assert without != office.stream("survey_responses", ces=CES).fingerprint()


ERRORS = recorded("synthetic/errors.json")


@pytest.mark.parametrize("refusal", [Says(403, ""), Says(403, ERRORS["403_object"]), Says(404, ERRORS["guide_404"])])
def test_an_account_without_surveys_does_not_offer_them(desk: Desk, office: Office, refusal: Says) -> None:
    desk.on(RESPONSES, refusal)

    with pytest.raises(NotOffered):
        office.pages("survey_responses", YESTERDAY)

    assert office.stream("survey_responses").optional


def test_old_nps_answers_are_read_where_they_still_exist(desk: Desk, office: Office) -> None:
    answer = {
        "id": 5, "survey_id": 2, "rating": 9, "comment": "great", "user_id": 9001, "email": "ana@example.com",
        "rated_at": "2026-01-05T10:00:00Z", "updated_at": "2026-01-05T11:00:00Z",
    }  # fmt: skip
    desk.on("nps/incremental/responses", time_page("responses", answer, end_time=NOON_SECONDS))

    (row,) = rows(office.pages("nps_responses"), SurveyResponse)

    assert ("nps:5", "nps", 9, 0, 10) == (row.source_id, row.kind, row.score, row.scale_min, row.scale_max)
    assert ("9001", "ana@example.com") == (row.contact_id, row.respondent_email)
    assert not office.stream("nps_responses").on_by_default


def ulid(seconds: int) -> str:
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    return "".join(letters[seconds * 1000 >> 5 * place & 31] for place in range(9, -1, -1)) + "A" * 16
