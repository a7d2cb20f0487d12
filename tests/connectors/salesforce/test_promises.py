"""What every connector promises, kept by this one: by queries, and by jobs."""

from __future__ import annotations

from latido.testing import connector_tests
from latido_salesforce.connector import Salesforce
from tests.connectors.vendors import MORE, STREAMS

TestByQueries = connector_tests(Salesforce, streams=STREAMS["salesforce"], settings=MORE["salesforce"])

TestByJobs = connector_tests(Salesforce, streams=("contacts", "opportunities", "cases"), settings={"bulk_above": 0})
