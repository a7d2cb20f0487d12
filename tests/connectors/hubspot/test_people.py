"""What becomes of companies, contacts and leads."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import NotOffered
from latido.schema import Account, Contact
from tests.connectors.hubspot.builders import contact, listed, properties, record
from tests.connectors.hubspot.desk import stage
from tests.desk import Desk, Says, rows

if TYPE_CHECKING:
    from tests.connectors.hubspot.desk import Office

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def contacts(desk: Desk, office: Office, *people: Any, **settings: Any) -> list[Any]:
    desk.on("contacts", listed(*people), listed())
    return rows(office.pages("contacts", **settings), Contact)


def test_a_contact_is_mapped_field_by_field(desk: Desk, office: Office) -> None:
    ana = contact(
        51, email="ana@example.com", firstname="Ana", lastname="Ruiz", phone="", mobilephone="+34600", jobtitle="CFO",
        associatedcompanyid="501", hubspot_owner_id="7", lifecyclestage="customer", hs_analytics_source="OFFLINE",
    )  # fmt: skip

    (row,) = contacts(desk, office, ana)

    assert ("51", "ana@example.com", "Ana Ruiz", "CFO") == (row.source_id, row.email, row.name, row.title)
    assert ("+34600", "501", "7") == (row.phone, row.account_id, row.owner_id)
    assert ("customer", "OFFLINE", NOON) == (row.lifecycle_stage, row.lead_source, row.updated_at)
    assert "https://app.hubspot.com/contacts/139/record/0-1/51" == row.url


def test_user_defined_properties_are_kept(desk: Desk, office: Office) -> None:
    desk.on("/crm/v3/properties/contacts", properties(plan="string", seats="number"))

    (row,) = contacts(desk, office, contact(51, plan="pro", seats=""))

    assert {"plan": "pro"} == row.custom
    assert "plan" in (desk.params("contacts", "properties")[0] or "")


def test_a_company_is_mapped_field_by_field(desk: Desk, office: Office) -> None:
    known = record(
        501, name="Rebel Alliance", domain="hoth.example", website="www.hoth.example", industry="SOFTWARE",
        country="ES", numberofemployees="131", annualrevenue="10656863.1", hubspot_owner_id="7",
        hs_parent_company_id="400",
        lifecyclestage="customer",
    )  # fmt: skip
    desk.on("companies", listed(known), listed())

    (row,) = rows(office.pages("companies"), Account)

    assert ("501", "Rebel Alliance", "hoth.example") == (row.source_id, row.name, row.domain)
    assert ("www.hoth.example", "SOFTWARE", "ES", 131) == (row.website, row.industry, row.country, row.employees)
    assert (Decimal("10656863.1"), "EUR") == (row.annual_revenue, row.currency)
    assert ("7", "400", "customer") == (row.owner_id, row.parent_id, row.lifecycle_stage)
    assert "https://app.hubspot.com/contacts/139/record/0-2/501" == row.url


def test_accounts_elsewhere_have_pages_elsewhere(desk: Desk, office: Office) -> None:
    desk.on("/account-info/v3/details", {"portalId": 139, "uiDomain": "app-eu1.hubspot.com", "companyCurrency": "EUR"})

    (row,) = contacts(desk, office, contact(51))

    assert "https://app-eu1.hubspot.com/contacts/139/record/0-1/51" == row.url


LEAD_STAGES = {
    "id": "p", "label": "Leads",
    "stages": [stage("new-id", "New", leadState="NEW"), stage("ok-id", "Qualified", leadState="QUALIFIED")],
}  # fmt: skip


def test_a_lead_is_a_contact_until_it_is_qualified(desk: Desk, office: Office) -> None:
    desk.on("/crm/v3/pipelines/leads", {"results": [LEAD_STAGES]})
    ana = {"hs_lead_name": "Ana", "hs_associated_contact_email": "ana@example.com", "hs_primary_contact_id": "51"}
    desk.on(
        "leads",
        listed(record(1, hs_pipeline_stage="new-id", **ana), record(2, hs_pipeline_stage="ok-id", **ana)),
        listed(),
    )

    new, qualified = rows(office.pages("leads"), Contact)

    assert ("lead:1", "Ana", "ana@example.com", "lead") == (new.source_id, new.name, new.email, new.lifecycle_stage)
    assert (None, "51") == (new.merged_into, qualified.merged_into)


def test_leads_are_optional(desk: Desk, office: Office) -> None:
    """Accounts without them have neither their pipelines nor their properties."""
    for path in ("leads", "/crm/v3/pipelines/leads", "/crm/v3/properties/leads"):
        desk.on(path, Says(403, {"message": "no", "category": "MISSING_SCOPES"}))

    with pytest.raises(NotOffered):
        office.pages("leads")

    assert office.stream("leads").optional
