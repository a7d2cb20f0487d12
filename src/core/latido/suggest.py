"""The nearest name to one that does not exist."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the one of *names* that *name* was probably meant to be, in whatever case it was written."""
    folded = {each.casefold(): each for each in names}
    found = get_close_matches(name.casefold(), folded, n=1)
    return folded[found[0]] if found else None
