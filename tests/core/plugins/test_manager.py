"""Plugins of strangers, which may fail in any way."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING, Any

import pytest

from latido.plugins import hookimpl, plugin_manager
from tests.memory import MemoryConnector

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from latido.connect import Connector


@pytest.mark.parametrize(
    ("number", "source", "reason"),
    [
        (1, "raise RuntimeError('no licence')", "it cannot be loaded: RuntimeError('no licence')"),
        (2, "import sys; sys.exit(3)", "it cannot be loaded: SystemExit(3)"),
        (3, "def latido_connectors(: ...", "it cannot be loaded: SyntaxError"),
        (4, "import latido_that_nobody_installed", "it cannot be loaded: ModuleNotFoundError"),
    ],
)
def test_plugin_that_fails_at_import_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, source: str, reason: str
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / f"stranger{number}.py").write_text(source)

    plugins = plugin_manager([EntryPoint("stranger", f"stranger{number}", "latido")])

    (left_out,) = plugins.left_out
    assert ("stranger", True) == (left_out.name, str(left_out.reason).startswith(reason))
    assert [] == plugins.installed()


def test_hook_that_wants_to_end_the_program_is_named() -> None:
    class Rude:
        @hookimpl
        def latido_connectors(self) -> list[type[Connector]]:
            raise SystemExit(3)

    plugins = plugin_manager([], in_memory={"rude": Rude()})

    assert {} == plugins.connectors()
    assert ["rude"] == [each.name for each in plugins.left_out]


class Offering:
    """A plugin that offers whatever it is given."""

    def __init__(self, offered: Any) -> None:
        self.offered = offered

    @hookimpl
    def latido_connectors(self) -> Any:
        return self.offered() if self.offered is failing_later else self.offered


def failing_later() -> Iterator[type[MemoryConnector]]:
    yield MemoryConnector
    raise OSError("out of ideas")


@pytest.mark.parametrize(
    ("offered", "reason"),
    [
        (failing_later, "its hook latido_connectors fails: OSError('out of ideas')"),
        (5, "its hook latido_connectors fails: TypeError(\"'int' object is not iterable\")"),
        ([7], "it offers 7, which is no connector."),
        ([type("Other", (MemoryConnector,), {})], "its connector memory has the name of another."),
    ],
)
def test_plugin_that_offers_nonsense_is_named_once_and_the_others_go_on(offered: Any, reason: str) -> None:
    plugins = plugin_manager([], in_memory={"good": Offering([MemoryConnector]), "odd": Offering(offered)})

    for _turn in range(2):
        assert {"memory": MemoryConnector} == plugins.connectors()
    assert ["good", "odd"] == [each.name for each in plugins.installed()]
    assert [("odd", reason)] == [(each.name, str(each.reason)) for each in plugins.left_out]
