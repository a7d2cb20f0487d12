"""What can be said in the settings, and who we are to HubSpot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from latido.connect import Person
from latido.errors import ConfigurationError, CredentialError
from latido_hubspot.settings import HubSpotSettings
from latido_hubspot.versions import Paths
from tests.connectors.hubspot.builders import listed
from tests.desk import Desk, Says

if TYPE_CHECKING:
    from latido.testing import ManualClock
    from latido_hubspot.connector import HubSpot
    from tests.connectors.hubspot.desk import Office

TOKEN = "/oauth/v3/token"
APP = {"access_token": None, "client_id": "app-1", "client_secret": "the-secret"}


def settings(**said: Any) -> HubSpotSettings:
    return HubSpotSettings.model_validate({"connector": "hubspot", **said})


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"client_id": "app"},
        {"access_token": "pat-1", "client_id": "app", "client_secret": "s"},
        {"access_token": "pat-1", "client_id": "app"},
        {"access_token": "pat-1", "refresh_token": "r"},
        {"access_token": "pat-1", "api_version": "v3"},
        {"access_token": "pat-1", "api_version": "2026-05"},
        {"access_token": "pat-1", "surveys": {"11": {"scale_min": 5, "scale_max": 1}}},
        {"access_token": "pat-1", "hapikey": "x"},
    ],
)
def test_what_makes_no_sense_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(**said)


def test_a_token_is_enough() -> None:
    found = settings(access_token="pat-1")

    assert ("https://api.hubapi.com", "legacy") == (found.site, found.paths.version)
    assert "pat-1" not in repr(found)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (
            "legacy",
            ["/crm/v3/objects/deals/search", "/crm/v4/associations/deals/line_items/batch/read", "/crm/v3/owners"],
        ),
        (
            "2026-09",
            [
                "/crm/objects/2026-09/deals/search",
                "/crm/associations/2026-09/deals/line_items/batch/read",
                "/crm/owners/2026-09",
            ],
        ),
    ],
)
def test_paths_come_from_a_table(version: str, expected: list[str]) -> None:
    paths = Paths(version)

    assert expected == [paths.search("deals"), paths.associations("deals", "line_items"), paths.owners]


def logged_in(office: Office, desk: Desk) -> HubSpot:
    """Return an app for which somebody has logged in."""
    desk.on(TOKEN, {"access_token": "access-1", "refresh_token": "refresh-1", "expires_in": 1800})
    connector = office.connector(**APP)
    shown: list[str] = []

    def pasted() -> str:
        state = shown[0].split("state=")[1].split("&")[0]
        return f"http://localhost:8917/?code=the-code&state={state}"

    connector.login(Person(shown.append, pasted))
    return connector


def test_a_login_hands_out_the_first_tokens(desk: Desk, office: Office) -> None:
    logged_in(office, desk)

    (asked,) = desk.requests(TOKEN)
    assert ("authorization_code", "the-code", "app-1") == (
        asked.body["grant_type"],
        asked.body["code"],
        asked.body["client_id"],
    )
    assert {} == asked.params, "HubSpot wants them in the body"


def test_tokens_are_renewed_before_they_expire(desk: Desk, office: Office, clock: ManualClock) -> None:
    """HubSpot asks not to wait for a 401."""
    connector = logged_in(office, desk)
    desk.on(TOKEN, {"access_token": "access-2", "expires_in": 1800})
    desk.on("contacts", listed())

    connector.get("/crm/v3/objects/contacts")
    clock.sleep(1700)
    connector.get("/crm/v3/objects/contacts")

    assert ["Bearer access-1", "Bearer access-2"] == [
        asked.headers["authorization"] for asked in desk.requests("contacts")
    ]
    renewal = desk.requests(TOKEN)[-1].body
    assert ("refresh_token", "refresh-1", None) == (
        renewal["grant_type"],
        renewal["refresh_token"],
        renewal.get("scope"),
    )


def test_an_expired_token_is_renewed_once(desk: Desk, office: Office) -> None:
    connector = logged_in(office, desk)
    desk.on(TOKEN, {"access_token": "access-2", "expires_in": 1800})
    desk.on(
        "contacts", Says(401, {"category": "EXPIRED_AUTHENTICATION", "message": "expired 12 second(s) ago"}), listed()
    )

    assert [] == connector.get("/crm/v3/objects/contacts")["results"]
    assert "Bearer access-2" == desk.requests("contacts")[-1].headers["authorization"]


def test_a_revoked_login_asks_for_another(desk: Desk, office: Office, clock: ManualClock) -> None:
    connector = logged_in(office, desk)
    desk.on(TOKEN, Says(400, {"status": "BAD_REFRESH_TOKEN", "message": "missing or invalid refresh token"}))
    clock.sleep(3600)

    with pytest.raises(CredentialError) as caught:
        connector.get("/crm/v3/objects/contacts")

    assert "Run: latido login sales" == str(caught.value.hint)


def test_a_refresh_token_may_be_a_setting(desk: Desk, office: Office) -> None:
    """Where nobody can log in. One that is changed there counts at once."""
    desk.on(TOKEN, {"access_token": "access-1", "refresh_token": "refresh-1", "expires_in": 1800})
    desk.on("contacts", listed())

    for refresh_token in ("refresh-1", "refresh-1", "refresh-2"):
        office.connector(**APP, refresh_token=refresh_token).get("/crm/v3/objects/contacts")

    assert ["refresh-1", "refresh-2"] == [asked.body["refresh_token"] for asked in desk.requests(TOKEN)]


def test_an_app_nobody_logged_in_for_says_so(office: Office) -> None:
    with pytest.raises(ConfigurationError) as caught:
        office.connector(**APP).get("/crm/v3/objects/contacts")

    assert "latido login sales" in str(caught.value.hint)


def test_a_token_needs_no_login(office: Office) -> None:
    with pytest.raises(ConfigurationError, match="needs no login"):
        office.connector().login()


def test_people_agree_on_hubspots_own_page() -> None:
    from latido_hubspot.account import login_page

    assert "https://app.hubspot.com/oauth/authorize" == login_page(settings(**{**APP, "access_token": None}))
