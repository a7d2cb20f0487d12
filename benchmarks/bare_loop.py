"""The least that anybody does: download the same pages, decode and drop them. Prints the seconds that tickets took."""

from __future__ import annotations

import sys
import time

import httpx
import orjson

TICKETS = {"per_page": 1000, "include": "metric_sets", "support_type_scope": "all"}


def main(url: str, *more: str) -> None:
    with httpx.Client(base_url=url, timeout=600) as client:
        asked = {
            "grant_type": "client_credentials",
            "client_id": "latido",
            "client_secret": "sandbox-client-secret",
            "scope": "read",
        }
        token = client.post("/oauth/tokens", json=asked).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        if "users" in more:
            walk(client, "/api/v2/incremental/users/cursor.json", {"per_page": 1000})
        began = time.perf_counter()
        walk(client, "/api/v2/incremental/tickets/cursor.json", TICKETS)
        print(time.perf_counter() - began)


def walk(client: httpx.Client, path: str, parameters: dict[str, str | int]) -> None:
    start: dict[str, str | int] = {"start_time": 0}
    while True:
        page = orjson.loads(client.get(path, params={**parameters, **start}).content)
        if page["end_of_stream"]:
            return
        start = {"cursor": page["after_cursor"]}


if __name__ == "__main__":
    main(*sys.argv[1:])
