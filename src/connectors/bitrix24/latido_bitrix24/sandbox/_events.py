"""Offline events: a queue of what happened, for applications of administrators."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from latido_bitrix24.sandbox import _bodies as bodies
from latido_bitrix24.sandbox._bodies import Answer
from latido_bitrix24.sandbox._filters import number
from latido_bitrix24.sandbox._kinds import COMPANY, CONTACT, DEAL, LEAD
from latido_bitrix24.sandbox._params import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from latido_bitrix24.sandbox._service import Service

_NAMES = {COMPANY: "COMPANY", CONTACT: "CONTACT", DEAL: "DEAL", LEAD: "LEAD"}
_MOST = 50


@dataclass
class Event:
    """Something that happened to an object; `process` has taken it, and has yet to say that it is done."""

    id: int
    at: str
    name: str
    fields: dict[str, Any]
    process: str = ""
    failed: bool = field(default=False)

    @property
    def told(self) -> dict[str, Any]:
        return {
            "ID": str(self.id),
            "TIMESTAMP_X": self.at,
            "EVENT_NAME": self.name,
            "EVENT_DATA": {"FIELDS": self.fields} if self.fields else False,
            "EVENT_ADDITIONAL": False,
            "MESSAGE_ID": str(self.id),
        }


class Events:
    """Bindings and the queue. It keeps one event, the latest, of each name and object."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._bound: set[str] = set()
        self._queue: dict[tuple[str, str], Event] = {}
        self._count = 0

    @property
    def methods(self) -> dict[str, Callable[[Mapping[str, Any]], Answer]]:
        return {
            "event.bind": self.bind,
            "event.unbind": self.unbind,
            "event.get": self.bindings,
            "event.offline.get": self.get,
            "event.offline.list": self.list,
            "event.offline.clear": self.clear,
            "event.offline.error": self.error,
        }

    def happened(self, what: str, type_id: int, identity: int) -> None:
        """Note that an item was added, updated or deleted (*what*: ADD, UPDATE, DELETE), if somebody wants to know."""
        dynamic = type_id not in _NAMES
        name = f"ONCRM{'DYNAMICITEM' if dynamic else _NAMES[type_id]}{what}"
        if name not in self._bound:
            return
        self._count += 1
        fields = {"ID": str(identity), **({"ENTITY_TYPE_ID": str(type_id)} if dynamic else {})}
        stamp = self._service.time.stamp(self._service.now)
        self._queue[name, f"{type_id}:{identity}"] = Event(self._count, stamp, name, fields)

    def bind(self, params: Mapping[str, Any]) -> Answer:
        if str(params.get("event_type", "online")).lower() != "offline" and not params.get("handler"):
            raise bodies.Failure("ERROR_ARGUMENT", "The handler is not specified")
        self._bound.add(str(params.get("event", "")).upper())
        return Answer(result=True)

    def unbind(self, params: Mapping[str, Any]) -> Answer:
        name = str(params.get("event", "")).upper()
        count = int(name in self._bound)
        self._bound.discard(name)
        return Answer({"count": count})

    def bindings(self, params: Mapping[str, Any]) -> Answer:
        del params
        return Answer([{"event": name, "handler": "", "offline": 1, "auth_type": "0"} for name in sorted(self._bound)])

    def get(self, params: Mapping[str, Any]) -> Answer:
        """Answer with events, and forget them, or with `clear=0` reserve them for whoever knows the `process_id`."""
        keep = str(params.get("clear", "1")) == "0"
        if keep and not self._service.switches.offline_extended:
            raise bodies.denied("Extended offline events are not available on this plan.")
        waiting = [(key, each) for key, each in self._queue.items() if not each.process]
        taken = list(islice(waiting, min(_MOST, number(params.get("limit", _MOST)))))
        process = secrets.token_hex(16) if keep and taken else None
        for key, each in taken:
            if process is None:
                del self._queue[key]
            else:
                each.process = process
        return Answer({"process_id": process, "events": [each.told for _, each in taken]})

    def list(self, params: Mapping[str, Any]) -> Answer:
        """Answer with what is in the queue, taken or not, without taking it."""
        start = max(0, number(params.get("start", 0)))
        found = [
            {**each.told, "PROCESS_ID": each.process, "ERROR": "1" if each.failed else "0"}
            for each in self._queue.values()
        ]
        more = start + _MOST < len(found)
        return Answer(found[start : start + _MOST], len(found), start + _MOST if more else None)

    def clear(self, params: Mapping[str, Any]) -> Answer:
        """Forget what a process took, all of it or some by their ids."""
        process, ids = str(params.get("process_id", "")), {str(each) for each in listed(params.get("id") or [])}
        done = [
            key
            for key, each in self._queue.items()
            if process and each.process == process and (not ids or str(each.id) in ids)
        ]
        for key in done:
            del self._queue[key]
        return Answer(result=True)

    def error(self, params: Mapping[str, Any]) -> Answer:
        """Remember that a process could do nothing with some events."""
        ids = {str(each) for each in listed(params.get("message_id") or [])}
        for each in self._queue.values():
            if each.process == params.get("process_id") and str(each.id) in ids:
                each.failed = True
        return Answer(result=True)
