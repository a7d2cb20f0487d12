"""What is still under way to a vendor when nobody wants it any more."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Underway:
    """Counts the requests under way, so that their connections are given up after them and not before.

    A connection that opens after its pool was closed belongs to nobody, and stays open.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0
        self._ended = False

    @contextmanager
    def one(self) -> Iterator[None]:
        """Count one request while the block lasts. Raises RuntimeError after the end."""
        with self._changed:
            if self._ended:
                raise RuntimeError("This way is closed.")
            self._count += 1
        try:
            yield
        finally:
            with self._changed:
                self._count -= 1
                self._changed.notify_all()

    def end(self) -> None:
        """Let no request begin any more, and return when those under way are over."""
        with self._changed:
            self._ended = True
            self._changed.wait_for(lambda: not self._count)
