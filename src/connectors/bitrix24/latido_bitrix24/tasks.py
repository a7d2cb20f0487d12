"""Tasks as tickets, where a team works with them: what was done with each, and written below it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from latido.connect import Mapping, Page, Source, computed, constant, first, lookup
from latido.schema import Ticket, TicketEvent
from latido_bitrix24 import ticketing
from latido_bitrix24.commands import Command
from latido_bitrix24.crm_links import company, person
from latido_bitrix24.listings import CapitalListing
from latido_bitrix24.pages import TASK_PAGE, page
from latido_bitrix24.reading import KeysetStream
from latido_bitrix24.satellites import told
from latido_bitrix24.transforms import PORTAL, linked, moment, prefixed, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Mapping as Map

    from latido.connect import Cursor, JsonObject
    from latido.schema import Record
    from latido_bitrix24.satellites import Told

TASK = "task:"
DONE = "5"
STATUSES = {"1": "new", "2": "new", "3": "open", "4": "pending", DONE: "solved", "6": "on_hold"}
PRIORITIES = {"0": "low", "1": "normal", "2": "high"}

HISTORY, COMMENTS = "tasks.task.history.list", "task.commentitem.getlist"
NOBODY = frozenset({"", "0", "None"})
"""Who writes a comment that somebody from outside sent."""

FIELDS = (
    "id", "title", "status", "priority", "createdBy", "responsibleId", "createdDate", "changedDate", "closedDate",
    "ufCrmTask",
)  # fmt: skip


def closed() -> Source:
    """When a task that is done was done."""
    return computed("if done", lambda status, at: at or None if str(status) == DONE else None, "status", "closedDate")


class OfTasks(KeysetStream):
    """What is about tasks."""

    listing = CapitalListing("tasks.task.list", ("tasks",))
    changed = "changedDate"
    optional = True

    @property
    def on_by_default(self) -> bool:  # type: ignore[override] # for others it is a constant
        return ticketing.are(self.connector, ticketing.TASKS)

    def params(self) -> dict[str, Any]:
        return {"select": list(FIELDS)}


class Tasks(OfTasks):
    """Tasks, read where the settings say that they are the tickets. What a manager thinks of one is nobody's answer."""

    name = "tasks"
    entities = (Ticket,)
    prefix = TASK
    reference = (PORTAL,)
    deletions: ClassVar[Literal["reported", "census", "none"]] = "census"
    mappings = (
        Mapping(
            Ticket,
            source_id=prefixed(TASK),
            url=page(TASK_PAGE, "id"),
            created_at=moment("createdDate"),
            updated_at=moment("changedDate"),
            subject=text("title"),
            account_id=company("ufCrmTask"),
            contact_id=person("ufCrmTask"),
            assignee_id=linked("responsibleId"),
            status=first(lookup("status", STATUSES), constant("unknown")),
            status_raw="status",
            priority=lookup("priority", PRIORITIES),
            solved_at=closed(),
        ),
    )


class TaskHistory(OfTasks):
    """How the status of tasks changed, and who wrote below them when: two calls a task that changed, fifty a request.

    A portal whose tasks have no history, or no comments, tells only the rest.
    """

    name = "task_history"
    entities = (TicketEvent,)
    prefix = "task:"
    mappings = (
        Mapping(
            TicketEvent,
            source_id="key",
            created_at=moment("at"),
            updated_at=moment("at"),
            ticket_id="ticket",
            kind="kind",
            actor_id="actor",
            actor_role="role",
            public="public",
            from_value=lookup("before", STATUSES),
            to_value=lookup("after", STATUSES),
            occurred_at=moment("at"),
        ),
    )

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        tasks = {str(each["id"]): each for each in records}
        steps, comments = self._asked(HISTORY, "taskId", tasks), self._asked(COMMENTS, "TASKID", tasks)
        if steps.is_refused and comments.is_refused and comments.why is not None:
            raise comments.why
        events = [
            event
            for key, task in tasks.items()
            for event in (*statuses(key, steps.done.get(key)), *replies(task, comments.done.get(key)))
        ]
        whole = sorted(f"{TASK}{key}" for key in steps.done.keys() & comments.done.keys())
        replaces: dict[type[Record], tuple[str, Sequence[str]]] = {TicketEvent: ("ticket_id", whole)}
        return replace(super().page(events, cursor), fetched=len(records), replaces=replaces)

    def _asked(self, method: str, name: str, tasks: Map[str, JsonObject]) -> Told:
        return told(self.connector.portal, {key: Command(method, {name: key}) for key in tasks})


def statuses(key: str, history: Any) -> Iterator[JsonObject]:
    """Yield how the status of a task changed. That a task is overdue or was not looked at is a status, too, there."""
    steps = history.get("list") if isinstance(history, dict) else None
    for step in steps or ():
        before, after = (str((step.get("value") or {}).get(name)) for name in ("from", "to"))
        if step.get("field") == "STATUS" and after in STATUSES:
            yield {
                "key": f"{TASK}{key}:step:{int(step['id']):012d}", "ticket": f"{TASK}{key}", "kind": "status",
                "before": before if before in STATUSES else None, "after": after, "at": step["createdDate"],
            }  # fmt: skip


def replies(task: JsonObject, comments: Any) -> Iterator[JsonObject]:
    """Yield who wrote below a task: whoever made it asked, and so does whoever is from outside; all others answered.

    The task itself is the first that was written, so that one without comments is known to have no answer.
    """
    if not isinstance(comments, list):
        return
    asking = str(task.get("createdBy"))
    yield said(task, "opened", asking, {asking}, task["createdDate"])
    for each in comments:
        yield said(task, f"comment:{each['ID']}", str(each.get("AUTHOR_ID")), {asking}, each["POST_DATE"])


def said(task: JsonObject, key: str, writer: str, asking: set[str], at: Any) -> JsonObject:
    return {
        "key": f"{TASK}{task['id']}:{key}", "ticket": f"{TASK}{task['id']}", "kind": "reply",
        "actor": None if writer in NOBODY else writer, "role": "requester" if writer in NOBODY | asking else "agent",
        "public": True, "at": at,
    }  # fmt: skip
