"""What `check` says, and what kind of trouble it is."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest

from tests.connectors.zendesk.builders import cursor_page, list_page, time_page
from tests.connectors.zendesk.desk import Office, recorded
from tests.desk import Desk, Says

if TYPE_CHECKING:
    from latido.connect import Finding

TOKEN = {"client_id": None, "client_secret": None, "email": "ana@example.com", "api_token": "the-token"}
ANONYMOUS = recorded("node-zendesk/authentication_test_incorrect_token.json")[0]["response"]["json"]


@pytest.fixture(autouse=True)
def everything_is_there(desk: Desk) -> None:
    desk.on("incremental/organizations", time_page("organizations", end_time=None))
    desk.on("incremental/users/cursor", cursor_page("users"))
    desk.on("incremental/tickets/cursor", cursor_page("tickets"))
    for path in ("tickets", "satisfaction_ratings", "deleted_tickets", "deleted_users"):
        desk.on(path, list_page(path))
    desk.on("guide/survey_responses", list_page("survey_responses"))


def findings(office: Office, **settings: Any) -> list[Finding]:
    return list(office.connector(**settings).check())


def troubles(office: Office, **settings: Any) -> list[tuple[str, str, str]]:
    return [(str(each.wrong), str(each.text), str(each.fix)) for each in findings(office, **settings) if each.wrong]


def test_a_healthy_account_says_who_we_are_and_what_can_be_read(desk: Desk, office: Office) -> None:
    me = {"user": {"id": 1, "name": "Zoe", "role": "admin", "active": True}}
    desk.on("users/me", Says(200, me, {"x-rate-limit": "700", "x-rate-limit-remaining": "699"}))

    said = [str(each.text) for each in findings(office)]

    assert f"Signed in at {desk.url} as Zoe, admin." == said[0]
    assert "The account allows 700 requests a minute (plan: Enterprise)." == said[1]
    assert {
        f"{name} can be read."
        for name in (
            "organizations", "users", "tickets", "satisfaction_ratings", "survey_responses", "deleted_tickets",
            "deleted_users",
        )
    } == set(said[2:])  # fmt: skip
    assert [] == troubles(office)


@pytest.mark.parametrize("name", ["incorrect_token", "no_creds"])
def test_an_anonymous_user_is_a_wrong_credential(desk: Desk, office: Office, name: str) -> None:
    """Zendesk answers `users/me` with status 200 to whoever asks."""
    (exchange,) = recorded(f"node-zendesk/authentication_test_{name}.json")
    desk.on("users/me", Says(exchange["response"]["status"], exchange["response"]["json"]))

    ((kind, text, fix),) = troubles(office)

    assert ("credential", True) == (kind, "anonymous user" in text)
    assert "client_id" in fix


def test_a_wrong_secret_is_a_wrong_credential(desk: Desk, office: Office) -> None:
    desk.on("/oauth/tokens", Says(401, {"error": "invalid_client", "error_description": "Unknown client."}))

    ((kind, text, fix),) = troubles(office)

    assert ("credential", True, True) == (kind, "invalid_client" in text, "client_secret" in fix)


def test_a_wrong_subdomain_is_a_wrong_setting(desk: Desk, office: Office) -> None:
    (exchange,) = recorded("node-zendesk/authentication_test_incorrect_subdomain.json")
    desk.on("users/me", Says(exchange["response"]["status"], exchange["response"]["json"]))

    fix = "Check subdomain in latido.toml, then run: latido check"
    assert [("setting", f"There is no Zendesk account at {desk.url}.", fix)] == troubles(office)


def test_a_wrong_subdomain_is_noticed_by_the_token_server_too(desk: Desk, office: Office) -> None:
    desk.on("/oauth/tokens", Says(404, ""))

    assert ["setting"] == [kind for kind, _, _ in troubles(office)]


def test_a_redirect_is_a_wrong_setting_and_is_not_followed(desk: Desk, office: Office) -> None:
    """A renamed or suspended account leads to a page for people."""
    desk.on("users/me", Says(302, "", {"location": "https://www.zendesk.com/suspended"}))

    ((kind, text, _fix),) = troubles(office)

    assert ("setting", True) == (kind, "www.zendesk.com" in text)


def test_an_agent_is_not_enough(desk: Desk, office: Office) -> None:
    desk.on("users/me", {"user": {"id": 1, "name": "Al", "role": "agent", "active": True}})

    assert (
        "credential",
        "This user is no administrator: exports are closed to it, and lists silently leave out tickets.",
        "Create the OAuth client, or the token, as a user with the role admin.",
    ) == troubles(office)[0]


def test_a_user_who_is_not_active_is_a_wrong_credential(desk: Desk, office: Office) -> None:
    desk.on("users/me", {"user": {"id": 1, "name": "Zoe", "role": "admin", "active": False}})

    assert ["This user is not active."] == [text for _, text, _ in troubles(office)]


def test_a_missing_scope_is_named_per_stream(desk: Desk, office: Office) -> None:
    desk.on("incremental/tickets/cursor", Says(403, recorded("synthetic/errors.json")["403_ticketing"]))

    ((kind, text, fix),) = troubles(office)

    assert ("credential", True, True) == (kind, text.startswith("tickets: "), "scope read" in fix)


def test_what_the_plan_lacks_is_only_a_warning(desk: Desk, office: Office) -> None:
    desk.on("guide/survey_responses", Says(403, "<html>"))

    ((kind, text, _fix),) = troubles(office)

    assert ("warning", True) == (kind, text.startswith("survey_responses: "))


def test_a_scope_that_does_not_even_open_users_me(desk: Desk, office: Office) -> None:
    desk.on("users/me", Says(403, ""))

    ((kind, _text, fix),) = troubles(office)

    assert ("credential", "Give the OAuth client the scope read.") == (kind, fix)


def test_no_network_is_an_outage(office: Office) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))

        ((kind, text, _fix),) = troubles(office, base_url=f"http://127.0.0.1:{taken.getsockname()[1]}")

    assert ("outage", True) == (kind, "127.0.0.1" in text)


def test_html_instead_of_json_is_an_outage(desk: Desk, office: Office) -> None:
    desk.on("users/me", Says(200, "<html>Just a moment</html>"))

    assert ["outage"] == [kind for kind, _, _ in troubles(office)]


def test_api_tokens_carry_a_date(office: Office) -> None:
    ((kind, text, _fix),) = troubles(office, **TOKEN)

    assert ("warning", True, True) == (kind, "2027-04-30" in text, "30 days" in text)


def test_lists_are_tried_where_lists_are_read(desk: Desk, office: Office) -> None:
    findings(office, strategy="keyset")

    assert (1, 0) == (len(desk.requests("tickets")), len(desk.requests("incremental/tickets/cursor")))


def test_no_finding_shows_a_secret(desk: Desk, office: Office) -> None:
    desk.on("users/me", Says(401, {"error": "the-secret is wrong, so is secret-access"}))

    shown = repr([(str(each.text), str(each.fix)) for each in findings(office)])

    assert "the-secret" not in shown
    assert "secret-access" not in shown
