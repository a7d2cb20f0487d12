"""What the queries of own KPIs may read and mention."""

from __future__ import annotations

from latido.metrics._settings import EngineSettings
from latido.metrics.catalogue import views
from latido.metrics.model import STEPS

TABLES = (*sorted(table for step in STEPS for table in step), *views(), "periods", "period_days")
"""What facts may be selected from."""

VALUES = ("as_of", "as_of_day", "scope", *EngineSettings(()).bound)
"""What facts may mention as `$name` without a parameter of their own."""
