"""What was recorded at Bitrix24, or stands in its documentation, through the real connector, field by field.

What belongs in quarantine is said below: records of older methods, which this connector does not ask.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import CredentialError, NotOffered, VendorUnavailable
from latido.schema import Contact, Contract, Deal, DealStage, SurveyResponse, TicketEvent, User
from latido_bitrix24 import references
from latido_bitrix24.batches import opened
from latido_bitrix24.commands import Command, Failed
from latido_bitrix24.deletions import about
from latido_bitrix24.dialogs import latest_session
from latido_bitrix24.reading import KeysetStream
from tests.connectors.bitrix24.builders import deal
from tests.connectors.bitrix24.desk import NOON
from tests.connectors.bitrix24.recordings import RECORDED, body, recorded
from tests.desk import Says, rows

if TYPE_CHECKING:
    from latido.connect import Page
    from latido.schema import Record
    from tests.connectors.bitrix24.desk import BitrixDesk, Office

PORTAL = "https://acme.bitrix24.com"


def fields(pages: list[Page], entity: type[Record]) -> list[dict[str, Any]]:
    """Return what the rows of *pages* say, without what they leave open; nothing may have been rejected."""
    assert [] == [each for page in pages for each in page.rejected]
    return [row.model_dump(exclude_none=True, exclude={"version"}) for row in rows(pages, entity)]


def page(office: Office, name: str, records: Any, **settings: Any) -> list[Page]:
    """Return what stream *name* makes of *records*."""
    stream = office.stream(name, **settings)
    assert isinstance(stream, KeysetStream)
    return [stream.normal_page(records, None)]


def page_of(deal_id: int) -> str:
    return f"{PORTAL}/crm/deal/details/{deal_id}/"


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def test_leads_in_the_documentation_have_only_what_was_selected(office: Office) -> None:
    told = body("docs/crm.item.list__leads.json")["items"]

    common = {"is_deleted": False, "lifecycle_stage": "lead"}
    assert [
        {**common, "source_id": f"lead:{each['id']}", "url": f"{PORTAL}/crm/lead/details/{each['id']}/",
         "first_name": each["name"], "owner_id": str(each["assignedById"]), "lead_source": each["sourceId"],
         "name": " ".join(filter(None, (each["name"], each["lastName"]))),
         **({"last_name": each["lastName"]} if each["lastName"] else {})}
        for each in told
    ] == fields(page(office, "leads", told), Contact)  # fmt: skip


def test_a_whole_lead(desk: BitrixDesk, office: Office) -> None:
    """No company is 0, nothing is null, and a phone number stands among the addresses."""
    desk.on("crm.item.fields", {"result": {"fields": {"ufCrm_1720019876534": {"type": "string", "title": "Language"}}}})

    (told,) = fields(page(office, "leads", [body("docs/crm.item.get__lead_full.json")["item"]]), Contact)

    assert {
        "source_id": "lead:250", "url": f"{PORTAL}/crm/lead/details/250/", "is_deleted": False,
        "created_at": at(2024, 7, 22, 16, 0, 8), "updated_at": at(2024, 7, 22, 16, 0, 8),
        "custom": {"ufCrm_1720019876534": "321"}, "first_name": "Admin", "last_name": "Admins",
        "name": "Admin Admin Admins", "email": "admin@example.com", "phone": "+6111111111", "title": "Admin",
        "owner_id": "1", "lifecycle_stage": "lead", "lead_source": "TRADE_SHOW",
    } == told  # fmt: skip


def test_items_of_a_smart_process(desk: BitrixDesk, office: Office) -> None:
    """Recorded: only what was selected, and a date at three in the morning of its own zone."""
    told = body("recorded/crm_item_list.json")["items"]
    desk.holds(told)
    declared = {"items": "spa:134", "score": "id", "kind": "nps", "answered_at": "ufCrm11_1712074666"}

    found = fields(office.pages("surveys", surveys={"events": declared}), SurveyResponse)

    common = {
        "is_deleted": False, "kind": "nps", "survey_id": "events", "scale_min": 0.0, "scale_max": 10.0,
        "higher_is_better": True,
    }  # fmt: skip
    days = {1: at(2024, 4, 19), 2: at(2024, 5, 29), 3: at(2024, 6, 6)}
    assert [
        {**common, "source_id": f"events:{key}", "url": f"{PORTAL}/crm/type/134/details/{key}/", "score": float(key),
         "answered_at": day}
        for key, day in days.items()
    ] == found  # fmt: skip


def test_product_rows_of_the_documentation(desk: BitrixDesk, office: Office) -> None:
    """Two products, of which one is bought for good; prices are told with tax and without."""
    desk.on("crm.item.list", {"result": {"items": []}})
    desk.on("crm.item.productrow.list", recorded("docs/crm.item.productrow.list.json"))
    sold = deal(13142, "WON", "S", companyId=7, begindate="2026-01-15T03:00:00+03:00")

    (told,) = fields(page(office, "product_rows", [sold], product_rows={"products": [9621], "months": 12}), Contract)

    assert {
        "source_id": "row:17649", "url": page_of(13142), "is_deleted": False, "account_id": "7",
        "created_at": at(2026, 1, 2, 8), "updated_at": at(2026, 1, 5, 12), "deal_id": "13142", "product": "iphone 14",
        "currency": "EUR", "recurring_monthly_amount": Decimal("20454.545"), "starts_on": date(2026, 1, 15),
        "ends_on": date(2027, 1, 15), "booked_on": date(2026, 1, 5),
    } == told  # fmt: skip


def test_recorded_product_rows_cost_nothing(desk: BitrixDesk, office: Office) -> None:
    """Rows of a smart process, in a batch, with parts of a ton and no tax."""
    (told,) = body("recorded/crm_item_productrow_list.json")["result"].values()
    desk.on("crm.item.productrow.list", {"result": told})
    sold = deal(2003, "WON", "S", begindate="2026-01-15T03:00:00+03:00")

    found = fields(
        page(office, "product_rows", [sold], product_rows={"products": [12619], "billed": "month"}), Contract
    )

    assert [("row:6563", Decimal(0))] == [(each["source_id"], each["recurring_monthly_amount"]) for each in found]


def test_templates_with_keys_in_both_cases(desk: BitrixDesk, office: Office) -> None:
    """One ran out after two days, one bills day by day for ever."""
    desk.on("crm.deal.recurring.list", recorded("docs/crm.deal.recurring.list__mixed_case_keys.json"), {"result": []})
    model: dict[str, Any] = {"companyId": 7, "opportunity": 100, "currencyId": "EUR", "isRecurring": "Y"}
    models = [deal(575, **model), deal(6555, **{**model, "companyId": 0, "currencyId": ""})]
    desk.on("crm.item.list", {"result": {"items": models}}, {"result": {"items": []}})
    desk.on("crm.currency.list", recorded("docs/crm.currency.list__total_zero.json"))

    ended, active = fields(office.pages("recurring_deals"), Contract)

    common = {
        "is_deleted": False, "created_at": at(2026, 1, 2, 8), "updated_at": at(2026, 1, 5, 12),
        "recurring_monthly_amount": Decimal("3043.75"), "booked_on": date(2026, 1, 2),
    }  # fmt: skip
    assert {
        **common, "source_id": "template:1", "url": page_of(575), "account_id": "7", "deal_id": "573",
        "product": "Item 575", "status": "ended", "currency": "EUR", "starts_on": date(2020, 6, 15),
        "ends_on": date(2020, 6, 17),
    } == ended  # fmt: skip
    assert {
        **common, "source_id": "template:5", "url": page_of(6555), "deal_id": "6531", "product": "Item 6555",
        "status": "active", "currency": "USD", "starts_on": date(2024, 11, 21),
    } == active  # fmt: skip


def test_an_order_that_nobody_has_paid(office: Office) -> None:
    told = body("docs/sale.order.list.json")["orders"]

    assert [
        {
            "source_id": "order:9", "is_deleted": False, "name": "165", "owner_id": "1", "status": "open",
            "amount": Decimal(1176), "currency": "USD", "created_at": at(2022, 10, 14, 15, 19, 11),
            "updated_at": at(2022, 10, 14, 15, 19, 11),
        }
    ] == fields(page(office, "orders", told), Deal)  # fmt: skip


@pytest.mark.parametrize("stream", ["deal_stages", "ticket_stages"])
def test_steps_of_the_documentation(office: Office, stream: str) -> None:
    told = body("docs/crm.stagehistory.list.json")["items"]
    common = {
        "is_deleted": False, "created_at": at(2024, 4, 25, 14, 59, 11), "updated_at": at(2024, 4, 25, 14, 59, 11),
    }  # fmt: skip
    expected: dict[str, dict[str, Any]] = {
        "deal_stages": {
            "source_id": "35", "deal_id": "21", "stage": "NEW", "status": "open", "entered_at": common["created_at"],
        },
        "ticket_stages": {
            "source_id": "stage:000000000035", "ticket_id": "21", "kind": "status", "to_value": "open",
            "occurred_at": common["created_at"],
        },
    }  # fmt: skip
    entity = DealStage if stream == "deal_stages" else TicketEvent

    assert [{**common, **expected[stream]}] == fields(page(office, stream, told, tickets="spa:130"), entity)


def test_recorded_steps_have_ids_that_are_texts(office: Office) -> None:
    told = body("recorded/crm_stagehistory_list.json")["result"]["order0000000000"]["items"]

    found = fields(page(office, "deal_stages", told), DealStage)

    assert [(each["ID"], each["OWNER_ID"], "EXECUTING", "unknown") for each in told] == [
        (row["source_id"], row["deal_id"], row["stage"], row["status"]) for row in found
    ]
    assert at(2022, 11, 1, 6, 39, 6) == found[0]["entered_at"]


def test_users_of_the_documentation(desk: BitrixDesk, office: Office) -> None:
    """Times that nobody knows are empty objects."""
    desk.on("user.get", recorded("docs/user.get.json"))

    assert [
        {"source_id": "1", "is_deleted": False, "name": "Vadim Valeev", "email": "person1@example.com", "active": True,
         "role": "employee", "created_at": at(2024, 7, 15)},
        {"source_id": "3", "is_deleted": False, "name": "John Smith", "email": "person2@example.com", "active": True,
         "role": "employee", "created_at": at(2024, 7, 22)},
    ] == fields(office.pages("users"), User)  # fmt: skip


def test_funnels_come_in_any_order_and_number(desk: BitrixDesk, office: Office) -> None:
    portal = office.connector().portal
    desk.on("crm.category.list", recorded("docs/crm.category.list__deals.json"))
    assert [9, 10, 11, 0] == [each["id"] for each in references.categories(portal, 2)]

    desk.on("crm.category.list", recorded("recorded/crm_category_list.json"))
    names = {each["id"]: each["name"] for each in references.categories(portal, 2)}
    assert ("Portal Shop", "Portal VR Псков") == (names[0], names[70])


def test_a_list_that_counts_nothing_has_currencies(desk: BitrixDesk, office: Office) -> None:
    """Its total is 0."""
    desk.on("crm.currency.list", recorded("docs/crm.currency.list__total_zero.json"))

    assert "USD" == references.base_currency(office.connector().portal)


def test_the_portals_clock(desk: BitrixDesk, office: Office) -> None:
    desk.on("server.time", recorded("docs/server.time.json"))

    assert at(2024, 8, 5, 9, 2, 13) == office.connector().portal.now()
    assert timedelta() == datetime.fromisoformat(NOON) - office.clock.now()


def test_a_dialog_names_its_latest_session() -> None:
    assert "343" == latest_session(body("docs/imopenlines.dialog.get.json"))


def test_what_an_event_says_was_deleted() -> None:
    """An online event, as an offline one would hold it; and one that does not say what it is about."""
    online = recorded("docs/event_ONCRMDEALDELETE.json")
    assert (2, "1765") == about({"EVENT_NAME": online["event"], "EVENT_DATA": online["data"]})

    (offline,) = body("docs/event.offline.get.json")["events"]
    assert (None, "") == about(offline)


def test_the_end_of_a_session_is_no_deletion() -> None:
    """That event goes to apps which brought the channel, and is not asked for."""
    told = recorded("docs/event_ONSESSIONFINISH.json")

    assert (None, "") == about({"EVENT_NAME": told["event"], "EVENT_DATA": told["data"]})


def test_a_queue_that_is_closed_to_us_is_left_out(desk: BitrixDesk, office: Office) -> None:
    desk.on("event.offline.get", Says(403, recorded("docs/event.offline.get__error_access_denied.json")))

    with pytest.raises(NotOffered, match="Access denied"):
        office.connector().portal.call("event.offline.get")


def test_a_filter_that_is_wrong_is_said(desk: BitrixDesk, office: Office) -> None:
    desk.on("crm.item.list", Says(400, recorded("docs/crm.item.list__error_invalid_filter.json")))

    with pytest.raises(Exception, match="field 'FIELD' is not allowed"):
        office.connector().portal.call("crm.item.list")


def test_what_is_gone_is_a_400(desk: BitrixDesk, office: Office) -> None:
    desk.on("crm.item.get", Says(400, recorded("docs/crm.item.get__error_not_found.json")))

    found = office.connector().portal.batch({"gone": Command("crm.item.get", {"entityTypeId": 2, "id": 1})})

    assert {"gone": Failed("NOT_FOUND", "Element not found")} == {
        key: Failed(each.code, each.description.partition(": ")[2] or each.description) for key, each in found.items()
    }


def test_a_type_that_has_no_history_is_an_error_with_the_code_0(desk: BitrixDesk, office: Office) -> None:
    desk.on("crm.stagehistory.list", recorded("docs/crm.stagehistory.list__error_code_zero.json"))

    with pytest.raises(Exception, match="SHIPMENT_DOCUMENT"):
        office.pages("deal_stages")


def test_a_batch_in_which_nothing_was_found() -> None:
    """The empty containers of PHP are lists; the recorded command found an empty list."""
    told = body("recorded/batch_list_empty.json")

    assert {"order0000000000": []} == opened(told, ["order0000000000"])


def test_a_batch_of_one() -> None:
    told = body("recorded/call_single_success.json")

    assert ("35943", "") == tuple(opened(told, ["order0"])["order0"][name] for name in ("ID", "BIRTHDATE"))


def test_rows_without_a_container() -> None:
    """Contacts of a company: what the method brings is a list, under the number that somebody gave the command."""
    told = body("recorded/crm_company_contact_items_get.json")

    assert [350354, 369658] == [each["CONTACT_ID"] for each in opened(told, ["205364"])["205364"]]


def test_a_batch_without_the_scope() -> None:
    told = body("docs/batch__all_failed_halt0.json")

    found = opened(told, ["get_user", "get_department"])

    assert {"get_user", "get_department"} == found.keys()
    assert {Failed("INSUFFICIENT_SCOPE", "")} == set(found.values())


def test_a_batch_that_stopped_is_no_answer() -> None:
    """With halt the second command is in no container."""
    told = body("docs/batch__first_failed_halt1.json")

    with pytest.raises(VendorUnavailable, match="batch"):
        opened(told, ["get_user", "get_department"])


def test_a_batch_in_which_both_went_well() -> None:
    told = body("docs/batch__two_ok.json")

    found = opened(told, ["get_user", "get_department"])

    assert ("1", "DEMO") == (found["get_user"]["ID"], found["get_department"][0]["NAME"])


def test_errors_come_as_a_list_without_keys() -> None:
    """What is left over is told by the order: one went well, two did not."""
    failed = Failed("", "ID is not defined or invalid."), Failed("", "Not found")
    mixed, all_failed = (
        body(f"recorded/crm_get_batch_{name}.json") for name in ("mix_success_and_errors", "of_two_error")
    )

    assert {"35943": {"ID": "35943"}, "a": failed[0], "b": failed[1]} == opened(mixed, ["a", "35943", "b"])
    assert {"a": failed[0], "b": failed[1]} == opened(all_failed, ["a", "b"])


def test_a_renewed_token_says_where_calls_go() -> None:
    """`domain` is the token server's: the portal is the other one."""
    told = recorded("docs/oauth_token_refresh.json")

    assert ("https://portal.bitrix24.com/rest/", "oauth.bitrix.info") == (told["client_endpoint"], told["domain"])
    assert 3600 == told["expires_in"]


def test_a_portal_that_is_not_paid_for(desk: BitrixDesk, office: Office) -> None:
    """An answer with status 200."""
    desk.on("profile", recorded("docs/oauth_error_payment_required.json"))

    with pytest.raises(CredentialError, match="plan"):
        office.connector().portal.call("profile")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("docs/crm.deal.list__legacy.json", "id: missing"),
        ("recorded/crm_lead_list_one_page_success.json", "id: missing"),
        ("docs/crm.company.get__legacy.json", "id: missing"),
    ],
)
def test_records_of_older_methods_belong_in_quarantine(office: Office, name: str, reason: str) -> None:
    """They name everything in capitals, and would be rows without anything in them."""
    told = body(name)
    records = told if isinstance(told, list) else [told]

    (found,) = page(office, "deals", records)

    assert {reason} == {each.reason for each in found.rejected}
    assert len(records) == len(found.rejected)


def test_fields_of_older_methods_are_not_asked_for(desk: BitrixDesk, office: Office) -> None:
    """Recorded: names in capitals, where records that we read have other ones."""
    told = body("recorded/crm_lead_fields_success.json")
    desk.on("crm.item.fields", {"result": {"fields": told}})

    known = references.fields(office.connector().portal, 1)

    own = {name for name, each in known.items() if each["own"]}
    assert 9 == len(own)
    assert {"type": "money", "title": "UF_CRM_1594289659496", "upper": "UF_CRM_1594289659496", "own": True,
            "items": {}} == known["UF_CRM_1594289659496"]  # fmt: skip


def test_the_names_of_users_fields_are_all_told() -> None:
    told = body("recorded/user_fields.json")

    assert {"ID", "NAME", "LAST_NAME", "EMAIL", "ACTIVE", "USER_TYPE", "DATE_REGISTER"} <= told.keys()


def test_every_recording_is_read_here() -> None:
    written = Path(__file__).read_text(encoding="utf-8")

    recordings = {each.stem.removeprefix("crm_get_batch_") for each in RECORDED.rglob("*.json")}
    assert set() == {each for each in recordings if each not in written}
