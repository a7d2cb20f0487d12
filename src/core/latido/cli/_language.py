"""Which language to speak before, and even if never, a project is loaded."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

LANGUAGES = ("en", "es")
VARIABLES = ("LATIDO__LATIDO__LANGUAGE", "LATIDO__LANGUAGE")
LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")


def glimpsed(arguments: Sequence[str], option: str) -> str | None:
    """Return the last value of *option* among *arguments* that nobody has parsed yet."""
    found = None
    for position, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument.startswith(option + "="):
            found = argument.partition("=")[2]
        elif argument == option and position + 1 < len(arguments):
            found = arguments[position + 1]
    return found


def language(asked: str | None, environ: Mapping[str, str], folder: Path) -> str:
    """Return the language that is *asked* for, else the environment's, the project's, the locale's, else English."""
    wanted = [asked, *(environ.get(name) for name in VARIABLES), _of_project(folder)]
    locale = next((environ[name] for name in LOCALE if environ.get(name)), "")
    return next((found for found in (*wanted, locale[:2].lower()) if found in LANGUAGES), "en")


def _of_project(folder: Path) -> str | None:
    """Return what latido.toml says, as far as it can be read: its mistakes are told elsewhere."""
    try:
        found = tomllib.loads((folder / "latido.toml").read_text(encoding="utf-8"))["latido"]["language"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, str) else None
