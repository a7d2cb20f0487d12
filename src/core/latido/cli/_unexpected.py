"""What nobody foresaw: one sentence for the user, the details for whoever repairs it."""

from __future__ import annotations

import errno
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from latido.errors import ConfigurationError, LatidoError
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latido.cli._session import Session

_ = marker("latido")

LOG = "last-error.log"
FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


def unexpected(error: Exception, arguments: Sequence[str], session: Session) -> LatidoError:
    """Return what to say about *error*, after its details were written down without any secret."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return LatidoError(_("The disk is full."), _("Free some space, then try again."))
    if isinstance(error, OSError) and error.errno in FORBIDDEN:
        return ConfigurationError(
            _("{file} may not be used: {reason}.", file=str(error.filename or "?"), reason=error.strerror),
            _("Look who may read and write it, or work in another folder: --project DIR"),
        )
    log = _written(_details(error, arguments), session)
    said = _("Something unexpected happened: {error}.", error=type(error).__name__)
    return LatidoError(said, _("The details are in {log}. Please report them.", log=str(log)) if log else None)


def _details(error: Exception, arguments: Sequence[str]) -> str:
    from latido.connect import redacted

    now = datetime.now(UTC).isoformat(timespec="seconds")
    trace = "".join(traceback.format_exception(error))
    return redacted(f"{now}  latido {' '.join(arguments)}\n\n{trace}")


def _written(text: str, session: Session) -> Path | None:
    """Write *text* into the project, else beside the user's own files; return where, None if neither can be."""
    home = Path(session.environ.get("HOME") or Path.home())
    home = session.folder if (session.folder / "latido.toml").is_file() else home
    log = home / ".latido" / LOG
    try:
        log.parent.mkdir(mode=0o700, exist_ok=True)
        log.write_text(text, encoding="utf-8")
    except OSError:
        return None
    return log
