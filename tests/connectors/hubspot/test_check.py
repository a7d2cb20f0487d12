"""What `check` says of an account."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from latido_hubspot.connector import HubSpot
from tests.connectors.hubspot.builders import properties
from tests.desk import Desk, Says

if TYPE_CHECKING:
    from latido.testing import ManualClock
    from tests.connectors.hubspot.desk import Office

DETAILS = "/account-info/v3/details"
ACCOUNT = {"portalId": 139, "timeZone": "Europe/Madrid", "companyCurrency": "EUR"}
MISSING = {
    "status": "error",
    "category": "MISSING_SCOPES",
    "message": "This app hasn't been granted all required scopes to make this call.",
    "errors": [{"message": "One or more…", "context": {"requiredGranularScopes": ["crm.objects.deals.read"]}}],
}


def findings(office: Office, *streams: str, **settings: object) -> list[tuple[str | None, str, str]]:
    connector = office.connector(streams=list(streams), **settings)
    return [(each.wrong, str(each.text), str(each.fix or "")) for each in connector.check()]


def test_an_account_is_named(office: Office) -> None:
    found = findings(office, "contacts")

    assert (None, "HubSpot account 139: its currency is EUR, its day begins in Europe/Madrid.", "") == found[0]
    assert (None, "contacts can be read.", "") == found[1]


def test_the_requests_of_the_day_are_counted(desk: Desk, office: Office) -> None:
    headers = {"X-HubSpot-RateLimit-Daily": "250000", "X-HubSpot-RateLimit-Daily-Remaining": "12000"}
    desk.on(DETAILS, Says(200, ACCOUNT, headers))

    (wrong, text, fix) = findings(office, "contacts")[1]

    assert ("warning", "12,000 of 250,000 requests are left until midnight there.") == (wrong, text)
    assert "less often" in fix


def test_a_missing_scope_is_named_with_its_stream(desk: Desk, office: Office) -> None:
    desk.on("deals", Says(403, MISSING))

    wrong, text, fix = findings(office, "contacts", "deals")[2]

    assert "credential" == wrong
    assert text.startswith("deals: HubSpot does not let this credential read")
    assert "crm.objects.deals.read" in fix


def test_what_is_optional_is_only_a_warning(desk: Desk, office: Office) -> None:
    desk.on("leads", Says(404, "<html></html>"))

    wrong, text, _fix = findings(office, "leads")[1]

    assert ("warning", True) == (wrong, text.startswith("leads: This HubSpot account has no"))


def test_a_wrong_token_ends_the_check(desk: Desk, office: Office) -> None:
    desk.on(
        DETAILS, Says(401, {"message": "Authentication credentials not found.", "category": "INVALID_AUTHENTICATION"})
    )

    ((wrong, text, fix),) = findings(office, "contacts")

    assert ("credential", True) == (wrong, "Authentication credentials not found" in text)
    assert "latido check sales" in fix


def test_an_outage_is_one(desk: Desk, office: Office) -> None:
    desk.on(DETAILS, Says(503, "<html></html>"))

    ((wrong, _text, _fix),) = findings(office, "contacts")

    assert "outage" == wrong


def test_a_property_that_there_is_not_is_a_setting(desk: Desk, office: Office) -> None:
    desk.on("/crm/v3/properties/contacts", properties(dni="string"))

    wrong, text, fix = findings(office, "contacts", fields={"contacts": {"external_id": "properties.dnii"}})[-1]

    assert ("setting", True) == (wrong, "properties.dnii" in text)
    assert "properties.dni?" in fix


def test_old_addresses_are_warned_of_when_they_end(desk: Desk, office: Office, clock: ManualClock) -> None:
    clock.sleep((datetime(2027, 6, 1, tzinfo=UTC) - clock.now()).total_seconds())
    desk.on("/account-info/2026-09/details", ACCOUNT)

    assert "warning" == findings(office, "contacts")[1][0]
    assert "warning" not in [wrong for wrong, _text, _fix in findings(office, "contacts", api_version="2026-09")[:1]]


def test_fields_of_the_account_are_told_with_their_types(desk: Desk, office: Office) -> None:
    """But for those that HubSpot makes for each stage."""
    told = [
        {"name": "email", "type": "string", "hubspotDefined": True},
        {"name": "plan", "type": "enumeration", "hubspotDefined": False},
        {"name": "old", "type": "string", "hubspotDefined": False, "archived": True},
        {"name": "hs_v2_date_entered_customer", "type": "datetime", "hubspotDefined": True},
    ]
    desk.on("/crm/v3/properties/contacts", {"results": told})

    fields = office.connector(streams=["contacts", "leads"]).vendor_fields()

    assert {"contacts": {"properties.email": "string", "properties.plan": "enumeration"}} == fields


def test_what_hubspot_makes_impossible_has_a_reason() -> None:
    assert all(str(reason).endswith(".") for reason in HubSpot.undeliverable.values())
