"""What we say of a vendor that cannot be read from: who, what, and the next command. Never a body, never a secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from latido.connect._redact import redacted
from latido.connect._refusal import Refused, sentence
from latido.connect._reply import Reply, Trouble
from latido.errors import ConfigurationError, CredentialError, LatidoError, RateLimited, Stopped, VendorUnavailable
from latido.messages import marker

if TYPE_CHECKING:
    from latido.connect._wire import Unreachable
    from latido.messages import Message

_ = marker("latido")


@dataclass(frozen=True, slots=True)
class Complaints:
    """Errors about one vendor's *host*, for the people who configured it as *source*."""

    host: str
    source: str

    def about(self, found: Trouble, outcome: Reply | Unreachable, path: str) -> LatidoError:
        """Return the error that the last attempt at *path* ends with."""
        if not isinstance(outcome, Reply):
            return self._unavailable(_("cannot reach {host}: {reason}", host=self.host, reason=outcome.reason))
        match found:
            case Trouble.REDIRECTED:
                return self._redirected(outcome)
            case Trouble.UNAUTHORIZED:
                return self._unauthorized(outcome)
            case Trouble.REFUSED | Trouble.CONFLICT:
                return self._refused(outcome, path)
            case _:
                return self._stopped(found, outcome)

    def _redirected(self, reply: Reply) -> ConfigurationError:
        target = urlsplit(reply.headers.get("location", "")).hostname or "?"
        return ConfigurationError(
            _("{host} sends us to another address ({target}).", host=self.host, target=target),
            _("Check the address of {source}, then run: latido check {source}", source=self.source),
        )

    def _unauthorized(self, reply: Reply) -> CredentialError:
        return CredentialError(
            _("{host} rejects the credential ({said}).", host=self.host, said=_said(reply)),
            _("Check the credential of {source}, then run: latido check {source}", source=self.source),
        )

    def _refused(self, reply: Reply, path: str) -> Refused:
        where = redacted(path.partition("?")[0])
        message = _("{host} refuses {where} ({said}).", host=self.host, where=where, said=_said(reply))
        hint = _("See what can be read: latido check {source}", source=self.source)
        return Refused(message, reply.status, _parsed(reply), reply.headers, hint)

    def _stopped(self, found: Trouble, reply: Reply) -> Stopped:
        if found is Trouble.THROTTLED:
            return RateLimited(
                _("{host} asks to slow down for longer than a run waits.", host=self.host),
                _("Later it resumes where it stopped: latido sync {source}", source=self.source),
            )
        if found is Trouble.EXHAUSTED:
            said = _said(reply)
            return RateLimited(
                _("{host} grants no more requests for now ({said}).", host=self.host, said=said),
                _("Later it resumes where it stopped: latido sync {source}", source=self.source),
            )
        if found is Trouble.BROKEN:
            form, n = reply.content_type or "?", len(reply.body)
            return self._unavailable(
                _(
                    "{host} answers nothing readable ({form}, {n} bytes).",
                    host=self.host,
                    form=form,
                    n=n,
                )
            )
        return self._unavailable(_("{host} keeps failing ({status}).", host=self.host, status=reply.status))

    def _unavailable(self, message: Message) -> VendorUnavailable:
        return VendorUnavailable(message, _("See what can be reached: latido check {source}", source=self.source))


def _parsed(reply: Reply) -> Any:
    try:
        return reply.json()
    except ValueError:
        return None


def _said(reply: Reply) -> str:
    return ", ".join(filter(None, (str(reply.status), sentence(_parsed(reply)))))
