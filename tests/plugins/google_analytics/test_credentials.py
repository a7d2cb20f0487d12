"""How requests are signed, and how tokens are kept alive."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import jwt
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from latido.connect import Person, TokenStore, redacted
from latido.errors import ConfigurationError, CredentialError
from latido_google_analytics.connector import GoogleAnalytics
from tests.desk import Says
from tests.plugins.google_analytics.desk import REPORT, TOKENS, PropertyDesk, recorded, report

if TYPE_CHECKING:
    from pathlib import Path

    from latido.testing import ManualClock
    from tests.plugins.google_analytics.desk import Office

ERRORS = recorded("synthetic/errors.json")
PAIR = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = PAIR.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
EMAIL = "latido@acme.iam.gserviceaccount.com"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def error(name: str) -> Says:
    return Says(ERRORS[name]["http_status"], ERRORS[name]["body"])


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "key.json"
    said = {"type": "service_account", "private_key_id": "k1", "private_key": PEM, "client_email": EMAIL}
    file.write_bytes(orjson.dumps({**said, "token_uri": "https://accounts.google.com/o/oauth2/token"}))
    return file


def read(office: Office, file: Path, **settings: Any) -> None:
    office.pages(
        "web_sessions", {"unread": "2026-01-09"},
        service_account_file=file, client_id=None, client_secret=None, start_date="2026-01-09", **settings,
    )  # fmt: skip


def authorizations(desk: PropertyDesk) -> list[str]:
    return [each.headers["authorization"] for each in desk.requests(REPORT)]


def test_a_service_account_signs_for_an_hour(
    desk: PropertyDesk, office: Office, key_file: Path, clock: ManualClock
) -> None:
    read(office, key_file)

    (asked,) = desk.requests(TOKENS)
    assert {"grant_type", "assertion"} == asked.body.keys()
    assert JWT_BEARER == asked.body["grant_type"]
    header, now = jwt.get_unverified_header(asked.body["assertion"]), int(clock.now().timestamp())
    claims = jwt.decode(
        asked.body["assertion"], PAIR.public_key(), ["RS256"], {"verify_exp": False, "verify_aud": False}
    )
    assert {"alg": "RS256", "typ": "JWT", "kid": "k1"} == header
    assert {
        "iss": EMAIL,
        "scope": "https://www.googleapis.com/auth/analytics.readonly",
        "aud": f"{desk.url}{TOKENS}",
        "iat": now,
        "exp": now + 3600,
    } == claims
    assert {"Bearer secret-access"} == set(authorizations(desk))


def test_a_token_is_renewed_before_it_expires(
    desk: PropertyDesk, office: Office, key_file: Path, clock: ManualClock
) -> None:
    desk.on(TOKENS, {"access_token": "first", "expires_in": "3599"}, {"access_token": "second", "expires_in": 3599})
    credential = office.connector(
        service_account_file=key_file, client_id=None, client_secret=None
    ).property.credential  # fmt: skip

    used = []
    for seconds in (0, 3000, 300):
        clock.sleep(seconds)
        used.append(credential.headers()["Authorization"])

    assert ["Bearer first", "Bearer first", "Bearer second"] == used


def test_a_token_that_is_rejected_is_renewed_once(desk: PropertyDesk, office: Office, key_file: Path) -> None:
    desk.on(TOKENS, {"access_token": "first", "expires_in": 3599}, {"access_token": "second", "expires_in": 3599})
    desk.on(REPORT, error("token_expired"), report())

    read(office, key_file)

    assert ["Bearer first", "Bearer second"] == authorizations(desk)


@pytest.mark.parametrize("name", ["token_endpoint_bad_signature", "token_endpoint_bad_scope"])
def test_a_signature_that_google_rejects_says_what_to_check(
    desk: PropertyDesk, office: Office, key_file: Path, name: str
) -> None:
    desk.on(TOKENS, error(name))

    with pytest.raises(CredentialError, match=ERRORS[name]["body"]["error"]) as caught:
        read(office, key_file)

    assert "this machine's clock is right, then run: latido check web" in str(caught.value.hint)
    assert 1 == len(desk.requests(TOKENS))


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b"no json", orjson.dumps({"installed": {"client_id": "x"}}),
     orjson.dumps({"client_email": "", "private_key_id": "", "private_key": ""}),
     orjson.dumps({"client_email": EMAIL, "private_key_id": "k", "private_key": "no key"})],
)  # fmt: skip
def test_a_file_without_key_is_named(office: Office, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "other.json"
    file.write_bytes(content)

    with pytest.raises(ConfigurationError, match=r"other\.json holds no key of a service account") as caught:
        read(office, file)

    assert "latido check web" in str(caught.value.hint)


def test_a_file_that_is_not_there_is_named(office: Office, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere\.json holds no key"):
        read(office, tmp_path / "nowhere.json")


def test_the_key_is_kept_secret(office: Office, key_file: Path) -> None:
    read(office, key_file)

    assert PEM not in redacted(f"so {PEM} it was")


def test_who_logs_in_is_asked_for_a_token_that_lasts(desk: PropertyDesk, office: Office) -> None:
    """Google hands one out only for offline access, and a second time only if consent is asked again."""
    desk.on(TOKENS, {"access_token": "a", "expires_in": 3599, "refresh_token": "lasting"})
    shown: list[str] = []

    office.connector().login(Person(show=shown.append, pasted=lambda: "the-code"))

    (address,) = shown
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert ("offline", "consent", "latido") == (asked["access_type"], asked["prompt"], asked["client_id"])
    assert "https://www.googleapis.com/auth/analytics.readonly" == asked["scope"]
    stored = TokenStore(office.folder).get("web")
    assert stored is not None
    assert "lasting" == stored.refresh_token


def test_who_logged_in_is_remembered_and_a_new_refresh_token_kept(
    desk: PropertyDesk, office: Office, clock: ManualClock
) -> None:
    desk.on(REPORT, error("token_expired"), report())
    desk.on(TOKENS, {"access_token": "renewed", "expires_in": 3599, "refresh_token": "newer"})

    office.pages("web_sessions", {"unread": "2026-01-09"}, start_date="2026-01-09")

    (asked,) = desk.requests(TOKENS)
    assert ("refresh_token", "secret-refresh") == (asked.body["grant_type"], asked.body["refresh_token"])
    assert ["Bearer secret-access", "Bearer renewed"] == authorizations(desk)
    stored = TokenStore(office.folder).get("web")
    assert stored is not None
    assert ("newer", clock.now()) == (stored.refresh_token, stored.obtained_at)


def test_a_login_that_ended_says_how_to_begin_anew(desk: PropertyDesk, office: Office) -> None:
    desk.on(REPORT, error("token_expired"))
    desk.on(TOKENS, error("token_endpoint_refresh_revoked"))

    with pytest.raises(CredentialError, match="expired or revoked") as caught:
        office.pages("web_sessions")

    assert "latido login web (while the consent screen is in testing, Google ends a login after 7 days)" in str(
        caught.value.hint
    )


def test_who_never_logged_in_is_told_to(desk: PropertyDesk, office: Office) -> None:
    settings = office.settings(token_url=f"{desk.url}{TOKENS}")

    with (
        closing(GoogleAnalytics(settings, office.runtime())) as connector,
        pytest.raises(ConfigurationError, match="There is no token for web yet"),
    ):
        connector.property.credential.headers()


def test_a_service_account_needs_no_login(office: Office, key_file: Path) -> None:
    connector = office.connector(service_account_file=key_file, client_id=None, client_secret=None)

    with pytest.raises(ConfigurationError, match="A service account needs no login"):
        connector.login()
