"""Prints the reference page of the transforms."""

import sys

from latido.connect._reference import reference_page

sys.stdout.write(reference_page())
