"""What the page about testing says of the sandbox is there, and its command line serves one."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import httpx

from latido_salesforce.sandbox import SalesforceSwitches
from tests.connectors.salesforce.visiting import CLIENT, ROOT, TOKEN, Visitor

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "testing.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`(\w+)", PAGE))


def test_every_switch_is_on_the_page() -> None:
    assert set() == SalesforceSwitches.model_fields.keys() - NAMED


def test_every_deed_is_on_the_page() -> None:
    assert set() == Visitor(20).sandbox.deeds().keys() - NAMED


def test_the_command_line_serves_one() -> None:
    command = [sys.executable, "-m", "latido_salesforce.sandbox", "--cases", "10", "--limits", "documented"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        granted = httpx.post(f"{url}{TOKEN}", data={"grant_type": "client_credentials", **CLIENT}).json()
        headers = {"authorization": f"Bearer {granted['access_token']}"}
        answer = httpx.get(f"{url}{ROOT}/limits", headers=headers)
        process.terminate()

    assert (200, "api-usage=1/100000") == (answer.status_code, answer.headers["sforce-limit-info"])
