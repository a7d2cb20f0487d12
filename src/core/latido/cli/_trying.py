"""Putting a plugin that may not be installed to the test."""

from __future__ import annotations

import re
import sys
import tempfile
from dataclasses import dataclass, field
from importlib import invalidate_caches, metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from latido.errors import ConfigurationError, UsageError
from latido.messages import marker
from latido.suggest import nearest

if TYPE_CHECKING:
    import os
    from collections.abc import Collection, Mapping

    import pytest

    from latido.connect import Connector

_ = marker("latido")

PROJECT = "pyproject.toml"
GROUP = "latido"
MODULE = """\
from latido.testing import connector_tests
from {module} import {name}

Test{name} = connector_tests({name}, own={own!r})
"""
INTERRUPTED, MISUSED = 2, 4
"""Exit codes of pytest."""

PLACE = re.compile(r"\bpromised_\d+")
"""What the suite calls a source: each promise is tried on one of its own."""

ALL = "all"
"""What the suite calls a promise that is about a connector as a whole."""

Outcome = Literal["kept", "broken", "declared"]


class Project(metadata.Distribution):
    """A plugin in a folder, by what its pyproject.toml says: what would be installed of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told = _told(folder / PROJECT)

    def read_text(self, filename: str) -> str | None:
        if filename == "entry_points.txt":
            plugins = self.told.get("entry-points", {}).get(GROUP, {})
            return "\n".join([f"[{GROUP}]", *(f"{name} = {module}" for name, module in plugins.items())])
        if filename == "METADATA":
            known = {"Metadata-Version": "2.4", "Name": self.told.get("name"), "Version": self.told.get("version", "0")}
            needed = [("Requires-Dist", each) for each in self.told.get("dependencies", [])]
            return "\n".join(f"{key}: {value}" for key, value in [*known.items(), *needed])
        return None

    def locate_file(self, path: str | os.PathLike[str]) -> Path:
        return self.folder / path

    def connectors(self) -> list[type[Connector]]:
        """Import the project and return the connectors that it offers; raises ConfigurationError for what is wrong."""
        from latido.plugins import plugin_manager

        if not self.entry_points:
            raise ConfigurationError(
                _("{file} names no plugin.", file=str(self.folder / PROJECT)),
                _('Add an entry point: [project.entry-points.latido] acme = "latido_acme"'),
            )
        sys.path[:0] = [str(self.folder), str(self.folder / "src")]
        invalidate_caches()
        plugins = plugin_manager(list(self.entry_points))
        found = [*plugins.connectors().values()]
        for each in plugins.left_out:
            raise ConfigurationError(
                _("Plugin {name} cannot be used: {reason}", name=each.name, reason=each.reason),
                _("Correct it, then run: latido plugins test {folder}", folder=str(self.folder)),
            )
        if not found:
            raise UsageError(_("{name} offers no connector: there is nothing to try.", name=str(self.name)))
        return found


def _told(file: Path) -> Mapping[str, Any]:
    """Return what *file* says of its project."""
    import tomllib

    if not file.is_file():
        raise UsageError(
            _("There is no {file} in {folder}.", file=file.name, folder=str(file.parent)),
            _("Name the folder of a plugin, or write a new one: latido plugins new NAME"),
        )
    try:
        told: Mapping[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))["project"]
    except (ValueError, KeyError) as error:
        problem = "[project]" if isinstance(error, KeyError) else str(error)
        raise ConfigurationError(
            _("{file} cannot be understood: {problem}", file=str(file), problem=problem)
        ) from error
    return told


@dataclass(frozen=True, slots=True)
class Ended:
    """How one promise ended for one stream, or for a connector as a whole."""

    promise: str
    stream: str
    outcome: Outcome
    reason: str = ""


@dataclass
class Ledger:
    """Writes down how each promise ended, as pytest tells it; of some *wanted* streams only, if there are any."""

    connector: str
    wanted: Collection[str] = ()
    ended: list[Ended] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    _keys: dict[str, tuple[str, str]] = field(default_factory=dict)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        from latido.testing import promises

        keys = {sentence: key for key, sentence in promises().items()}
        for item in items:
            stream = item.name.partition("[")[2].rstrip("]")
            sentence = getattr(getattr(item, "function", None), "__doc__", None) or ""
            self._keys[item.nodeid] = (keys[sentence], stream) if sentence in keys else (stream, "")
        if self.wanted:
            items[:] = [item for item in items if self._keys[item.nodeid][1] in self.wanted]

    @property
    def streams(self) -> set[str]:
        """The streams that there is a promise about."""
        return {stream for _, stream in self._keys.values()} - {"", ALL}

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.failures.append(self._said(report))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        promise, stream = self._keys[report.nodeid]
        if report.failed:
            self.ended.append(Ended(promise, stream, "broken", self._said(report).removeprefix(f"{stream}: ")))
        elif hasattr(report, "wasxfail"):
            self.ended.append(Ended(promise, stream, "declared", str(report.wasxfail).removeprefix("reason: ")))
        elif report.when == "call" and stream:
            self.ended.append(Ended(promise, stream, "kept"))

    def _said(self, report: pytest.CollectReport | pytest.TestReport) -> str:
        """Return what went wrong, in one line: the exception that nobody expected, else what a test says itself."""
        from latido.connect import redacted

        lines = report.longreprtext.strip().splitlines() or ["?"]
        found = next((line[1:].strip() for line in lines if line.startswith("E ")), lines[0])
        return redacted(PLACE.sub(self.connector, found))


def check_equipped() -> None:
    """Raise ConfigurationError unless there is what the suite is run by."""
    if find_spec("pytest") is None:
        raise ConfigurationError(
            _("To try a connector takes pytest, which is not installed."),
            _('Install it: pip install "latido[testing]"'),
        )


def tried(connector: type[Connector], streams: Collection[str] = ()) -> list[Ended]:
    """Return how each promise ended that *connector* makes, of all its streams or of some.

    Raises ConfigurationError where it cannot be tried, UsageError for a stream that it does not have.
    """
    ledger = Ledger(connector.name, streams)
    with tempfile.TemporaryDirectory(prefix="promises-") as folder:
        code = _run(connector, Path(folder), ledger)
    if ledger.failures:
        raise ConfigurationError(_("{name} cannot be tried: {reason}", name=connector.name, reason=ledger.failures[0]))
    if code == INTERRUPTED:
        raise KeyboardInterrupt
    if code == MISUSED:
        raise ConfigurationError(
            _("pytest cannot be run: see above."), _("Look what PYTEST_ADDOPTS and its plugins ask for.")
        )
    for stream in sorted(set(streams) - ledger.streams):
        raise _no_stream(connector.name, stream, ledger.streams)
    return ledger.ended


def _no_stream(connector: str, name: str, known: Collection[str]) -> UsageError:
    near = nearest(name, known)
    return UsageError(
        _("{connector} has no stream {name}. Did you mean {near}?", connector=connector, name=name, near=near)
        if near
        else _("{connector} has no stream {name}.", connector=connector, name=name),
        _("It has: {known}", known=", ".join(sorted(known))),
    )


def _run(connector: type[Connector], folder: Path, ledger: Ledger) -> int:
    """Let pytest run the suite and return its exit code."""
    import pytest

    from latido.testing import promises

    own = sorted(connector.undeliverable.keys() - promises().keys())
    module = folder / f"test_promises_of_{connector.__name__}.py"
    module.write_text(MODULE.format(module=connector.__module__, name=connector.__name__, own=own), encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    alone = ["-c", str(folder / "pytest.ini"), "--rootdir", str(folder), "--import-mode", "importlib"]
    quietly = ["-p", "no:cacheprovider", "-p", "no:terminal"]
    return pytest.main([str(module), *alone, *quietly], plugins=[ledger])
