"""What was recorded at Zendesk, through the real connector over HTTP, field by field.

None of these records belongs in quarantine.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from latido.connect import Refused
from latido.schema import Account, Contact, SurveyResponse, Ticket, User
from latido_zendesk.reading import listed
from tests.connectors.zendesk.builders import cursor_page, time_page
from tests.connectors.zendesk.desk import RECORDED, Office, recorded
from tests.desk import Desk, Says, last_cursor, rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latido.connect import Page
    from latido.schema import Record

EXPORT = "incremental/tickets/cursor"
LATER = {"high_water": 1_768_000_000, "swept": 1_768_000_000}


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def fields(pages: Iterable[Page], entity: type[Record]) -> list[dict[str, Any]]:
    """Return what the rows of *pages* say, without what they leave open."""
    return [row.model_dump(exclude_none=True, exclude={"version"}) for row in rows(pages, entity)]


def test_the_walk_over_the_export_of_tickets(desk: Desk, office: Office) -> None:
    """A deletion, and a change that `updated_at` does not tell of."""
    desk.on("groups", recorded("go-zendesk/groups.json"))
    desk.on(
        EXPORT,
        recorded("synthetic/incremental_tickets_cursor_p1.json"),
        recorded("synthetic/incremental_tickets_cursor_p2_deleted_and_stale_updated_at.json"),
    )

    pages = office.pages("tickets")

    common = {
        "created_at": at(2026, 1, 5, 9), "custom": {"1001": "3"}, "contact_id": "9001", "assignee_id": "7001",
        "priority": "normal", "type": "incident", "channel": "email", "created_by_agent": False, "tags": (),
    }  # fmt: skip
    solved = {
        **common, "source_id": "102", "url": "https://acme.zendesk.com/agent/tickets/102", "subject": "S102",
        "updated_at": at(2026, 1, 5, 10, 0, 5), "is_deleted": False, "account_id": "501",
    }  # fmt: skip
    assert [
        {
            **common, "source_id": "101", "url": "https://acme.zendesk.com/agent/tickets/101", "subject": "S101",
            "updated_at": at(2026, 1, 5, 10), "is_deleted": False, "account_id": "501", "status": "open",
            "status_raw": "open", "agent_replies": 0, "reopens": 0, "csat": "none",
        },
        {
            **solved, "status": "solved", "status_raw": "solved", "first_reply_at": at(2026, 1, 5, 9, 12),
            "agent_replies": 1, "first_solved_at": at(2026, 1, 5, 10), "solved_at": at(2026, 1, 5, 10, 0, 5),
            "reopens": 0, "csat": "good", "csat_comment": "ok",
        },
        {**solved, "status": "closed", "status_raw": "closed", "csat": "none"},
        {
            **common, "source_id": "103", "url": "https://acme.zendesk.com/agent/tickets/103", "is_deleted": True,
            "updated_at": at(2026, 1, 5, 11), "status_raw": "deleted", "csat": "none",
        },
    ] == fields(pages, Ticket)  # fmt: skip
    older, newer = (row.version for row in rows(pages, Ticket) if row.source_id == "102")
    assert older < newer
    assert {"cursor": "c2FtcGxlfDI=", "high_water": 1_767_610_801} == last_cursor(pages)


def ticket_of(name: str, member: str) -> list[Any]:
    found = recorded(f"go-zendesk/{name}.json")[member]
    return found if isinstance(found, list) else [found]


PROVIDER = {
    "is_deleted": False, "account_id": "360363695492", "contact_id": "377922500012", "created_by_agent": False,
    "tags": (),
}  # fmt: skip
SOLVED = {**PROVIDER, "assignee_id": "377922500012", "status": "solved", "status_raw": "solved"}
MAIL = {
    **SOLVED, "source_id": "2", "url": "https://d3v-terraform-provider.zendesk.com/agent/tickets/2", "channel": "email",
    "subject": "Mail to create fixture ticket for testing", "created_at": at(2019, 6, 3, 2, 23, 47),
    "updated_at": at(2019, 6, 5, 1, 13, 24),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "member", "expected"),
    [
        ("ticket", "ticket", [MAIL]),
        (
            "tickets",
            "tickets",
            [
                MAIL,
                {
                    **SOLVED, "source_id": "3", "url": "https://d3v-terraform-provider.zendesk.com/agent/tickets/3",
                    "channel": "web", "subject": "にゃー", "created_at": at(2019, 6, 3, 2, 34, 52),
                    "updated_at": at(2019, 6, 3, 2, 35, 5),
                },
            ],
        ),
        (
            "ticket_custom_field",
            "ticket",
            [
                {
                    **SOLVED, "source_id": "4", "url": "https://d3v-terraform-provider.zendesk.com/agent/tickets/4",
                    "channel": "web", "subject": "Ticket containing a custom field",
                    "created_at": at(2019, 6, 3, 2, 34, 52), "updated_at": at(2019, 6, 3, 2, 35, 5),
                    "custom": {
                        "360005657120": "Custom field value for testing",
                        "360005657121": ["list", "of", "values"],
                        "360005657123": True,
                    },
                }
            ],
        ),
        (
            "search_ticket",
            "results",
            [
                {
                    **PROVIDER, "source_id": "4", "url": "https://d3v-terraform-provider.zendesk.com/agent/tickets/4",
                    "channel": "api", "subject": "nyanyanyanya", "priority": "urgent", "status": "new",
                    "status_raw": "new", "created_at": at(2019, 6, 6, 10, 2, 4), "updated_at": at(2019, 6, 6, 10, 2, 4),
                }
            ],
        ),
    ],
)  # fmt: skip
def test_tickets_of_a_demo_account(desk: Desk, office: Office, name: str, member: str, expected: list[Any]) -> None:
    desk.on(EXPORT, cursor_page("tickets", *ticket_of(name, member)))

    pages = office.pages("tickets")

    assert expected == fields(pages, Ticket)
    assert [] == [fault for page in pages for fault in page.rejected]


def test_a_ticket_full_of_nulls_that_was_updated_before_it_was_created(desk: Desk, office: Office) -> None:
    desk.on(EXPORT, cursor_page("tickets", recorded("justeat/testTicketNull.json")))

    (row,) = fields(office.pages("tickets"), Ticket)

    assert 11 == len(row.pop("tags"))
    assert {
        "source_id": "18076817", "created_at": at(2011, 12, 31, 12, 42, 32), "updated_at": at(2011, 1, 2, 15, 58, 1),
        "is_deleted": False, "custom": {"360000027769": ["fd_1st_january", "fd_2nd_january"]},
        "subject": "Festive Delivery Changes Request", "account_id": "30688762", "contact_id": "517281522",
        "assignee_id": "542358262", "status": "solved", "status_raw": "solved", "priority": "normal",
        "channel": "api", "created_by_agent": False, "csat": "bad", "csat_comment": "comment",
    } == row  # fmt: skip


def test_people_of_two_accounts(desk: Desk, office: Office) -> None:
    desk.on("groups", recorded("go-zendesk/groups.json"))
    people = [*recorded("go-zendesk/users.json")["users"], *recorded("go-zendesk/search_user.json")["results"]]
    desk.on("incremental/users/cursor", cursor_page("users", *people))

    pages = office.pages("users")

    assert [
        {
            "source_id": "369531345753", "url": "https://example.zendesk.com/agent/users/369531345753",
            "created_at": at(2018, 11, 23, 16, 5, 13), "updated_at": at(2018, 11, 23, 16, 5, 14), "is_deleted": False,
            "name": "Sample customer", "email": "customer@example.com", "locale": "en-US", "tags": (),
        }
    ] == fields(pages, Contact)  # fmt: skip
    assert [
        {
            "source_id": "369537351454", "url": "https://example.zendesk.com/agent/users/369537351454",
            "created_at": at(2018, 11, 23, 16, 5, 12), "updated_at": at(2018, 11, 30, 19, 12, 34), "is_deleted": False,
            "name": "testuser", "email": "person1@example.com", "role": "admin", "team": "Support", "active": True,
        },
        {
            "source_id": "1234", "url": "https://d3v-terraform-provider.zendesk.com/agent/users/1234",
            "created_at": at(2019, 3, 18, 5, 48, 8), "updated_at": at(2019, 12, 9, 6, 48, 10), "is_deleted": False,
            "name": "Foo Bar", "email": "person1@example.com", "role": "admin", "active": True,
            "custom": {
                "github_profile": "https://github.com/foobar", "nickname": "foo bar",
                "twitter_account": "https://twitter.com/foobar1345",
            },
        },
    ] == fields(pages, User)  # fmt: skip


def test_organizations_of_two_accounts(desk: Desk, office: Office) -> None:
    named = recorded("go-zendesk/organizations.json")["organizations"]
    plain = recorded("node-zendesk/organizations_test_list_all.json")[0]["response"]["json"]["organizations"]
    desk.on("incremental/organizations", time_page("organizations", *named, plain[0], end_time=1))

    september = at(2019, 9, 17, 21, 22, 18)
    rebels = {
        "source_id": "361898904439", "url": "https://example.zendesk.com/agent/organizations/361898904439",
        "created_at": september, "updated_at": september, "is_deleted": False, "name": "Rebel Alliance",
        "domain": "hoth.com", "tags": ("test",),
    }  # fmt: skip
    assert [
        rebels,
        {
            **rebels, "source_id": "361898904440", "name": "Imperial Senate", "domain": "coruscant.com",
            "url": "https://example.zendesk.com/agent/organizations/361898904440",
        },
        {
            "source_id": "26917874", "url": "https://nodejsapi.zendesk.com/agent/organizations/26917874",
            "created_at": at(2014, 4, 22, 18, 10, 12), "updated_at": at(2014, 4, 22, 18, 10, 12), "is_deleted": False,
            "name": "Farrin Reid", "tags": (),
        },
    ] == fields(office.pages("organizations"), Account)  # fmt: skip


def test_legacy_ratings(desk: Desk, office: Office) -> None:
    desk.on("satisfaction_ratings", recorded("synthetic/satisfaction_ratings_cbp.json"))

    assert [
        {
            "source_id": "rating:880", "created_at": at(2026, 1, 5, 10, 30), "updated_at": at(2026, 1, 5, 10, 31),
            "is_deleted": False, "kind": "csat", "survey_id": "rating", "score": 1, "scale_min": 0, "scale_max": 1,
            "higher_is_better": True, "comment": "ok", "contact_id": "9001", "ticket_id": "102",
            "answered_at": at(2026, 1, 5, 10, 31),
        }
    ] == fields(office.pages("satisfaction_ratings", LATER), SurveyResponse)  # fmt: skip


def test_survey_responses(desk: Desk, office: Office) -> None:
    desk.on("guide/survey_responses", recorded("synthetic/guide_survey_responses_cbp.json"))
    effort = {"alias": "effort", "scale_min": 1, "scale_max": 7, "higher_is_better": True}

    pages = office.pages("survey_responses", LATER, ces=effort)

    answered = at(2026, 1, 5, 10, 40)
    csat = {
        "source_id": "01JSAMPLE0000000000000001:01JQ1", "created_at": answered, "updated_at": answered,
        "is_deleted": False, "kind": "csat", "survey_id": "01JSURVEY000000000000001", "score": 4, "scale_min": 1,
        "scale_max": 5, "higher_is_better": True, "contact_id": "9001", "ticket_id": "102", "answered_at": answered,
    }  # fmt: skip
    ces = {
        **csat, "source_id": "01JSAMPLE0000000000000001:01JQ2", "kind": "ces", "score": 6, "scale_max": 7,
        "touchpoint": "effort",
    }  # fmt: skip
    assert [csat, ces] == fields(pages, SurveyResponse)
    assert 2 == sum(page.fetched for page in pages)


def test_fields_of_the_users_own(desk: Desk, office: Office) -> None:
    for name in ("ticket_fields", "user_fields", "organization_fields"):
        desk.on(name, recorded(f"go-zendesk/{name}.json"))

    found = office.connector().vendor_fields()

    own = {table: {k: v for k, v in each.items() if v != "standard"} for table, each in found.items()}
    assert {
        "custom_fields.360011759674": "tagger (Tagger Field)",
        "custom_fields.360011748674": "regexp (Regexp Field)",
        "custom_fields.360011747974": "decimal (Decimal Field)",
        "custom_fields.360011747994": "text (Text Field)",
        "custom_fields.360011672493": "textarea (Textarea Field)",
        "custom_fields.360011748014": "integer (Integer Field)",
        "custom_fields.360011672513": "date (Date Field)",
        "custom_fields.360011672533": "checkbox (Checkbox Field)",
    } == own["tickets"]
    assert {"user_fields.custom_field_1": "text (Custom Field 1)"} == own["contacts"] == own["users"]
    assert {
        "organization_fields.test_key": "lookup (Title)",
        "organization_fields.test_external_id": "text (External Test ID)",
    } == own["accounts"]


def test_the_walk_over_a_list_ends_where_it_says_so(desk: Desk, office: Office) -> None:
    """26 pages; the last is empty, and the one before it has a cursor like any other."""
    exchanges = recorded("node-zendesk/pagination_test_execute.json")
    desk.on("organizations", *(each["response"]["json"] for each in exchanges))

    bodies = [body for body, _after in listed(office.connector().http, "/api/v2/organizations", "organizations")]

    assert 26 == len(bodies) == len(desk.requests("organizations"))
    assert 25 == len({each["id"] for body in bodies for each in body["organizations"]})
    assert [each["response"]["json"]["meta"]["after_cursor"] for each in exchanges[:-1]] == desk.params(
        "organizations", "page[after]"
    )[1:]


def test_a_record_that_is_gone_says_so(desk: Desk, office: Office) -> None:
    (exchange,) = recorded("node-zendesk/organizations_test_delete_not_found_organization.json")
    desk.on("organizations/4819136400", Says(exchange["response"]["status"], exchange["response"]["json"]))

    with pytest.raises(Refused) as caught:
        office.connector().http.get("/api/v2/organizations/4819136400")

    assert (404, "RecordNotFound: Not found") == (caught.value.status, caught.value.sentence)


def test_a_valid_token_knows_its_user(desk: Desk, office: Office) -> None:
    """The recording was stripped of id and role, which a real answer has."""
    (exchange,) = recorded("node-zendesk/authentication_test_correct_oauthtoken.json")
    desk.on("users/me", {"user": {"id": 1, "role": "admin", **exchange["response"]["json"]["user"]}})

    assert "TEST USER" == office.connector().me()["name"]


def test_every_recording_says_where_it_comes_from() -> None:
    said = (RECORDED / "SOURCES.md").read_text()

    for folder in (each for each in RECORDED.iterdir() if each.is_dir()):
        assert f"`{folder.name}/" in said
