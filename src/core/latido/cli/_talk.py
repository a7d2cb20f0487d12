"""What is said to people: on stderr, as text or as JSON lines, so that stdout holds data and nothing else."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from latido.cli._harmless import harmless
from latido.messages import render

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latido.errors import LatidoError
    from latido.messages import Message


@dataclass
class Talk:
    """The voice of one command. `quiet` leaves only warnings and errors."""

    language: str = "en"
    quiet: bool = False
    log_format: Literal["text", "json"] = "text"

    @property
    def lively(self) -> bool:
        """Whether somebody watches: a terminal that can redraw a line."""
        return sys.stderr.isatty() and self.log_format == "text" and not self.quiet

    def say(self, message: Message | str, **values: Any) -> None:
        """Say something that is good to know. *values* go into the JSON line beside it."""
        if not self.quiet:
            self._line("info", message, values)

    def warn(self, message: Message | str, **values: Any) -> None:
        """Say something that should be known."""
        self._line("warning", message, values)

    def complain(self, error: LatidoError) -> None:
        """Say what went wrong, and what to do next."""
        self.complain_of(None, [error])

    def complain_of(self, source: str | None, errors: Iterable[LatidoError]) -> None:
        """Say what went wrong with *source*: each sentence once, and what to do about several once, after them."""
        sentences: dict[str | None, dict[str, int]] = {}
        for error in errors:
            hint = None if error.hint is None else str(render(error.hint, self.language))
            text = str(render(error.message, self.language))
            named = text if source is None or text.startswith(f"{source}:") else f"{source}: {text}"
            sentences.setdefault(hint, {})[named] = error.exit_code
        for hint, said in sentences.items():
            if self.log_format == "json":
                for text, code in said.items():
                    self._line("error", text, {"hint": hint, "exit_code": code})
            else:
                self._write("".join(f"{text}\n" for text in said) + (f"  {hint}\n" if hint else ""))

    def _line(self, level: str, message: Message | str, values: dict[str, Any]) -> None:
        text = str(render(message, self.language))
        if self.log_format == "json":
            now = datetime.now(UTC).isoformat(timespec="milliseconds")
            text = json.dumps({"at": now, "level": level, "message": text, **values}, ensure_ascii=False, default=str)
        self._write(text + "\n")

    def _write(self, text: str) -> None:
        kit = sys.modules.get("latido.connect")  # Before it is loaded nobody can have read a secret.
        sys.stderr.write(harmless(kit.redacted(text) if kit else text))
        sys.stderr.flush()
