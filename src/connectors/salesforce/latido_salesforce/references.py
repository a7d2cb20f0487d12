"""What mappings look things up in: stages, statuses, users, and the org itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido.errors import NotOffered
from latido_salesforce.answers import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from latido_salesforce.connector import Salesforce

ORGANIZATION = (
    "SELECT Id, Name, IsSandbox, TimeZoneSidKey, DefaultLocaleSidKey, OrganizationType, InstanceName FROM Organization"
)
STAGES = (
    "SELECT Id, MasterLabel, ApiName, IsActive, IsClosed, IsWon, SortOrder, DefaultProbability FROM OpportunityStage"
)
STATUSES = "SELECT Id, MasterLabel, ApiName, IsClosed, IsDefault, SortOrder FROM CaseStatus"
USERS = "SELECT Id, Username, UserType, IsActive FROM User"


def organization(connector: Salesforce) -> Mapping[str, Any]:
    """Return what the org says of itself."""
    return next(_listed(connector, "Organization", ORGANIZATION), {})


def opportunity_stages(connector: Salesforce) -> dict[str, Any]:
    """Return the stages of opportunities by name: history may hold a label, or the name in the API."""
    return _by_name(_listed(connector, "OpportunityStage", STAGES))


def case_statuses(connector: Salesforce) -> dict[str, Any]:
    """Return the statuses of cases by name: history may hold a label, or the name in the API."""
    return _by_name(_listed(connector, "CaseStatus", STATUSES))


def users(connector: Salesforce) -> dict[str, Any]:
    """Return who the users are, by id."""
    return {str(each.pop("Id")): each for each in _listed(connector, "User", USERS)}


def _by_name(rows: Iterator[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in rows:
        found.update({row[name]: row for name in ("MasterLabel", "ApiName") if row.get(name)})
    return found


def _listed(connector: Salesforce, sobject: str, query: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a reference table, none where it may not be read: what is looked up there is then not known."""
    try:
        for row in listed(connector, sobject, query):
            yield {name: value for name, value in row.items() if name != "attributes"}
    except NotOffered as refusal:
        connector.runtime.warn(refusal.message)  # type: ignore[arg-type]  # ours is a message
