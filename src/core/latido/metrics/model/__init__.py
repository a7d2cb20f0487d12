"""The model layer: the tables that KPIs read, unified, freed of duplicates, with the customer found for every row.

They are real tables beside the synced ones, renewed where rows have changed since, built again when settings have.
"""

from latido.metrics.model._build import STEPS, step_sql
from latido.metrics.model._refresh import catch_up, is_built, is_stale, refresh

__all__ = ["STEPS", "catch_up", "is_built", "is_stale", "refresh", "step_sql"]
