"""What the page about testing says of the sandbox is there, and its command line serves one."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import httpx

from latido_hubspot.sandbox import HubSpotSwitches
from tests.connectors.hubspot.visiting import Visitor

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "testing.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`(\w+)", PAGE))


def test_every_switch_is_on_the_page() -> None:
    assert set() == HubSpotSwitches.model_fields.keys() - NAMED


def test_every_deed_is_on_the_page() -> None:
    assert set() == Visitor(20).sandbox.deeds().keys() - NAMED


def test_the_command_line_serves_one() -> None:
    command = [sys.executable, "-m", "latido_hubspot.sandbox", "--contacts", "30", "--tickets", "10", "--limits"]
    with subprocess.Popen([*command, "documented"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        token = Visitor(10).sandbox.settings()["access_token"]
        answer = httpx.get(f"{url}/crm/v3/objects/contacts", headers={"authorization": f"Bearer {token}"})
        process.terminate()

    assert (200, "190") == (answer.status_code, answer.headers["X-HubSpot-RateLimit-Max"])
