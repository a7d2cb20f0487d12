"""What a connector is written with."""

from latido.connect._address import check_base_url
from latido.connect._ahead import ahead
from latido.connect._auth import Auth, Basic, Bearer
from latido.connect._clock import Clock, SystemClock
from latido.connect._connector import Connector, ConnectorSettings, Finding, HttpSettings, Runtime
from latido.connect._http import Http
from latido.connect._limits import ACCOUNT, Announced, Bucket, Limiter
from latido.connect._login import Person
from latido.connect._mapping import BoundMapping, Context, JsonObject, Mapping, Source, path
from latido.connect._meter import METER, Meter
from latido.connect._oauth import OAuth
from latido.connect._page import UNKNOWN_SURVIVOR, Count, Cursor, Pace, Page
from latido.connect._redact import keep_secret, redacted
from latido.connect._refusal import Refused
from latido.connect._reply import Reply, Trouble
from latido.connect._retry import Retry
from latido.connect._rows import Rejected, Rows
from latido.connect._scale import Scale
from latido.connect._shape import Shape, unpacked
from latido.connect._stream import Stream, requested
from latido.connect._tokens import Tokens, TokenStore
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
from latido.connect._waiting import wait
from latido.connect._wire import Answer, HttpxWire, Outgoing, Unreachable, Wire

__all__ = [
    "ACCOUNT",
    "METER",
    "UNKNOWN_SURVIVOR",
    "Announced",
    "Answer",
    "Auth",
    "Basic",
    "Bearer",
    "BoundMapping",
    "Bucket",
    "Clock",
    "Connector",
    "ConnectorSettings",
    "Context",
    "Count",
    "Cursor",
    "Finding",
    "Http",
    "HttpSettings",
    "HttpxWire",
    "JsonObject",
    "Limiter",
    "Mapping",
    "Meter",
    "OAuth",
    "Outgoing",
    "Pace",
    "Page",
    "Person",
    "Refused",
    "Rejected",
    "Reply",
    "Retry",
    "Rows",
    "Runtime",
    "Scale",
    "Shape",
    "Source",
    "Stream",
    "SystemClock",
    "TokenStore",
    "Tokens",
    "Trouble",
    "Unreachable",
    "Wire",
    "ahead",
    "check_base_url",
    "computed",
    "constant",
    "custom",
    "epoch_millis",
    "epoch_seconds",
    "first",
    "keep_secret",
    "local_date",
    "lookup",
    "path",
    "redacted",
    "reference",
    "requested",
    "unpacked",
    "wait",
]
