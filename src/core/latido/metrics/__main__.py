"""Prints the reference page of the KPIs."""

import sys

from latido.metrics._asks import Catalogue
from latido.metrics._reference import reference_page
from latido.metrics.catalogue import built_in

sys.stdout.write(reference_page(Catalogue(built_in(), (), {}).offered))
