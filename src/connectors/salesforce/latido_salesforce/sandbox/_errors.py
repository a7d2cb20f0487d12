"""What Salesforce says when it refuses: lists of errors, but an object from the door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.testing import json
from latido_salesforce.sandbox._soql import place

if TYPE_CHECKING:
    from starlette.responses import Response

    from latido_salesforce.sandbox._soql import Query

_REFERENCE = "Please reference your WSDL or the describe call for the appropriate names."


class Refused(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    def response(self) -> Response:
        return refusal(self.status, self.code, self.message)


def refusal(status: int, code: str, message: str) -> Response:
    """Return an error as all of the REST API writes it."""
    return json([{"message": message, "errorCode": code}], status)


def expired() -> Response:
    return refusal(401, "INVALID_SESSION_ID", "Session expired or invalid")


def not_found() -> Response:
    return refusal(404, "NOT_FOUND", "The requested resource does not exist")


def too_many() -> Response:
    return refusal(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")


def too_many_at_once() -> Response:
    return refusal(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded.")


def no_type(query: Query | None, name: str) -> Refused:
    custom = "If you are attempting to use a custom object, be sure to append the '__c' after the entity name."
    where = "" if query is None else place(query.text, query.sobject_at)
    return Refused(400, "INVALID_TYPE", f"{where}sObject type '{name}' is not supported. {custom} {_REFERENCE}")


def no_column(query: Query, at: int, name: str, sobject: str) -> Refused:
    custom = "If you are attempting to use a custom field, be sure to append the '__c' after the custom field name."
    told = f"No such column '{name}' on entity '{sobject}'. {custom} {_REFERENCE}"
    return Refused(400, "INVALID_FIELD", place(query.text, at) + told)


def no_relationship(query: Query, at: int, name: str) -> Refused:
    custom = "be sure to append the '__r' after the custom relationship name."
    told = (
        f"Didn't understand relationship '{name}' in field path. If you are attempting to use a custom relationship, "
    )
    return Refused(400, "INVALID_FIELD", f"{place(query.text, at)}{told}{custom} {_REFERENCE}")


def bad_value(query: Query, at: int, name: str, kind: str) -> Refused:
    quotes = "should be enclosed in quotes" if kind in {"string", "id"} else "should not be enclosed in quotes"
    told = f"value of filter criterion for field '{name}' must be of type {kind} and {quotes}"
    return Refused(400, "INVALID_FIELD", place(query.text, at) + told)


def not_filterable(query: Query, at: int, name: str) -> Refused:
    told = f"field '{name}' can not be filtered in a query call"
    return Refused(400, "INVALID_FIELD", place(query.text, at) + told)


def bad_operator(query: Query, at: int) -> Refused:
    return Refused(400, "INVALID_QUERY_FILTER_OPERATOR", f"{place(query.text, at)}invalid operator on id field")
