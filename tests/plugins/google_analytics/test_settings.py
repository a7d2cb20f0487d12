"""What `[sources.<name>]` may say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from latido_google_analytics.settings import GoogleAnalyticsSettings

CLIENT = {"client_id": "latido", "client_secret": "the-secret"}


def settings(**said: Any) -> GoogleAnalyticsSettings:
    return GoogleAnalyticsSettings.model_validate(
        {"connector": "google-analytics", "property_id": "123456789", "service_account_file": "key.json", **said}
    )


@pytest.mark.parametrize("written", ["123456789", 123456789, " properties/123456789 "])
def test_a_property_is_a_number(written: object) -> None:
    assert "123456789" == settings(property_id=written).property_id


@pytest.mark.parametrize("written", ["G-ABC123", "g-abc123", "UA-1-2", "AW-7"])
def test_a_measurement_id_is_refused_with_what_to_write_instead(written: str) -> None:
    with pytest.raises(ValidationError, match=r"property_id is the number of the property, not .* Property details"):
        settings(property_id=written)


@pytest.mark.parametrize("written", ["acme", "12 34", "../7", "1" * 19, ""])
def test_anything_else_is_no_property(written: str) -> None:
    with pytest.raises(ValidationError, match="write property_id as the number"):
        settings(property_id=written)


@pytest.mark.parametrize(
    "credential",
    [
        {"service_account_file": None},
        {**CLIENT},
        {"service_account_file": None, "client_id": "latido"},
        {"client_secret": "the-secret"},
    ],
)
def test_there_is_one_way_in(credential: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="give service_account_file, or client_id and client_secret"):
        settings(**credential)


def test_a_client_is_a_way_in() -> None:
    assert "latido" == settings(service_account_file=None, **CLIENT).client_id


def test_the_key_is_a_file() -> None:
    assert Path("key.json") == settings().service_account_file


@pytest.mark.parametrize("setting", ["restate_days", "weekly_restate_days"])
def test_fewer_than_five_days_are_never_read_again(setting: str) -> None:
    with pytest.raises(ValidationError, match="greater than or equal to 5"):
        settings(**{setting: 4})


def test_thirty_days_are_read_again_and_no_more_of_them_once_a_week() -> None:
    assert (30, None) == (settings().restate_days, settings().weekly_restate_days)


def test_key_events_are_names_of_events() -> None:
    assert ("purchase", "sign_up") == settings(key_events=["purchase", "sign_up", "purchase"]).key_events
    with pytest.raises(ValidationError, match="names of events"):
        settings(key_events=["keyEvents:purchase"])


def test_no_more_key_events_than_a_report_takes() -> None:
    with pytest.raises(ValidationError, match="at most 8"):
        settings(key_events=[f"event_{n}" for n in range(9)])


def test_the_token_server_is_reached_safely() -> None:
    with pytest.raises(ValidationError, match="https://host/path"):
        settings(token_url="http://example.com/token")


def test_requests_go_to_google_unless_redirected() -> None:
    here = "http://127.0.0.1:8000"
    redirected = settings(base_url=here, token_url=f"{here}/token")

    assert ("https://analyticsdata.googleapis.com", "https://analyticsadmin.googleapis.com") == (
        settings().data_api, settings().admin_api
    )  # fmt: skip
    assert "https://oauth2.googleapis.com/token" == settings().token_url
    assert "https://accounts.google.com/o/oauth2/v2/auth" == settings().consent_url
    assert (here, here, f"{here}/o/oauth2/v2/auth") == (
        redirected.data_api, redirected.admin_api, redirected.consent_url
    )  # fmt: skip
