"""The nearest name to one that does not exist."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the one of *names* that *name* was probably meant to be."""
    found = get_close_matches(name, list(names), n=1)
    return found[0] if found else None
