"""A batch's answer: each command in exactly one of its containers, or it is no answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido_bitrix24.answers import PASSING, code_in, nonsense
from latido_bitrix24.commands import Failed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST = 50
"""Commands that a batch may hold."""


def key(position: int) -> str:
    """Return the name of a command: with a number alone PHP would make a list of the answers, without any names."""
    return f"c{position:02d}"


def opened(result: Any, keys: Sequence[str]) -> dict[str, Any]:
    """Return what became of each of *keys*: its result, or `Failed`. Raises VendorUnavailable if one is left out."""
    if not isinstance(result, dict):
        raise nonsense("batch")
    failed = _named(result.get("result_error"), keys, _named(result.get("result"), keys, {}))
    done = _named(result.get("result"), keys, failed)
    found = {**done, **{name: _failure(error) for name, error in failed.items()}}
    if found.keys() != set(keys):
        raise nonsense("batch")
    return found


def is_passing(result: Any) -> bool:
    """Whether *result* is a failure that passes."""
    return isinstance(result, Failed) and result.code in PASSING


def _named(container: Any, keys: Sequence[str], others: Mapping[str, Any]) -> dict[str, Any]:
    """Return *container* by key. PHP drops the names where it pleases; what is left over is then told by the order."""
    if isinstance(container, dict):
        return container
    if not isinstance(container, list):
        return {}
    left = [name for name in keys if name not in others]
    return dict(zip(left, container, strict=True)) if len(left) == len(container) else {}


def _failure(error: Any) -> Failed:
    known = error if isinstance(error, dict) else {}
    return Failed(code_in(known) or "", str(known.get("error_description") or ""))
