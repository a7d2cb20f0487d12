"""The file of an own KPI as it was read: what its header says, and the SQL below it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from latido.errors import ConfigurationError
from latido.messages import Message, marker
from latido.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_ = marker("latido")

EXAMPLES = {
    "id": "fast_replies",
    "name": "Fast replies",
    "unit": "ratio",
    "better": "higher",
    "needs": "tickets",
    "fold": "share",
}
"""What every header says, each with what it may look like."""

KEYS = (*EXAMPLES, "name.es", "definition", "formula", "dimensions", "shown", "on_empty")

_LINE = re.compile(r"--\s?(?P<key>[a-z_.]+)\s*:\s*(?P<value>.*)")
_MORE = re.compile(r"--\s{3,}(?P<value>\S.*)")


@dataclass
class OwnFile:
    """A file as it was read: what its header says, by key, with the line of each; and the SQL below it.

    The SQL may mention further *values* than any query may.
    """

    name: str
    sql: str = ""
    sql_line: int = 1
    header: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    values: tuple[str, ...] = ()

    def refused(self, problem: Message | str, hint: Message, line: int | None = None) -> ConfigurationError:
        """Return what to raise: where it is, what is wrong, and what to do."""
        if line is None:
            return ConfigurationError(_("{file}: {problem}", file=self.name, problem=problem), hint)
        return ConfigurationError(_("{file}, line {line}: {problem}", file=self.name, line=line, problem=problem), hint)

    def listed(self, key: str) -> tuple[str, ...]:
        """Return the names that *key* lists, separated by commas."""
        return tuple(each.strip() for each in self.header.get(key, "").split(",") if each.strip())


def read(path: Path) -> OwnFile:
    """Return what stands in *path*; raises ConfigurationError for a header that says too little, or too much."""
    file = OwnFile(f"{path.parent.name}/{path.name}")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise file.refused(_("this is not UTF-8 text."), _("Save it as UTF-8, then try again.")) from error
    except OSError as error:
        problem = _("it cannot be read: {reason}.", reason=error.strerror or type(error).__name__)
        raise file.refused(problem, _("Check the rights of {file}", file=str(path))) from error
    lines = text.splitlines()
    begins = next((at for at, line in enumerate(lines) if line.strip()), 0)
    below = next((at for at in range(begins, len(lines)) if not lines[at].startswith("--")), len(lines))
    below = next((at for at in range(below, len(lines)) if lines[at].strip()), below)
    _read_header(file, lines[:below])
    file.sql, file.sql_line = "\n".join(lines[below:]).rstrip(), below + 1
    return file


def _read_header(file: OwnFile, lines: Sequence[str]) -> None:
    key = ""
    for number, line in enumerate(lines, start=1):
        if more := _MORE.fullmatch(line):
            if not key:
                raise file.refused(_("this goes on with nothing."), _said_as(), number)
            file.header[key] += f" {more['value'].strip()}"
        elif line.strip() not in ("", "--"):
            key = _read_key(file, line, number)
    missing = next((each for each in EXAMPLES if not file.header.get(each)), None)
    if missing:
        raise file.refused(_("the header does not say its {key}.", key=missing), _said_as(missing), 1)


def _read_key(file: OwnFile, line: str, number: int) -> str:
    found = _LINE.fullmatch(line.rstrip())
    if found is None:
        raise file.refused(_("this is no line of a header."), _said_as(), number)
    key = found["key"]
    if key not in KEYS:
        raise file.refused(_("a header has no {key}.", key=key), instead(key, KEYS), number)
    if key in file.header:
        raise file.refused(_("{key} stands twice.", key=key), _("Remove one of them."), number)
    file.header[key], file.lines[key] = found["value"].strip(), number
    return key


def _said_as(key: str = "id") -> Message:
    return _("Write lines like this at the top of the file: -- {key}: {example}", key=key, example=EXAMPLES[key])


def instead(name: str, known: Iterable[str]) -> Message:
    """Return what to write instead of *name*: the nearest of what is *known*, or any of it."""
    known = list(known)
    near, listed = nearest(name, known), ", ".join(known)
    if near:
        return _("Did you mean {near}? There is: {known}", near=near, known=listed)
    return _("There is: {known}", known=listed)
