"""Asking an ASGI app in this process, without a server."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx


def ask(app: Any, method: str, path: str, **more: Any) -> httpx.Response:
    """Return what *app* answers; *more* is what `httpx.Client.request` takes."""

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.request(method, path, **more)

    return asyncio.run(asked())
