"""Prints the reference page of the KPIs."""

import sys

from latido.metrics._reference import reference_page
from latido.metrics.catalogue import built_in

sys.stdout.write(reference_page(built_in()))
