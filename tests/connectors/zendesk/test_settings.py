"""What the settings accept: credentials go to Zendesk, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from latido_zendesk.settings import ZendeskSettings

CLIENT = {"client_id": "latido", "client_secret": "the-secret"}


def settings(**more: Any) -> ZendeskSettings:
    return ZendeskSettings.model_validate({"connector": "zendesk", "subdomain": "acme", **CLIENT, **more})


@pytest.mark.parametrize(
    "written", ["acme", "ACME", " acme ", "https://acme.zendesk.com", "https://Acme.zendesk.com/agent/tickets/12?x=1"]
)
def test_a_subdomain_or_a_pasted_address_of_zendesk_is_accepted(written: str) -> None:
    assert "https://acme.zendesk.com" == settings(subdomain=written).site


@pytest.mark.parametrize(
    "written",
    [
        "acme.zendesk.com",
        "acme/evil",
        "acme@evil.example",
        "acme:443",
        "acme#",
        "acme%2e",
        "-acme",
        "acme-",
        "a",
        "",
        "a" * 64,
        "https://acme.zendesk.com.evil.example",
        "https://evilzendesk.com",
        "https://user@acme.zendesk.com",
        "https://a.b.zendesk.com",
        "https://.zendesk.com",
    ],
)
def test_anything_else_is_refused(written: str) -> None:
    with pytest.raises(ValidationError, match=r"write only the acme|subdomain is missing"):
        settings(subdomain=written)


def test_base_url_redirects_every_request() -> None:
    assert "http://127.0.0.1:8000" == settings(base_url="http://127.0.0.1:8000").site


@pytest.mark.parametrize(
    "credentials",
    [
        {},
        {"client_id": "latido"},
        {"email": "ana@example.com"},
        {**CLIENT, "email": "ana@example.com", "api_token": "the-token"},
        {**CLIENT, "email": "ana@example.com"},
    ],
)
def test_one_whole_credential_is_needed(credentials: dict[str, str]) -> None:
    nothing = {"client_id": None, "client_secret": None}
    with pytest.raises(ValidationError, match="give client_id and client_secret, or email and api_token"):
        settings(**{**nothing, **credentials})


def test_secrets_are_not_shown() -> None:
    assert "the-secret" not in repr(settings())


@pytest.mark.parametrize("name", ["Authorization", "cookie", "Host"])
def test_further_headers_carry_no_credentials(name: str) -> None:
    with pytest.raises(ValidationError, match="not for credentials"):
        settings(headers={name: "x"})


def test_a_survey_needs_a_scale_and_a_direction() -> None:
    """Neither is ever inferred from answers."""
    with pytest.raises(ValidationError) as caught:
        settings(ces={"alias": "effort"})

    assert {"scale_min", "scale_max", "higher_is_better"} == {str(each["loc"][-1]) for each in caught.value.errors()}


def test_a_scale_has_a_range() -> None:
    with pytest.raises(ValidationError, match="scale_max must be greater"):
        settings(ces={"alias": "effort", "scale_min": 7, "scale_max": 7, "higher_is_better": True})


def test_a_browser_comes_back_to_this_machine() -> None:
    assert "http://localhost:8917/" == settings().redirect_uri
