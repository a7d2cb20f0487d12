"""Whether answers of a sandbox have the shape of those that were recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection


def types(records: list[Any]) -> dict[str, set[str]]:
    """Return, by key, which types the values of *records* have, null being one."""
    found: dict[str, set[str]] = {}
    for record in records:
        for key, value in record.items():
            found.setdefault(key, set()).add(type(value).__name__)
    return found


def same_shape(ours: list[Any], theirs: list[Any], newer: Collection[str] = ()) -> None:
    """Assert that *ours* have the keys of *theirs*, no other types, and null where they have null.

    Keys that are *newer* than the recording may be there as well.
    """
    our_types, their_types = types(ours), types(theirs)

    assert their_types.keys() == our_types.keys() - (set(newer) - their_types.keys())
    for key, theirs_here in their_types.items():
        ours_here = our_types[key]
        if theirs_here - {"NoneType"}:
            assert ours_here - {"NoneType"} <= theirs_here, key
        assert "NoneType" not in theirs_here or "NoneType" in ours_here, key
