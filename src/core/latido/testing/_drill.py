"""What can be done to a stream's records at the vendor, so that a promise can be put to the test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True)
class Drill:
    """What can be done to one stream's records at the vendor; None: it cannot happen there.

    All speak of records by their `source_id`s, as the stream stores them. Each call takes another record, one that is
    live; what it does happens now, by the clock of the sandbox.

    * `touch`: change so many records in one and the same instant; returns those that were.
    * `delete`: delete a record; returns which.
    * `restore`: bring a deleted one back as it was.
    * `merge`: merge a record into another one; returns the loser and the survivor.
    * `spoil`: give a record a value that no column takes (a date that is none); returns which.
    """

    touch: Callable[[int], Sequence[str]] | None = None
    delete: Callable[[], str] | None = None
    restore: Callable[[str], None] | None = None
    merge: Callable[[], tuple[str, str]] | None = None
    spoil: Callable[[], str] | None = None
