"""KPIs beside the catalogue's, checked before they are believed: files of SQL with a header, and those of plugins."""

from latido.metrics.own._faults import blaming
from latido.metrics.own._kpi import own_kpis
from latido.metrics.own._plugin import PluginKpis

__all__ = ["PluginKpis", "blaming", "own_kpis"]
