"""Prints the reference page of the commands."""

import sys

from latido.cli._reference import reference_page

sys.stdout.write(reference_page())
