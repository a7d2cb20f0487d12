"""A project's own KPIs: files of SQL with a header, beside latido.toml, checked before they are believed."""

from latido.metrics.own._faults import blaming
from latido.metrics.own._kpi import own_kpis

__all__ = ["blaming", "own_kpis"]
