"""Questions to whoever sits at the keyboard: asked on stderr, answered on stdin."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from latido.errors import UsageError
from latido.messages import marker, render

if TYPE_CHECKING:
    from latido.cli._talk import Talk
    from latido.messages import Message

_ = marker("latido")

YES = {"y", "yes", "s", "sí", "si"}


def ask(talk: Talk, question: Message, default: str = "") -> str:
    """Return the answer to *question*, *default* for an empty one; raises UsageError when nobody answers."""
    suffix = f" [{default}]" if default else ""
    sys.stderr.write(f"{render(question, talk.language)}{suffix} ")
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not answer:
        sys.stderr.write("\n")
        raise UsageError(_("Nobody is here to answer."), _("Give the answers as options; see: latido --help"))
    return answer.strip() or default


def confirm(talk: Talk, question: Message, *, yes: bool) -> None:
    """Go on if the user agrees to *question* or said *yes* beforehand; raises UsageError otherwise."""
    if yes:
        return
    try:
        answer = ask(talk, _("{question} This cannot be undone. [y/N]", question=question))
    except UsageError as nobody:
        raise UsageError(nobody.message, _("Without a question: --yes")) from nobody
    if answer.lower() not in YES:
        raise UsageError(_("Nothing was done."), _("Without a question: --yes"))
