"""The sandbox answers in the shapes that were recorded at HubSpot: the same keys, types and nulls.

Where a list below says `NEWER`, the recording is older than a key that HubSpot sends by now.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from latido_hubspot.sandbox import documented_limits
from tests import shapes
from tests.connectors.hubspot.desk import recorded
from tests.connectors.hubspot.visiting import OBJECTS, Visitor
from tests.shapes import types

if TYPE_CHECKING:
    import httpx

NEWER = {"url", "teams"}

same_shape = partial(shapes.same_shape, newer=NEWER)


@pytest.fixture(scope="module")
def visitor() -> Visitor:
    visitor = Visitor(600)
    visitor.switches.limits = {
        name: limit.model_copy(update={"requests": limit.requests * 1_000})
        for name, limit in documented_limits().items()
    }
    return visitor


def same_headers(ours: httpx.Response, theirs: dict[str, str]) -> None:
    """Assert that all of HubSpot's own headers are there, and no other of them."""
    assert {name for name in theirs if name.startswith("x-hubspot")} == {
        name for name in ours.headers if name.startswith("x-hubspot")
    }


def properties(records: list[Any]) -> list[Any]:
    return [each["properties"] for each in records]


def test_contacts(visitor: Visitor) -> None:
    told = recorded("contacts_list_page_v3.json")["response"]
    answer = visitor.ask(f"{OBJECTS}/contacts", limit=25)

    same_shape(answer.json()["results"], told["body"]["results"])
    assert told["body"]["results"][0]["properties"].keys() == answer.json()["results"][0]["properties"].keys()
    assert told["body"]["paging"]["next"].keys() == answer.json()["paging"]["next"].keys()
    same_headers(answer, told["headers"])


@pytest.mark.parametrize("kind", ["companies", "deals", "tickets", "products"])
def test_objects_without_a_word_about_properties(visitor: Visitor, kind: str) -> None:
    theirs = recorded(f"{kind}_list_v3.json")["results"]
    ours = visitor.walk(kind)

    same_shape(ours, theirs)
    same_shape(properties(ours), properties(theirs))


def test_properties_are_in_the_order_of_their_names(visitor: Visitor) -> None:
    theirs = recorded("tickets_list_v3.json")["results"][0]["properties"]
    ours = visitor.walk("tickets")[0]["properties"]

    assert list(theirs) == sorted(theirs)
    assert list(theirs) == list(ours)


def test_one_ticket(visitor: Visitor) -> None:
    told = recorded("ticket_get_v3.json")
    wanted = told["request"]["query"].removeprefix("properties=")
    answer = visitor.ask(f"{OBJECTS}/tickets/901", properties=wanted)

    same_headers(answer, told["response"]["headers"])
    assert told["response"]["body"].keys() == answer.json().keys() - NEWER
    assert told["response"]["body"]["properties"].keys() == answer.json()["properties"].keys()


def test_a_ticket_that_is_not_there(visitor: Visitor) -> None:
    told = recorded("ticket_not_found_v3.json")["response"]
    answer = visitor.ask(f"{OBJECTS}/tickets/996174569112")

    assert (told["status"], told["body"]) == (answer.status_code, answer.text)
    assert told["headers"]["content-type"] == answer.headers["content-type"]
    same_headers(answer, told["headers"])


def test_what_a_created_ticket_has(visitor: Visitor) -> None:
    """Every property that HubSpot gave a ticket is one of ours."""
    theirs = recorded("ticket_create_response_v3.json")["response"]["body"]
    ours = {each["name"] for each in visitor.get("crm/v3/properties/tickets")["results"]}

    assert set() == theirs["properties"].keys() - ours - {"createdate"}


def test_versions_of_properties(visitor: Visitor) -> None:
    theirs = recorded("contacts_with_property_history_v3.json")["results"]
    ours = visitor.walk("contacts", propertiesWithHistory="email,closedate", associations="companies")
    their_versions = [one for each in theirs for told in each["propertiesWithHistory"].values() for one in told]
    our_versions = [one for each in ours for told in each["propertiesWithHistory"].values() for one in told]

    assert [key for key in theirs[0] if key != "url"] == [key for key in ours[0] if key != "url"]
    assert types(our_versions).keys() <= types(their_versions).keys()
    assert {"value", "timestamp", "sourceType"} <= types(our_versions).keys()
    assert theirs[0]["associations"]["deals"]["results"][0].keys() == (
        next(each["associations"] for each in ours if each["associations"])["companies"]["results"][0].keys()
    )


def test_stage_history_in_a_batch(visitor: Visitor) -> None:
    theirs = recorded("synthetic/tickets_batch_read_with_stage_history.json")
    body = {
        "properties": list(theirs["results"][0]["properties"]),
        "propertiesWithHistory": ["hs_pipeline_stage"],
        "inputs": [{"id": "901"}, {"id": "902"}],
    }
    ours = visitor.post(f"{OBJECTS}/tickets/batch/read", body, 207)

    assert theirs.keys() == ours.keys()
    assert theirs["results"][0].keys() == ours["results"][0].keys() - NEWER
    assert theirs["errors"][0].keys() == ours["errors"][0].keys()
    assert theirs["errors"][0]["category"] == ours["errors"][0]["category"]
    one, other = (each["results"][0]["propertiesWithHistory"]["hs_pipeline_stage"][0] for each in (theirs, ours))
    assert one.keys() == other.keys() - {"updatedByUserId"}


def test_a_search(visitor: Visitor) -> None:
    told = recorded("meetings_search_v3.json")["response"]
    answer = visitor.tell(f"{OBJECTS}/emails/search", {"limit": 2, "after": 1, "properties": ["hubspot_owner_id"]})

    assert told["body"].keys() == answer.json().keys()
    assert told["body"]["results"][0].keys() == answer.json()["results"][0].keys()
    assert told["body"]["paging"] == answer.json()["paging"]
    same_headers(answer, told["headers"])


def test_engagements_have_times_of_their_own(visitor: Visitor) -> None:
    theirs = recorded("meetings_list_page_v3.json")["response"]["body"]["results"]
    ours = visitor.walk("emails", properties="hubspot_owner_id")

    assert theirs[0].keys() == ours[0].keys()
    assert "" in {each["properties"]["hubspot_owner_id"] for each in theirs}
    assert "" in {each["properties"]["hubspot_owner_id"] for each in ours}
    assert {"hs_createdate", "hs_lastmodifieddate"} <= ours[0]["properties"].keys()


def test_owners(visitor: Visitor) -> None:
    told = recorded("owners_list_v3.json")["response"]
    answer = visitor.ask("crm/v3/owners", archived="false", limit=100)
    people = [each for each in answer.json()["results"] if each["type"] == "PERSON"]

    same_shape(people, told["body"]["results"])
    same_headers(answer, told["headers"])


def test_associations_of_one_record(visitor: Visitor) -> None:
    theirs = recorded("associations_v4_deal_to_contacts.json")["response"]["body"]["results"]
    links = visitor.sandbox.records.links
    number = next(each for each in visitor.sandbox.records.books["deals"].live() if links.of("deals", each, "contacts"))
    ours = visitor.get(f"crm/v4/objects/Deal/{visitor.identity('deals', number)}/associations/Contact")["results"]

    same_shape(ours, theirs)
    assert theirs[0]["associationTypes"] == ours[0]["associationTypes"]


def test_a_batch_of_associations_with_errors(visitor: Visitor) -> None:
    theirs = recorded("associations_v4_batch_207_errors.json")["response"]
    ours = visitor.linked("contacts", "companies", "1234", status=theirs["status"])

    assert theirs["body"].keys() == ours.keys()
    assert theirs["body"]["errors"] == ours["errors"]


def test_associations_in_pages(visitor: Visitor) -> None:
    theirs = recorded("synthetic/associations_batch_read_paged.json")
    visitor.switches.association_page = 1
    ours = visitor.linked("companies", "contacts", visitor.identity("companies", 0))
    visitor.switches.association_page = 500

    assert theirs.keys() == ours.keys()
    assert theirs["results"][0].keys() == ours["results"][0].keys()
    assert theirs["results"][0]["paging"]["next"].keys() == ours["results"][0]["paging"]["next"].keys()


def test_pipelines(visitor: Visitor) -> None:
    theirs = recorded("synthetic/pipelines_tickets.json")["results"]
    ours = visitor.get("crm/v3/pipelines/tickets")["results"]

    same_shape(ours, theirs)
    assert theirs[0]["stages"][0].keys() <= ours[0]["stages"][0].keys()
    assert theirs[0]["stages"][0]["metadata"].keys() == ours[0]["stages"][0]["metadata"].keys()


@pytest.mark.parametrize(("name", "kind"), [("deals_multicurrency_page", "deals")])
def test_money(visitor: Visitor, name: str, kind: str) -> None:
    theirs = properties(recorded(f"synthetic/{name}.json")["results"])
    ours = properties(visitor.walk(kind, properties=",".join({key for each in theirs for key in each})))

    assert types(theirs).keys() == types(ours).keys() - {"createdate", "hs_lastmodifieddate"}
    assert {10, 20} <= {len(each["closedate"]) for each in ours if each["closedate"]}


def test_feedback(visitor: Visitor) -> None:
    theirs = recorded("synthetic/feedback_submissions_search.json")
    wanted = sorted({key for each in properties(theirs["results"]) for key in each})
    page = visitor.search("feedback_submissions", properties=wanted, limit=4)
    ours = properties(visitor.walk("feedback_submissions", properties=",".join(wanted)))

    assert theirs.keys() == page.keys()
    assert set(wanted) == types(ours).keys() - {"hs_createdate"}
    assert {"NPS", "CSAT", "CES"} == {each["hs_survey_type"] for each in ours}
    submitted = [each["hs_submission_timestamp"] for each in ours]
    assert {True, False} == {each.isdecimal() for each in submitted}


def errors(status: int) -> list[Any]:
    return [each["body"] for each in recorded("synthetic/errors.json") if each["status"] == status]


def refusals() -> dict[str, httpx.Response]:
    """Return one of each refusal that the sandbox has."""
    visitor = Visitor(20)
    found = {}
    visitor.headers, let_in = {}, visitor.headers
    found["INVALID_AUTHENTICATION"] = visitor.ask("crm/v3/owners")
    visitor.headers = let_in
    visitor.switches.missing_scopes = ["crm.objects.feedback_submissions.read"]
    found["MISSING_SCOPES"] = visitor.ask(f"{OBJECTS}/feedback_submissions")
    found["VALIDATION_ERROR"] = visitor.tell(f"{OBJECTS}/contacts/search", None)
    return found


@pytest.mark.parametrize("category", ["INVALID_AUTHENTICATION", "MISSING_SCOPES", "VALIDATION_ERROR"])
def test_refusals(category: str) -> None:
    told = {each["category"]: each for status in (400, 401, 403) for each in errors(status)}[category]
    ours = refusals()[category].json()

    assert told | {"correlationId": ""} == ours | {"correlationId": ""}


@pytest.mark.parametrize(("bucket", "turn"), [("account", 0), ("search", 1), ("daily", 2)])
def test_limits(bucket: str, turn: int) -> None:
    visitor = Visitor(20)
    visitor.switches.limits = {bucket: documented_limits()[bucket].model_copy(update={"requests": 0})}
    ours = visitor.tell(f"{OBJECTS}/contacts/search", {}) if bucket == "search" else visitor.ask("crm/v3/owners")
    theirs = errors(429)[turn]

    assert theirs["policyName"] == ours.json()["policyName"]
    assert theirs["message"] == ours.json()["message"]
    assert theirs.keys() == ours.json().keys() - {"groupName"}


def test_too_long_for_the_edge(visitor: Visitor) -> None:
    answer = visitor.ask(f"{OBJECTS}/contacts", properties="x" * 9_000)

    assert errors(414)[0] == answer.text
