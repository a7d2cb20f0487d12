"""What a row of a report means."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import ConfigurationError
from latido.schema import WebSession
from latido.testing import ManualClock
from tests.desk import rows
from tests.plugins.google_analytics.desk import METADATA, METRICS, REPORT, PropertyDesk, metadata, refused, report, row

if TYPE_CHECKING:
    from tests.plugins.google_analytics.desk import Office


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 10, 9, 6, 0, tzinfo=UTC))


def read(desk: PropertyDesk, office: Office, answer: Any, **settings: Any) -> list[WebSession]:
    desk.on(REPORT, answer)
    return rows(office.pages("web_sessions", start_date="2026-10-01", **settings), WebSession)


def asked_metrics(desk: PropertyDesk) -> list[str]:
    return [each["name"] for each in desk.requests(REPORT)[-1].body["metrics"]]


@pytest.mark.parametrize("untold", ["(not set)", "(other)", "(data not available)", "(Not Set)"])
def test_visits_of_an_unknown_source_are_unassigned_and_not_direct(
    desk: PropertyDesk, office: Office, untold: str
) -> None:
    (found,) = read(desk, office, report(row("20261001", untold, "(not set)", 5)))

    assert (None, "(not set)") == (found.traffic_source, found.traffic_medium)
    assert found.custom is not None
    assert untold == found.custom["sessionSource"]
    assert f"2026-10-01|{untold}|(not set)" == found.source_id


@pytest.mark.parametrize("source", ["(direct)", "(Direct)", "Partner.Example", " spaced "])
def test_sources_are_kept_as_google_words_them(desk: PropertyDesk, office: Office, source: str) -> None:
    (found,) = read(desk, office, report(row("20261001", source, "(none)", 5)))

    assert (source, "(none)") == (found.traffic_source, found.traffic_medium)


def test_a_source_without_a_word_is_unknown(desk: PropertyDesk, office: Office) -> None:
    (found,) = read(desk, office, report(row("20261001", "", "", 5)))

    assert ("2026-10-01||", None, None) == (found.source_id, found.traffic_source, found.traffic_medium)


def test_no_two_sources_share_an_id(desk: PropertyDesk, office: Office) -> None:
    """Whatever stands in their names."""
    odd = [("a|b", "c"), ("a", "b|c"), ("a\\", "b|c"), ("a\\|b", "c")]

    found = read(desk, office, report(*[row("20261001", *each, 1) for each in odd]))

    assert 4 == len({each.source_id for each in found})
    assert "2026-10-01|a\\|b|c" == found[0].source_id


def test_key_events_may_have_fractions(desk: PropertyDesk, office: Office) -> None:
    """Attribution divides them among sources."""
    (found,) = read(desk, office, report(row("20261001", "google", "cpc", 5, 9, "2.4785714285714286")))

    assert Decimal("2.4786") == found.conversions


def test_a_number_of_any_type_is_kept_beside_the_columns(desk: PropertyDesk, office: Office) -> None:
    desk.on(METADATA, metadata(*METRICS, "userKeyEventRate", "activeUsers"))
    names = ("sessions", "screenPageViews", "keyEvents", "userKeyEventRate", "activeUsers")
    answer = report(row("20261001", "google", "cpc", 5, 9, 1, "0.47857142857142859", 4), metrics=names)

    (found,) = read(desk, office, answer, custom=["userKeyEventRate", "activeUsers"])

    assert {"userKeyEventRate": 0.4785714285714286, "activeUsers": 4} == found.custom
    assert list(names) == asked_metrics(desk)


def test_visitors_do_not_add_up_and_are_nobodys(desk: PropertyDesk, office: Office) -> None:
    """A person who came twice is counted in two rows: no row has a visitor, and a rate of visitors stays unknown."""
    (found,) = read(desk, office, report(row("20261001", "google", "cpc", 1)))

    assert (None, 1) == (found.visitor_id, found.sessions)


def test_only_chosen_key_events_count(desk: PropertyDesk, office: Office) -> None:
    """By metrics of their own: a filter on events would also take visits away."""
    desk.on(METADATA, metadata(*METRICS, "keyEvents:purchase", "keyEvents:sign_up"))
    names = ("sessions", "screenPageViews", "keyEvents:purchase", "keyEvents:sign_up", "engagedSessions")
    answer = report(row("20261001", "google", "cpc", 5, 9, 2, "1.5", 3), metrics=names)

    (found,) = read(desk, office, answer, key_events=["purchase", "sign_up"])

    assert Decimal("3.5") == found.conversions
    assert list(names) == asked_metrics(desk)
    assert "dimensionFilter" not in desk.requests(REPORT)[-1].body


def test_an_event_that_is_no_key_event_is_named_with_its_nearest(desk: PropertyDesk, office: Office) -> None:
    desk.on(METADATA, metadata(*METRICS, "keyEvents:purchase"))

    with pytest.raises(ConfigurationError, match="no metric keyEvents:purchse") as caught:
        read(desk, office, report(), key_events=["purchse"])

    assert "Did you mean keyEvents:purchase?" in str(caught.value.hint)


def test_an_old_property_calls_key_events_conversions(desk: PropertyDesk, office: Office) -> None:
    desk.on(METADATA, metadata("sessions", "screenPageViews", "engagedSessions", "conversions"))
    names = ("sessions", "screenPageViews", "conversions", "engagedSessions")

    (found,) = read(desk, office, report(row("20261001", "google", "cpc", 5, 9, 2, 3), metrics=names))

    assert list(names) == asked_metrics(desk)
    assert 2 == found.conversions


def test_a_metric_that_was_renamed_is_found_by_its_former_name(desk: PropertyDesk, office: Office) -> None:
    known = metadata("sessions", "screenPageViews", "engagedSessions", importantEvents="keyEvents")
    names = ("sessions", "screenPageViews", "importantEvents", "engagedSessions")
    desk.on(METADATA, known)

    (found,) = read(desk, office, report(row("20261001", "google", "cpc", 5, 9, 2, 3), metrics=names))

    assert list(names) == asked_metrics(desk)
    assert 2 == found.conversions


def test_a_name_that_google_dropped_within_the_hour_is_looked_up_again(desk: PropertyDesk, office: Office) -> None:
    """What metrics there are is remembered for an hour; a refusal is a reason to look once more."""
    unknown = refused(400, "Field keyEvents is not a valid metric. For a list of", "INVALID_ARGUMENT")
    names = ("sessions", "screenPageViews", "conversions", "engagedSessions")
    old = metadata("sessions", "screenPageViews", "engagedSessions", "conversions")
    desk.on(METADATA, metadata(), old)
    desk.on(REPORT, unknown, report(row("20261001", "google", "cpc", 5, 9, 2, 3), metrics=names))

    (found,) = rows(office.pages("web_sessions", start_date="2026-10-01"), WebSession)

    assert 2 == found.conversions
    assert 2 == len(desk.requests(METADATA))


@pytest.mark.parametrize("name", ["pageViews", "landingPage"])
def test_a_further_field_has_to_be_a_metric(desk: PropertyDesk, office: Office, name: str) -> None:
    """A dimension would divide rows, and visits would count twice."""
    with pytest.raises(ConfigurationError, match=f"no metric {name}"):
        read(desk, office, report(), custom=[name])


def test_no_more_metrics_than_a_report_takes(desk: PropertyDesk, office: Office) -> None:
    more = [f"metric{n}" for n in range(8)]

    with pytest.raises(ConfigurationError, match="at most 10 metrics in a report, and these are 11"):
        read(desk, office, report(), custom=more)


def test_a_column_of_the_users_own_is_asked_for(desk: PropertyDesk, office: Office) -> None:
    names = ("sessions", "screenPageViews", "keyEvents", "engagedSessions")
    answer = report(row("20261001", "google", "cpc", 5, 9, 2, 3), metrics=names)

    (found,) = read(desk, office, answer, fields={"web_sessions": {"sessions": "engagedSessions"}})

    assert 3 == found.sessions


def test_another_property_or_other_key_events_are_read_again(office: Office) -> None:
    """Stored rows would come out differently."""
    settings: list[dict[str, Any]] = [{}, {"property_id": 7}, {"key_events": ["purchase"]}, {"custom": []}]
    fingerprints = {office.stream("web_sessions", **each).fingerprint() for each in settings}

    assert 4 == len(fingerprints)


def test_fields_of_the_vendor_are_its_metrics(office: Office) -> None:
    told = office.connector().vendor_fields()["web_sessions"]

    assert ("dimension", "TYPE_INTEGER") == (told["sessionMedium"], told["activeUsers"])
