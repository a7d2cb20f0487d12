"""What Google means when it does not answer: which quota is gone, and which of three doors is shut."""

from __future__ import annotations

import threading
from collections import deque
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from latido.connect import Refused, Trouble
from latido.errors import CredentialError, LatidoError, NotOffered, RateLimited, VendorUnavailable
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from latido.connect import Clock, Reply
    from latido.messages import Message

_ = marker("latido_google_analytics")

HOUR = timedelta(hours=1)
PACIFIC = "America/Los_Angeles"
"""Where a day's quota comes back at midnight."""

GROUPS = {
    "server errors": _("the hour's server errors"),
    "thresholded": _("the hour's requests that may show small groups"),
    "tokens per day": _("the property's tokens of the day"),
    "project per hour": _("the tokens of the hour of this Cloud project"),
    "tokens per hour": _("the property's tokens of the hour"),
}
"""What is used up, by a part of Google's sentence. Each stops all requests to the property, dashboards' too."""

DAILY = "tokens per day"
SERVER_ERRORS_ALLOWED = 10
TRIES = 3
DOCUMENTED = {"tokensPerDay": (200_000, 2_000_000), "tokensPerHour": (40_000, 400_000)}
DOCUMENTED |= {"tokensPerProjectPerHour": (14_000, 140_000)}
"""The tokens of ordinary properties and of those of Analytics 360; Google tells only what remains."""


class Judge:
    """Says what an answer means for asking again, and remembers what it said last.

    Ten server errors in an hour would shut the property for an hour, so we count them.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._errors: deque[datetime] = deque()
        self.failures = 0
        self.group: str | None = None

    def __call__(self, reply: Reply) -> Trouble | None:
        if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR and said(reply):
            with self._lock:
                self.failures += 1
                self._errors.append(self._clock.now())
        if reply.status != HTTPStatus.TOO_MANY_REQUESTS:
            return None
        self.group = group(said(reply).get("message", ""))
        return Trouble.THROTTLED if self.group is None else Trouble.EXHAUSTED

    def check(self) -> None:
        """Raise VendorUnavailable when one more request that fails could shut the property."""
        with self._lock:
            while self._errors and self._errors[0] <= self._clock.now() - HOUR:
                self._errors.popleft()
            errors = len(self._errors)
        if errors > SERVER_ERRORS_ALLOWED - 1 - TRIES:
            raise VendorUnavailable(
                _(
                    "Google Analytics failed {n} times within an hour; at {most} it shuts the property for everybody.",
                    n=errors,
                    most=SERVER_ERRORS_ALLOWED,
                ),
                _("In an hour it resumes where it stopped: latido sync"),
            )


def said(reply: Reply) -> Mapping[str, Any]:
    """Return the error in an answer, empty if it holds none: a proxy answers with a page of its own."""
    try:
        body = reply.json()
    except ValueError:
        return {}
    found = body.get("error") if isinstance(body, dict) else None
    return found if isinstance(found, dict) else {}


def group(message: str) -> str | None:
    """Return which quota is used up for the hour or the day, None for what is over within seconds."""
    return next((part for part in GROUPS if part in message.lower()), None)


def exhausted(judge: Judge, clock: Clock, source: str) -> RateLimited:
    """Return what to say when a quota is used up that no run waits for."""
    what = GROUPS.get(judge.group or "", _("a quota"))
    when = tomorrow(clock) if judge.group == DAILY else _("within an hour")
    return RateLimited(
        _("Google Analytics grants no more requests: {what} are used up. They return {when}.", what=what, when=when),
        _("Then it resumes where it stopped: latido sync {source}", source=source),
    )


def tomorrow(clock: Clock) -> Message:
    left = _until_midnight(clock.now().astimezone(ZoneInfo(PACIFIC)))
    return _("at midnight in California, in {n} hours", n=-(-left // HOUR))


def _until_midnight(now: datetime) -> timedelta:
    return timedelta(days=1) - (now - now.replace(hour=0, minute=0, second=0, microsecond=0))


def check_left(quota: Mapping[str, Mapping[str, int]], share: float, source: str) -> None:
    """Raise RateLimited once our *share* of the tokens is used up: the rest is for the property's other readers."""
    for name, limits in DOCUMENTED.items():
        remaining = (quota.get(name) or {}).get("remaining")
        if remaining is None:
            continue
        limit = next((each for each in limits if remaining <= each), limits[-1])
        if remaining < round(limit * (1 - share)):
            raise RateLimited(
                _(
                    "Google Analytics has {remaining:,} of about {limit:,} tokens left ({name}): our share of "
                    "{share:.0%} is used.",
                    remaining=remaining,
                    limit=limit,
                    name=name,
                    share=share,
                ),
                _("Later it resumes where it stopped: latido sync {source}", source=source),
            )


def explained(refusal: Refused, number: str, email: str | None, source: str) -> LatidoError:
    """Return what a refusal of property *number* means; *email* is the service account's, if it is one."""
    if refusal.status != HTTPStatus.FORBIDDEN:
        return refusal
    match reason(refusal.body):
        case "SERVICE_DISABLED":
            return CredentialError(
                _("The Google Analytics Data API is not enabled in the Cloud project of this credential."),
                _(
                    "Enable it at https://console.cloud.google.com/apis/library/analyticsdata.googleapis.com, "
                    "wait a few minutes, then run: latido check {source}",
                    source=source,
                ),
            )
        case "ACCESS_TOKEN_SCOPE_INSUFFICIENT":
            return CredentialError(
                _("This credential was not granted the scope analytics.readonly."),
                _("Agree to it: latido login {source}", source=source)
                if email is None
                else _("Create the key for the service account anew, then run: latido check {source}", source=source),
            )
    who = email or _("the person who logged in")
    return NotOffered(
        _("There is no property {number}, or {who} may not see it.", number=number, who=who),
        _(
            "Add {who} as Viewer (Admin → Property access management) and compare property_id with "
            "Admin → Property details, then run: latido check {source}",
            who=who,
            source=source,
        ),
    )


def reason(body: Any) -> str | None:
    """Return the machine-readable reason in a refusal, if Google sends one."""
    error = body.get("error") if isinstance(body, dict) else None
    details = error.get("details") or () if isinstance(error, dict) else ()
    return next((each["reason"] for each in details if isinstance(each, dict) and each.get("reason")), None)
