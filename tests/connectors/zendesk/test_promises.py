"""What every connector promises, kept by this one."""

from __future__ import annotations

from latido.testing import connector_tests
from latido_zendesk.connector import Zendesk
from tests.connectors.vendors import STREAMS

TestZendesk = connector_tests(Zendesk, streams=STREAMS["zendesk"])
