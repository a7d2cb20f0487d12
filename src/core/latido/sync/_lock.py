"""One run per source at a time."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from latido.errors import LockedError
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.sync._source import Source

_ = marker("latido")


@contextmanager
def source_lock(source: Source) -> Iterator[None]:
    """Hold the lock of *source*; raises LockedError when another run has it. The system frees it when a run dies."""
    from filelock import FileLock, Timeout

    folder = source.folder / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / f"{source.name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise LockedError(
            _("{source}: another run is going on.", source=source.name),
            _("Wait for it to end; its progress: latido status"),
        ) from None
    try:
        yield
    finally:
        lock.release()
