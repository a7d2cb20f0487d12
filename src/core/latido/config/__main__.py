"""Prints the reference page of the settings."""

import sys

from latido.config._reference import reference_page

sys.stdout.write(reference_page())
