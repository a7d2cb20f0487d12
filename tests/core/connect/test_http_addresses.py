"""Requests and credentials go to the configured origin, whatever the data says."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from latido.connect import Bearer, check_base_url
from latido.errors import ConfigurationError
from tests.core.connect.vendors import Scripted, Setting, answer

TOKEN = Bearer(SecretStr("t0k3n-of-the-team"))


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.zendesk.com",
        "https://acme.zendesk.com:8443/api/",
        "http://127.0.0.1:8000",
        "http://127.8.9.10",
        "http://[::1]:8000",
        "http://localhost:8000",
    ],
)
def test_a_base_address_is_https_or_on_this_machine(url: str) -> None:
    check_base_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://acme.zendesk.com",
        "http://127.0.0.1.evil.test",
        "http://localhost.evil.test",
        "http://10.0.0.1",
        "ftp://127.0.0.1",
        "https://",
        "https://[::1",
        "https://host:port",
        "https://user@evil.test",
        "https://127.0.0.1:secret@evil.test",
        "https://acme.zendesk.com\\@evil.test",
        "https://acme.zendesk.com/?next=evil",
        "https://acme.zendesk.com/#evil",
        "https://acme .zendesk.com",
        "acme.zendesk.com",
        "",
    ],
)
def test_any_other_base_address_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(ConfigurationError, match="base_url") as caught:
        check_base_url(url)

    assert "Write it as https://" in str(caught.value.hint)


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.test/steal",
        "//evil.test/steal",
        "/\\evil.test",
        "\\\\evil.test",
        "%2f%2fevil.test",
        "/%5Cevil.test",
        "api/../../admin",
        "api/%2e%2e/admin",
        "..",
        "a\r\nHost: evil.test",
        "tickets#evil",
        "año",
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(path: str) -> None:
    """A link that was found in data may be anything."""
    transport = Scripted(answer())

    with pytest.raises(ValueError, match="not a path below the base address"):
        Setting(transport).http(auth=TOKEN).get(path)

    assert [] == transport.requests


@given(st.text(alphabet=st.sampled_from("/\\.:@?#%ae25fhtps[]&= \t\n;é"), max_size=30) | st.text())
def test_no_path_takes_a_credential_to_another_host(path: str) -> None:
    transport = Scripted(answer())
    try:
        Setting(transport).http(auth=TOKEN).get(path)
    except (ValueError, httpx.InvalidURL):
        return

    (request,) = transport.requests
    assert ("https", "vendor.test", None) == (request.url.scheme, request.url.host, request.url.port)
    assert "vendor.test" == request.headers["host"]


def test_a_path_may_bring_its_own_query() -> None:
    """The rest of a link to the next page."""
    transport = Scripted(answer())

    Setting(transport).http().get("/tickets?cursor=a%2Bb&include=metric_sets")

    assert "https://vendor.test/tickets?cursor=a%2Bb&include=metric_sets" == str(transport.requests[0].url)
