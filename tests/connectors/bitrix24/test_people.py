"""What companies, people, leads and users become."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from latido.schema import Account, Contact, User
from tests.connectors.bitrix24.builders import fields, item, status
from tests.connectors.bitrix24.recordings import recorded
from tests.desk import rows

if TYPE_CHECKING:
    from tests.connectors.bitrix24.desk import BitrixDesk, Office

DICTIONARIES = {
    "INDUSTRY": [status("IT", "Software")],
    "COMPANY_TYPE": [status("CUSTOMER", "Client")],
    "SOURCE": [status("TRADE_SHOW", "Fair")],
    "STATUS": [status("NEW", "New"), status("CONVERTED", "Good", "S"), status("JUNK", "Bad", "F", "failure")],
}


@pytest.fixture(autouse=True)
def _dictionaries(desk: BitrixDesk) -> None:
    desk.on("crm.status.list", lambda params: {"result": DICTIONARIES.get(params["filter"]["ENTITY_ID"], [])})


def multiple(kind: str, value: str) -> dict[str, Any]:
    return {"id": 1, "valueType": "WORK", "value": value, "typeId": kind}


def test_a_company(desk: BitrixDesk, office: Office) -> None:
    """Words are looked up; one whose entry is gone stays."""
    told = item(
        4, title="Acme", typeId="CUSTOMER", industry="IT", revenue=5000, currencyId="EUR", assignedById=3,
        fm=[multiple("PHONE", "+34 600"), multiple("WEB", "https://acme.example")], originId="",
    )  # fmt: skip
    desk.holds([told, item(5, industry="FISHING")])

    acme, other = rows(office.pages("companies"), Account)

    assert ("Acme", "Client", "Software", "https://acme.example", "3") == (
        acme.name, acme.lifecycle_stage, acme.industry, acme.website, acme.owner_id,
    )  # fmt: skip
    assert (Decimal(5000), "EUR", None) == (acme.annual_revenue, acme.currency, acme.external_id)
    assert "FISHING" == other.industry


@pytest.mark.parametrize("field", ["typeId", "companyType"])
def test_what_kind_of_company_it_is(desk: BitrixDesk, office: Office, field: str) -> None:
    """Portals have the field under one name or the other, and are asked for the one that they have."""
    desk.on("crm.item.fields", fields(**{field: "crm_status"}))
    desk.holds([item(4, **{field: "CUSTOMER"})])

    (acme,) = rows(office.pages("companies"), Account)

    assert "Client" == acme.lifecycle_stage
    assert {"typeId", "companyType"} & set(desk.called("crm.item.list")[0]["select"]) == {field}


def test_a_person(desk: BitrixDesk, office: Office) -> None:
    """The first of several addresses counts."""
    mails = [multiple("EMAIL", "ada@acme.example"), multiple("EMAIL", "a@home.example"), multiple("PHONE", "+34 600")]
    desk.holds([item(7, name="Ada", secondName="", lastName="Alba", post="CTO", companyId=4, fm=mails)])

    (ada,) = rows(office.pages("contacts"), Contact)

    assert ("Ada Alba", "Ada", "Alba", "CTO") == (ada.name, ada.first_name, ada.last_name, ada.title)
    assert ("ada@acme.example", "+34 600", "4") == (ada.email, ada.phone, ada.account_id)
    assert "https://acme.bitrix24.com/crm/contact/details/7/" == ada.url


def test_a_recorded_lead(desk: BitrixDesk, office: Office) -> None:
    """As the documentation shows one."""
    desk.holds([recorded("docs/crm.item.get__lead_full.json")["result"]["item"]])

    (lead,) = rows(office.pages("leads"), Contact)

    assert ("lead:250", "lead", "Admin Admin Admins", "admin@example.com", "+6111111111") == (
        lead.source_id, lead.lifecycle_stage, lead.name, lead.email, lead.phone,
    )  # fmt: skip
    assert ("Fair", None, None, "1") == (lead.lead_source, lead.account_id, lead.merged_into, lead.owner_id)


@pytest.mark.parametrize(
    ("stage", "semantics", "contact", "merged_into"),
    [
        ("NEW", "P", 7, None),
        ("CONVERTED", "S", 7, "7"),
        ("CONVERTED", None, 7, "7"),
        ("GONE", "S", 0, "unknown"),
        ("JUNK", "F", 7, None),
    ],
)
def test_a_converted_lead_is_its_contact(
    desk: BitrixDesk, office: Office, stage: str, semantics: Any, contact: int, merged_into: str | None
) -> None:
    """It no longer counts, also where nobody knows what it became."""
    desk.holds([item(1, stageId=stage, stageSemanticId=semantics, contactId=contact)])

    (lead,) = rows(office.pages("leads"), Contact)

    assert merged_into == lead.merged_into


def test_recorded_users(desk: BitrixDesk, office: Office) -> None:
    """All of them, those who left included; an empty time is an empty object."""
    desk.on("user.get", recorded("docs/user.get.json"))

    found = rows(office.pages("users"), User)

    assert "John Smith" == next(each.name for each in found if each.source_id == "3")
    assert {True} == {each.active for each in found}
    assert {"employee"} == {each.role for each in found}


def test_a_user_without_an_address(desk: BitrixDesk, office: Office) -> None:
    """With the scope user_brief there is only a name."""
    desk.on("user.get", {"result": [{"ID": "9", "NAME": "Eva", "LAST_NAME": "", "ACTIVE": False}]})

    (eva,) = rows(office.pages("users"), User)

    assert ("9", "Eva", None, False) == (eva.source_id, eva.name, eva.email, eva.active)
