"""What every connector promises, kept by this one."""

from __future__ import annotations

from latido.testing import connector_tests
from latido_files.connector import Files

TABLES = ("accounts", "contacts", "fx_rates", "marketing_spend")
"""One for each way in which rows are told apart, and one that refers to another; all are read by the same stream."""

TestFiles = connector_tests(Files, streams=TABLES, tickets=56)
