"""Secrets stay out of messages and logs."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from pydantic import SecretStr

if TYPE_CHECKING:
    from collections.abc import Iterable

MASK = "***"

SHORTEST = 6
"""A shorter text is no secret: hiding it wherever it occurs would hide half of every sentence."""

_PATTERNS = (
    re.compile(r"(?i)\b((?:basic|bearer)\s+)[\w+/=.~-]{16,}"),
    re.compile(r"(?i)(authorization[\"']?\s*[:=]\s*[\"']?(?:(?:basic|bearer)\s+)?)[^\s\"'&,;}]+"),
    re.compile(
        r"(?i)((?:token|secret|password|assertion|api_?key)(?:=|[\"']\s*[:=]\s*[\"']?))[^\s\"'&,;}]+",
    ),
    re.compile(r"(?i)([?&](?:code|auth)=)[^\s\"'&,;}]+"),
    re.compile(r"(?i)(\b[a-z][a-z0-9+.-]*://[^\s/@:\"']*:)[^\s/@\"']+(?=@)"),
)

_known: set[str] = set()


def keep_secret(*values: str | SecretStr | None) -> None:
    """Remember *values* as secrets of this process, so that no message or log line shows them."""
    for value in values:
        text = value.get_secret_value() if isinstance(value, SecretStr) else value or ""
        _known.update(form for form in (text, quote(text, safe="")) if len(form) >= SHORTEST)


def redacted(text: str) -> str:
    """Return *text* without the secrets that are known and without what looks like one."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, MASK)
    for pattern in _PATTERNS:
        text = pattern.sub(rf"\1{MASK}", text)
    return text


class Discretion(logging.Filter):
    """Takes the secrets out of log records."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redacted(record.getMessage()), ()
        return True


_DISCRETION = Discretion()


def hush(loggers: Iterable[str]) -> None:
    """Take the secrets out of what *loggers* say."""
    for name in loggers:
        logging.getLogger(name).addFilter(_DISCRETION)  # a filter that is there already is not added twice
