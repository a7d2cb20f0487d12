"""The command line. It is imported late, piece by piece: `latido --version` loads nothing but this file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `latido` with *arguments*, those of this process by default, and return its exit code."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if arguments == ["--version"]:
        print_version()
        return 0
    from latido.cli._run import run

    return run(arguments)


def print_version() -> None:
    """Print the version of the core."""
    from importlib import metadata

    sys.stdout.write(f"latido {metadata.version('latido')}\n")
