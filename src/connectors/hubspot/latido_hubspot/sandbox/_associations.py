"""Associations: of a thousand records at a time, each with pages of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from latido.testing import body_of, json, json_bytes
from latido_hubspot.sandbox import _bodies as bodies
from latido_hubspot.sandbox._kinds import asked_kind

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from latido_hubspot.sandbox._kinds import Kind
    from latido_hubspot.sandbox._service import Service

_MOST = 1000


class Associations:
    """A record that has none is left out, or told of as an error; one that is not there is an error."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._links = service.records.links
        self._switches = service.switches

    def batch(self, request: Request) -> Response:
        """Answer with the links of up to a thousand records; an id that is given with `after` goes on from there."""
        one, other = asked_kind(request, "from"), asked_kind(request, "to")
        inputs = orjson.loads(body_of(request)).get("inputs", [])
        if not self._links.known(one.name, other.name):
            return _unlinked(one, other)
        if len(inputs) > _MOST:
            return bodies.invalid(f"The maximum number of inputs is {_MOST}.")
        texts = "version" in request.path_params
        results = [self._result(one, other, each, texts=texts) for each in inputs]
        wrong = [self._wrong(one, other, str(each["id"])) for each in inputs]
        found = [orjson.dumps(each) for each in results if each is not None]
        errors = [each for each in wrong if each is not None]
        return json_bytes(*bodies.batch(found, errors, self._service.stamp))

    def of_one(self, request: Request) -> Response:
        """Answer with the links of one record."""
        one, other = asked_kind(request, "from"), asked_kind(request, "to")
        if not self._links.known(one.name, other.name):
            return _unlinked(one, other)
        if self._service.book(one.name).find(request.path_params["id"]) is None:
            return bodies.not_found()
        asked = {"id": request.path_params["id"], "after": request.query_params.get("after")}
        result = self._result(one, other, asked, texts=False) or {"to": []}
        paging = {"paging": result["paging"]} if "paging" in result else {}
        return json({"results": result["to"], **paging})

    def _result(self, one: Kind, other: Kind, asked: dict[str, Any], *, texts: bool) -> dict[str, Any] | None:
        """Return a page of the links of one record: each with its types, ids as texts in the versions by date."""
        number = self._service.book(one.name).find(str(asked["id"]))
        linked = () if number is None else self._links.of(one.name, number, other.name)
        if number is None or not linked:
            return None
        first, size = int(asked.get("after") or 0), self._switches.association_page
        shown = [
            {
                "toObjectId": str(other.identity(to)) if texts else other.identity(to),
                "associationTypes": [
                    {"category": label.category, "typeId": label.type_id, "label": label.label}
                    for label in self._links.labels(one.name, number, other.name, to)
                ],
            }
            for to in linked[first : first + size]
        ]
        result = {"from": {"id": str(asked["id"])}, "to": shown}
        following = first + size
        return result if following >= len(linked) else result | {"paging": {"next": {"after": str(following)}}}

    def _wrong(self, one: Kind, other: Kind, identity: str) -> dict[str, Any] | None:
        number = self._service.book(one.name).find(identity)
        if number is None:
            message = f"{one.singular.upper()}={identity} is not valid"
            return {"status": "error", "category": "VALIDATION_ERROR", "message": message}
        if self._links.of(one.name, number, other.name) or not self._switches.tell_unassociated:
            return None
        return {
            "status": "error",
            "category": "OBJECT_NOT_FOUND",
            "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
            "message": f"No {other.singular} is associated with {one.singular} {identity}.",
            "context": {"fromObjectId": [identity], "fromObjectType": [one.singular], "toObjectType": [other.singular]},
        }


def _unlinked(one: Kind, other: Kind) -> Response:
    return bodies.invalid(f"No association exists between {one.name} and {other.name}.")
