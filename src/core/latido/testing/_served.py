"""An ASGI app on a free port of this machine."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import TracebackType

    from uvicorn import Server


class Served:
    """Serves *app* on loopback in a thread while the `with` block lasts; `url` says where.

    An app with an attribute `url` is told its own address.
    """

    def __init__(self, app: Any, port: int = 0) -> None:
        self._app = app
        # Named TCP: asyncio switches Nagle's 40 ms off only for sockets that say so.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.bind(("127.0.0.1", port))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        if hasattr(app, "url"):
            app.url = self.url
        self._server = _server(app)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            self._thread.join(0.005)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def wait(self) -> None:
        """Return when the server ends."""
        self._thread.join()


def _server(app: Any) -> Server:
    from uvicorn import Config, Server

    config = Config(
        app, lifespan="off", ws="none", log_config=None, log_level="critical", access_log=False,
        timeout_keep_alive=60, timeout_graceful_shutdown=1, date_header=False,  # of its own clock
    )  # fmt: skip
    return Server(config)
