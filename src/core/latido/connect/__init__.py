"""What a connector is written with."""

from latido.connect._clock import Clock, SystemClock
from latido.connect._connector import Connector, ConnectorSettings, Finding, HttpSettings, Runtime
from latido.connect._mapping import BoundMapping, Context, JsonObject, Mapping, Source, path
from latido.connect._page import UNKNOWN_SURVIVOR, Count, Cursor, Pace, Page
from latido.connect._rows import Rejected, Rows
from latido.connect._stream import Stream, requested
from latido.connect._transforms import (
    computed,
    constant,
    custom,
    epoch_millis,
    epoch_seconds,
    first,
    local_date,
    lookup,
    reference,
)

__all__ = [
    "UNKNOWN_SURVIVOR",
    "BoundMapping",
    "Clock",
    "Connector",
    "ConnectorSettings",
    "Context",
    "Count",
    "Cursor",
    "Finding",
    "HttpSettings",
    "JsonObject",
    "Mapping",
    "Pace",
    "Page",
    "Rejected",
    "Rows",
    "Runtime",
    "Source",
    "Stream",
    "SystemClock",
    "computed",
    "constant",
    "custom",
    "epoch_millis",
    "epoch_seconds",
    "first",
    "local_date",
    "lookup",
    "path",
    "reference",
    "requested",
]
