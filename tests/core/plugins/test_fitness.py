"""Plugins that do not fit this Latido are left out with a sentence, and the others go on."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING

import pytest

from latido.plugins import hookimpl, plugin_manager
from tests.distributions import described, plugins_in
from tests.memory import MemoryConnector

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from latido.connect import Connector
    from latido.plugins import Plugins

CORE = metadata.version("latido")

OFFER = """
from latido import hookimpl
from tests.memory import MemoryConnector

class Own(MemoryConnector):
    name = __name__

@hookimpl
def latido_connectors():
    return [Own]
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that is looked through for modules and distributions."""
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def install(site: Path, name: str, code: str = OFFER, requires: Sequence[str] = ("latido",)) -> None:
    """Install the plugin *name*: a module of *code*."""
    module = f"latido_{name}"
    (site / f"{module}.py").write_text(code)
    described(site, f"latido-{name}", [f"{name} = {module}"], requires=requires)


def reasons(plugins: Plugins) -> list[tuple[str, str]]:
    return [(each.name, str(each.reason)) for each in plugins.left_out]


# --- another core


@pytest.mark.parametrize(
    ("number", "needed"),
    [(1, "latido>=99"), (2, "latido (<0.1)"), (3, "latido[testing] ~=99.1 ; python_version > '3'")],
)
def test_a_plugin_that_needs_another_core_is_left_out_with_both_versions(site: Path, number: int, needed: str) -> None:
    install(site, f"newer{number}", "raise RuntimeError('not even imported')", ["httpx", needed])
    install(site, f"sound{number}")

    plugins = plugin_manager(plugins_in(site))

    ((name, reason),) = reasons(plugins)
    assert f"newer{number}" == name
    assert reason.startswith("it needs latido ")
    assert reason.endswith(
        f", and latido {CORE} is installed. Bring them together: pip install --upgrade latido latido-newer{number}"
    )
    assert any(version in reason for version in (">=99", "<0.1", "~=99.1"))
    assert [f"latido_sound{number}"] == list(plugins.connectors())


@pytest.mark.parametrize(
    ("number", "needed"),
    [
        (1, f"latido=={CORE}"),
        (2, "latido>=0.0.1,<99"),
        (3, "latido[testing]>=99; extra == 'dev'"),
        (4, "latido>=99; os_name == 'amiga'"),
        (5, "latido-of-somebody-else>=99"),
        (6, "latido >= what?"),
        (7, "latido @ https://example.com/latido.whl"),
    ],
)
def test_a_plugin_that_this_core_satisfies_is_used(site: Path, number: int, needed: str) -> None:
    install(site, f"fitting{number}", requires=[needed])

    plugins = plugin_manager(plugins_in(site))

    assert [] == reasons(plugins)
    assert [f"latido_fitting{number}"] == list(plugins.connectors())


def test_what_was_left_out_keeps_its_version(site: Path) -> None:
    install(site, "broken", "raise RuntimeError")

    (left_out,) = plugin_manager(plugins_in(site)).left_out

    assert ("broken", "latido-broken", "1.0") == (left_out.name, left_out.distribution, left_out.version)


# --- hooks


class AsksForTooMuch:
    @hookimpl
    def latido_commands(self, app: object, console: object, args: object) -> None: ...


class AsksForNothing:
    @hookimpl
    def latido_commands(self) -> None: ...


class AsksWhereNothingIsGiven:
    @hookimpl
    def latido_connectors(self, config: object) -> list[type[Connector]]:
        del config
        return []


class Misspelt:
    @hookimpl
    def latido_conectors(self) -> list[type[Connector]]:
        return []


class FromElsewhere:
    @hookimpl
    def paint_it_black(self) -> None: ...


class NoPlugin:
    pass


@pytest.mark.parametrize(
    ("plugin", "reason"),
    [
        (AsksForTooMuch(), "its hook latido_commands asks for args, console, and is given app."),
        (AsksForNothing(), "its hook latido_commands takes nothing of what it is given (app): it could do nothing."),
        (AsksWhereNothingIsGiven(), "its hook latido_connectors asks for config, and is given nothing."),
        (Misspelt(), "Latido has no hook latido_conectors. Did you mean latido_connectors?"),
        (
            FromElsewhere(),
            "Latido has no hook paint_it_black. There are: latido_connectors, latido_kpis, latido_commands",
        ),
        (NoPlugin(), "it implements no hook. Mark its functions with latido.hookimpl."),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_plugin_whose_hooks_are_not_ours_is_left_out(plugin: object, reason: str) -> None:
    plugins = plugin_manager([], in_memory={"odd": plugin, "sound": Sound()})

    assert [("odd", reason)] == reasons(plugins)
    assert ["sound"] == [each.name for each in plugins.installed()]


class Sound:
    @hookimpl
    def latido_connectors(self) -> list[type[Connector]]:
        return [MemoryConnector]


def test_an_optional_hook_of_a_later_latido_may_be_implemented_in_advance() -> None:
    class Forward(Sound):
        @hookimpl(optionalhook=True)
        def latido_dashboards(self) -> None: ...

    assert [] == plugin_manager([], in_memory={"forward": Forward()}).left_out


def test_of_two_plugins_with_one_name_the_first_is_used(site: Path) -> None:
    install(site, "first")
    described(site, "latido-second", ["first = latido_first"])

    plugins = plugin_manager(sorted(plugins_in(site), key=lambda each: each.dist.name if each.dist else ""))

    assert [("first", "the name first is taken by latido-first.")] == reasons(plugins)


def test_a_plugin_that_is_offered_under_two_names_is_used_once(site: Path) -> None:
    install(site, "twin")
    described(site, "latido-shadow", ["shadow = latido_twin"])

    plugins = plugin_manager(sorted(plugins_in(site), key=lambda each: each.name, reverse=True))

    assert [("shadow", "it is the same as the plugin twin.")] == reasons(plugins)


def test_an_object_that_cannot_be_kept_is_no_plugin(site: Path) -> None:
    install(site, "loose", f"{OFFER}\nclass Loose:\n    __hash__ = None\n    latido_connectors = latido_connectors\n")
    described(site, "latido-odd", ["odd = latido_loose:Loose.__call__", "unhashed = latido_loose:LOOSE"])
    (site / "latido_loose.py").write_text((site / "latido_loose.py").read_text() + "LOOSE = Loose()\n")

    said = dict(reasons(plugin_manager(plugins_in(site))))

    assert "it cannot be loaded: TypeError(\"unhashable type: 'Loose'\")" == said["unhashed"]
    assert "it implements no hook. Mark its functions with latido.hookimpl." == said["odd"]


# --- what its exceptions say


def test_an_exception_is_one_short_line_without_secrets(site: Path) -> None:
    token = "3f9a8b7c6d5e4f3a2b1c"
    install(site, "talkative", f"raise RuntimeError('''401 for\n  api_key={token}\n{'and so on ' * 100}''')")

    ((_name, reason),) = reasons(plugin_manager(plugins_in(site)))

    assert token not in reason
    assert "api_key=***" in reason
    assert "\n" not in reason
    assert 300 > len(reason)
