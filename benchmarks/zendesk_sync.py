"""A first sync of Zendesk, one with nothing new and one with 1% changed, beside a bare loop and dlt.

`python benchmarks/zendesk_sync.py [--tickets 100000] [--users 20000] [--dlt PYTHON]`, where PYTHON is that of an
environment with `pip install "dlt[duckdb,parquet]" httpx orjson`.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from measuring import PYTHON, Project, cost, deed, sandbox, switch

HERE = Path(__file__).parent
SOURCE = """
connector = "zendesk"
subdomain = "acme"
client_id = "latido"
client_secret = "env:ZENDESK_CLIENT_SECRET"
rate_share = 1.0
streams = ["tickets", "users"]
"""
SECRETS = {"ZENDESK_CLIENT_SECRET": "sandbox-client-secret"}


def main() -> None:
    asked = _asked()
    serving = ("--tickets", str(asked.tickets), "--users", str(asked.users))
    with sandbox("latido_zendesk.sandbox", *serving) as url, tempfile.TemporaryDirectory() as folder:
        warm(url)
        bare = cost([PYTHON, str(HERE / "bare_loop.py"), url])
        print(f"bare loop      {bare}: {asked.tickets / float(bare.output):,.0f} tickets/s in its ticket part")
        project = Project(Path(folder), url, SOURCE, SECRETS)
        first = project.sync()
        records = asked.tickets + asked.users
        bare_all = cost([PYTHON, str(HERE / "bare_loop.py"), url, "users"])
        print(f"first sync     {first}: {records / first.seconds:,.0f} records/s")
        print(f"  speed of the bare loop over both ({bare_all.seconds:.2f} s) × {bare_all.seconds / first.seconds:.2f}")
        print(f"  CPU a ticket: {1000 * first.cpu_seconds / asked.tickets:.3f} ms; peak {first.peak_megabytes:.0f} MB")
        project.again("nothing changed")
        touch(url, asked.tickets // 100)
        project.again("1% changed")
        for mode in ("records", "arrow") if asked.dlt else ():
            peer = cost([asked.dlt, str(HERE / "dlt_peer.py"), url, folder, mode])
            print(f"dlt, {mode:10}{peer}: Latido is {peer.seconds / first.seconds:.1f} × as fast")


def warm(url: str) -> None:
    """Let the server render every page once, so that nobody pays for it."""
    cost([PYTHON, str(HERE / "bare_loop.py"), url, "users"])


def touch(url: str, tickets: int) -> None:
    """Change that many tickets at the vendor; a change is told only after a minute, this one is to be seen at once."""
    switch(url, lag=0)
    deed(url, "touch_all", first=0, count=tickets)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--users", type=int, default=20_000)
    parser.add_argument("--dlt", help="a Python that has dlt")
    return parser.parse_args()


if __name__ == "__main__":
    main()
