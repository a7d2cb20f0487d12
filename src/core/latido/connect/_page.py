"""What a stream hands to the engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from latido.connect._rows import Rejected, Rows
    from latido.messages import Message
    from latido.schema import Record

Cursor: TypeAlias = "Mapping[str, Any]"
"""Where a stream resumes: a small JSON object that only its stream understands."""

UNKNOWN_SURVIVOR = "unknown"
"""`merged_into` of a row that was merged away when the vendor does not say into which."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many live records the vendor says a stream has; the *least* where it forgets what we keep."""

    n: int
    exact: bool
    least: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A portion of a stream.

    `deleted` maps ids to when the vendor deleted them, if it says so; `merged` maps a loser's id to its survivor's.
    `replaces` names, per child entity, the column that points to the parent and the parents whose children this page
    brings completely: those that it does not bring are deleted. `cursor` is where to resume once the page is stored;
    a page without one is stored together with the next that has one. `fetched` is the number of vendor records that
    the page was made of. `settled` names the files that end with this page: a record that an earlier run put away with
    one of them as the member `file` of its payload is there no more.
    """

    rows: Sequence[Rows] = ()
    cursor: Cursor | None = None
    fetched: int = 0
    deleted: Mapping[type[Record], Mapping[str, datetime | None]] = field(default_factory=dict)
    merged: Mapping[type[Record], Mapping[str, str]] = field(default_factory=dict)
    replaces: Mapping[type[Record], tuple[str, Sequence[str]]] = field(default_factory=dict)
    rejected: Sequence[Rejected] = ()
    warnings: Sequence[Message] = ()
    settled: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a stream may read, at the configured share: requests per minute, of the account's limit if known."""

    per_minute: float
    account_per_minute: float | None = None
