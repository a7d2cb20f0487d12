"""The user's own mapping."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import ConfigurationError
from latido.schema import Contact, Deal
from tests.connectors.bitrix24.builders import deal, item
from tests.desk import rows

if TYPE_CHECKING:
    from tests.connectors.bitrix24.desk import BitrixDesk, Office

FIELDS = {
    "ufCrmPlan": {"type": "enumeration", "upperName": "UF_CRM_PLAN", "items": [{"ID": "41", "VALUE": "Gold"}]},
    "ufCrmPlans": {
        "type": "enumeration",
        "upperName": "UF_CRM_PLANS",
        "items": [{"ID": "41", "VALUE": "Gold"}, {"ID": 42, "VALUE": "Tin"}],
    },
    "ufCrmMrr": {"type": "money", "upperName": "UF_CRM_MRR"},
    "ufCrmEnds": {"type": "date", "upperName": "UF_CRM_ENDS"},
    "title": {"type": "string"},
}


def read(desk: BitrixDesk, office: Office, mapped: dict[str, str], **fields: Any) -> Deal:
    desk.on("crm.item.fields", {"result": {"fields": FIELDS}})
    desk.holds([deal(1, **fields)])
    (found,) = rows(office.pages("deals", fields={"deals": mapped}), Deal)
    return found  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("column", "where", "told", "value"),
    [
        ("lost_reason", "ufCrmPlan", 41, "Gold"),
        ("lost_reason", "ufCrmPlan", 99, "99"),
        ("recurring_monthly_amount", "ufCrmMrr", "1000.5|USD", Decimal("1000.5")),
        ("recurring_monthly_amount", "ufCrmMrr", "", None),
        ("recurring_monthly_amount", "ufCrmMrr", ["12|USD", "7|EUR"], Decimal(12)),
        ("recurring_monthly_amount", "ufCrmMrr", False, None),
        ("contract_end", "ufCrmEnds", "2026-06-30T03:00:00+03:00", date(2026, 6, 30)),
        ("contract_end", "ufCrmEnds", ["2026-06-30T03:00:00+03:00"], date(2026, 6, 30)),
        ("contract_end", "ufCrmEnds", [], None),
        ("lost_reason", "ufCrmPlan", False, None),
        ("lost_reason", "ufCrmPlans", [41, 42, 43], "Gold, Tin, 43"),
        ("lost_reason", "ufCrmPlans", False, None),
        ("lost_reason", "title", "Late", "Late"),
    ],
)
def test_a_field_is_read_as_it_is_told(
    desk: BitrixDesk, office: Office, column: str, where: str, told: Any, value: Any
) -> None:
    """Choices by their words, money without its currency, days in their own zone; no value may be told as false."""
    assert value == getattr(read(desk, office, {column: where}, **{where: told}), column)


@pytest.mark.parametrize(("where", "near"), [("UF_CRM_PLAN", "ufCrmPlan"), ("ufCrmPlam", "ufCrmPlan")])
def test_a_field_that_is_not_there_is_said(desk: BitrixDesk, office: Office, where: str, near: str) -> None:
    """Bitrix24 itself would pass over it; older methods spell it in capitals."""
    with pytest.raises(ConfigurationError, match=where) as raised:
        read(desk, office, {"lost_reason": where})
    assert near in str(raised.value.hint)


def test_all_fields_are_offered(desk: BitrixDesk, office: Office) -> None:
    """With their types, to be mapped."""
    desk.on("crm.item.fields", {"result": {"fields": FIELDS}})

    offered = office.connector(streams=["deals"]).vendor_fields()

    assert FIELDS.keys() == offered["deals"].keys()
    assert "money (None)" == offered["deals"]["ufCrmMrr"]


def test_several_values_are_a_list_where_the_column_is_one(desk: BitrixDesk, office: Office) -> None:
    desk.on("crm.item.fields", {"result": {"fields": FIELDS}})
    desk.holds([item(1, ufCrmPlans=[41, 42])])

    (found,) = rows(office.pages("contacts", fields={"contacts": {"tags": "ufCrmPlans"}}), Contact)

    assert ("Gold", "Tin") == found.tags
