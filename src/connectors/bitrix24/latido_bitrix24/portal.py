"""One Bitrix24: its methods, one by one, in batches, and page after page."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from latido.connect import Refused, wait
from latido.errors import VendorUnavailable
from latido_bitrix24 import answers
from latido_bitrix24.answers import contained, meant, nonsense, told
from latido_bitrix24.batches import MOST, is_passing, key, opened
from latido_bitrix24.chain import PAGE, Chain
from latido_bitrix24.commands import Failed
from latido_bitrix24.governor import Governor, times

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from latido.connect import Http, Runtime
    from latido_bitrix24.chain import Listing
    from latido_bitrix24.commands import Command

PATIENCE = 5
"""How often a command that failed for a moment is tried."""

PAUSE = 2.0
"""Seconds to wait after a command failed for a moment."""

LONGEST = 25.0
"""Seconds that the commands of a batch should take together: Bitrix24 gives up after 60."""


class Portal:
    """What all streams of a source share. Everything that is asked for here reads, so that it may be repeated."""

    def __init__(self, http: Http, runtime: Runtime, operating_limit: float) -> None:
        self.http = http
        self.runtime = runtime
        self.governor = Governor(runtime, operating_limit)
        self._most = MOST

    def call(self, method: str, params: Mapping[str, Any] | None = None) -> Any:
        """Return the result of one method. Raises NotOffered for what this credential or this portal may not use."""
        return self.answer(method, params)["result"]

    def answer(self, method: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the whole answer of one method: its `result`, `next` where there is more, and `time`."""
        while True:
            with self.governor.granted(method, 1):
                try:
                    body = told(self.http.post(method, json=dict(params or {})).json(), method)
                except Refused as refusal:
                    if answers.code_in(refusal.body) != answers.OPERATING:
                        raise meant(refusal, method) from refusal
                    self.governor.refused(method, refusal.body.get("time"))
                    continue
                self.governor.learn(method, body.get("time"))
                return body

    def batch(self, commands: Mapping[str, Command]) -> dict[str, Any]:
        """Return, for each key, the result of its command, or `Failed` where asking again does not help."""
        found: dict[str, Any] = {}
        tries = Counter[str]()
        while waiting := {name: each for name, each in commands.items() if name not in found}:
            for name, result in self._some(waiting).items():
                tries[name] += not (isinstance(result, Failed) and result.code == answers.OPERATING)
                if not is_passing(result) or tries[name] >= PATIENCE:
                    found[name] = result
        return {name: found[name] for name in commands}

    def chain(self, listing: Listing, params: Mapping[str, Any], after: int = 0) -> Iterator[list[Any]]:
        """Yield the pages of *listing* by id, from the first id behind *after*, whatever it takes.

        Of the *params*, a `filter` holds for all pages.
        """
        return Chain(self, listing, params).pages(after)

    def listed(self, method: str, params: Mapping[str, Any], container: tuple[str, ...] = ()) -> Iterator[list[Any]]:
        """Yield the pages of a short list by its offsets. Raises VendorUnavailable where these lead nowhere.

        Behind a full page there may be another one that is not announced; if it is the same again, there was none.
        """
        begun: list[Any] = []
        start, announced = 0, False
        while True:
            body = self.answer(method, {**params, "start": start} if start else params)
            records = contained(body["result"], container, method)
            if records and records[:1] == begun and announced:
                raise answers.stuck(method)
            if records[:1] in ([], begun):
                return
            yield records
            announced = bool(body.get("next"))
            if not announced and len(records) != PAGE:
                return
            begun, start = records[:1], body["next"] if announced else start + PAGE

    def round(self, commands: Sequence[Command]) -> list[Any]:
        """Return what became of the first of *commands*, which are of one method: as many as may be asked for now."""
        method = commands[0].method
        while True:
            with self.governor.granted(method, min(len(commands), self._most)) as n:
                asked = commands[:n]
                try:
                    return self._sent(asked)
                except VendorUnavailable:
                    # A gateway gives up on what takes too long, and so would it again.
                    if n == 1:
                        raise
                    self._most = max(1, n // 5)

    def now(self) -> datetime:
        """Return the present by the portal's clock."""
        return self.runtime.clock.now() + self.drift

    @cached_property
    def drift(self) -> timedelta:
        """How far the portal's clock is ahead of ours."""
        stamp = self.call("server.time")
        try:
            return datetime.fromisoformat(stamp) - self.runtime.clock.now()
        except (TypeError, ValueError):
            raise nonsense("server.time") from None

    def _some(self, waiting: Mapping[str, Command]) -> dict[str, Any]:
        """Return what became of some of the commands that wait: of those of the first one's method."""
        method = next(iter(waiting.values())).method
        names = [name for name, each in waiting.items() if each.method == method][:MOST]
        results = self.round([waiting[name] for name in names])
        return dict(zip(names, results, strict=False))

    def _sent(self, commands: Sequence[Command]) -> list[Any]:
        if len(commands) == 1:
            return [self._alone(commands[0])]
        method = commands[0].method
        asked = {key(at): each.spelled() for at, each in enumerate(commands)}
        try:
            body = told(self.http.post("batch", json={"halt": 0, "cmd": asked}).json(), "batch")
        except Refused as refusal:
            return [self._refused(refusal, method, "batch")] * len(commands)
        found = opened(body["result"], list(asked))
        self._learn(method, times(body["result"]))
        results = [found[name] for name in asked]
        self._rest(method, {each.code for each in results if isinstance(each, Failed)})
        return [self._again(each, command) for each, command in zip(results, commands, strict=True)]

    def _rest(self, method: str, failures: Collection[str]) -> None:
        """Let *method* rest, or time pass, if that helps against *failures*."""
        if answers.OPERATING in failures:
            self.governor.refused(method, None)
        elif not answers.PASSING.isdisjoint(failures):
            wait(self.runtime, PAUSE)

    def _again(self, result: Any, command: Command) -> Any:
        """Ask for what failed only because it was in a batch."""
        alone = isinstance(result, Failed) and result.code == answers.NOT_IN_BATCH
        return self._alone(command) if alone else result

    def _alone(self, command: Command) -> Any:
        """Return what becomes of one command that is granted already."""
        method = command.method
        try:
            body = told(self.http.post(method, json=dict(command.params)).json(), method)
        except Refused as refusal:
            return self._refused(refusal, method, method)
        self.governor.learn(method, body.get("time"))
        return body["result"]

    def _learn(self, method: str, took: Mapping[str, Any]) -> None:
        told_of = [each for each in took.values() if isinstance(each, dict)]
        if not told_of:
            return
        seconds = sum(each.get("duration") or 0.0 for each in told_of)
        most = max(told_of, key=lambda each: each.get("operating") or 0.0)
        self.governor.learn(method, {**most, "duration": seconds}, len(told_of))
        if seconds:
            self._most = max(1, min(MOST, 2 * self._most, int(LONGEST * len(told_of) / seconds)))

    def _refused(self, refusal: Refused, method: str, path: str) -> Failed:
        """Return the *refusal* of *path* as a failure of *method*. Raises what is said of us, whoever asks."""
        code = answers.code_in(refusal.body)
        if code is None or code in answers.TERMINAL or (path != method and code != answers.OPERATING):
            raise meant(refusal, path) from refusal
        if code == answers.OPERATING:
            self.governor.refused(method, refusal.body.get("time"))
        return Failed(code, str(refusal.body.get("error_description") or ""))
