"""Rows that are made of parts of a record: a record that cannot be taken apart is put aside, and the others go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido.connect import Rejected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from latido.connect import JsonObject
    from latido.schema import Record

UNFIT = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def unfolded(
    entity: type[Record], records: Sequence[Any], unfold: Callable[[JsonObject], Iterable[JsonObject]]
) -> tuple[list[JsonObject], list[Rejected]]:
    """Return what *unfold* makes of each of *records*, and those of which it can make nothing."""
    parts: list[JsonObject] = []
    rejected: list[Rejected] = []
    for record in records:
        try:
            parts.extend(list(unfold(record)))
        except UNFIT as error:
            key = record.get("id") if isinstance(record, dict) else None
            reason = f"{type(error).__name__}: {error}"
            rejected.append(Rejected(entity.table, None if key is None else str(key), reason, record))
    return parts, rejected
