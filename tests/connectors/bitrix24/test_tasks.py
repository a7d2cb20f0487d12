"""Tasks as tickets: how their status changed, and who wrote below them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from latido.errors import NotOffered
from latido.schema import Ticket, TicketEvent
from latido_bitrix24.tasks import COMMENTS, HISTORY
from tests.connectors.bitrix24.builders import at, failing
from tests.desk import rows

if TYPE_CHECKING:
    from latido.connect import Page
    from tests.connectors.bitrix24.desk import BitrixDesk, Office

TASKS = {"tickets": "tasks"}


def task(key: int, status: str = "2", **fields: Any) -> dict[str, Any]:
    usual = {
        "id": str(key), "title": "Printer", "status": status, "priority": "1", "createdBy": "599",
        "responsibleId": "5", "createdDate": at(8), "changedDate": at(10), "closedDate": None, "ufCrmTask": False,
    }  # fmt: skip
    return {**usual, **fields}


def step(key: int, before: str, after: str, field: str = "STATUS") -> dict[str, Any]:
    return {"id": key, "createdDate": at(9), "field": field, "value": {"from": before, "to": after}}


def comment(key: int, writer: str) -> dict[str, Any]:
    return {"ID": str(key), "AUTHOR_ID": writer, "POST_DATE": at(9)}


def read(desk: BitrixDesk, office: Office, name: str, *tasks: dict[str, Any]) -> list[Page]:
    desk.on("tasks.task.list", {"result": {"tasks": list(tasks)}}, {"result": {"tasks": []}})
    return office.pages(name, **TASKS)


def events(desk: BitrixDesk, office: Office, history: Any, comments: Any) -> list[Any]:
    desk.on(HISTORY, history if "error" in history else {"result": {"list": history["list"]}})
    desk.on(COMMENTS, comments if isinstance(comments, dict) else {"result": comments})
    return rows(read(desk, office, "task_history", task(7)), TicketEvent)


def test_a_task_is_a_ticket(desk: BitrixDesk, office: Office) -> None:
    (row,) = rows(read(desk, office, "tasks", task(7, ufCrmTask=["D_12", "CO_3", "C_8"])), Ticket)

    assert ("task:7", "Printer", "new", "normal", "5") == (
        row.source_id, row.subject, row.status, row.priority, row.assignee_id
    )  # fmt: skip
    assert ("3", "8") == (row.account_id, row.contact_id)


def test_it_is_asked_for_in_capitals(desk: BitrixDesk, office: Office) -> None:
    read(desk, office, "tasks", task(7))

    asked = desk.called("tasks.task.list")[0]
    assert {"UF_CRM_TASK", "CHANGED_DATE", "ID"} <= set(asked["select"])
    assert ({">ID": 0}, {"ID": "ASC"}) == (asked["filter"], asked["order"])


@pytest.mark.parametrize(
    ("status", "meaning"),
    [("2", "new"), ("3", "open"), ("4", "pending"), ("5", "solved"), ("6", "on_hold"), ("7", "unknown")],
)
def test_what_a_status_means(desk: BitrixDesk, office: Office, status: str, meaning: str) -> None:
    assert [meaning] == [row.status for row in rows(read(desk, office, "tasks", task(7, status)), Ticket)]


def test_a_task_that_is_done_was_done_when_it_was_closed(desk: BitrixDesk, office: Office) -> None:
    done, reopened = rows(
        read(desk, office, "tasks", task(7, "5", closedDate=at(9)), task(8, "3", closedDate=at(9))), Ticket
    )

    assert (datetime(2026, 1, 10, 9, tzinfo=UTC), None) == (done.solved_at, reopened.solved_at)


def test_a_managers_mark_is_nobodys_answer(desk: BitrixDesk, office: Office) -> None:
    (row,) = rows(read(desk, office, "tasks", task(7, "5", mark="P")), Ticket)

    assert (None, None) == (row.csat, row.csat_score)


def test_a_status_changes_and_may_change_back(desk: BitrixDesk, office: Office) -> None:
    """That a task is overdue is a status there, too."""
    history = {"list": [step(3, "5", "3"), step(2, "2", "5"), step(4, "3", "-1"), step(5, "", "9", "COMMENT")]}

    found = [each for each in events(desk, office, history, []) if each.kind == "status"]

    assert [("solved", "open"), ("new", "solved")] == [(each.from_value, each.to_value) for each in found]
    assert {"task:7"} == {each.ticket_id for each in found}


def test_whoever_made_the_task_asked_and_all_others_answered(desk: BitrixDesk, office: Office) -> None:
    """So did whoever wrote from outside (0). The task itself is the first that was written."""
    found = events(desk, office, {"list": []}, [comment(1, "5"), comment(2, "599"), comment(3, "0")])

    assert [
        ("task:7:opened", "requester"), ("task:7:comment:1", "agent"), ("task:7:comment:2", "requester"),
        ("task:7:comment:3", "requester"),
    ] == [(each.source_id, each.actor_role) for each in found]  # fmt: skip


def test_a_portal_without_history_tells_the_rest(desk: BitrixDesk, office: Office) -> None:
    found = events(desk, office, failing("ERROR_METHOD_NOT_FOUND"), [comment(1, "5")])

    assert ["task:7:opened", "task:7:comment:1"] == [each.source_id for each in found]


def test_a_portal_that_tells_neither_is_left_out(desk: BitrixDesk, office: Office) -> None:
    with pytest.raises(NotOffered, match="scope"):
        events(desk, office, failing("insufficient_scope"), failing("insufficient_scope"))
