"""What the settings take, and what they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from latido_salesforce.settings import SalesforceSettings

if TYPE_CHECKING:
    from pathlib import Path

CLIENT = {"connector": "salesforce", "domain": "acme", "client_id": "latido", "client_secret": "the-secret"}


def settings(**more: Any) -> SalesforceSettings:
    said = {name: value for name, value in {**CLIENT, **more}.items() if value is not None}
    return SalesforceSettings.model_validate(said)


@pytest.mark.parametrize(
    ("written", "site"),
    [
        ("acme", "https://acme.my.salesforce.com"),
        ("ACME.my", "https://acme.my.salesforce.com"),
        ("acme.my.salesforce.com", "https://acme.my.salesforce.com"),
        ("https://acme.my.salesforce.com/home/home.jsp", "https://acme.my.salesforce.com"),
        ("https://acme.lightning.force.com/lightning/page/home", "https://acme.my.salesforce.com"),
        ("acme--uat.sandbox", "https://acme--uat.sandbox.my.salesforce.com"),
        ("acme-dev-ed.develop", "https://acme-dev-ed.develop.my.salesforce.com"),
    ],
)
def test_my_domain_is_found_in_what_people_paste(written: str, site: str) -> None:
    assert site == settings(domain=written).site


@pytest.mark.parametrize(
    "written", ["", "acme.example", "https://acme.example/", "https://a:b@acme.my.salesforce.com", "a/b"]
)
def test_credentials_go_to_no_other_host(written: str) -> None:
    with pytest.raises(ValidationError, match=r"domain|acme"):
        settings(domain=written)


def test_another_address_stands_in_for_the_org() -> None:
    assert "http://127.0.0.1:8000" == settings(domain=None, base_url="http://127.0.0.1:8000").site


@pytest.mark.parametrize(
    "said",
    [
        {"client_secret": None},
        {"username": "ana@example.com"},
        {"client_secret": None, "username": "ana@example.com"},
        {"username": "ana@example.com", "private_key_file": "key.pem"},
        {"client_secret": None, "private_key_file": "key.pem"},
    ],
)
def test_there_is_one_way_in(said: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="give"):
        settings(**said)


def test_a_password_is_no_way_in() -> None:
    """Salesforce is taking it away."""
    with pytest.raises(ValidationError, match="password"):
        settings(password="hunter2")


@pytest.mark.parametrize(
    ("said", "audience"),
    [
        ({}, "https://login.salesforce.com"),
        ({"domain": "acme--uat.sandbox"}, "https://test.salesforce.com"),
        ({"sandbox": True}, "https://test.salesforce.com"),
        ({"sandbox": True, "audience": "https://acme.my.site.com"}, "https://acme.my.site.com"),
    ],
)
def test_an_assertion_is_for_who_hands_out_tokens(said: dict[str, Any], audience: str, tmp_path: Path) -> None:
    key = {"client_secret": None, "username": "ana@example.com", "private_key_file": tmp_path / "key.pem"}

    assert audience == settings(**key, **said).signed_for


@pytest.mark.parametrize(("written", "version"), [("64.0", "64.0"), ("v68.0", "68.0"), ("41.0", "41.0")])
def test_a_version_is_written_in_either_way(written: str, version: str) -> None:
    assert version == settings(api_version=written).api_version


@pytest.mark.parametrize("written", ["latest", "40.0", "64", "64.1"])
def test_a_version_that_does_not_live_is_refused(written: str) -> None:
    with pytest.raises(ValidationError, match="api_version"):
        settings(api_version=written)


@pytest.mark.parametrize("said", [{"quota_share": 0}, {"quota_share": 1.1}, {"bulk_above": -1}, {"currency": "euro"}])
def test_nonsense_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(**said)


def test_a_scale_has_two_ends() -> None:
    with pytest.raises(ValidationError, match="scale_max must be greater"):
        settings(questions={"effort": {"kind": "ces", "scale_min": 7, "scale_max": 1}})


def test_the_secret_does_not_show() -> None:
    assert "the-secret" not in repr(settings())
