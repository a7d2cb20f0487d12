"""The same tickets and users through dlt, tuned: Arrow tables, Parquet, merge by id, no nested tables.

Needs `pip install "dlt[duckdb,parquet]"` in an environment of its own.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import dlt
import httpx
import orjson
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterator

CREDENTIALS = {"grant_type": "client_credentials", "client_id": "latido", "client_secret": "sandbox-client-secret"}


def flat(record: dict[str, Any]) -> dict[str, Any]:
    return {name: orjson.dumps(v).decode() if isinstance(v, dict | list) else v for name, v in record.items()}


def pages(url: str, path: str, key: str, parameters: dict[str, Any]) -> Iterator[pa.Table]:
    with httpx.Client(base_url=url, timeout=600) as client:
        token = client.post("/oauth/tokens", json={**CREDENTIALS, "scope": "read"}).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        start: dict[str, Any] = {"start_time": 0}
        while True:
            page = orjson.loads(client.get(path, params={**parameters, **start}).content)
            if page[key]:
                yield pa.Table.from_pylist([flat(record) for record in page[key]])
            if page["end_of_stream"]:
                return
            start = {"cursor": page["after_cursor"]}


def main(url: str, folder: str) -> None:
    tickets = dlt.resource(
        pages(
            url, "/api/v2/incremental/tickets/cursor.json", "tickets", {"per_page": 1000, "support_type_scope": "all"}
        ),
        name="tickets",
        write_disposition="merge",
        primary_key="id",
    )
    users = dlt.resource(
        pages(url, "/api/v2/incremental/users/cursor.json", "users", {"per_page": 1000}),
        name="users",
        write_disposition="merge",
        primary_key="id",
    )
    target = dlt.destinations.duckdb(f"{folder}/dlt.duckdb")
    pipeline = dlt.pipeline("peer", destination=target, dataset_name="zendesk", pipelines_dir=f"{folder}/dlt")
    pipeline.run([tickets, users], loader_file_format="parquet")


if __name__ == "__main__":
    main(*sys.argv[1:])
