"""What becomes of companies, contacts and leads."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from latido.schema import Contact
from tests.connectors.hubspot.builders import contact, listed, properties
from tests.desk import Desk, rows

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
