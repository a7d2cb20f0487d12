"""`batch`: up to 50 commands in one request, which may speak of each other's results."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from latido_bitrix24.sandbox import _bodies as bodies
from latido_bitrix24.sandbox._bodies import Failure
from latido_bitrix24.sandbox._filters import number
from latido_bitrix24.sandbox._params import query

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from latido_bitrix24.sandbox._bodies import Answer
    from latido_bitrix24.sandbox._methods import Methods

MOST = 50
_REFERENCE = re.compile(r"\$result((?:\[[^\]]*\])+)")
_KEYS = re.compile(r"\[([^\]]*)\]")
PARTS = ("result", "result_error", "result_total", "result_next", "result_time")


class Batch:
    """Runs commands one after the other by *call*, which returns None where an answer gets lost."""

    def __init__(self, methods: Methods, call: Callable[[str, Mapping[str, Any]], Answer | None]) -> None:
        self._methods = methods
        self._call = call

    def run(self, params: Mapping[str, Any], *, keyless: bool = False) -> dict[str, Any]:
        """Return what came of each command, errors *keyless* or not; raises Failure if there are too many."""
        commands = params.get("cmd") or {}
        if isinstance(commands, list):
            commands = {str(place): each for place, each in enumerate(commands)}
        if len(commands) > MOST:
            raise Failure("ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded")
        came: dict[str, dict[str, Any]] = {part: {} for part in PARTS}
        for key, command in commands.items():
            if not self._run(key, str(command), came) and number(params.get("halt", 0)):
                break
        answered = {part: bodies.php(told) for part, told in came.items()}
        return {**answered, "result_error": list(came["result_error"].values())} if keyless else answered

    def _run(self, key: str, command: str, came: dict[str, dict[str, Any]]) -> bool:
        """Run one command, and return whether it went well."""
        name, _, told = command.partition("?")
        try:
            answer = self._called(name, _resolved(query(told), came["result"]))
        except Failure as failure:
            came["result_error"][key] = failure.body
            return False
        if answer is not None:
            self._note(key, name, answer, came)
        return True

    def _called(self, name: str, params: Mapping[str, Any]) -> Answer | None:
        if name == "batch":
            raise Failure("ERROR_BATCH_METHOD_NOT_ALLOWED", "Method is not allowed for batch usage", 405)
        return self._call(name, params)

    def _note(self, key: str, name: str, answer: Answer, came: dict[str, dict[str, Any]]) -> None:
        came["result"][key] = answer.result
        came["result_time"][key] = self._methods.time(name, answer.seconds)
        if answer.total is not None:
            came["result_total"][key] = answer.total
        if answer.next is not None:
            came["result_next"][key] = answer.next


def _resolved(params: Any, results: Mapping[str, Any]) -> Any:
    """Return parameters with what they refer to in its place: nothing, where there is no such thing."""
    if isinstance(params, dict):
        return {key: _resolved(value, results) for key, value in params.items()}
    if isinstance(params, str) and "$result" in params:
        return _REFERENCE.sub(lambda found: _referred(found[1], results), params)
    return params


def _referred(path: str, results: Any) -> str:
    found = results
    for key in _KEYS.findall(path):
        if isinstance(found, list):
            found = found[int(key)] if key.isdecimal() and int(key) < len(found) else None
        else:
            found = found.get(key) if isinstance(found, dict) else None
    return "" if found is None or isinstance(found, dict | list) else str(found)
