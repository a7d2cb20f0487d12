"""An app is served on a free port for as long as it is needed."""

from __future__ import annotations

import threading
from typing import Any

import httpx
import pytest

from latido.testing import Served


class Greeting:
    """The smallest app that knows where it is."""

    url = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        del scope, receive
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
        await send({"type": "http.response.body", "body": b"hola"})


def test_an_app_answers_and_is_told_its_address() -> None:
    app = Greeting()

    with Served(app) as served:
        assert "hola" == httpx.get(served.url).text

    assert served.url == app.url


def test_nothing_is_left_behind() -> None:
    before = set(threading.enumerate())

    with Served(Greeting()) as served, httpx.Client() as client:
        client.get(served.url)

    assert set() == set(threading.enumerate()) - before
    with pytest.raises(httpx.ConnectError):
        httpx.get(served.url)


def test_several_are_served_at_once() -> None:
    with Served(Greeting()) as one, Served(Greeting()) as other:
        assert one.url != other.url
        assert ["hola", "hola"] == [httpx.get(each.url).text for each in (one, other)]
