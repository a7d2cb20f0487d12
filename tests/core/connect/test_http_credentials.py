"""A credential that is rejected, and a request that is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest
from pydantic import SecretStr

from latido.connect import Basic, Bearer, Refused, redacted
from latido.errors import ConfigurationError, CredentialError
from tests.core.connect.vendors import Scripted, Setting, answer

if TYPE_CHECKING:
    from collections.abc import Mapping


class Renewable:
    """A credential that can be renewed a few times."""

    def __init__(self, renewals: int) -> None:
        self._left = renewals
        self.rejected: list[str] = []

    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {len(self.rejected)}"}

    def renew(self, used: Mapping[str, str]) -> bool:
        self.rejected.append(used["Authorization"])
        return len(self.rejected) <= self._left


def signatures(transport: Scripted) -> list[str]:
    return [request.headers["Authorization"] for request in transport.requests]


def test_a_user_and_a_secret_sign_a_request() -> None:
    transport = Scripted(answer())

    Setting(transport).http(auth=Basic("ana@acme.test/token", SecretStr("s3cr3t-ñ"))).get("me")

    assert ["Basic YW5hQGFjbWUudGVzdC90b2tlbjpzM2NyM3Qtw7E="] == signatures(transport)


def test_a_secret_that_stands_in_place_of_the_user_signs_a_request_and_is_hidden() -> None:
    transport = Scripted(answer())

    Setting(transport).http(auth=Basic(SecretStr("api-key-of-acme"), "X")).get("me")

    assert ["Basic YXBpLWtleS1vZi1hY21lOlg="] == signatures(transport)
    assert "***" == redacted("api-key-of-acme")


def test_a_token_signs_a_request() -> None:
    transport = Scripted(answer())

    Setting(transport).http(auth=Bearer(SecretStr("pat-eu1-77"))).get("me")

    assert ["Bearer pat-eu1-77"] == signatures(transport)


@pytest.mark.parametrize("token", ["", "two words\n", "tokén-of-the-team", "a\r\nHost: evil.test"])
def test_a_token_that_was_copied_badly_is_a_wrong_setting(token: str) -> None:
    with pytest.raises(ConfigurationError, match="characters that no token has"):
        Bearer(SecretStr(token))


def test_a_rejected_credential_is_renewed_and_the_request_repeated() -> None:
    transport = Scripted(answer(401), answer(body=[1]))
    auth = Renewable(1)

    assert [1] == Setting(transport).http(auth=auth).get("tickets").json()
    assert ["Bearer 0", "Bearer 1"] == signatures(transport)
    assert ["Bearer 0"] == auth.rejected


def test_a_credential_is_renewed_only_once() -> None:
    """A vendor that rejects the new one too will reject them all."""
    transport = Scripted(answer(401))

    with pytest.raises(CredentialError):
        Setting(transport).http(auth=Renewable(9)).get("tickets")

    assert 2 == len(transport.requests)


def test_a_credential_may_be_renewed_again_later() -> None:
    """A long backfill outlives several tokens."""
    transport = Scripted(answer(401), answer(), answer(401), answer())
    http = Setting(transport).http(auth=Renewable(2))

    http.get("page/1")
    http.get("page/2")

    assert ["Bearer 0", "Bearer 1", "Bearer 1", "Bearer 2"] == signatures(transport)


def test_a_credential_that_cannot_be_renewed_ends_the_run() -> None:
    said = {"error": "Couldn't authenticate you"}
    transport = Scripted(answer(401, said))

    with pytest.raises(CredentialError) as caught:
        Setting(transport).http(auth=Bearer(SecretStr("pat-eu1-77"))).get("tickets")

    assert 1 == len(transport.requests)
    assert "vendor.test rejects the credential (401, Couldn't authenticate you)." == str(caught.value)
    assert "Check the credential of support, then run: latido check support" == str(caught.value.hint)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"error": "Couldn't authenticate you"}, "Couldn't authenticate you"),
        ({"error": "Forbidden", "description": "You do not have access."}, "Forbidden: You do not have access."),
        ({"error": "invalid_token", "error_description": "It expired."}, "invalid_token: It expired."),
        ({"error": {"title": "Forbidden", "message": "No access."}}, "Forbidden: No access."),
        ({"errors": [{"code": "NotFound", "status": "404", "title": "not found"}]}, "not found"),
        ({"errors": [{"error": {"code": "no", "message": "Unauthorized"}}]}, "Unauthorized"),
        ([{"message": "Session expired", "errorCode": "INVALID_SESSION_ID"}], "INVALID_SESSION_ID: Session expired"),
        ({"status": "error", "message": "You have reached\n your limit."}, "You have reached your limit."),
        ({"detail": "by edge protection", "title": "Automated response"}, "Automated response: by edge protection"),
        ({"error": "same", "message": "same"}, "same"),
        ({"error": None, "errors": [], "details": 7}, ""),
        ("plain words", "plain words"),
        ({"message": "x" * 300}, "x" * 199 + "…"),
    ],
)
def test_a_refusal_says_what_the_vendor_says(body: Any, sentence: str) -> None:
    """Each vendor has its own envelope; whoever asked judges by the status and the body."""
    with pytest.raises(Refused) as caught:
        Setting(Scripted(answer(422, body))).http().get("exports")

    assert 422 == caught.value.status
    assert body == caught.value.body
    assert sentence == caught.value.sentence
    assert f"vendor.test refuses exports (422{', ' if sentence else ''}{sentence})." == str(caught.value)


def test_a_refusal_in_html_has_no_body() -> None:
    with pytest.raises(Refused) as caught:
        Setting(Scripted(answer(403, b"<html>go away</html>", Content_Type="text/html"))).http().get("ratings")

    assert (403, None, "") == (caught.value.status, caught.value.body, caught.value.sentence)
    assert "vendor.test refuses ratings (403)." == str(caught.value)


@pytest.mark.parametrize(("status", "exit_code"), [(403, 4), (404, 1)])
def test_a_refusal_that_nobody_expects_ends_the_run(status: int, exit_code: int) -> None:
    """A scope or a role that is missing is the user's to mend; the rest is a mistake of ours."""
    with pytest.raises(Refused) as caught:
        Setting(Scripted(answer(status))).http().get("ratings")

    assert exit_code == caught.value.exit_code


def test_what_a_vendor_quotes_of_us_is_not_repeated() -> None:
    """Some quote the request in their answer."""
    secret = "k9-client-secret"
    said = orjson.dumps({"error": f"bad secret {secret} in client_secret=other-one&a=b"})
    http = Setting(Scripted(answer(400, said), answer(401, said))).http(auth=Bearer(SecretStr(secret)))

    for expected in (Refused, CredentialError):
        with pytest.raises(expected) as caught:
            http.get("tickets?token=t-1234567")

        shown = f"{caught.value} {caught.value.hint} {caught.value!r}"
        assert secret not in shown
        assert "other-one" not in shown
        assert "t-1234567" not in shown
        assert "a=b" in shown
