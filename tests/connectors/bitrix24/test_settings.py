"""What the settings accept, and where a credential may go."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from latido_bitrix24.settings import Bitrix24Settings
from tests.connectors.bitrix24.desk import SECRET, WEBHOOK


def settings(**said: Any) -> Bitrix24Settings:
    return Bitrix24Settings.model_validate({"connector": "bitrix24", **said})


def hook(host: str, scheme: str = "https") -> str:
    return f"{scheme}://{host}/rest/1/{SECRET}/"


@pytest.mark.parametrize(
    "host", ["acme.bitrix24.com", "ACME.bitrix24.eu", "acme.bitrix24.com.br", "my-acme.bitrix24.ru"]
)
def test_a_webhook_of_the_cloud_needs_nothing_else(host: str) -> None:
    """Its address says where, and who."""
    assert f"https://{host.lower()}/rest/1/{SECRET}" == settings(webhook_url=hook(host)).site


@pytest.mark.parametrize(
    "host", ["crm.acme.com", "acme.bitrix24.com.evil.example", "bitrix24.com", "acme.bitrix24.example", "10.0.0.7"]
)
def test_another_host_has_to_be_named(host: str) -> None:
    """So that a credential goes nowhere by mistake: nobody copies an address and writes a host."""
    with pytest.raises(ValidationError, match="none of Bitrix24's own"):
        settings(webhook_url=hook(host))

    assert host in settings(webhook_url=hook(host), portal=host).site


@pytest.mark.parametrize("portal", ["other.acme.com", "acme.bitrix24.com"])
def test_a_webhook_leads_where_the_portal_is(portal: str) -> None:
    """One of two names is wrong."""
    with pytest.raises(ValidationError, match="names another"):
        settings(webhook_url=hook("crm.acme.com"), portal=portal)


def test_an_installation_may_live_in_a_folder_and_at_a_port() -> None:
    """Those of one's own do."""
    found = settings(webhook_url=hook("crm.acme.com:8443/office"), portal="https://crm.acme.com:8443/office/")

    assert f"https://crm.acme.com:8443/office/rest/1/{SECRET}" == found.site
    assert "https://crm.acme.com:8443/office" == found.address


@pytest.mark.parametrize(
    "written",
    [
        "https://acme.bitrix24.com/",
        "https://acme.bitrix24.com/rest/1/",
        f"https://acme.bitrix24.com/rest/one/{SECRET}/",
        f"https://acme.bitrix24.com/rest/1/{SECRET}/crm.deal.list",
        f"https://acme.bitrix24.com/rest/1/{SECRET}/?auth=1",
        f"https://ada:pass@acme.bitrix24.com/rest/1/{SECRET}/",
        f"ftp://acme.bitrix24.com/rest/1/{SECRET}/",
        "acme",
    ],
)
def test_what_is_no_webhook_is_refused(written: str) -> None:
    """Path and all: a user, a query or a method in it would end in another place than one thinks."""
    with pytest.raises(ValidationError, match="write webhook_url whole"):
        settings(webhook_url=written)


def test_plain_http_stays_on_this_machine() -> None:
    """The secret is in the address."""
    with pytest.raises(ValidationError, match="https://"):
        settings(webhook_url=hook("acme.bitrix24.com", "http"))

    assert settings(webhook_url=hook("127.0.0.1:8000", "http")).site.startswith("http://127.0.0.1:8000/rest/")


def test_a_redirected_webhook_keeps_its_path() -> None:
    """Tests and proxies stand in for the host alone."""
    found = settings(webhook_url=WEBHOOK, base_url="http://127.0.0.1:8000")

    assert f"http://127.0.0.1:8000/rest/1/{SECRET}" == found.site
    assert "https://acme.bitrix24.com" == found.address


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"portal": "acme.bitrix24.com"},
        {"portal": "acme.bitrix24.com", "client_id": "local.1"},
        {"webhook_url": WEBHOOK, "client_id": "local.1", "client_secret": "secret"},
    ],
)
def test_there_is_one_way_in(said: dict[str, Any]) -> None:
    """A webhook, or an app."""
    with pytest.raises(ValidationError, match="give webhook_url, or portal, client_id and client_secret"):
        settings(**said)


def test_an_app_needs_to_know_where() -> None:
    """Its id does not tell."""
    with pytest.raises(ValidationError, match="portal is missing"):
        settings(client_id="local.1", client_secret="secret")


@pytest.mark.parametrize("written", ["a b", "https://acme.bitrix24.com/?x=1", "https://ada@acme.bitrix24.com", ""])
def test_a_portal_is_an_address(written: str) -> None:
    """And nothing more."""
    with pytest.raises(ValidationError, match="write portal as"):
        settings(portal=written, client_id="local.1", client_secret="secret")


def test_the_secret_is_shown_by_nothing() -> None:
    """Nor is the address that holds it."""
    found = settings(webhook_url=WEBHOOK)

    assert SECRET not in f"{found!r}{found}{found.model_dump_json()}"
