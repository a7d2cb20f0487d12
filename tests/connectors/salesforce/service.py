"""An org with a help desk: its objects, and one valid record of each kind; a test states only what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.connectors.salesforce.builders import key, record
from tests.connectors.salesforce.desk import found

if TYPE_CHECKING:
    from tests.connectors.salesforce.desk import SalesforceDesk

ADA, GUEST, ROBOT, BOT = key("005", 1), key("005", 2), key("005", 3), key("005", 4)
QUEUE = key("00G", 1)
CASE = key("500", 1)

STATUSES = (
    {"MasterLabel": "Neu", "ApiName": "New", "IsClosed": False, "IsDefault": True},
    {"MasterLabel": "Working", "ApiName": "Working", "IsClosed": False, "IsDefault": False},
    {"MasterLabel": "Closed, not really", "ApiName": "Parked", "IsClosed": False, "IsDefault": False},
    {"MasterLabel": "Done", "ApiName": "Done", "IsClosed": True, "IsDefault": False},
)


def lookup(relationship: str, *targets: str) -> dict[str, Any]:
    """Return the type of a field that points to records of *targets*."""
    return {"type": "reference", "relationshipName": relationship, "referenceTo": list(targets)}


def opened(desk: SalesforceDesk) -> SalesforceDesk:
    """Let *desk* be that of such an org."""
    desk.rows("CaseStatus", found(*({"Id": key("01J", n), **each} for n, each in enumerate(STATUSES))))
    people = [(ADA, "Standard", "ada@acme"), (GUEST, "CspLitePortal", "guest@acme")]
    robots = [(ROBOT, "AutomatedProcess", "robot@acme"), (BOT, "Standard", "bot@acme")]
    desk.rows(
        "User",
        found(*({"Id": who, "UserType": kind, "Username": name} for who, kind, name in (*people, *robots))),
    )
    desk.has("User", "Name").has("Group", "Name")
    desk.has(
        "Case", "Subject", "Status", "Priority", "Origin", "Type", "SuppliedEmail", "ContactEmail", "MasterRecordId",
        "IsClosed", "AccountId", ContactId="reference", ClosedDate="datetime", IsClosedOnCreate="boolean",
        OwnerId=lookup("Owner", "Group", "User"),
    )  # fmt: skip
    desk.has(
        "CaseHistory", CaseId="reference", CreatedById="reference", Field="picklist", OldValue="anyType",
        NewValue="anyType",
    )  # fmt: skip
    desk.has(
        "EmailMessage", "Status", ParentId="reference", CreatedById="reference", Incoming="boolean",
        MessageDate="datetime",
    )  # fmt: skip
    desk.has("CaseComment", ParentId="reference", CreatedById="reference", IsPublished="boolean")
    desk.has("MilestoneType", "Name")
    desk.has(
        "CaseMilestone", CaseId="reference", MilestoneTypeId=lookup("MilestoneType", "MilestoneType"),
        TargetDate="datetime", CompletionDate="datetime", IsCompleted="boolean", IsViolated="boolean",
    )  # fmt: skip
    return desk


def case(n: int = 1, **more: Any) -> dict[str, Any]:
    return record(
        "Case", "500", n,
        **{
            "Subject": "It does not work", "Status": "Working", "IsClosed": False, "ClosedDate": None,
            "Priority": "High", "Origin": "Email", "Type": "Problem", "AccountId": key("001", 1),
            "ContactId": key("003", 1), "OwnerId": ADA, "Owner": {"Name": "Ada"}, "MasterRecordId": None,
            "IsClosedOnCreate": False, "SuppliedEmail": None, "ContactEmail": "ana@hoth.example", **more,
        },
    )  # fmt: skip


def change(n: int = 1, field: str = "Status", before: Any = None, after: Any = None, **more: Any) -> dict[str, Any]:
    told = {"CaseId": CASE, "CreatedById": ADA, "Field": field, "OldValue": before, "NewValue": after}
    return {**record("CaseHistory", "017", n), **told, **more}


def email(n: int = 1, **more: Any) -> dict[str, Any]:
    told = {
        "ParentId": CASE, "CreatedById": ADA, "Incoming": False, "Status": "3",
        "MessageDate": "2026-01-05T10:00:00.000+0000",
    }  # fmt: skip
    return {**record("EmailMessage", "02s", n), **told, **more}


def comment(n: int = 1, **more: Any) -> dict[str, Any]:
    return {**record("CaseComment", "00a", n), "ParentId": CASE, "CreatedById": ADA, "IsPublished": True, **more}


def milestone(n: int = 1, name: str = "First Response", **more: Any) -> dict[str, Any]:
    told = {
        "CaseId": CASE, "MilestoneType": {"Name": name}, "TargetDate": "2026-01-05T13:00:00.000+0000",
        "CompletionDate": None, "IsCompleted": False, "IsViolated": False,
    }  # fmt: skip
    return {**record("CaseMilestone", "555", n), **told, **more}
