"""A first sync of Salesforce's cases by the Bulk API and by REST, one with nothing new and one with 0.1% changed.

`python benchmarks/salesforce_sync.py [--cases 500000]`; REST reads a tenth of them.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from measuring import Project, deed, sandbox, switch

SPEED = 60
"""Salesforce's clock runs faster, so that a job that it takes a minute over is done in a second."""

SOURCE = """
connector = "salesforce"
domain = "acme"
client_id = "3MVG9latidoSandboxConsumerKey"
client_secret = "env:SALESFORCE_CLIENT_SECRET"
streams = ["cases"]
"""
SECRETS = {"SALESFORCE_CLIENT_SECRET": "sandbox-consumer-secret"}


def main() -> None:
    asked = _asked()
    read("Bulk API 2.0", asked.cases, SOURCE)
    read("REST", asked.cases // 10, SOURCE + f"bulk_above = {asked.cases}\n")


def read(way: str, cases: int, source: str) -> None:
    serving = ("--cases", str(cases), "--speed", str(SPEED))
    with sandbox("latido_salesforce.sandbox", *serving) as url, tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder), url, source, SECRETS)
        switch(url, job_polls=0, job_seconds=0)  # how long a job waits at the vendor is nobody's work
        project.sync()  # the server renders every page once, so that nobody pays for it
        (Path(folder) / "latido.duckdb").unlink()
        first = project.sync()
        print(f"{way:16}{first}: {cases / first.seconds:,.0f} cases/s")
        project.again("nothing changed")
        deed(url, "touch_all", first=0, count=cases // 1000)
        time.sleep(1)
        project.again("0.1% changed")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=500_000)
    return parser.parse_args()


if __name__ == "__main__":
    main()
