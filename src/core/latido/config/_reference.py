"""The reference page of the settings, made from their models."""
# ruff: noqa: E501 - a row of a Markdown table is one line

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from types import NoneType
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin
from zoneinfo import ZoneInfo

from latido.config._sections import (
    DemoSettings,
    HealthSettings,
    LatidoSettings,
    MetricsSettings,
    ScheduleSettings,
    SegmentSettings,
)
from latido.config._sources import plain
from latido.connect import ConnectorSettings, HttpSettings

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

_HEAD = """# Settings

Made from the models of `latido.config` by `python -m latido.config`; a test compares the two. `latido check --config`
shows every setting of a project and where it came from, secrets masked.

A project is a folder with a `latido.toml`. A setting may stand in four places; the first of these wins:

| place | looks like |
|---|---|
| an option | `--lang es` |
| the environment | `LATIDO__SOURCES__SUPPORT__CLIENT_ID=latido`: the keys, in any case, joined by two underscores; hyphens become underscores |
| `.env` in the project's folder | the same names as in the environment |
| `latido.toml` | `[sources.support]` and below it `client_id = "latido"` |

`LATIDO__TIMEZONE` is short for `LATIDO__LATIDO__TIMEZONE`. Lists and tables are written in a variable as in TOML:
`LATIDO__SOURCES__SUPPORT__STREAMS='["tickets", "users"]'`. A variable that is empty says nothing.

**Secrets** never stand in `latido.toml`; they are referred to: `client_secret = "env:SUPPORT_CLIENT_SECRET"` takes the
variable of that name from the environment or `.env`, `client_secret = "file:/run/secrets/support"` the content of a
file (relative to the project's folder, without the last line break). `env:` works for every setting of a source.

Durations are written as `90s`, `10m`, `24h`, `7d` or `2w`; paths are relative to the project's folder.
"""

_SECTIONS: tuple[tuple[str, str, type[BaseModel] | None, set[str]], ...] = (
    ("[latido]", "The project as a whole.", LatidoSettings, set()),
    (
        "[sources.<name>]",
        """A source: one connection to a vendor, with a name of letters, digits, hyphens and underscores. Two accounts of one
vendor are two sources. Two of one name are a mistake, and so are two whose names differ in case or hyphens alone. Every
source takes these; what its connector takes besides is on the vendor's page.""",
        ConnectorSettings,
        set(),
    ),
    (
        "[sources.<name>], of connectors that speak HTTP",
        "Besides:",
        HttpSettings,
        set(ConnectorSettings.model_fields),
    ),
    (
        "[schedules.<name>]",
        """When a desk is open, for the variants `schedule=<name>`: `monday = ["09:00-14:00", "15:00-18:00"]`. A shift over
midnight is two: until `24:00`, and from `00:00` on the next day.""",
        ScheduleSettings,
        set(),
    ),
    (
        "[metrics]",
        "How figures are computed, where a company has a choice.",
        MetricsSettings,
        {"health", "segments", "bands"},
    ),
    (
        "[metrics.health]",
        """What makes up the health score of a customer, and who is at risk. The weights count against each other: they need not
add up to 1, and 0 leaves a part out.""",
        HealthSettings,
        set(),
    ),
    ("[metrics.segments]", "How customers are divided by what they pay.", SegmentSettings, set()),
    (
        "[metrics.bands.<kpi>]",
        """What you call a figure of a KPI that lies in a range: `"below 0"`, `"0 to 30"` (30 is not in it) or `"from 30"`, in the
unit of the KPI; shares may be written in percent. `latido explain` shows yours beside those that articles published.

```toml
[metrics.bands.customer_churn_rate]
healthy = "below 2%"
watch = "2% to 5%"
alarming = "from 5%"
```""",
        None,
        set(),
    ),
    (
        "[demo]",
        "The imaginary business of a project that `latido demo` made; the same values always make the same one.",
        DemoSettings,
        set(),
    ),
)

_WORDS: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    Decimal: "number",
    bool: "true or false",
    date: "date",
    timedelta: "duration",
    ZoneInfo: "time zone",
}


def reference_page() -> str:
    """Return the page in Markdown."""
    parts = [_HEAD]
    for title, prose, model, left_out in _SECTIONS:
        parts.append("\n\n".join([f"## `{title}`", prose, *([_table(model, left_out)] if model else [])]) + "\n")
    return "\n".join(parts)


def _table(model: type[BaseModel], left_out: set[str]) -> str:
    rows = [_row(name, info) for name, info in model.model_fields.items() if name not in left_out]
    return "\n".join(["| key | holds | by default | meaning |", "|---|---|---|---|", *rows])


def _row(name: str, info: FieldInfo) -> str:
    default = "required" if info.is_required() else _default(info)
    return f"| `{name}` | {_words(info.annotation)} | {default} | {info.description or ''} |"


def _default(info: FieldInfo) -> str:
    written = plain(info.get_default(call_default_factory=True))
    return f"`{written}`" if written else ""


def _words(annotation: Any) -> str:
    """Return what a setting holds, in words."""
    if annotation in _WORDS:
        return _WORDS[annotation]
    inner = [each for each in get_args(annotation) if each not in (NoneType, Ellipsis)]
    origin = get_origin(annotation)
    if origin is Literal:
        return " or ".join(f"`{each}`" for each in inner)
    if origin in (tuple, frozenset):
        return f"list of {_words(inner[0])}s" if inner[0] in _WORDS else "list of opening hours"
    return "section" if origin is dict else _words(inner[0])
