"""The engine: from cursors to receipts, losing nothing and doubling nothing."""

from latido.sync._engine import Sync, stream_names
from latido.sync._observer import Observer
from latido.sync._plan import Planned, plan
from latido.sync._receipt import Receipt
from latido.sync._report import Outcome, Report, exit_code
from latido.sync._retry import retry_quarantine
from latido.sync._source import Options, Source

__all__ = [
    "Observer",
    "Options",
    "Outcome",
    "Planned",
    "Receipt",
    "Report",
    "Source",
    "Sync",
    "exit_code",
    "plan",
    "retry_quarantine",
    "stream_names",
]
