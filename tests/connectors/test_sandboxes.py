"""What the page about testing says of every vendor's sandbox is there, and their command lines serve them."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from latido.connect import Connector, Runtime
from latido.testing import World
from latido_hubspot.connector import HubSpot
from latido_salesforce.connector import Salesforce
from latido_zendesk.connector import Zendesk
from tests.connectors.vendors import CONNECTORS

if TYPE_CHECKING:
    from latido.testing import Imitation

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "testing.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`(\w+)", PAGE))

of_every_vendor = pytest.mark.parametrize("vendor", CONNECTORS.values(), ids=CONNECTORS)


def sandbox_of(vendor: type[Connector]) -> Imitation:
    sandbox = vendor.sandbox(World("acme", end=date(2026, 11, 1), tickets=20))
    assert sandbox is not None
    return sandbox


@of_every_vendor
def test_every_switch_is_on_the_page(vendor: type[Connector]) -> None:
    assert set() == type(sandbox_of(vendor).switches).model_fields.keys() - NAMED


@of_every_vendor
def test_every_deed_is_on_the_page(vendor: type[Connector]) -> None:
    assert set() == sandbox_of(vendor).deeds().keys() - NAMED


def test_the_examples_of_the_page_run() -> None:
    for example in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(compile(example, "testing.md", "exec"), {})  # noqa: S102 - our own page


@pytest.mark.parametrize(
    ("vendor", "options", "path", "name", "limit"),
    [
        (HubSpot, "--tickets 10 --limits documented", "/crm/v3/objects/contacts", "X-HubSpot-RateLimit-Max", "190"),
        (
            Salesforce, "--cases 10 --limits documented", "/services/data/v64.0/limits", "Sforce-Limit-Info",
            "api-usage=1/100000",
        ),
        (Zendesk, "--tickets 10 --limits sliding", "/api/v2/users/me", "X-Rate-Limit", "700"),
        (Zendesk, "--tickets 10", "/api/v2/users/me", "X-Rate-Limit", "100000000"),
    ],
)  # fmt: skip
def test_the_command_line_serves_one(
    vendor: type[Any], options: str, path: str, name: str, limit: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", f"latido_{vendor.name}.sandbox", *options.split()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = {**sandbox_of(vendor).settings(), "base_url": process.stdout.readline().strip()}
        connector = vendor(vendor.Settings.model_validate(said), Runtime("ours", folder=tmp_path))
        with closing(connector):
            reply = connector.http.get(path)
        process.terminate()

    assert limit == reply.headers[name]
