"""Refusals, as Google words them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido.testing import json

if TYPE_CHECKING:
    from starlette.responses import Response

QUOTAS = {
    "concurrent": "Exhausted concurrent requests quota.",
    "tokens per day": "Exhausted property tokens per day. These quota tokens will return in under 24 hours.",
    "tokens per hour": "Exhausted property tokens per hour.",
    "project per hour": "Exhausted property tokens for a project per hour.",
    "thresholded": "Exhausted potentially thresholded requests quota.",
    "server errors": "Exhausted server errors quota.",
}
_NAMES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 429: "RESOURCE_EXHAUSTED"}
_SERVICES = {"data": "analyticsdata.googleapis.com", "admin": "analyticsadmin.googleapis.com"}


def refused(status: int, message: str, reason: str | None = None, service: str = "data") -> Response:
    error: dict[str, Any] = {"code": status, "message": message, "status": _NAMES.get(status, "INTERNAL")}
    if reason is not None:
        info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com"}
        error["details"] = [info | {"metadata": {"service": _SERVICES[service]}}]
    return json({"error": error}, status)


def quota(group: str) -> Response:
    return refused(429, QUOTAS[group])


def no_access() -> Response:
    return refused(
        403,
        "User does not have sufficient permissions for this property. To learn more about Property ID, see "
        "https://developers.google.com/analytics/devguides/reporting/data/v1/property-id.",
    )


def no_api(service: str) -> Response:
    name = {"data": "Data", "admin": "Admin"}[service]
    said = f"Google Analytics {name} API has not been used in project 1 before or it is disabled."
    return refused(403, said, "SERVICE_DISABLED", service)


def no_scope() -> Response:
    return refused(403, "Request had insufficient authentication scopes.", "ACCESS_TOKEN_SCOPE_INSUFFICIENT")


def stranger() -> Response:
    return refused(401, "Request had invalid authentication credentials.")


def unknown_field(kind: str, name: str) -> Response:
    return refused(
        400,
        f"Field {name} is not a valid {kind}. For a list of valid dimensions and metrics, see "
        "https://developers.google.com/analytics/devguides/reporting/data/v1/api-schema",
    )


def internal() -> Response:
    return refused(500, "Internal error encountered.")
