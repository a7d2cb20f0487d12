"""Accounts, and the people at them and behind the desk."""

from __future__ import annotations

from latido.connect import Mapping, Source, custom
from latido.schema import Account
from latido_salesforce.reading import SObjectStream
from latido_salesforce.transforms import currency, deletion, link
from latido_salesforce.values import CUSTOM


def envelope() -> dict[str, Source | str]:
    """Return what the rows of every object that is somebody's own record begin with."""
    return {
        "source_id": "Id",
        "url": link(),
        "created_at": "CreatedDate",
        "updated_at": "SystemModstamp",
        "is_deleted": "IsDeleted",
        "deleted_at": deletion(),
        "custom": custom(CUSTOM),
    }


ACCOUNT = Mapping(
    Account,
    **envelope(),
    merged_into="MasterRecordId",
    name="Name",
    website="Website",
    industry="Industry",
    country="BillingCountry",
    employees="NumberOfEmployees",
    annual_revenue="AnnualRevenue",
    currency=currency(),
    owner_id="OwnerId",
    parent_id="ParentId",
    lifecycle_stage="Type",
)


class Accounts(SObjectStream):
    """Accounts."""

    name = "accounts"
    entities = (Account,)
    mappings = (ACCOUNT,)
    sobject = "Account"
