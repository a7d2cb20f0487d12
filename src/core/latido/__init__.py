"""Latido reads a company's CRMs and help desks, joins what they know of each customer, and computes its KPIs."""
