"""The reference page of the schema, made from the schema."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Literal, get_args, get_origin, get_type_hints

from latido.schema._record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable

_HEAD = """# The common schema

Made from `latido.schema` by `python -m latido.schema`; a test compares the two. Every table has the columns of the
envelope, then its own. Instants are UTC, dates are calendar dates that never move, ends of intervals are exclusive.

## The envelope

{envelope}

`synced_at` and `seq` say when and in which order this version was written.
"""


def reference_page(entities: Iterable[type[Record]]) -> str:
    """Return the page in Markdown."""
    parts = [_HEAD.format(envelope=_table(Record, set()))]
    for entity in entities:
        own = _table(entity, set(Record.model_fields))
        parts.append(f"## `{entity.table}`\n\n{inspect.cleandoc(entity.__doc__ or '')}\n\n{own}\n")
    return "\n".join(parts)


def _table(entity: type[Record], left_out: set[str]) -> str:
    columns = entity.columns() if entity is not Record else Record.columns()
    rows = [
        f"| `{name}` | {kind.sql}{_words(entity, name)} |" for name, kind in columns.items() if name not in left_out
    ]
    if entity is Record:
        rows.insert(0, "| `source` | VARCHAR |")
    return "\n".join(["| column | type |", "|---|---|", *rows])


def _words(entity: type[Record], name: str) -> str:
    hint = get_type_hints(entity)[name]
    closed = next((branch for branch in (hint, *get_args(hint)) if get_origin(branch) is Literal), None)
    return f": {', '.join(get_args(closed))}" if closed is not None else ""
