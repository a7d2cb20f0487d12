"""Tables in and out: a DuckDB file that is held only while something is read or written."""

from latido.warehouse._batch import Batch
from latido.warehouse._census import begin_census, end_census, note_ids
from latido.warehouse._clocks import Ahead, stamped_ahead
from latido.warehouse._erasing import compact, forget_person, forget_source
from latido.warehouse._file import Warehouse
from latido.warehouse._flush import flush
from latido.warehouse._history import (
    StoredCursor,
    cursors,
    finish_run,
    insert,
    put_reference,
    put_swept,
    references,
    set_aside,
    stored_rows,
    utc_text,
)
from latido.warehouse._moved import note_moved
from latido.warehouse._publish import publish
from latido.warehouse._sql import scalar
from latido.warehouse._standing import (
    freshness,
    last_receipts,
    quarantined,
    receipts,
    runs,
    sources_standing,
    streams_standing,
)
from latido.warehouse._tables import SCHEMA_VERSION, columns, ddl, meta, put_meta, touch

__all__ = [
    "SCHEMA_VERSION",
    "Ahead",
    "Batch",
    "StoredCursor",
    "Warehouse",
    "begin_census",
    "columns",
    "compact",
    "cursors",
    "ddl",
    "end_census",
    "finish_run",
    "flush",
    "forget_person",
    "forget_source",
    "freshness",
    "insert",
    "last_receipts",
    "meta",
    "note_ids",
    "note_moved",
    "publish",
    "put_meta",
    "put_reference",
    "put_swept",
    "quarantined",
    "receipts",
    "references",
    "runs",
    "scalar",
    "set_aside",
    "sources_standing",
    "stamped_ahead",
    "stored_rows",
    "streams_standing",
    "touch",
    "utc_text",
]
