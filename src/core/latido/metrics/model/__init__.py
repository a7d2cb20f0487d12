"""The model layer: the tables that KPIs read, unified, freed of duplicates, with the customer found for every row.

They are real tables beside the synced ones, built again when rows or settings have changed since.
"""

from latido.metrics.model._refresh import STEPS, is_built, is_stale, refresh, step_sql

__all__ = ["STEPS", "is_built", "is_stale", "refresh", "step_sql"]
