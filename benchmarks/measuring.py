"""Running a program as a user would, and what it cost: seconds, CPU seconds and peak memory of the whole process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

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


@dataclass(frozen=True, slots=True)
class Project:
    """A project with one source, `vendor`, that reads from the sandbox at *url*."""

    folder: Path
    url: str
    source: str
    secrets: Mapping[str, str]

    def sync(self, *options: str) -> Cost:
        """Return what `latido sync` costs."""
        (self.folder / "latido.toml").write_text(f'{HEAD}{self.source}base_url = "{self.url}"\n')
        return cost([LATIDO, "--project", str(self.folder), "sync", *options], self.secrets)

    def again(self, situation: str) -> None:
        """Sync once more, and print what that cost and which requests it took."""
        before = requests(self.url)
        spent = self.sync()
        asked = {route: n - before.get(route, 0) for route, n in requests(self.url).items() if n != before.get(route)}
        print(f"{situation:16}{spent}; requests: {asked}")


HEAD = """
[latido]
warehouse = "latido.duckdb"
timezone = "UTC"
currency = "EUR"

[sources.vendor]
"""


def requests(url: str) -> dict[str, int]:
    """Return how often each route was asked for."""
    found: dict[str, int] = httpx.get(f"{url}/_sandbox/stats").json()["requests"]
    return found


def switch(url: str, **pathologies: Any) -> None:
    """Let the sandbox behave otherwise from now on."""
    httpx.post(f"{url}/_sandbox/pathologies", json=pathologies).raise_for_status()


def deed(url: str, what: str, **how: Any) -> None:
    """Have something done to the records at the vendor."""
    httpx.post(f"{url}/_sandbox/do", json={"what": what, **how}, timeout=600).raise_for_status()


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
