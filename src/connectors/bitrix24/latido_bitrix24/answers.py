"""What Bitrix24 answers, and what it means when that is not a result.

An error may come with any status, 200 included. What tells is that there is an `error`, not what it holds: its code is
text in any case, empty, or 0, and its description may be in any language.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from latido.connect import Trouble
from latido.errors import ConfigurationError, CredentialError, LatidoError, NotOffered, RateLimited, VendorUnavailable
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from latido.connect import Refused, Reply

_ = marker("latido_bitrix24")

SLOWER = "QUERY_LIMIT_EXCEEDED"
OPERATING = "OPERATION_TIME_LIMIT"
BLOCKED = "OVERLOAD_LIMIT"
EXPIRED = "EXPIRED_TOKEN"
NOT_IN_BATCH = "ERROR_BATCH_METHOD_NOT_ALLOWED"
NO_ENTRY = "ACCESS_DENIED"
FAILING = frozenset({"INTERNAL_SERVER_ERROR", "ERROR_UNEXPECTED_ANSWER"})
PASSING = frozenset({SLOWER, OPERATING, *FAILING})
"""What a command may fail with that a later try does not."""

DEAD = frozenset(
    {"INVALID_CREDENTIALS", "INVALID_TOKEN", "NO_AUTH_FOUND", "ERROR_OAUTH", "APPLICATION_NOT_FOUND", "WRONG_CLIENT"}
)
UNPAID = frozenset({"PAYMENT_REQUIRED", "NOT_INSTALLED"})
CLOSED = frozenset({NO_ENTRY, "USER_ACCESS_ERROR", "ALLOWED_ONLY_INTRANET_USER", "WRONG_AUTH_TYPE"})
MISSING = frozenset({"ERROR_METHOD_NOT_FOUND", "ENTITY_TYPE_NOT_SUPPORTED"})


TERMINAL = frozenset(
    {*DEAD, *UNPAID, "AUTHORIZATION_ERROR", "METHOD_CONFIRM_WAITING", "PORTAL_DELETED", "INVALID_REQUEST", BLOCKED}
)
"""What is said of us, or of the portal, and not of the one thing that was asked for."""


def code_in(body: Any) -> str | None:
    """Return the code of the error in *body*, in capitals; empty if it has none, None if there is no error."""
    if not isinstance(body, dict) or "error" not in body:
        return None
    error = body["error"]
    return str(error.get("code", "") if isinstance(error, dict) else error).upper()


def judge(reply: Reply) -> Trouble | None:
    """Return what is wrong with *reply* by Bitrix24's own rules, None where everybody's apply."""
    if reply.status // 100 == HTTPStatus.MULTIPLE_CHOICES // 100:
        return None
    try:
        code = code_in(reply.json())
    except ValueError:
        return None
    return None if code is None else _TROUBLES.get(code) or _by_status(reply.status)


def _by_status(status: int) -> Trouble | None:
    overloaded = status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return None if overloaded else Trouble.REFUSED


_TROUBLES = {
    SLOWER: Trouble.THROTTLED,
    EXPIRED: Trouble.UNAUTHORIZED,
    **dict.fromkeys((OPERATING, BLOCKED, "PORTAL_DELETED"), Trouble.REFUSED),
    **dict.fromkeys(FAILING, Trouble.FAILING),
}


def told(body: Any, method: str) -> dict[str, Any]:
    """Return the envelope of an answer; one without a result is none."""
    if not isinstance(body, dict) or "result" not in body:
        raise nonsense(method)
    return body


def contained(result: Any, container: tuple[str, ...], method: str) -> list[Any]:
    """Return the records in *result*. PHP writes an empty object as a list; no records must not pass for none."""
    found = _within(result, container, method)
    return list(found.values()) if isinstance(found, dict) else found


def named(result: Any, container: tuple[str, ...], method: str) -> dict[str, Any]:
    """Return what stands in *result* under names; an empty list is nothing, and any other list no answer."""
    found = _within(result, container, method)
    if isinstance(found, list) and found:
        raise nonsense(method)
    return dict(found)


def having(records: Iterable[Any], key: str, method: str) -> Iterator[Mapping[str, Any]]:
    """Yield *records*, of which each has a *key*: what is built on them must not be built on less."""
    for each in records:
        if not isinstance(each, dict) or each.get(key) in (None, ""):
            raise nonsense(method)
        yield each


def _within(result: Any, container: tuple[str, ...], method: str) -> dict[str, Any] | list[Any]:
    for name in container:
        if result == []:
            return []
        if not isinstance(result, dict) or name not in result:
            raise nonsense(method)
        result = result[name]
    if not isinstance(result, dict | list):
        raise nonsense(method)
    return result


def meant(refusal: Refused, method: str) -> LatidoError:
    """Return what a *refusal* of *method* means to people; itself if it is about the request."""
    code = code_in(refusal.body)
    said = refusal.sentence or str(refusal.status)
    return refusal if code is None else _meaning(code, said, method) or refusal


def failure(failed: Any, method: str) -> LatidoError:
    """Return what it means that a command of a batch *failed*."""
    said = f"{failed.code}: {failed.description}" if failed.description else failed.code or "?"
    return _meaning(failed.code, said, method) or VendorUnavailable(
        _("Bitrix24 does not carry out {method} ({said}).", method=method, said=said),
        _("See what can be read: latido check"),
    )


def _meaning(code: str, said: str, method: str) -> LatidoError | None:
    if code in DEAD:
        return CredentialError(
            _("Bitrix24 does not know this credential ({said}).", said=said),
            _("Make a new webhook, or log in again (latido login), then run: latido check"),
        )
    if code in UNPAID:
        return CredentialError(
            _("Bitrix24 answers no programs on this plan ({said}).", said=said),
            _("It takes a paid plan with the Marketplace subscription. Then run: latido check"),
        )
    if code == NO_ENTRY or code in CLOSED:
        return NotOffered(
            _("Bitrix24 does not let this credential use {method} ({said}).", method=method, said=said),
            _("It takes the right in the CRM, and a paid plan with the Marketplace subscription. Run: latido check"),
        )
    if code in MISSING:
        return NotOffered(
            _("This Bitrix24 has no {method} ({said}).", method=method, said=said),
            _("The module may be switched off, or the installation too old. Run: latido check"),
        )
    return _OTHERS[code](said, method) if code in _OTHERS else None


_OTHERS: Mapping[str, Any] = {
    "INSUFFICIENT_SCOPE": lambda said, method: NotOffered(
        _("Bitrix24 does not let this credential use {method}: a scope is missing ({said}).", method=method, said=said),
        _("Tick the scope of {method} in the webhook or the app, then run: latido check", method=method),
    ),
    "AUTHORIZATION_ERROR": lambda said, _method: CredentialError(
        _("Bitrix24 no longer knows the user behind this credential ({said}).", said=said),
        _("Its owner may have left: make a new one as a user who stays, then run: latido check"),
    ),
    "METHOD_CONFIRM_WAITING": lambda said, method: CredentialError(
        _("An administrator of Bitrix24 has to allow {method} first ({said}).", method=method, said=said),
        _("Ask them to confirm it in Bitrix24, then run: latido check"),
    ),
    "PORTAL_DELETED": lambda said, _method: ConfigurationError(
        _("This Bitrix24 no longer exists ({said}).", said=said),
        _("Check portal or webhook_url in latido.toml, then run: latido check"),
    ),
    "INVALID_REQUEST": lambda said, _method: ConfigurationError(
        _("Bitrix24 wants to be reached by https ({said}).", said=said),
        _("Write the address with https:// in latido.toml, then run: latido check"),
    ),
    BLOCKED: lambda said, _method: RateLimited(
        _("Bitrix24 has blocked this portal for programs ({said}).", said=said),
        _("Waiting does not help: ask Bitrix24's support to lift it."),
    ),
}


def nonsense(method: str) -> VendorUnavailable:
    return VendorUnavailable(
        _("{method}: Bitrix24 answers without a result.", method=method),
        _("Run it again later, it resumes where it stopped."),
    )


def stuck(method: str) -> VendorUnavailable:
    return VendorUnavailable(
        _("{method}: Bitrix24 keeps giving out the same page.", method=method),
        _("Run it again later, it resumes where it stopped."),
    )
