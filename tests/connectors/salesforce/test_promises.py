"""What every connector promises, kept by this one: by queries, and by jobs."""

from __future__ import annotations

from latido.testing import connector_tests
from latido_salesforce.connector import Salesforce

PEOPLE = ("accounts", "contacts", "leads", "users", "queues", "account_contact_relations")
SALES = ("opportunities", "opportunity_history", "line_items", "contracts", "asset_state_periods",
         "campaigns", "currencies")  # fmt: skip
SERVICE = ("cases", "case_history", "email_messages", "case_comments", "case_milestones")
SURVEYS = ("survey_responses", "survey_objects")
RECURRING = {
    "line_items": {"months": "Term_Months__c"},
    "contracts": {"monthly": "Monthly_Amount__c", "deal": "Opportunity__c", "cancelled_on": "Cancelled_On__c"},
}

TestByQueries = connector_tests(
    Salesforce, streams=(*PEOPLE, *SALES, *SERVICE, *SURVEYS), settings={"recurring": RECURRING}
)

TestByJobs = connector_tests(Salesforce, streams=("contacts", "opportunities", "cases"), settings={"bulk_above": 0})
