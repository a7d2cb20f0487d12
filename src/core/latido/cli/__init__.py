"""The command line. It is imported late, piece by piece: `latido --version` loads nothing but this file."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from latido.plugins import Plugins

_SELDOM = 20_000
"""After how many new objects Python looks for cycles. Its own way is some 5% of what a short command takes."""


def main(
    arguments: Sequence[str] | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    installed: Callable[[], Plugins] | None = None,
) -> int:
    """Run `latido` and return its exit code. Arguments, environment and plugins are this process's by default."""
    if arguments is None:
        gc.set_threshold(_SELDOM)  # this process is ours alone
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if arguments == ["--version"]:
        print_version()
        return 0
    from latido.cli._run import run

    return run(arguments, environ, installed)


def print_version() -> None:
    """Print the version of the core."""
    from importlib import metadata

    sys.stdout.write(f"latido {metadata.version('latido')}\n")
