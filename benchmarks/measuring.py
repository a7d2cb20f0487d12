"""Running a program as a user would, and what it cost: seconds, CPU seconds and peak memory of the whole process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PYTHON = sys.executable
LATIDO = str(Path(sys.executable).with_name("latido"))

COMPILED = {"PYTHONDONTWRITEBYTECODE": ""}
"""Modules are compiled once, as in any installation."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process took."""

    seconds: float
    cpu_seconds: float
    peak_megabytes: float
    output: str

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s, {self.cpu_seconds:.2f} s CPU, {self.peak_megabytes:.0f} MB"


def cost(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Cost:
    """Run *command* to its end; a failure ends the benchmark with what it printed."""
    began = time.perf_counter()
    variables = {**os.environ, **COMPILED, **(environment or {})}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=variables)
    assert process.stdout is not None
    output = process.stdout.read()
    _pid, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed with {process.returncode}:\n{output}")
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output)


@contextmanager
def sandbox(module: str, *arguments: str) -> Iterator[str]:
    """Serve a connector's sandbox in a process of its own; yields its address."""
    process = subprocess.Popen([PYTHON, "-m", module, *arguments], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()
