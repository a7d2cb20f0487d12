"""What the pages for authors say of hooks, streams and requests is there, and runs."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import pytest

from latido import connect, errors
from latido.connect import Connector, Http, Page, Runtime, Stream
from latido.metrics import PluginKpis
from latido.plugins import plugin_manager

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"
STREAMS = (REFERENCE / "streams.md").read_text(encoding="utf-8")
HOOKS = (REFERENCE / "hooks.md").read_text(encoding="utf-8")
PYTHON = re.compile(r"^( *)```python\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`([^`]+)`")


def blocks(text: str) -> list[str]:
    """Return the Python that a page shows."""
    return [dedent(found[2]) for found in PYTHON.finditer(text)]


def public(thing: type) -> set[str]:
    """Return what may be used or overridden of *thing*."""
    declared = {name for base in thing.__mro__ if base is not object for name in inspect.get_annotations(base)}
    return {name for name in {*vars(thing), *declared} if not name.startswith("_")}


def named(text: str) -> set[str]:
    """Return the words that a page writes as code, in its sentences and tables."""
    prose = FENCED.sub("", text)
    return {word for code in CODE.findall(prose) for word in re.findall(r"\w+", code)}


@pytest.mark.parametrize(
    ("thing", "known"),
    [
        (Stream, public(Stream) - {"connector"}),
        (Connector, public(Connector) - {"settings", "runtime"}),
        (Page, {each.name for each in fields(Page)}),
        (Runtime, {each.name for each in fields(Runtime)}),
        (Http.get, inspect.signature(Http.get).parameters.keys() - {"self", "accepts"}),
        (Http, inspect.signature(Http).parameters.keys() - {"headers", "retry", "timeouts"}),
    ],
    ids=["Stream", "Connector", "Page", "Runtime", "Http.get", "Http"],
)
def test_what_a_connector_is_made_of_is_on_the_page(thing: object, known: set[str]) -> None:
    del thing

    assert set() == known - named(STREAMS)


def test_what_the_page_imports_is_public() -> None:
    imported = {
        name for each in blocks(STREAMS + HOOKS) for name in re.findall(r"from latido\.connect import (.*)", each)
    }
    names = {name.strip() for line in imported for name in line.split(",")}

    assert set() == names - set(connect.__all__)


def test_errors_on_the_page_end_with_the_codes_that_it_says() -> None:
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| .* \| (\d)[^|]* \|$", STREAMS, re.MULTILINE)
    codes = {name: int(code) for names, code in rows for name in CODE.findall(names)}

    assert {"Refused", "NotOffered", "CredentialError", "ConfigurationError", "RateLimited"} <= codes.keys()
    for name, code in codes.items():
        assert code == (getattr(errors, name, None) or getattr(connect, name)).exit_code, name


@pytest.mark.parametrize("block", blocks(STREAMS) + blocks(HOOKS), ids=lambda block: block.splitlines()[0])
def test_python_on_the_pages_is_python(block: str) -> None:
    compile(block, "page", "exec")


@pytest.mark.parametrize(
    "block", [each for each in blocks(STREAMS) + blocks(HOOKS) if "import" in each.splitlines()[0]], ids=ascii
)
def test_modules_on_the_pages_run(block: str) -> None:
    module = ModuleType("page")

    exec(block, vars(module))  # noqa: S102 - what the page shows


@pytest.mark.parametrize("block", [each for each in blocks(HOOKS) if "\n@hookimpl\n" in each], ids=ascii)
def test_plugins_on_the_page_are_plugins(block: str) -> None:
    module = ModuleType("page")
    exec(block, vars(module))  # noqa: S102 - what the page shows

    plugins = plugin_manager([], in_memory={"page": module})

    plugins.kpis(PluginKpis().fitting)
    assert [] == plugins.left_out
    assert ["page"] == [each.name for each in plugins.installed()]
