"""What an org allows in 24 hours, and what Salesforce's answers mean for asking again."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Any

from latido.connect import Trouble
from latido.errors import RateLimited
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latido.connect import Reply

_ = marker("latido_salesforce")

HEADER = "sforce-limit-info"
_USAGE = re.compile(r"(?<![\w-])api-usage=(\d+)/(\d+)")
BRIEFLY_UNWELL = (406, 420)
"""Salesforce answers so while it moves or sets up an org."""

LONGEST_WAIT = (5.0, 30.0)
"""Seconds, least and most, until a place among the long requests of an org is free again."""


class Quota:
    """Watches the org's requests of the last 24 hours, which it shares with everything else that speaks to it.

    Once *share* of them are used up, no request begins: the rest belongs to the customer's other programs.
    """

    def __init__(self, share: float, source: str) -> None:
        self.share = share
        self._source = source
        self._lock = threading.Lock()
        self.used: int | None = None
        self.allowed: int | None = None

    def learn(self, headers: Mapping[str, str]) -> None:
        """Take in what *headers* say; answers of the Bulk API may say nothing."""
        found = _USAGE.search(headers.get(HEADER, ""))
        if found:
            with self._lock:
                self.used, self.allowed = int(found[1]), int(found[2])

    def check(self) -> None:
        """Raise RateLimited when our share is used up."""
        with self._lock:
            used, allowed = self.used, self.allowed
        if used is not None and allowed and used >= self.share * allowed:
            raise RateLimited(
                _(
                    "Salesforce counts {used:,} of {allowed:,} requests in 24 hours: our share of {share:.0%} is used.",
                    used=used,
                    allowed=allowed,
                    share=self.share,
                ),
                _("Later it resumes where it stopped: latido sync {source}", source=self._source),
            )


def judge(reply: Reply) -> Trouble | None:
    """Return what *reply* means where Salesforce has rules of its own."""
    if reply.status in BRIEFLY_UNWELL:
        return Trouble.FAILING
    code, sentence = complaint(reply)
    if code == "REQUEST_LIMIT_EXCEEDED":
        # The daily limit frees itself over hours, a place among the concurrent requests within seconds.
        return Trouble.THROTTLED if sentence.startswith("Concurrent") else Trouble.EXHAUSTED
    if reply.status == 200 and reply.content_type == "text/html" and b'type="password"' in reply.body:  # noqa: PLR2004
        return Trouble.REDIRECTED  # a page to log in at: this host serves people
    return None


def complaint(reply: Reply) -> tuple[str, str]:
    """Return the code and the sentence of an error; both are empty for what is none."""
    if reply.status < 400:  # noqa: PLR2004 - an error
        return "", ""
    try:
        return said(reply.json())
    except ValueError:
        return "", ""


def said(body: Any) -> tuple[str, str]:
    """Return code and sentence in the *body* of an error: a list of objects, or one object."""
    first = body[0] if isinstance(body, list) and body else body
    if not isinstance(first, dict):
        return "", ""
    code, sentence = first.get("errorCode") or first.get("error"), first.get("message")
    return code if isinstance(code, str) else "", sentence if isinstance(sentence, str) else ""
