"""The reference page of the transforms, made from the transforms."""

from __future__ import annotations

import inspect
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from latido.connect import _mapping, _transforms
from latido.connect._mapping import Context, source
from latido.schema import ENTITIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from latido.schema import ColumnType

TRANSFORMS: tuple[Callable[..., Any], ...] = (
    _mapping.path,
    _transforms.first,
    _transforms.constant,
    _transforms.lookup,
    _transforms.reference,
    _transforms.computed,
    _transforms.epoch_seconds,
    _transforms.epoch_millis,
    _transforms.local_date,
    _transforms.custom,
)

EXAMPLES: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    "path": (
        ("'subject'", {"subject": "Help"}),
        ("'contact.id'", {"contact": {"id": 17}}),
        ("'contact.id'", {"contact": None}),
    ),
    "first": (("first('mobile', 'phone')", {"mobile": None, "phone": "+34 600 000 001"}),),
    "constant": (("constant('csat')", {}),),
    "lookup": (
        ("lookup('state', {'waiting': 'pending'})", {"state": "waiting"}),
        ("lookup('state', {'waiting': 'pending'})", {"state": "open"}),
        ("lookup('stage', 'stages', 'label')", {"stage": 4}),
        ("lookup('stage', 'stages', 'label')", {"stage": 99}),
    ),
    "reference": (("first('currency', reference('company_currency'))", {"currency": None}),),
    "computed": (("computed('is set', lambda at: at is not None, 'deleted_at')", {"deleted_at": None}),),
    "epoch_seconds": (("epoch_seconds('created')", {"created": 1_767_225_600}),),
    "epoch_millis": (("epoch_millis('created')", {"created": 1_767_225_600_500}),),
    "local_date": (
        ("local_date('closed_at')", {"closed_at": "2025-12-31T23:30:00Z"}),
        ("local_date('closed_at')", {"closed_at": "2025-12-31"}),
    ),
    "custom": (("custom('properties')", {"properties": {"plan": "gold", "colour": "red"}}),),
}
CONTEXT = Context(
    MappingProxyType({"stages": {"4": {"label": "Won"}}, "company_currency": "EUR"}),
    ZoneInfo("Europe/Madrid"),
    ("plan",),
)

TAKES = {
    "text": "texts; whole numbers, as ids often are",
    "integer": "whole numbers of at most 64 bits, also as texts or as 3.0",
    "boolean": "true and false, nothing that stands for them",
    "double": "finite numbers, also as texts",
    "decimal": "numbers, also as texts; rounded half to even",
    "instant": "datetimes and ISO 8601 texts, both with their zone",
    "date": "dates and ISO 8601 texts; no instants: `local_date` says where a day begins",
    "one of": "its own words; any other becomes `unknown`",
    "texts": "lists of texts",
    "json": "objects",
}

_HEAD = """# Transforms

Made from `latido.connect` by `python -m latido.connect`; a test compares the two.

A mapping says for each column of [the schema](schema.md) where its value comes from in the vendor's record:

```python
from latido.connect import Mapping, lookup
from latido.schema import Ticket

TICKETS = Mapping(Ticket, source_id="id", subject="subject", status=lookup("state", {"waiting": "pending"}))
```

A plain text is a path. Everything else is one of these transforms, which take paths or each other. A mapping is pure:
it knows the record, the connector's reference tables, the project's time zone and which user-defined fields to keep;
no clock, no network. From it come the fields that a request asks for (`requested(mappings)`), `latido fields`, the
tables in the vendors' pages, and the fingerprint: once it changes, stored rows would come out differently, and the
stream is read again in full, announced with what that costs. On top of it the user may put paths of their own,
`[sources.<name>.fields.<table>]`.

In the examples the project is in Madrid and keeps `custom = ["plan"]`; the reference table `stages` is
`{"4": {"label": "Won"}}`, and `company_currency` is `"EUR"`.
"""

_COLUMNS = """## What a column takes

What a transform returns has to fit its column. Null fits every one. What does not fit puts the record into quarantine,
with the reason and what the vendor sent, and the rest of the page is stored; so does a record without `source_id`.

| column | takes |
|---|---|
{rows}

`version` is `updated_at` in microseconds unless a mapping says otherwise: of two states of a row the greater stays.

## One of your own

`computed` calls any pure function; a ValueError puts the record into quarantine. What needs more than values, such as
the time zone, is a `Source`: a description (it stands for the transform in docs and fingerprints), the vendor's fields
that it reads, and a function that is bound once to the `Context` and returns what is called for each record:

```python
from latido.connect import Source


def upper(name: str) -> Source:
    return Source(f"upper({name})", (name,), lambda _context: lambda record: (record.get(name) or "").upper() or None)
```
"""


def reference_page() -> str:
    """Return the page in Markdown."""
    columns = "\n".join(f"| {name} | {takes} |" for name, takes in TAKES.items())
    return "\n".join([_HEAD, *map(_section, TRANSFORMS), _COLUMNS.replace("{rows}", columns)])


def kinds() -> set[str]:
    """Return the names of all types that columns have, those of decimals without their digits."""
    return {_kind(each) for entity in ENTITIES for each in entity.columns().values()}


def _kind(column: ColumnType) -> str:
    return column.name.partition("(")[0]


def _section(transform: Callable[..., Any]) -> str:
    name = transform.__name__
    signature = f"{name}{inspect.signature(transform)}".replace("'", "").partition(" -> ")[0]
    rows = [f"| `{text}` | `{record!r}` | `{_value(text, record)}` |" for text, record in EXAMPLES[name]]
    table = "\n".join(["| in a mapping | record | value |", "|---|---|---|", *rows])
    return f"## `{signature}`\n\n{inspect.cleandoc(transform.__doc__ or '')}\n\n{table}\n"


def _value(text: str, record: dict[str, Any]) -> str:
    """Return what the transform that *text* writes makes of *record*."""
    written = eval(text, {each.__name__: each for each in TRANSFORMS})  # noqa: S307 - one of the examples above
    value = source(written).bind(CONTEXT)(record)
    return str(value) if isinstance(value, date) else repr(value)
