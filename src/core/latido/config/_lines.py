"""On which line of a TOML text each key stands. The parser of the standard library does not say."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_TABLE = re.compile(r"^\s*\[(?P<keys>[^\[\]]+)\]")
_KEY = re.compile(r"^\s*(?P<keys>[\w\"'][^=#]*?)\s*=")


def lines(text: str) -> dict[tuple[str, ...], int]:
    """Return the line, from 1, on which each key or table of *text* is written; what cannot be made out is left out."""
    found: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _TABLE.match(line):
            table = _keys(header["keys"])
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault((*table, *_keys(key["keys"])), number)
    return found


def line_of(found: Mapping[tuple[str, ...], int], keys: tuple[str, ...]) -> int | None:
    """Return the line of *keys*, or of the nearest table or key around them that has one."""
    return next((found[keys[:n]] for n in range(len(keys), 0, -1) if keys[:n] in found), None)


def _keys(dotted: str) -> tuple[str, ...]:
    """Return the parts of a dotted key, quoted ones included."""
    try:
        tree: Any = tomllib.loads(f"{dotted} = 0")
    except tomllib.TOMLDecodeError:
        return ()
    keys: list[str] = []
    while isinstance(tree, dict):
        ((key, tree),) = tree.items()
        keys.append(key)
    return tuple(keys)
