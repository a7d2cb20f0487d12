"""Prints the reference page of the schema."""

import sys

from latido.schema import ENTITIES
from latido.schema._reference import reference_page

sys.stdout.write(reference_page(ENTITIES))
