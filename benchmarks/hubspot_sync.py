"""A first sync of HubSpot's contacts with three kinds of associations, one with nothing new and one with 0.1% changed.

`python benchmarks/hubspot_sync.py [--contacts 50000]`, beside a loop that downloads and decodes the same contacts.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from measuring import PYTHON, Project, cost, deed, requests, sandbox

LOOP = Path(__file__).with_name("hubspot_loop.py")
SPEED = 60
"""HubSpot's clock runs faster, so that a change is settled, and known to its search, when the next sync begins."""

TOKEN = "pat-eu1-00000000-sandbox-4000-8000-000000000000"
SOURCE = """
connector = "hubspot"
access_token = "env:HUBSPOT_ACCESS_TOKEN"
rate_share = 1.0
streams = ["contacts", "associations"]
"""


def main() -> None:
    asked = _asked()
    serving = ("--contacts", str(asked.contacts), "--tickets", str(asked.contacts // 5), "--speed", str(SPEED))
    with sandbox("latido_hubspot.sandbox", *serving) as url, tempfile.TemporaryDirectory() as folder:
        cost([PYTHON, str(LOOP), url, TOKEN])  # the server renders every page once, so that nobody pays for it
        loop = cost([PYTHON, str(LOOP), url, TOKEN])
        print(f"typed loop      {loop}: {asked.contacts / float(loop.output):,.0f} contacts/s")
        project = Project(Path(folder), url, SOURCE, {"HUBSPOT_ACCESS_TOKEN": TOKEN})
        first = project.sync()
        print(f"first sync      {first}: {asked.contacts / first.seconds:,.0f} contacts/s with their associations")
        print(f"  requests: {requests(url)}")
        project.again("nothing changed")
        deed(url, "touch_all", kind="contacts", first=0, count=asked.contacts // 1000)
        time.sleep(120 / SPEED)
        project.again("0.1% changed")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=50_000)
    return parser.parse_args()


if __name__ == "__main__":
    main()
