"""Requests for help as items of a smart process: what they say, which stages they saw, what was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import NotOffered
from latido.schema import Ticket, TicketEvent
from latido_bitrix24.ticketing import TELLING
from tests.connectors.bitrix24.builders import at, item, status, step, there
from tests.desk import rows

if TYPE_CHECKING:
    from latido.connect import Page
    from tests.connectors.bitrix24.desk import BitrixDesk, Office

SPA = {"tickets": "spa:130"}
STAGES = [
    status("DT130_15:NEW", "New", None),
    status("DT130_15:CLIENT", "With the customer", ""),
    status("DT130_15:SUCCESS", "Done", "S"),
    status("DT130_15:FAIL", "Dropped", "F"),
]


def request(key: int, stage: str = "DT130_15:NEW", **fields: Any) -> dict[str, Any]:
    usual = {"stageId": stage, "companyId": 0, "contactId": 0, "assignedById": 1}
    return item(key, **{**usual, **fields})


def activity(key: int, direction: str = "2", provider: str = "CRM_EMAIL", **fields: Any) -> dict[str, Any]:
    usual = {
        "ID": str(key), "OWNER_ID": "17", "OWNER_TYPE_ID": "130", "PROVIDER_ID": provider, "DIRECTION": direction,
        "CREATED": at(9), "LAST_UPDATED": at(9, 30), "COMPLETED": "Y", "AUTHOR_ID": "5", "RESPONSIBLE_ID": "6",
    }  # fmt: skip
    return {**usual, **fields}


def read(desk: BitrixDesk, office: Office, *requests: dict[str, Any], **settings: Any) -> list[Page]:
    desk.on("crm.category.list", {"result": {"categories": [{"id": 15, "name": "Support"}]}})
    desk.on("crm.status.list", {"result": STAGES})
    desk.holds(requests)
    return office.pages("tickets", **{**SPA, **settings})


def test_an_item_is_a_ticket(desk: BitrixDesk, office: Office) -> None:
    told = request(17, "DT130_15:CLIENT", title="Printer", companyId=7, contactId=8, assignedById=5, sourceId="EMAIL")

    (row,) = rows(read(desk, office, told), Ticket)

    assert ("17", "Printer", "7", "8", "5") == (
        row.source_id, row.subject, row.account_id, row.contact_id, row.assignee_id
    )  # fmt: skip
    assert ("open", "With the customer", "Support", "email") == (row.status, row.status_raw, row.type, row.channel)
    assert "https://acme.bitrix24.com/crm/type/130/details/17/" == row.url
    assert {130} == {each["entityTypeId"] for each in desk.called("crm.item.list")}


@pytest.mark.parametrize(
    ("stage", "meaning"),
    [
        ("DT130_15:NEW", "new"), ("DT130_15:CLIENT", "open"), ("DT130_15:SUCCESS", "solved"),
        ("DT130_15:FAIL", "closed"), ("DT130_9:GONE", "unknown"),
    ],
)  # fmt: skip
def test_what_a_stage_means_is_told_by_its_semantics(
    desk: BitrixDesk, office: Office, stage: str, meaning: str
) -> None:
    """A request that failed was closed, and nobody solved it."""
    assert [meaning] == [row.status for row in rows(read(desk, office, request(17, stage)), Ticket)]


def test_nobody_is_0(desk: BitrixDesk, office: Office) -> None:
    (row,) = rows(read(desk, office, request(17, assignedById=0)), Ticket)

    assert (None, None, None) == (row.account_id, row.contact_id, row.assignee_id)


def test_the_smart_process_is_found_by_what_it_is_called(desk: BitrixDesk, office: Office) -> None:
    """Nobody said where requests are; one of two says so itself."""
    types = [{"entityTypeId": 134, "title": "Surveys"}, {"entityTypeId": 130, "title": "Заявки"}]
    desk.on("crm.type.list", {"result": {"types": types}})

    assert ["17"] == [row.source_id for row in rows(read(desk, office, request(17), tickets=None), Ticket)]
    assert {130} == {each["entityTypeId"] for each in desk.called("crm.item.list")}


@pytest.mark.parametrize("titles", [["Projects"], ["Tickets", "Support requests"], []])
def test_where_nobody_knows_what_a_ticket_is_it_has_to_be_said(
    desk: BitrixDesk, office: Office, titles: list[str]
) -> None:
    types = [{"entityTypeId": 130 + place, "title": title} for place, title in enumerate(titles)]
    desk.on("crm.type.list", {"result": {"types": types}})

    for name in ("tickets", "ticket_stages", "ticket_replies"):
        with pytest.raises(NotOffered, match="nobody says") as raised:
            office.pages(name)
        assert 'tickets = "spa:<entityTypeId>"' in str(raised.value.hint)


@pytest.mark.parametrize("title", ["Requests", "Helpdesk", "Solicitudes", "Incidencias", "Обращения", "Soporte"])
def test_requests_are_called_many_things(title: str) -> None:
    assert TELLING.search(title)


def test_only_what_holds_tickets_is_read(office: Office) -> None:
    chosen = {
        place: {each.name for each in office.connector(tickets=place).chosen()}
        for place in ("spa:130", "openlines", "tasks")
    }
    streams = {
        "spa:130": {"tickets", "ticket_stages", "ticket_replies"}, "openlines": {"sessions", "session_messages"},
        "tasks": {"tasks", "task_history"},
    }  # fmt: skip

    for place, names in chosen.items():
        assert streams[place] == names & set().union(*streams.values())


def test_a_step_tells_itself_what_it_means(desk: BitrixDesk, office: Office) -> None:
    """So that what a stage meant that was deleted since is known all the same. Ids come as numbers, or as texts."""
    told = [
        step(35, 17, "DT130_15:NEW", "P"), step(36, 17, "DT130_1:GONE", "S"), step(37, 17, "DT130_1:GONE", "F"),
        {**step(0, 17, "DT130_15:NEW", "P"), "ID": "38"},
    ]  # fmt: skip
    desk.holds(told, "crm.stagehistory.list")

    events = rows(office.pages("ticket_stages", **SPA), TicketEvent)

    assert ["open", "solved", "closed", "open"] == [each.to_value for each in events]
    assert {("17", "status")} == {(each.ticket_id, each.kind) for each in events}
    assert {"130"} == {str(each["entityTypeId"]) for each in desk.called("crm.stagehistory.list")}


def test_steps_of_one_second_stay_in_order(desk: BitrixDesk, office: Office) -> None:
    """Their ids are compared as texts."""
    desk.holds([step(9, 17), step(10, 17)], "crm.stagehistory.list")

    keys = [each.source_id for each in rows(office.pages("ticket_stages", **SPA), TicketEvent)]

    assert ["stage:000000000009", "stage:000000000010"] == keys == sorted(keys)


def replies(desk: BitrixDesk, office: Office, *activities: dict[str, Any]) -> list[Any]:
    desk.holds(activities, "crm.activity.list")
    return rows(office.pages("ticket_replies", **SPA), TicketEvent)


def test_what_goes_out_is_by_an_agent_and_what_comes_in_by_the_requester(desk: BitrixDesk, office: Office) -> None:
    out, into = replies(desk, office, activity(1), activity(2, "1"))

    assert ("activity:1", "17", "reply", "agent", "5", True) == (
        out.source_id, out.ticket_id, out.kind, out.actor_role, out.actor_id, out.public
    )  # fmt: skip
    assert ("requester", None) == (into.actor_role, into.actor_id)
    assert at(9) == there(out.occurred_at)


@pytest.mark.parametrize(
    "told",
    [
        activity(1, "2", "CRM_TODO"), activity(1, "0", "CRM_MEETING"), activity(1, "0"), activity(1, "2", "TASKS_TASK"),
        activity(1, "2", "VOXIMPLANT_CALL", COMPLETED="N"),
    ],
)  # fmt: skip
def test_what_reaches_nobody_is_no_reply(desk: BitrixDesk, office: Office, told: dict[str, Any]) -> None:
    """To-dos go out, too, as do calls that somebody means to make."""
    assert [] == replies(desk, office, told)


def test_no_text_of_an_activity_is_asked_for(desk: BitrixDesk, office: Office) -> None:
    replies(desk, office, activity(1))

    asked = {name for each in desk.called("crm.activity.list") for name in list_of(each.get("select"))}
    assert set() == asked & {"DESCRIPTION", "SUBJECT", "COMMUNICATIONS", "*"}
    assert {"130"} == {str(each["filter"]["OWNER_TYPE_ID"]) for each in desk.called("crm.activity.list")}


def list_of(told: Any) -> list[str]:
    """Return a list, which a batch spells as an object."""
    return list(told.values()) if isinstance(told, dict) else list(told or ())
