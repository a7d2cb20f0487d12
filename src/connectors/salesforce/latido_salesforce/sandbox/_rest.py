"""Queries over REST: batches, and locators for the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from latido.testing import json, json_bytes
from latido_salesforce.sandbox import _errors as errors
from latido_salesforce.sandbox import _ids as ids
from latido_salesforce.sandbox._select import Search, understood
from latido_salesforce.sandbox._shape import JsonShape

if TYPE_CHECKING:
    from array import array

    from starlette.requests import Request
    from starlette.responses import Response

    from latido_salesforce.sandbox._org import Org
    from latido_salesforce.sandbox._table import Table

_LEAST, _MOST = 200, 2000
_WIDE = 20
_ASKED_SIZE = re.compile(r"batchSize=(\d+)")
_LOCATOR = re.compile(r"(\w{18})-(\d+)")
ROOT = "/services/data/v{version}"


@dataclass(frozen=True, slots=True)
class Result:
    """What a query found, and until when the rest of it can be fetched."""

    table: Table
    numbers: array[int]
    shape: JsonShape
    size: int
    until: float


class Queries:
    """Answers `query` and `queryAll`."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._results: dict[str, Result] = {}

    def query(self, request: Request) -> Response:
        return self._asked(request, deleted=False)

    def query_all(self, request: Request) -> Response:
        """Answer with deleted records too."""
        return self._asked(request, deleted=True)

    def more(self, request: Request) -> Response:
        """Answer with the next batch."""
        match = _LOCATOR.fullmatch(request.path_params["locator"])
        result = None if match is None else self._results.get(match[1])
        if match is None or result is None or self._org.clock.now().timestamp() >= result.until:
            return errors.refusal(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return self._batch(request, match[1], result, int(match[2]))

    def _asked(self, request: Request, *, deleted: bool) -> Response:
        text = request.query_params.get("q")
        if text is None:
            return errors.refusal(400, "MALFORMED_QUERY", "SOQL query string is missing")
        asked = understood(self._org, text)
        search = Search(self._org, asked, deleted=deleted)
        slow = self._org.switches.slow_rows
        if slow is not None and search.examined() > slow:
            return errors.refusal(400, "QUERY_TIMEOUT", "Your query request was running for too long.")
        numbers = search.numbers()
        if asked.query.counts:
            return json({"totalSize": len(numbers), "done": True, "records": []})
        shape = JsonShape(self._org, asked.table.sobject, asked.selection.tree, _root(request))
        until = self._org.clock.now().timestamp() + self._org.switches.locator_life
        result = Result(asked.table, numbers, shape, self._size(request, len(asked.query.fields)), until)
        locator = ids.identity("01g", len(self._results))
        if len(numbers) > result.size:
            self._results[locator] = result
        return self._batch(request, locator, result, 0)

    def _batch(self, request: Request, locator: str, result: Result, first: int) -> Response:
        shown = result.numbers[first : first + result.size]
        records = b",".join([result.shape.row(result.table, number) for number in shown])
        behind = first + result.size
        rest: dict[str, Any] = {"totalSize": len(result.numbers), "done": behind >= len(result.numbers)}
        if not rest["done"]:
            rest["nextRecordsUrl"] = f"{_root(request)}/query/{locator}-{behind}"
        return json_bytes(orjson.dumps(rest)[:-1] + b',"records":[' + records + b"]}")

    def _size(self, request: Request, fields: int) -> int:
        asked = _ASKED_SIZE.search(request.headers.get("sforce-query-options", ""))
        size = _MOST if asked is None else min(_MOST, max(_LEAST, int(asked[1])))
        wide = self._org.switches.wide_batch
        return self._org.switches.at_most(size if wide is None or fields <= _WIDE else min(size, wide))


def _root(request: Request) -> str:
    return ROOT.format(version=request.path_params["version"])
