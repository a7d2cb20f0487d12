"""What HubSpot answers when it does not answer with records."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from latido.errors import NotOffered, VendorUnavailable
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.connect import JsonObject, Refused, Reply
    from latido.errors import LatidoError

_ = marker("latido_hubspot")

NO_SUCH_TYPE = "object type"
"""What the refusal of an object speaks of that an account does not have."""


def told(reply: Reply, path: str) -> dict[str, Any]:
    """Return the object in *reply*; anything else is no answer to *path*."""
    body = reply.json()
    if not isinstance(body, dict):
        raise nonsense(path)
    return body


def records_in(body: JsonObject, path: str) -> list[JsonObject]:
    """Return the records in an answer. One without any list must not pass for an empty one."""
    found = body.get("results")
    if not isinstance(found, list):
        raise nonsense(path)
    return found


def following(body: JsonObject) -> str | None:
    """Return the cursor of the next page. The address beside it leads elsewhere and is never used."""
    after = ((body.get("paging") or {}).get("next") or {}).get("after")
    return None if after in (None, "") else str(after)


def meant(refusal: Refused, path: str) -> LatidoError:
    """Return what a *refusal* of *path* means to people; itself if it is about the request."""
    match refusal.status:
        case HTTPStatus.FORBIDDEN:
            return _forbidden(path, scopes_in(refusal.body), refusal.sentence)
        case HTTPStatus.NOT_FOUND | HTTPStatus.GONE:
            return _not_there(path)
        case HTTPStatus.BAD_REQUEST if NO_SUCH_TYPE in refusal.sentence.lower():
            return _not_there(path)
        case _:
            return refusal


def scopes_in(body: Any) -> list[str]:
    """Return the scopes that an answer says are missing."""
    return list(dict.fromkeys(_scopes(body))) if isinstance(body, dict) else []


def _scopes(body: JsonObject) -> Iterator[str]:
    for each in (body, *(body.get("errors") or ())):
        context = each.get("context") or {}
        for name in ("requiredGranularScopes", "requiredScopes"):
            yield from context.get(name) or ()


def _forbidden(path: str, scopes: list[str], sentence: str) -> NotOffered:
    if scopes:
        names = ", ".join(scopes)
        return NotOffered(
            _(
                "HubSpot does not let this credential read {path}: the scope {scopes} is missing.",
                path=path,
                scopes=names,
            ),
            _(
                "Give {scopes} to the app (and log in again if it is an OAuth app), then run: latido check",
                scopes=names,
            ),
        )
    return NotOffered(
        _("HubSpot does not let this account read {path} ({said}).", path=path, said=sentence or "403"),
        _("It may take another edition of HubSpot, or a scope. Run: latido check"),
    )


def _not_there(path: str) -> NotOffered:
    return NotOffered(
        _("This HubSpot account has no {path}.", path=path),
        _("It may take another edition of HubSpot, or another api_version. Run: latido check"),
    )


def nonsense(path: str) -> VendorUnavailable:
    return VendorUnavailable(
        _("{path}: HubSpot answers without records.", path=path),
        _("Run it again later, it resumes where it stopped."),
    )


def stuck(path: str) -> VendorUnavailable:
    return VendorUnavailable(
        _("{path}: HubSpot keeps pointing at the same page.", path=path),
        _("Run it again later, it resumes where it stopped."),
    )
