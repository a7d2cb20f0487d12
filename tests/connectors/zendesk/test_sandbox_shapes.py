"""The sandbox answers in the shapes that were recorded at Zendesk: the same keys, types and nulls.

Where a list below says `NEWER`, the recording is older than a key that Zendesk documents by now.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.connectors.zendesk.desk import recorded
from tests.connectors.zendesk.visiting import Visitor
from tests.shapes import same_shape, types

NEWER = {"custom_status_id", "from_messaging_channel"}


@pytest.fixture(scope="module")
def visitor() -> Visitor:
    return Visitor(1_500)


def exchanged(name: str, turn: int = 0) -> Any:
    """Return the answer of a recorded exchange."""
    return recorded(f"node-zendesk/{name}.json")[turn]["response"]["json"]


def test_tickets(visitor: Visitor) -> None:
    theirs = [
        *recorded("go-zendesk/tickets.json")["tickets"],
        recorded("go-zendesk/ticket.json")["ticket"] | {"type": "x", "priority": "x", "assignee_id": None},
        *recorded("go-zendesk/ticket_show_many.json")["tickets"],
    ]
    ours = list(visitor.walk("tickets", "tickets"))

    same_shape(
        [each | {"satisfaction_rating": None} for each in ours],
        [each | {"custom_status_id": 1, "organization_id": 1, "group_id": 1} for each in theirs],
        NEWER,
    )


def test_a_rated_ticket(visitor: Visitor) -> None:
    theirs = recorded("justeat/testTicketNull.json")["satisfaction_rating"]
    ours = [each["satisfaction_rating"] for each in visitor.export("tickets") if each["satisfaction_rating"]]

    same_shape([each for each in ours if each["score"] == "bad" and each["reason"]], [theirs | {"comment": None}])
    assert {"score"} == {key for each in ours if each["score"] == "offered" for key in each}


def test_custom_fields_of_a_ticket(visitor: Visitor) -> None:
    """Texts, lists, booleans and nulls; a number is a text."""
    fields = recorded("go-zendesk/ticket_custom_field.json")["ticket"]["custom_fields"]
    ours = [field for each in visitor.export("tickets") for field in each["custom_fields"]]

    same_shape(ours, fields)


def test_exported_tickets_and_metric_sets(visitor: Visitor) -> None:
    """The export adds `generated_timestamp` to what lists show."""
    theirs = recorded("synthetic/incremental_tickets_cursor_p1.json")
    ours = visitor.get("incremental/tickets/cursor", start_time=0, include="metric_sets")
    listed = visitor.get("tickets", **{"page[size]": 1})["tickets"][0]

    assert theirs.keys() == ours.keys()
    assert {"generated_timestamp"} == ours["tickets"][0].keys() - listed.keys()
    assert set() == theirs["tickets"][0].keys() - ours["tickets"][0].keys()
    assert set() == theirs["metric_sets"][0].keys() - ours["metric_sets"][0].keys()
    for duration in (key for key in ours["metric_sets"][0] if key.endswith("_in_minutes")):
        assert {"calendar", "business"} == ours["metric_sets"][0][duration].keys()


def test_users(visitor: Visitor) -> None:
    """Recorded users have photos; ours have none. A deleted one has no address."""
    theirs = [each | {"photo": None, "email": None} for each in recorded("go-zendesk/users.json")["users"]]
    ours = visitor.export("users")

    assert theirs[0].keys() == ours[0].keys()
    assert {"end-user", "agent", "admin"} == {each["role"] for each in ours}
    for key in ("id", "name", "url", "active", "suspended", "tags", "created_at", "updated_at", "user_fields"):
        assert types(theirs)[key] == types(ours)[key]
    assert [] == [each for each in ours if not each["active"] and each["email"]]


def test_organizations(visitor: Visitor) -> None:
    theirs = exchanged("organizations_test_list_all")["organizations"]
    ours = visitor.get("incremental/organizations", start_time=0)["organizations"]

    same_shape([each for each in ours if "deleted_at" not in each], [each | {"external_id": None} for each in theirs])


def test_a_deleted_organization_is_renamed_and_says_when(visitor: Visitor) -> None:
    ours = visitor.get("incremental/organizations", start_time=0)["organizations"]
    gone = [each for each in ours if "deleted_at" in each]

    assert gone
    assert all(each["name"].startswith(f"{each['id']}_deleted_") for each in gone)


@pytest.mark.parametrize(
    ("table", "newer"),
    [
        ("groups", set()),
        ("brands", set()),
        ("user_fields", set()),
        ("organization_fields", {"position", "regexp_for_validation"}),
    ],
)
def test_small_tables(visitor: Visitor, table: str, newer: set[str]) -> None:
    theirs = recorded(f"go-zendesk/{table}.json")
    ours = visitor.get(table)
    optional = {"relationship_target_type", "relationship_filter", "position"}

    assert {table, "next_page", "previous_page", "count"} == ours.keys()
    assert types(theirs[table]).keys() - optional <= types(ours[table]).keys()
    assert set() == types(ours[table]).keys() - types(theirs[table]).keys() - newer


def test_ticket_fields(visitor: Visitor) -> None:
    by_type = {each["type"]: each for each in recorded("go-zendesk/ticket_fields.json")["ticket_fields"]}
    ours = {each["type"]: each for each in visitor.get("ticket_fields")["ticket_fields"]}

    assert {"tagger", "decimal", "date", "checkbox", "integer", "regexp", "text"} <= ours.keys()
    for kind in ("tagger", "decimal", "date", "subject"):
        assert by_type[kind].keys() == ours[kind].keys()
    assert by_type["tagger"]["custom_field_options"][0].keys() == ours["tagger"]["custom_field_options"][0].keys()


def test_cursor_pages(visitor: Visitor) -> None:
    """A cursor on the last page too, none on an empty one behind it."""
    last, empty = (exchanged("organizations_test_list_all", turn) for turn in (0, 1))
    ours = visitor.get("organizations", **{"page[size]": 100})
    after = visitor.get("organizations", **{"page[size]": 100, "page[after]": ours["meta"]["after_cursor"]})

    assert last.keys() == ours.keys()
    assert (False, True) == (ours["meta"]["has_more"], isinstance(ours["meta"]["after_cursor"], str))
    assert {key: empty[key] for key in ("meta", "links")} == {key: after[key] for key in ("meta", "links")}
    assert [] == after["organizations"]


def test_a_walk_over_single_rows(visitor: Visitor) -> None:
    """Twenty-six recorded pages of one row; the last has none."""
    walk = [each["response"]["json"] for each in recorded("node-zendesk/pagination_test_execute.json")]
    body = visitor.get("groups", **{"page[size]": 1})

    assert (True, walk[0].keys() - {"organizations"}) == (body["meta"]["has_more"], body.keys() - {"groups"})
    assert walk[0]["meta"].keys() == body["meta"].keys()
    assert walk[0]["links"].keys() == body["links"].keys()


def test_offset_pages(visitor: Visitor) -> None:
    theirs = recorded("go-zendesk/tickets.json")

    assert theirs.keys() == visitor.get("tickets", page=1, per_page=2).keys()


def test_ratings(visitor: Visitor) -> None:
    theirs = recorded("synthetic/satisfaction_ratings_cbp.json")
    ours = visitor.get("satisfaction_ratings", **{"page[size]": 100})

    assert theirs.keys() == ours.keys()
    assert {"reason_code"} == types(ours["satisfaction_ratings"]).keys() - types(theirs["satisfaction_ratings"]).keys()
    assert {"good", "bad", "offered"} == {each["score"] for each in ours["satisfaction_ratings"]}


def test_survey_responses(visitor: Visitor) -> None:
    theirs = recorded("synthetic/guide_survey_responses_cbp.json")["survey_responses"]
    ours = list(visitor.walk("guide/survey_responses", "survey_responses"))
    answers = [each["answers"] for each in ours]

    same_shape(ours, theirs)
    assert theirs[0]["survey"].keys() == ours[0]["survey"].keys()
    assert [] in answers
    full = max(answers, key=lambda each: [one["type"] for one in each].count("rating_scale"))
    assert [each.keys() for each in theirs[0]["answers"][:2]] == [each.keys() for each in full[:2]]
    assert [each["question"] | {"id": ""} for each in theirs[0]["answers"]] == [
        each["question"] | {"id": ""} for each in full
    ]


def test_metric_events(visitor: Visitor) -> None:
    theirs = recorded("synthetic/ticket_metric_events.json")
    ours = visitor.get("incremental/ticket_metric_events", start_time=0)

    assert theirs.keys() == ours.keys() - {"next_page"}
    assert types(theirs["ticket_metric_events"]).keys() <= types(ours["ticket_metric_events"]).keys()


def test_counts_and_searches(visitor: Visitor) -> None:
    theirs = recorded("go-zendesk/search_ticket.json")
    found = visitor.get("search/export", **{"filter[type]": "ticket", "query": "status:closed", "page[size]": 5})

    assert (
        recorded("go-zendesk/search_count_ticket.json").keys()
        == visitor.get("search/count", query="type:ticket").keys()
    )
    assert theirs["results"][0].keys() == found["results"][0].keys() - NEWER
    assert {"value", "refreshed_at"} == visitor.get("tickets/count")["count"].keys()


@pytest.mark.parametrize(
    ("name", "path", "params"),
    [
        ("404", "tickets/999999", {}),
        ("422_recent", "incremental/tickets/cursor", {"start_time": 9_999_999_999}),
        ("guide_404", "guide/es/survey_responses/01NONE", {}),
    ],
)
def test_refusals(visitor: Visitor, name: str, path: str, params: dict[str, Any]) -> None:
    answer = visitor.ask(path, **params)

    assert recorded("synthetic/errors.json")[name] == answer.json()
    assert name.rsplit("_", maxsplit=1)[-1] in {str(answer.status_code), "recent"}


def test_refusals_of_strangers() -> None:
    visitor = Visitor(20)
    visitor.sandbox.doorkeeper.expire()
    expired = visitor.ask("groups")
    visitor.headers = {}
    nobody = visitor.ask("groups")

    assert recorded("synthetic/errors.json")["401_oauth"] == expired.json()
    assert recorded("synthetic/errors.json")["401_ticketing"] == nobody.json()


@pytest.mark.parametrize(("kind", "name"), [("too_many", "429"), ("edge", "429_edge")])
def test_refusals_of_too_many(kind: str, name: str) -> None:
    visitor = Visitor(20)
    visitor.sandbox.fail(kind)

    assert recorded("synthetic/errors.json")[name] == visitor.ask("groups").json()


def test_nobody_is_somebody_anonymous_without_id(visitor: Visitor) -> None:
    """As recorded: status 200 for no credentials, and for wrong ones."""
    visitor.headers, let_in = {}, visitor.headers
    nobody = visitor.get("users/me")["user"]
    visitor.headers = let_in

    assert exchanged("authentication_test_no_creds")["user"]["name"] == nobody["name"]
    assert nobody["id"] is None


def test_a_subdomain_that_nobody_has_is_an_empty_404() -> None:
    visitor = Visitor(20)
    visitor.switches.exists = False
    answer = visitor.ask("users/me")

    assert recorded("node-zendesk/authentication_test_incorrect_subdomain.json")[0]["response"]["status"] == (
        answer.status_code
    )
    assert b"" == answer.content
