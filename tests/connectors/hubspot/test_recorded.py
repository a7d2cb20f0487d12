"""What was recorded at HubSpot, through the real connector over HTTP, field by field.

None of these records belongs in quarantine.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from latido.connect import Refused
from latido.errors import CredentialError, NotOffered, RateLimited, VendorUnavailable
from latido.schema import Account, Contact, Deal, SurveyResponse, Ticket, TicketEvent, User
from latido_hubspot.associations import Link, associated
from latido_hubspot.lists import parts
from latido_hubspot.search import Search
from tests.connectors.hubspot.builders import listed
from tests.connectors.hubspot.desk import RECORDED, Office, recorded
from tests.connectors.hubspot.links import between, linked, links
from tests.desk import Desk, Says, rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latido.connect import Page
    from latido.schema import Record

MEETINGS = "/crm/v3/objects/meetings"
FIELDS = "hubspot_owner_id,hs_meeting_title,hs_meeting_body,hs_meeting_start_time,hs_meeting_end_time"


def at(*parts_: int) -> datetime:
    """Return that instant, the last part being milliseconds if there are seven."""
    *whole, millis = parts_ if len(parts_) == 7 else (*parts_, 0)
    return datetime(*whole, microsecond=millis * 1000, tzinfo=UTC)  # type: ignore[misc,arg-type]


def body(name: str) -> Any:
    """Return the body of a recorded answer."""
    found = recorded(name)
    return found["response"]["body"] if "response" in found else found


def fields(pages: Iterable[Page], entity: type[Record]) -> list[dict[str, Any]]:
    """Return what the rows of *pages* say, without what they leave open; nothing may have been rejected."""
    known = list(pages)
    assert [] == [each for page in known for each in page.rejected]
    return [row.model_dump(exclude_none=True, exclude={"version"}) for row in rows(known, entity)]


def page_of(kind: str, key: str) -> str:
    return f"https://app.hubspot.com/contacts/139/record/{kind}/{key}"


def test_companies(desk: Desk, office: Office) -> None:
    desk.on("companies", body("companies_list_v3.json"), listed())

    common = {"is_deleted": False, "currency": "EUR"}
    assert [
        {
            **common, "source_id": "7086461639", "url": page_of("0-2", "7086461639"), "name": "Hubspot, Inc.",
            "domain": "hubspot.com", "created_at": at(2023, 2, 24, 3, 0, 14, 155),
            "updated_at": at(2023, 2, 24, 3, 0, 26, 696),
        },
        {
            **common, "source_id": "7086464459", "url": page_of("0-2", "7086464459"), "domain": "fda.gov",
            "name": "U.S. Food and Drug Administration", "created_at": at(2023, 2, 24, 3, 25, 40, 27),
            "updated_at": at(2023, 2, 24, 3, 25, 53, 252),
        },
    ] == fields(office.pages("companies"), Account)  # fmt: skip


def test_a_page_of_contacts_and_the_way_to_the_next(desk: Desk, office: Office) -> None:
    """Empty texts mean nothing. The address of the next page leads elsewhere, and only its cursor is used."""
    told = body("contacts_list_page_v3.json")
    desk.on("contacts", told, listed())

    contacts = fields(office.pages("contacts"), Contact)

    assert {
        "source_id": "51", "url": page_of("0-1", "51"), "is_deleted": False, "name": "First0 Last0",
        "first_name": "First0", "last_name": "Last0", "email": "contact0@example.com",
        "created_at": at(2018, 4, 9, 13, 17, 0, 224), "updated_at": at(2022, 7, 8, 3, 16, 44, 972),
    } == contacts[0]  # fmt: skip
    assert [
        (each["id"], each["properties"]["email"], each["properties"]["firstname"] or None) for each in told["results"]
    ] == [(row["source_id"], row["email"], row.get("first_name")) for row in contacts]
    assert [None, "1452"] == desk.params("contacts", "after")[:2]
    assert [] == desk.requests("/crm/objects/v3/contacts")


def test_contacts_with_the_history_of_every_property(desk: Desk, office: Office) -> None:
    """Some 200 properties, nearly all of them null, and histories that are empty."""
    desk.on("contacts", body("contacts_with_property_history_v3.json"), listed())

    common = {"is_deleted": False}
    assert [
        {
            **common, "source_id": "1", "url": page_of("0-1", "1"), "first_name": "Maria", "name": "Maria",
            "email": "emailmaria@hubspot.com", "lead_source": "OFFLINE",
            "created_at": at(2023, 6, 28, 13, 55, 47, 572), "updated_at": at(2023, 7, 1, 21, 28, 22, 147),
        },
        {
            **common, "source_id": "51", "url": page_of("0-1", "51"), "first_name": "Brian", "name": "Brian",
            "email": "thisisnewemail@hubspot.com", "created_at": at(2023, 6, 28, 13, 55, 47, 881),
            "updated_at": at(2023, 7, 1, 23, 34, 57, 865),
        },
    ] == fields(office.pages("contacts"), Contact)  # fmt: skip


def test_deals_of_an_account_with_one_currency(desk: Desk, office: Office) -> None:
    desk.on("deals", body("deals_list_v3.json"), listed())

    common = {
        "is_deleted": False, "pipeline": "Sales", "stage": "Qualified", "stage_raw": "qualifiedtobuy",
        "status": "open", "currency": "EUR",
    }  # fmt: skip
    assert [
        {
            **common, "source_id": "6744192456", "url": page_of("0-3", "6744192456"), "name": "With Atul",
            "amount": Decimal(500), "created_at": at(2023, 2, 24, 3, 1, 1, 147),
            "updated_at": at(2023, 2, 24, 3, 1, 1, 711),
        },
        {
            **common, "source_id": "6744457152", "url": page_of("0-3", "6744457152"), "name": "Yodoo Deal (2021-11-25)",
            "amount": Decimal(3233), "created_at": at(2023, 2, 24, 3, 53, 39, 801),
            "updated_at": at(2023, 2, 24, 3, 53, 43, 118),
        },
    ] == fields(office.pages("deals"), Deal)  # fmt: skip


def test_deals_in_several_currencies(desk: Desk, office: Office) -> None:
    """A probability in full, a month's amount with many digits, and days as instants and as days."""
    desk.on("deals", body("synthetic/deals_multicurrency_page.json"), listed())

    common = {"is_deleted": False, "created_at": at(2026, 1, 5, 10), "updated_at": at(2026, 2, 1, 9, 30, 0, 123)}
    assert [
        {
            **common, "source_id": "6001", "url": page_of("0-3", "6001"), "name": "won EUR", "pipeline": "Sales",
            "stage": "Won", "stage_raw": "closedwon", "status": "won", "amount": Decimal("1200.50"), "currency": "EUR",
            "recurring_monthly_amount": Decimal("100.041667"), "close_date": date(2026, 1, 31),
        },
        {
            **common, "source_id": "6002", "url": page_of("0-3", "6002"), "name": "open, single-currency",
            "pipeline": "default", "stage_raw": "appointmentscheduled", "status": "unknown", "currency": "EUR",
            "probability": 0.2, "close_date": date(2026, 3, 31),
        },
    ] == fields(office.pages("deals"), Deal)  # fmt: skip


FOUND = {
    "source_id": "16174569112", "url": page_of("0-5", "16174569112"), "is_deleted": False, "subject": "test ticket",
    "status": "open", "status_raw": "New", "created_at": at(2024, 11, 7, 10, 7, 53, 620),
}  # fmt: skip
LISTED = {"is_deleted": False, "priority": "high"}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            body("tickets_list_v3.json"),
            [
                {
                    **LISTED, "source_id": "1075966440", "url": page_of("0-5", "1075966440"), "status": "open",
                    "status_raw": "New", "subject": "Barry Smallridge", "created_at": at(2023, 1, 15, 5),
                    "updated_at": at(2023, 2, 24, 5, 1, 27, 700),
                },
                {
                    **LISTED, "source_id": "1075966441", "url": page_of("0-5", "1075966441"), "status": "closed",
                    "status_raw": "Closed", "subject": "Griffith Ticehurst", "created_at": at(2022, 12, 4, 5),
                    "updated_at": at(2023, 2, 24, 5, 1, 28, 161),
                },
            ],
        ),
        (
            listed(body("ticket_get_v3.json")),
            [{**FOUND, "priority": "high", "updated_at": at(2024, 11, 12, 15, 59, 9, 800)}],
        ),
        (
            listed(body("ticket_create_response_v3.json")),
            [{**FOUND, "priority": "medium", "updated_at": at(2024, 11, 7, 10, 7, 53, 620)}],
        ),
    ],
    ids=["list", "one", "new"],
)  # fmt: skip
def test_tickets(desk: Desk, office: Office, answer: Any, expected: list[dict[str, Any]]) -> None:
    desk.on("tickets", answer, listed())

    assert expected == fields(office.pages("tickets"), Ticket)


def test_the_statuses_of_a_ticket_that_was_reopened(desk: Desk, office: Office) -> None:
    """A batch tells what it could not find as errors beside the rest."""
    desk.on("/crm/v3/pipelines/tickets", body("synthetic/pipelines_tickets.json"))
    desk.on("tickets/search", {"total": 1, "results": [{"id": "7001"}]})
    desk.on("tickets/batch/read", Says(207, body("synthetic/tickets_batch_read_with_stage_history.json")))
    stream = office.stream("ticket_statuses")

    told = fields(stream.pages(stream.start(at(2026, 1, 1))), TicketEvent)

    common = {
        "is_deleted": False, "ticket_id": "7001", "kind": "status", "updated_at": at(2026, 2, 1, 9, 30, 0, 123),
    }  # fmt: skip
    moments = [at(2026, 1, 1), at(2026, 1, 2), at(2026, 1, 2, 12), at(2026, 1, 3)]
    assert [
        {**common, "created_at": moments[0], "occurred_at": moments[0], "to_value": "open"},
        {**common, "created_at": moments[1], "occurred_at": moments[1], "from_value": "open", "to_value": "closed"},
        {**common, "created_at": moments[2], "occurred_at": moments[2], "from_value": "closed", "to_value": "open"},
        {**common, "created_at": moments[3], "occurred_at": moments[3], "from_value": "open", "to_value": "closed"},
    ] == [{name: value for name, value in each.items() if name != "source_id"} for each in told]


def test_answers_to_surveys(desk: Desk, office: Office) -> None:
    """The last page points on, as short pages may; an answer without a score is kept without one."""
    desk.on(
        "feedback_submissions/search", body("synthetic/feedback_submissions_search.json"), {"total": 4, "results": []}
    )
    desk.on(between("feedback_submissions", "contacts"), links())
    desk.on(between("feedback_submissions", "tickets"), links(linked("9003", "7001")))
    stream = office.stream("feedback_submissions")

    common = {"is_deleted": False, "created_at": at(2026, 1, 5, 10), "updated_at": at(2026, 2, 1, 9, 30, 0, 123)}
    nps = {**common, "kind": "nps", "survey_id": "11", "scale_min": 0, "scale_max": 10, "higher_is_better": True}
    assert [
        {
            **nps, "source_id": "9001", "score": 10, "comment": "great", "contact_id": "501",
            "answered_at": at(2026, 1, 31, 23, 59, 59, 900),
        },
        {**nps, "source_id": "9002", "score": 6, "contact_id": "502", "answered_at": at(2026, 2, 1)},
        {
            **common, "source_id": "9003", "kind": "ces", "survey_id": "12", "score": 7, "scale_min": 1, "scale_max": 7,
            "higher_is_better": True, "ticket_id": "7001", "answered_at": at(2026, 1, 20, 8),
        },
        {
            **common, "source_id": "9004", "kind": "csat", "survey_id": "13", "contact_id": "501",
            "answered_at": at(2026, 1, 21, 8),
        },
    ] == fields(stream.pages(stream.start(at(2026, 1, 1))), SurveyResponse)  # fmt: skip


def test_owners(desk: Desk, office: Office) -> None:
    told = body("owners_list_v3.json")
    desk.on("/crm/v3/owners", told, listed())

    users = fields(office.pages("owners"), User)

    assert {
        "source_id": "31871817", "is_deleted": False, "name": "First0 Last0", "email": "owner0@example.com",
        "role": "owner", "active": True, "created_at": at(2018, 4, 9, 13, 16, 56, 625),
        "updated_at": at(2018, 4, 9, 13, 16, 56, 625),
    } == users[0]  # fmt: skip
    assert [(each["id"], each["email"]) for each in told["results"]] == [
        (row["source_id"], row["email"]) for row in users
    ]


def test_associations_whose_ids_are_numbers(desk: Desk, office: Office) -> None:
    ends = body("associations_v4_deal_to_contacts.json")["results"]
    desk.on(between("deals", "contacts"), links(linked("9756350334", *ends)))

    assert {"9756350334": [Link("21451"), Link("21501")]} == associated(
        office.connector(), "deals", "contacts", ["9756350334"]
    )


def test_associations_of_a_record_that_is_not_valid(desk: Desk, office: Office) -> None:
    """The answer does not even say which record it means."""
    desk.on(between("deals", "contacts"), Says(207, body("associations_v4_batch_207_errors.json")))

    assert {"1234": []} == associated(office.connector(), "deals", "contacts", ["1234"])


def test_the_walk_over_a_list(desk: Desk, office: Office) -> None:
    told = recorded("meetings_list_page_v3.json")
    desk.on(MEETINGS, told["response"]["body"], listed())

    walked = list(parts(office.connector(), MEETINGS, {"limit": 2, "properties": FIELDS}))

    assert [told["response"]["body"]["results"], []] == [part.records for part in walked]
    assert ["12642400565", None] == [part.after for part in walked]
    assert told["request"]["path"] == desk.requests(MEETINGS)[0].path


def test_a_list_without_pages(desk: Desk, office: Office) -> None:
    desk.on("products", body("products_list_v3.json"))

    (only,) = parts(office.connector(), "/crm/v3/objects/products", {"limit": 100})

    assert (["1155995587", "1156116944"], None) == ([each["id"] for each in only.records][-2:], only.after)


def test_a_search_points_on_by_number(desk: Desk, office: Office) -> None:
    """And says nothing of the limits that it counts against."""
    answer = recorded("meetings_search_v3.json")["response"]
    desk.on(f"{MEETINGS}/search", Says(200, answer["body"], {"x-hubspot-ratelimit-daily": "250000"}))

    found = Search(office.connector(), "meetings", "hs_lastmodifieddate", ()).first(0, 1)

    assert (4, ["27475252583", "27475250495"], "3") == (
        found.total,
        [each["id"] for each in found.records],
        found.after,
    )
    assert not any("interval" in name for name in answer["headers"])


def test_what_is_not_found_is_a_page_for_people(desk: Desk, office: Office) -> None:
    answer = recorded("ticket_not_found_v3.json")["response"]
    desk.on("tickets/996174569112", Says(answer["status"], answer["body"], {"x-hubspot-notfound": "true"}))

    with pytest.raises(NotOffered):
        office.connector().get("/crm/v3/objects/tickets/996174569112")


MEANINGS = (
    CredentialError,  # unknown
    CredentialError,  # expired
    NotOffered,  # a scope is missing
    RateLimited,  # ten seconds
    RateLimited,  # a second
    RateLimited,  # a day
    Refused,  # not valid
    Refused,  # the address is too long
    VendorUnavailable,  # HTML from a gateway
    VendorUnavailable,  # HTML with 200
)


@pytest.mark.parametrize(("error", "meaning"), [*zip(recorded("synthetic/errors.json"), MEANINGS, strict=True)])
def test_an_error_is_what_it_means(desk: Desk, office: Office, error: dict[str, Any], meaning: type[Exception]) -> None:
    desk.on("deals", Says(error["status"], error["body"], error.get("headers", {})))

    with pytest.raises(meaning):
        office.connector().get("/crm/v3/objects/deals")


def test_every_recording_says_where_it_comes_from() -> None:
    said = (RECORDED / "SOURCES.md").read_text()

    assert "`synthetic/*`" in said
    assert [] == [each.name for each in RECORDED.glob("*.json") if f"`{each.name}`" not in said]
