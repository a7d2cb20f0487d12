"""What `latido check` says of a property."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import orjson
import pytest

from latido.errors import CredentialError, NotOffered
from latido.testing import ManualClock
from latido_google_analytics.connector import GoogleAnalytics
from tests.desk import Says
from tests.plugins.google_analytics.desk import (
    METADATA,
    METRICS,
    PROPERTY,
    REPORT,
    TOKENS,
    PropertyDesk,
    metadata,
    recorded,
    report,
    row,
)

if TYPE_CHECKING:
    from pathlib import Path

    from latido.connect import Finding
    from tests.plugins.google_analytics.desk import Office

ERRORS = recorded("synthetic/errors.json")
ONE = report(row("20261008", "google", "cpc", 5))
ACME = {"name": "properties/123456789", "displayName": "Acme", "serviceLevel": "GOOGLE_ANALYTICS_STANDARD"}
EMAIL = "latido@acme.iam.gserviceaccount.com"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 10, 9, 6, 0, tzinfo=UTC))


def error(name: str) -> Says:
    return Says(ERRORS[name]["http_status"], ERRORS[name]["body"])


def found(office: Office, zone: str = "Europe/Madrid", **settings: Any) -> list[Finding]:
    office.connector(**settings)  # stores a login
    connector = GoogleAnalytics(office.settings(**settings), office.runtime(time_zone=ZoneInfo(zone)))
    try:
        return list(connector.check())
    finally:
        connector.close()


def said(findings: list[Finding], wrong: str | None = None) -> list[str]:
    return [str(each.text) for each in findings if each.wrong == wrong]


def test_a_property_that_can_be_read_is_told_with_what_counts_there(desk: PropertyDesk, office: Office) -> None:
    quota = {"tokensPerDay": {"remaining": 199_812}, "tokensPerProjectPerHour": {"remaining": 13_812}}
    desk.on(REPORT, {**ONE, "propertyQuota": quota}).on(PROPERTY, ACME)
    desk.on(f"{PROPERTY}/keyEvents", {"keyEvents": [{"eventName": "purchase"}, {"eventName": "login"}]})

    findings = found(office)

    assert [
        "Property 123456789 can be read; its days are cut in Europe/Madrid.",
        "What counts as a conversion: all key events of the property (purchase, login).",
        "The property is Acme (standard).",
        "Google grants 13,812 more tokens this hour and 199,812 today.",
    ] == said(findings)
    assert 4 == len(findings)
    assert 1 == len(desk.requests(METADATA))


def test_nothing_depends_on_the_admin_api(office: Office) -> None:
    findings = found(office)

    assert {None} == {each.wrong for each in findings}
    assert "The Google Analytics Admin API says nothing of the property; nothing that is read depends on it." in said(
        findings
    )


def test_days_that_are_not_the_projects_are_a_warning(office: Office) -> None:
    (warned,) = said(found(office, zone="America/New_York"), "warning")

    assert warned.startswith("This project's days are cut in America/New_York")


def test_a_zone_may_have_several_names(desk: PropertyDesk, office: Office) -> None:
    desk.on(REPORT, report(timeZone="Etc/UTC"))

    assert [] == said(found(office, zone="UTC"), "warning")


@pytest.mark.parametrize(
    ("name", "what", "fix"),
    [
        ("no_access_or_unknown_property", "There is no property 123456789, or the person who logged in may not see it.",
         "Add the person who logged in as Viewer (Admin → Property access management)"),
        ("api_not_enabled", "The Google Analytics Data API is not enabled in the Cloud project of this credential.",
         "Enable it at https://console.cloud.google.com/apis/library/analyticsdata.googleapis.com"),
        ("scope_missing", "This credential was not granted the scope analytics.readonly.", "latido login web"),
    ],
)  # fmt: skip
def test_three_doors_are_shut_for_three_reasons(
    desk: PropertyDesk, office: Office, name: str, what: str, fix: str
) -> None:
    (finding,) = found_with(desk, office, error(name))

    assert ("credential", what) == (finding.wrong, str(finding.text))
    assert fix in str(finding.fix)


def found_with(desk: PropertyDesk, office: Office, answer: Any, **settings: Any) -> list[Finding]:
    desk.on(REPORT, answer)
    return found(office, **settings)


def test_who_is_to_be_added_is_named(desk: PropertyDesk, office: Office, tmp_path: Path) -> None:
    """The service account's e-mail address, which nobody knows by heart."""
    file = tmp_path / "key.json"
    pem = _pem()
    file.write_bytes(orjson.dumps({"private_key_id": "k1", "private_key": pem, "client_email": EMAIL}))
    account = {"service_account_file": file, "client_id": None, "client_secret": None}

    (finding,) = found_with(desk, office, error("no_access_or_unknown_property"), **account)

    assert f"There is no property 123456789, or {EMAIL} may not see it." == str(finding.text)
    assert f"Add {EMAIL} as Viewer" in str(finding.fix)
    (scope,) = found_with(desk, office, error("scope_missing"), **account)
    assert "latido login" not in str(scope.fix), "a service account needs no login"


@pytest.mark.parametrize("name", ["no_access_or_unknown_property", "api_not_enabled", "scope_missing"])
def test_a_sync_says_the_same(desk: PropertyDesk, office: Office, name: str) -> None:
    desk.on(METADATA, error(name))

    with pytest.raises(NotOffered if name == "no_access_or_unknown_property" else CredentialError) as caught:
        office.pages("web_sessions")

    assert 4 == caught.value.exit_code
    (finding,) = found_with(desk, office, error(name))
    assert str(finding.text) == str(caught.value)


def test_a_login_that_ended_is_a_finding(desk: PropertyDesk, office: Office) -> None:
    desk.on(TOKENS, error("token_endpoint_refresh_revoked"))

    (finding,) = found_with(desk, office, error("token_expired"))

    assert "credential" == finding.wrong


def test_an_outage_is_one(desk: PropertyDesk, office: Office) -> None:
    (finding,) = found_with(desk, office, error("internal"))

    assert ("outage", "Google Analytics fails at present.") == (finding.wrong, str(finding.text))


def test_an_exhausted_quota_is_an_outage(desk: PropertyDesk, office: Office) -> None:
    (finding,) = found_with(desk, office, error("quota_day"))

    assert "outage" == finding.wrong


def test_a_key_event_that_the_property_does_not_have_is_a_setting(desk: PropertyDesk, office: Office) -> None:
    desk.on(METADATA, metadata(*METRICS, "keyEvents:purchase"))

    (finding,) = [each for each in found(office, key_events=["purchse"]) if each.wrong]

    assert "This property has no metric keyEvents:purchse." == str(finding.text)
    assert "keyEvents:purchase" in str(finding.fix)


def test_chosen_key_events_are_told(desk: PropertyDesk, office: Office) -> None:
    desk.on(METADATA, metadata(*METRICS, "keyEvents:purchase"))

    assert "What counts as a conversion: purchase." in said(found(office, key_events=["purchase"]))


def test_a_metric_that_the_role_hides_is_told(desk: PropertyDesk, office: Office) -> None:
    known = metadata("sessions", "screenPageViews", "engagedSessions")
    known["metrics"].append({"apiName": "keyEvents", "blockedReasons": ["NO_REVENUE_METRICS"]})
    desk.on(METADATA, known)

    assert ["This credential may not see keyEvents."] == said(found(office), "warning")


@pytest.mark.parametrize("kind", ["PROPERTY_TYPE_ROLLUP", "PROPERTY_TYPE_SUBPROPERTY"])
def test_a_property_that_repeats_others_is_a_warning(desk: PropertyDesk, office: Office, kind: str) -> None:
    desk.on(PROPERTY, {**ACME, "propertyType": kind, "serviceLevel": "GOOGLE_ANALYTICS_360"})

    findings = found(office)

    assert [f"This property repeats figures of others ({kind})."] == said(findings, "warning")
    assert "The property is Acme (360)." in said(findings)


def test_a_property_in_the_bin_is_a_warning(desk: PropertyDesk, office: Office) -> None:
    desk.on(PROPERTY, {**ACME, "deleteTime": "2026-10-01T00:00:00Z"})

    assert ["The property lies in the bin since 2026-10-01T00:00:00Z."] == said(found(office), "warning")


def test_what_is_wrong_with_figures_is_told_beforehand(desk: PropertyDesk, office: Office) -> None:
    flags: dict[str, Any] = {"dataLossFromOtherRow": True, "subjectToThresholding": True}
    cut = [{"dataTruncationDate": "2025-08-01"}]
    desk.on(REPORT, report(row("20261008", "google", "cpc", 5), **flags, dataTruncationReasons=cut))

    warned = said(found(office), "warning")

    assert 3 == len(warned)
    assert "Google no longer has figures before 2025-08-01." in warned


def _pem() -> str:
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
