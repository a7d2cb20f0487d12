"""The KPIs that Latido ships: one file of facts each, beside what is said about it."""

from latido.metrics.catalogue._catalogue import built_in, totals, views

__all__ = ["built_in", "totals", "views"]
