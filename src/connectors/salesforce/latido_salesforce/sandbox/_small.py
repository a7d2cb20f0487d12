"""The small tables of the org: itself, the statuses of cases, the kinds of milestones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido.testing.world import DAY
from latido_salesforce.sandbox._cases import MILESTONES
from latido_salesforce.sandbox._words import CASE_STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido_salesforce.sandbox._account import Account


def organization_records(account: Account) -> Iterator[dict[str, Any]]:
    """Yield the org itself."""
    world = account.world
    yes = ("ReceivesInfoEmails", "ReceivesAdminInfoEmails", "PreferencesConsentManagementEnabled")
    no = (
        "PreferencesRequireOpportunityProducts", "PreferencesTransactionSecurityPolicy", "IsReadOnly", "IsSandbox",
        "PreferencesTerminateOldestSession", "PreferencesAutoSelectIndividualOnMerge", "UsesStartDateAsFiscalYearName",
        "PreferencesOnlyLLPermUserAllowed",
    )  # fmt: skip
    parts = ("city", "geocodeAccuracy", "latitude", "longitude", "postalCode", "state", "street")
    yield {
        "Name": "Acme",
        "Country": "ES",
        "Address": {"country": "ES", **dict.fromkeys(parts)},
        "PrimaryContact": "Ana García",
        "DefaultLocaleSidKey": "es_ES",
        "TimeZoneSidKey": "Europe/Madrid",
        "LanguageLocaleKey": "es",
        **dict.fromkeys(yes, True),
        **dict.fromkeys(no, False),
        "PreferencesLightningLoginEnabled": True,
        "FiscalYearStartMonth": 1,
        "DefaultAccountAccess": "Edit",
        "DefaultContactAccess": "ControlledByParent",
        "DefaultOpportunityAccess": "Edit",
        "DefaultLeadAccess": "ReadEditTransfer",
        "DefaultCaseAccess": "ReadEditTransfer",
        "DefaultCalendarAccess": "HideDetailsInsert",
        "DefaultPricebookAccess": "ReadSelect",
        "DefaultCampaignAccess": "All",
        "UiSkin": "Theme3",
        "SignupCountryIsoCode": "ES",
        "TrialExpirationDate": world.end + 8 * DAY,
        "NumKnowledgeService": 2,
        "OrganizationType": "Enterprise Edition",
        "InstanceName": "EU42",
        "WebToCaseDefaultOrigin": "Web",
        "MonthlyPageViewsUsed": 0,
        "MonthlyPageViewsEntitlement": 0,
        **_written(account),
    }


def case_status_records(account: Account) -> Iterator[dict[str, Any]]:
    for order, each in enumerate(CASE_STATUSES, 1):
        yield {
            "MasterLabel": each.label,
            "ApiName": each.label,
            "SortOrder": order,
            "IsDefault": order == 1,
            "IsClosed": each.closed,
            **_written(account),
        }


def milestone_type_records(account: Account) -> Iterator[dict[str, Any]]:
    for name in MILESTONES:
        yield {"Name": name, "RecurrenceType": "none", **_written(account)}


def _written(account: Account) -> dict[str, Any]:
    return {
        "CreatedDate": account.world.start,
        "CreatedById": account.integration,
        "LastModifiedById": account.integration,
    }
