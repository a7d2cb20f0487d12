"""The sandbox answers as Google does: the same keys, the same words, the same oddities."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from latido.testing import Fault, World
from latido_google_analytics.sandbox import GoogleAnalyticsSandbox
from tests.plugins.google_analytics.desk import recorded
from tests.plugins.google_analytics.visiting import END, PROPERTY, Visitor
from tests.shapes import same_shape

if TYPE_CHECKING:
    from pathlib import Path

ERRORS = recorded("synthetic/errors.json")
BY_DAY = [{"dimension": {"dimensionName": "date"}}]
ORDERED = [{"dimension": {"dimensionName": name}} for name in ("date", "sessionSource", "sessionMedium")]
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


def places(report: Any) -> list[tuple[str, ...]]:
    return [tuple(each["value"] for each in row["dimensionValues"]) for row in report.get("rows", ())]


def figures(report: Any, at: int = 0) -> list[float]:
    return [float(row["metricValues"][at]["value"]) for row in report.get("rows", ())]


def test_a_report_has_the_shape_of_a_recorded_one(visitor: Visitor) -> None:
    visitor.switches.null_flags = True
    theirs = recorded("report_aggregations_page.json")

    ours = visitor.report(metricAggregations=["TOTAL"])

    assert theirs.keys() - {"maximums", "minimums"} == ours.keys()
    same_shape([ours["metadata"]], [theirs["metadata"]])
    same_shape(ours["metricHeaders"], theirs["metricHeaders"])
    same_shape(ours["rows"], theirs["rows"])
    same_shape(ours["totals"], theirs["totals"])
    same_shape([each for row in ours["rows"] for each in row["metricValues"]], [{"value": "5568"}])
    assert {"RESERVED_TOTAL"} == {each["value"] for each in ours["totals"][0]["dimensionValues"]}


def test_a_report_has_the_shape_of_the_documented_one(visitor: Visitor) -> None:
    theirs = recorded("synthetic/source_medium_two_days_then_restated.json")

    ours = visitor.report(**{**theirs["request"], "metrics": theirs["request"]["metrics"][:5]})

    assert theirs["first_answer"].keys() == ours.keys()
    assert theirs["first_answer"]["propertyQuota"].keys() == ours["propertyQuota"].keys()
    assert theirs["first_answer"]["dimensionHeaders"] == ours["dimensionHeaders"]
    assert theirs["first_answer"]["metricHeaders"][:5] == ours["metricHeaders"]


@pytest.mark.parametrize(
    ("name", "refusing"),
    [("no_access_or_unknown_property", "access"), ("api_not_enabled", "api"), ("scope_missing", "scope")],
)
def test_doors_are_shut_in_googles_words(visitor: Visitor, name: str, refusing: Any) -> None:
    visitor.switches.refusing = refusing

    answer = visitor.run()

    assert ERRORS[name]["http_status"] == answer.status_code
    ours, theirs = answer.json()["error"], ERRORS[name]["body"]["error"]
    assert (theirs["message"], theirs["status"]) == (ours["message"], ours["status"])
    assert [each["reason"] for each in theirs.get("details", ())] == [
        each["reason"] for each in ours.get("details", ())
    ]


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("quota_day", "tokens per day"), ("quota_project_hour", "project per hour"), ("quota_concurrent", "concurrent"),
        ("quota_thresholded", "thresholded"), ("quota_server_errors", "server errors"),
    ],
)  # fmt: skip
def test_quotas_are_refused_in_googles_words(visitor: Visitor, name: str, group: Any) -> None:
    visitor.switches.exhausted = group

    answer = visitor.run()

    assert (429, ERRORS[name]["body"]) == (answer.status_code, answer.json())


def test_an_unknown_metric_is_refused_in_googles_words(visitor: Visitor) -> None:
    answer = visitor.run(metrics=[{"name": "pageViews"}])

    assert (400, ERRORS["unknown_metric"]["body"]) == (answer.status_code, answer.json())


def test_an_unknown_property_and_a_stranger_are_refused(visitor: Visitor) -> None:
    elsewhere = f"{PROPERTY}1:runReport"
    from tests.asking import ask

    assert 403 == ask(visitor.sandbox, "POST", elsewhere, json={}, headers=visitor.headers).status_code
    visitor.sandbox.expire_tokens()
    answer = visitor.run()
    assert (401, ERRORS["token_expired"]["body"]) == (answer.status_code, answer.json())


@pytest.mark.parametrize(
    "body",
    [
        {"dimensions": [{"name": "page"}]},
        {"orderBys": [{"dimension": {"dimensionName": "page"}}]},
        {"dateRanges": [{"startDate": "2015-08-13", "endDate": "yesterday"}]},
        {"dateRanges": [{"startDate": "last monday", "endDate": "yesterday"}]},
        {"dateRanges": []},
        {"metrics": []},
        {"metrics": [{"name": "sessions"}] * 11},
    ],
)
def test_mistakes_are_refused(visitor: Visitor, body: dict[str, Any]) -> None:
    assert 400 == visitor.run(**body).status_code


def test_pages_are_cut_by_offset_and_limit_and_say_neither(visitor: Visitor) -> None:
    whole = visitor.report(orderBys=ORDERED)

    found = [
        place
        for n in range(0, whole["rowCount"], 50)
        for place in places(visitor.report(orderBys=ORDERED, limit="50", offset=n))
    ]

    assert places(whole) == found
    page = visitor.report(limit=50)
    assert (50, whole["rowCount"]) == (len(page["rows"]), page["rowCount"])
    assert {"offset", "limit"}.isdisjoint(page)


def test_a_page_past_the_end_has_a_count_and_no_rows(visitor: Visitor) -> None:
    page = visitor.report(offset=10_000)

    assert "rows" not in page
    assert 0 < page["rowCount"]


def test_a_larger_limit_than_there_is_is_no_mistake(visitor: Visitor) -> None:
    report = visitor.report(limit="1000000")

    assert report["rowCount"] == len(report["rows"])


def test_days_without_figures_come_as_nothing(visitor: Visitor) -> None:
    report = visitor.report(
        dateRanges=[{"startDate": "2019-01-01", "endDate": "2019-12-31"}], metricAggregations=["TOTAL"]
    )

    assert {"rows", "rowCount"}.isdisjoint(report)
    assert [{}] == report["totals"]


def test_without_an_order_the_most_visited_come_first(visitor: Visitor) -> None:
    report = visitor.report(dimensions=[{"name": "sessionSource"}])

    assert sorted(figures(report), key=str, reverse=True) == figures(report)


def test_visits_do_not_add_up_and_page_views_do(visitor: Visitor) -> None:
    report = visitor.report(metricAggregations=["TOTAL"])

    total = [float(each["value"]) for each in report["totals"][0]["metricValues"]]
    assert total[0] < sum(figures(report, 0)) < 1.03 * total[0]
    assert total[1:] == [sum(figures(report, 1)), sum(figures(report, 2))]


@pytest.mark.parametrize(
    ("zone", "yesterday"),
    [("Europe/Madrid", "20261031"), ("Pacific/Kiritimati", "20261101"), ("Etc/GMT+12", "20261031")],
)
def test_yesterday_is_the_propertys(visitor: Visitor, zone: str, yesterday: str) -> None:
    visitor.switches.zone = zone

    report = visitor.report(
        dimensions=[{"name": "date"}], dateRanges=[{"startDate": "2daysAgo", "endDate": "yesterday"}], orderBys=BY_DAY
    )

    last = min(yesterday, "20261031")  # the world ends there
    assert last == places(report)[-1][0]
    assert zone == report["metadata"]["timeZone"]


def test_sources_of_recent_visits_are_found_out_later(visitor: Visitor) -> None:
    day = [{"startDate": "2026-10-31", "endDate": "2026-10-31"}]
    final = visitor.report(dateRanges=day, orderBys=ORDERED)
    visitor.switches.restating = 2

    early = visitor.report(dateRanges=day, orderBys=ORDERED)

    assert {"cpc", "email"} <= {place[2] for place in places(final)}
    assert {"cpc", "email"}.isdisjoint(place[2] for place in places(early))
    assert sum(figures(final)) == sum(figures(early))


def test_ten_failures_in_an_hour_shut_the_property(visitor: Visitor) -> None:
    visitor.switches.heavy_above = 7

    answers = [visitor.run().status_code for _ in range(11)]

    assert [500] * 10 + [429] == answers
    assert 429 == visitor.run(dateRanges=[{"startDate": "yesterday", "endDate": "yesterday"}]).status_code
    visitor.clock.sleep(3_601)
    visitor.enter()
    assert 500 == visitor.run().status_code


def test_metadata_tells_former_names(visitor: Visitor) -> None:
    known = {each["apiName"]: each for each in visitor.get("/metadata").json()["metrics"]}

    assert ["conversions:purchase"] == known["keyEvents:purchase"]["deprecatedApiNames"]
    visitor.switches.old_names = True
    old = {each["apiName"] for each in visitor.get("/metadata").json()["metrics"]}
    assert ("conversions" in old, "keyEvents" in old) == (True, False)


def test_the_admin_api_tells_of_the_property_or_is_not_enabled(visitor: Visitor) -> None:
    told = visitor.get().json()

    assert "2024-11-01T00:00:00Z" == told["createTime"]
    assert ["purchase", "sign_up"] == [each["eventName"] for each in visitor.get("/keyEvents").json()["keyEvents"]]
    visitor.switches.admin_api = False
    assert "SERVICE_DISABLED" == visitor.get().json()["error"]["details"][0]["reason"]


@pytest.mark.parametrize(
    ("claims", "error"),
    [
        ({"iss": "somebody@else.example"}, "invalid_grant"),
        ({"aud": "https://elsewhere.example/token"}, "invalid_scope"),
        ({"scope": "openid"}, "invalid_scope"),
        ({"iat": 0}, "invalid_grant"),
        ({"exp": 10**12}, "invalid_grant"),
        ({"scope": None, "additional_claims": {"scope": "…"}}, "invalid_scope"),
    ],
)
def test_assertions_are_looked_at(visitor: Visitor, claims: dict[str, Any], error: str) -> None:
    answer = visitor.token(grant_type=JWT_BEARER, assertion=visitor.assertion(**claims))

    assert (400, error) == (answer.status_code, answer.json()["error"])


def test_a_forged_assertion_is_refused_in_googles_words(visitor: Visitor) -> None:
    head, claims, _ = visitor.assertion().split(".")

    answer = visitor.token(grant_type=JWT_BEARER, assertion=f"{head}.{claims}.Zm9yZ2Vk")

    assert ERRORS["token_endpoint_bad_signature"]["body"] == answer.json()


def test_tokens_look_as_google_hands_them_out(visitor: Visitor) -> None:
    theirs = ERRORS["token_endpoint_ok"]["body"]

    ours = visitor.token(grant_type=JWT_BEARER, assertion=visitor.assertion()).json()

    assert theirs | {"access_token": ours["access_token"]} == ours


def test_tokens_die_after_an_hour(visitor: Visitor) -> None:
    visitor.clock.sleep(3_600)

    assert 401 == visitor.run().status_code


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "refresh_token"}, 401, "invalid_client"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, 400, "invalid_grant"),
        ({"grant_type": "authorization_code", "code": "x"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_clients_are_looked_at(visitor: Visitor, form: dict[str, str], status: int, error: str) -> None:
    client = {} if error == "invalid_client" else visitor.sandbox.client()
    known = {name: value for name, value in client.items() if value}

    answer = visitor.token(**form, **known)

    assert (status, error) == (answer.status_code, answer.json()["error"])


def test_a_key_is_kept_where_the_project_is(tmp_path: Path) -> None:
    """A sandbox that begins anew there takes the key that lies there for its own."""
    world = World("acme", end=END, tickets=20)
    first, second = GoogleAnalyticsSandbox(world), GoogleAnalyticsSandbox(world)
    first.settle(tmp_path)
    file = first.settings()["service_account_file"]
    written = orjson.loads((tmp_path / "google-analytics-key.json").read_bytes())

    second.settle(tmp_path)

    assert str(tmp_path / "google-analytics-key.json") == file == second.address()["service_account_file"]
    assert written == orjson.loads((tmp_path / "google-analytics-key.json").read_bytes())
    assert 0o600 == (tmp_path / "google-analytics-key.json").stat().st_mode & 0o777


def test_the_site_of_a_small_business_is_young() -> None:
    """Else a suite that reads five rows a page would read years of them."""
    young, old = (GoogleAnalyticsSandbox(World("acme", end=END, tickets=n)) for n in (36, 3_000))

    assert (18, 730) == tuple((END - each.figures.made_at.date()).days for each in (young, old))


def test_the_next_hour_grants_tokens_again(visitor: Visitor) -> None:
    visitor.switches.tokens_left = 10

    left = [visitor.report(returnPropertyQuota=True)["propertyQuota"]["tokensPerProjectPerHour"]["remaining"]]
    visitor.clock.sleep(3600)
    visitor.enter()
    left.append(visitor.report(returnPropertyQuota=True)["propertyQuota"]["tokensPerProjectPerHour"]["remaining"])

    assert [6, 13_996] == left


def test_faults_speak_googles_language(visitor: Visitor) -> None:
    vendor, edge = (visitor.sandbox.refusal(Fault.model_validate({"kind": each})) for each in ("too_many", "edge"))

    assert ERRORS["quota_concurrent"]["body"] == orjson.loads(bytes(vendor.body))
    assert (429, b'{"error":"Too Many Requests"}') == (edge.status_code, edge.body)


def test_what_is_done_to_a_row_shows(visitor: Visitor) -> None:
    day = date(2026, 10, 20)
    asked = [{"startDate": str(day), "endDate": str(day)}]
    before = dict(zip(places(visitor.report(dateRanges=asked)), figures(visitor.report(dateRanges=asked)), strict=True))
    deeds = visitor.sandbox.deeds()

    deeds["count_more"](day=str(day), source="google", medium="cpc", sessions=5)
    deeds["count_more"](day=str(day), source="new.example", medium="referral")
    deeds["vanish"](day=str(day), source="(direct)", medium="(none)")
    deeds["assign"](day=str(day), source="(not set)", medium="(not set)", to_source="x.example", to_medium="social")

    after = dict(zip(places(visitor.report(dateRanges=asked)), figures(visitor.report(dateRanges=asked)), strict=True))
    assert 5 == after["20261020", "google", "cpc"] - before["20261020", "google", "cpc"]
    assert 1 == after["20261020", "new.example", "referral"]
    assert ("20261020", "(direct)", "(none)") not in after
    assert before["20261020", "(not set)", "(not set)"] == after["20261020", "x.example", "social"]
    deeds["come_back"](day=str(day), source="(direct)", medium="(none)")
    assert len(after) + 1 == len(visitor.report(dateRanges=asked)["rows"])


def test_a_world_has_no_figures_after_its_end(visitor: Visitor) -> None:
    visitor.clock.sleep(timedelta(days=3).total_seconds())
    visitor.enter()

    assert "rows" not in visitor.report(dateRanges=[{"startDate": "2026-11-01", "endDate": "yesterday"}])
