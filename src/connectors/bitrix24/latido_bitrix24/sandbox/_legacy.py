"""Lists of older make: names in capitals, rows without a container, fields that are not known ignored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido_bitrix24.sandbox import _bodies as bodies
from latido_bitrix24.sandbox import _dialogs as dialogs
from latido_bitrix24.sandbox import _people as people
from latido_bitrix24.sandbox import _tasks as tasks
from latido_bitrix24.sandbox._bodies import Answer
from latido_bitrix24.sandbox._filters import number
from latido_bitrix24.sandbox._kinds import COMPANY, CONTACT, ITEMS
from latido_bitrix24.sandbox._lists import Lists
from latido_bitrix24.sandbox._params import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from latido.testing.world import Ticket
    from latido_bitrix24.sandbox._service import Service

_WITHOUT_STAGES = (CONTACT, COMPANY)
_NAMING = ("filter", "order")


class Legacy:
    """Stage histories, users, activities, templates, tasks, orders, dialogs."""

    def __init__(self, service: Service) -> None:
        self._service = service

    @property
    def methods(self) -> dict[str, Callable[[Mapping[str, Any]], Answer]]:
        return {
            "crm.stagehistory.list": self.stage_history,
            "crm.deal.recurring.list": self.recurring,
            "user.get": self.users,
            "user.current": self.user,
            "crm.activity.list": self.activities,
            "tasks.task.list": self.tasks,
            "tasks.task.history.list": self.task_history,
            "task.commentitem.getlist": self.comments,
            "sale.order.list": self.orders,
            "imopenlines.dialog.get": self.dialog,
            "imopenlines.session.history.get": self.session,
        }

    def stage_history(self, params: Mapping[str, Any]) -> Answer:
        kind = ITEMS.get(number(params.get("entityTypeId")))
        if kind is None or kind.type_id in _WITHOUT_STAGES:
            raise bodies.Failure(0, f"{kind.name.upper() if kind else 'SHIPMENT_DOCUMENT'} entity is not supported")
        if kind.type_id in self._service.switches.blind_to:
            return Answer({"items": []}, 0)
        found = self._found(f"history:{kind.type_id}", params)
        return found._replace(result={"items": [self._history_row(row) for row in found.result]})

    def recurring(self, params: Mapping[str, Any]) -> Answer:
        """Answer with templates: they are asked for in capitals, and told in both cases."""
        asked = {part: {_told_as(name): value for name, value in (params.get(part) or {}).items()} for part in _NAMING}
        found = self._found("recurring", {**params, **asked})
        return found._replace(result=[{**row, "id": str(row["id"])} for row in found.result])

    def users(self, params: Mapping[str, Any]) -> Answer:
        """Answer with users, whoever asks for a narrower scope with less of each."""
        asked = {name.upper(): value for name, value in params.items()}
        found = self._found(
            "users", {"filter": asked.get("FILTER"), "order": {"ID": "ASC"}, "start": asked.get("START", 0)}
        )
        rows = [{**row, "ID": str(row["ID"])} for row in found.result]
        missing = self._service.switches.missing_scopes
        if "user" in missing:
            rows = [people.brief(row, email="user_basic" not in missing) for row in rows]
        return found._replace(result=rows)

    def user(self, params: Mapping[str, Any]) -> Answer:
        """Answer with whose webhook or token this is."""
        del params
        return Answer(self.users({}).result[0])

    def activities(self, params: Mapping[str, Any]) -> Answer:
        """Answer with activities, those of whom the user may see: all that they hold is text."""
        found = self._found("activities", params)
        unseen = set(map(str, self._service.switches.blind_to))
        rows = [row for row in found.result if row.get("OWNER_TYPE_ID") not in unseen]
        return found._replace(result=[_in_text(row, "ID") for row in rows])

    def tasks(self, params: Mapping[str, Any]) -> Answer:
        """Answer with tasks: asked for in capitals, told in camel case, their ids texts."""
        asked = {**params, **{part: _camel(params.get(part)) for part in ("filter", "order") if part in params}}
        if "select" in params:
            asked["select"] = ["id", *(_camel_name(each) for each in listed(params["select"]))]
        found = self._found("tasks", asked)
        return found._replace(result={"tasks": [_in_text(row, "id") for row in found.result]})

    def task_history(self, params: Mapping[str, Any]) -> Answer:
        """Answer with what became of a task, the latest first."""
        ticket = self._task(params)
        return Answer({"list": tasks.history(self._service.time, ticket)[::-1]})

    def comments(self, params: Mapping[str, Any]) -> Answer:
        return Answer(tasks.comments(self._service.time, self._task(params)))

    def _task(self, params: Mapping[str, Any]) -> Ticket:
        book, desk = self._service.book("tasks"), self._service.records.desk
        place = book.find(number(params.get("TASKID", params.get("taskId"))))
        if place is None:
            raise bodies.Failure("ERROR_CORE", "TASK_ID is not found or not accessible")
        return desk.ticket(place)

    def orders(self, params: Mapping[str, Any]) -> Answer:
        found = self._found("orders", params)
        return found._replace(result={"orders": found.result})

    def dialog(self, params: Mapping[str, Any]) -> Answer:
        """Answer with a dialog, by USER_CODE, CHAT_ID, DIALOG_ID or SESSION_ID."""
        found = self._sessions(params)
        return Answer(dialogs.dialog_json(self._service.time, found[-1], found[-1].number))

    def session(self, params: Mapping[str, Any]) -> Answer:
        """Answer with what was said in a session, or in the latest one of a chat."""
        return Answer(dialogs.history_json(self._service.time, self._sessions(params)[-1]))

    def _sessions(self, params: Mapping[str, Any]) -> list[Ticket]:
        """Return the sessions that are meant, the latest last."""
        desk = self._service.records.desk
        live = [each for each in desk.tickets() if desk.kept == "openlines" and each.fate == "live"]
        code, session = str(params.get("USER_CODE", "")), number(params.get("SESSION_ID", 0))
        chat = number(str(params.get("CHAT_ID") or params.get("DIALOG_ID", "0")).removeprefix("chat"))
        found = [
            each
            for each in live
            if session == dialogs.session_id(each.number)
            or code.removeprefix("imol|") == dialogs.user_code(each)
            or chat == dialogs.CHATS + each.requester
        ]
        if not found:
            raise bodies.Failure("ACCESS_DENIED" if session else "DIALOG_NOT_FOUND", "Dialog not found")
        return sorted(found, key=lambda each: each.created_at)

    def _history_row(self, row: dict[str, Any]) -> dict[str, Any]:
        texts = ("ID", "OWNER_ID") if self._service.switches.text_ids else ()
        return {name: str(value) if name in texts else value for name, value in row.items()}

    def _found(self, name: str, params: Mapping[str, Any]) -> Answer:
        """Return a page of rows; `select` is heard, and what it does not name left out."""
        book = self._service.book(name)
        found = Lists(self._service, book, strict=False).page(params)
        chosen = {str(each) for each in listed(params.get("select") or ["*"])}
        rows = [book.told(each) for each in found.numbers]
        if "*" not in chosen:
            rows = [{key: value for key, value in row.items() if key in chosen} for row in rows]
        return Answer(rows, found.total, found.next, found.seconds)


def _in_text(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {**row, name: str(row[name])} if name in row else row


def _camel(told: Any) -> dict[str, Any]:
    """Return a filter or an order with its names in camel case, whatever stands before them."""
    return {_camel_name(name): value for name, value in told.items()} if isinstance(told, dict) else {}


def _camel_name(name: str) -> str:
    if name.lower() == name or ("_" not in name and name.strip("<>=!@%").isupper() is False):
        return name
    parts = name.lower().split("_")
    return parts[0] + "".join(part.capitalize() for part in parts[1:])


def _told_as(name: str) -> str:
    """Return what a template calls `>ID`: the field of a record's id is spelled in small letters."""
    return name.lower() if name.endswith("ID") else name
