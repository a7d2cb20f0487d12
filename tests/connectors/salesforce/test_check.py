"""What a check says of an org, object by object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.connectors.salesforce.desk import TOKENS, found, refused
from tests.desk import Says

if TYPE_CHECKING:
    from latido.connect import Finding
    from tests.connectors.salesforce.desk import Office, SalesforceDesk

ORGANIZATION = {"Name": "Acme", "OrganizationType": "Enterprise Edition", "IsSandbox": False}


@pytest.fixture(autouse=True)
def org(desk: SalesforceDesk) -> None:
    desk.rows("Organization", Says(200, found(ORGANIZATION), {"sforce-limit-info": "api-usage=18/100000"}))
    desk.has("Opportunity", "Name", "Amount")


def checked(office: Office, *streams: str, **settings: Any) -> list[Finding]:
    return list(office.connector(streams=list(streams), **settings).check())


def said(found: list[Finding]) -> list[tuple[str, str | None]]:
    return [(str(each.text), each.wrong) for each in found]


def test_who_we_are_and_what_is_allowed_comes_first(desk: SalesforceDesk, office: Office) -> None:
    assert [
        (f"Signed in at {desk.url}: Acme (Enterprise Edition).", None),
        ("The org allows 100,000 requests in 24 hours; 18 are used, and a run stops at 80%.", None),
    ] == said(checked(office, "queues"))[:2]


def test_a_sandbox_is_called_one(desk: SalesforceDesk, office: Office) -> None:
    desk.rows("Organization", found({**ORGANIZATION, "IsSandbox": True}))

    assert "Acme (Enterprise Edition, a sandbox)" in str(checked(office, "queues")[0].text)


def test_a_share_that_is_used_up_is_a_warning(desk: SalesforceDesk, office: Office) -> None:
    desk.rows("Organization", Says(200, found(ORGANIZATION), {"sforce-limit-info": "api-usage=90000/100000"}))

    assert ["warning", "outage"] == [each.wrong for each in checked(office, "accounts")[1:]]


def test_each_stream_says_that_it_can_be_read(office: Office) -> None:
    (*_others, accounts) = checked(office, "accounts")

    assert str(accounts.text).startswith("accounts can be read")
    assert accounts.wrong is None


def test_fields_that_cannot_be_seen_are_named(desk: SalesforceDesk, office: Office) -> None:
    """A field without its permission is as if it were not there: nothing else would say so."""
    names = ("Name", "MasterRecordId", "Website", "Industry", "BillingCountry", "NumberOfEmployees", "OwnerId")
    desk.has("Account", *names, "ParentId", "Type", "FirstName", "LastName", "PersonEmail", "Phone")

    text = str(checked(office, "accounts")[-1].text)

    assert "may not see: AnnualRevenue, MasterRecord.PersonContactId, " in text


def test_a_missing_object_is_a_matter_of_the_edition(office: Office) -> None:
    finding = checked(office, "contacts")[-1]

    assert "contacts: This org has no Contact, or this user may not see it (NOT_FOUND)." == str(finding.text)
    assert "credential" == finding.wrong
    assert "edition" in str(finding.fix)


def test_a_missing_object_that_is_optional_is_a_warning(office: Office) -> None:
    assert "warning" == checked(office, "account_contact_relations")[-1].wrong


def test_a_missing_permission_says_which(desk: SalesforceDesk, office: Office) -> None:
    desk.rows("Account", refused("INSUFFICIENT_ACCESS", "insufficient access rights on cross-reference id", 403))

    finding = checked(office, "accounts")[-1]

    assert "credential" == finding.wrong
    assert "Give the user API Enabled, and Read and View All on Account. Then run: latido check" == str(finding.fix)


def test_a_policy_that_stops_us_says_which_permission_helps(desk: SalesforceDesk, office: Office) -> None:
    desk.rows("Account", refused("TXN_SECURITY_METERING_ERROR", "blocked"))

    assert "Exempt from Transaction Security" in str(checked(office, "accounts")[-1].fix)


def test_a_field_of_the_user_that_is_none_is_a_setting(office: Office) -> None:
    fields = {"accounts": {"lifecycle_stage": "Tier__c"}}

    assert "setting" == checked(office, "accounts", fields=fields)[-1].wrong


def test_amounts_without_a_currency_are_a_warning(office: Office) -> None:
    finding = checked(office, "opportunities")[-1]

    assert "warning" == finding.wrong
    assert 'Set it in latido.toml: currency = "EUR"' == str(finding.fix)


@pytest.mark.parametrize("told", ["settings", "records"])
def test_a_currency_that_is_told_is_no_matter(desk: SalesforceDesk, office: Office, told: str) -> None:
    desk.has("Opportunity", "Amount", *(["CurrencyIsoCode"] if told == "records" else []))

    checked_ = checked(office, "opportunities", currency="EUR" if told == "settings" else None)

    assert str(checked_[-1].text).startswith("opportunities can be read")


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (Says(400, {"error": "invalid_client_id"}), "credential"),
        (Says(400, {"error": "invalid_grant", "error_description": "authentication failure"}), "credential"),
        (Says(503, "<html>"), "outage"),
        (Says(302, "", {"location": "https://elsewhere.example"}), "setting"),
        (Says(404, "<html>"), "setting"),
    ],
)
def test_who_does_not_get_in_hears_why(desk: SalesforceDesk, office: Office, answer: Says, wrong: str) -> None:
    desk.on(TOKENS, answer)

    assert [wrong] == [each.wrong for each in checked(office, "accounts")]


def test_a_version_that_is_gone_is_a_setting(desk: SalesforceDesk, office: Office) -> None:
    desk.rows("Organization", Says(410, [{"errorCode": "UNSUPPORTED_API_VERSION", "message": "gone"}]))

    (finding,) = checked(office, "accounts")

    assert "setting" == finding.wrong
    assert "api_version" in str(finding.fix)
