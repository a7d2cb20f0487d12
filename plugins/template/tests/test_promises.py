"""What every connector promises, kept by this one."""

from __future__ import annotations

from latido.testing import connector_tests
from latido_template.connector import Template

TestTemplate = connector_tests(Template)
