"""Asking for the next page while the one at hand is worked on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")


def ahead(items: Iterator[T]) -> Iterator[T]:
    """Yield *items*, the next of which is already being fetched in another thread; one, and no more, waits there."""
    context, pool = copy_context(), ThreadPoolExecutor(1, "latido-ahead")
    try:
        upcoming = pool.submit(context.run, _next, items)
        while found := upcoming.result():
            upcoming = pool.submit(context.run, _next, items)
            yield found[0]
    finally:
        # Whoever stops early does not wait for an answer that nobody wants.
        pool.shutdown(wait=False, cancel_futures=True)


def _next(items: Iterator[T]) -> tuple[T] | None:
    """Return the next of *items* wrapped, None at the end."""
    for item in items:
        return (item,)
    return None
