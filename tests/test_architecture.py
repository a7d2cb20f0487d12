"""The house keeps its shape: data walks through the rooms in one direction."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORE = ROOT / "src" / "core" / "latido"
MEMBERS = sorted(path.parent for path in (*ROOT.glob("src/**/pyproject.toml"), *ROOT.glob("plugins/*/pyproject.toml")))
FOUNDATIONS = ("errors", "messages", "suggest")
ROOMS = ("schema", "connect", "plugins", "config", "warehouse", "sync", "identity", "metrics", "report", "alerts")
EDGES = ("web", "cli")
MODULES = sorted(CORE.rglob("*.py"))
THIRD_PARTY_CODE = sorted(
    path for member in MEMBERS if member != ROOT / "src" / "core" for path in member.rglob("*.py")
)


def imported(path: Path) -> set[str]:
    """Return the modules that *path* imports when it runs; what only type checkers see is free."""
    tree = ast.parse(path.read_text())
    hidden = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for inner in ast.walk(node)
    }
    names: set[str] = set()
    for node in ast.walk(tree):
        if node in hidden:
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def room(module: str) -> str:
    """Return the room of a module `latido.<room>…`; the package itself for `latido`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def allowed(here: str) -> set[str]:
    """Return the rooms that *here* may import."""
    if here in FOUNDATIONS:
        return set(FOUNDATIONS)
    if here in ROOMS:
        return {*FOUNDATIONS, *ROOMS[: ROOMS.index(here) + 1]}
    if here == "testing":
        return {*FOUNDATIONS, *ROOMS, "testing"}
    return {*FOUNDATIONS, *ROOMS, "testing", here} if here == "cli" else {*FOUNDATIONS, *ROOMS, here}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(CORE)))
def test_a_room_imports_only_rooms_before_it(path: Path) -> None:
    here = path.relative_to(CORE).parts[0].removesuffix(".py")
    if here in {"__init__", "__main__"}:
        return

    others = {room(name) for name in imported(path) if name.split(".")[0] == "latido"} - {"", "hookimpl", "__version__"}

    assert set() == others - allowed(here)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(CORE)))
def test_a_room_is_entered_by_its_door(path: Path) -> None:
    """What a room does not export is its own business."""
    here = path.relative_to(CORE).parts[0].removesuffix(".py")

    private = {
        name
        for name in imported(path)
        if name.startswith("latido.")
        and room(name) != here
        and any(part.startswith("_") and not part.startswith("__") for part in name.split(".")[2:-1])
    }

    assert set() == private


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(CORE)))
def test_core_names_no_vendor(path: Path) -> None:
    """Core is written as if no connector existed."""
    assert set() == {name for name in imported(path) if name.startswith("latido_")}
    assert [] == re.findall(r"zendesk|hubspot|salesforce|bitrix", _code_of(path), re.IGNORECASE)


@pytest.mark.parametrize("path", THIRD_PARTY_CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_connectors_use_only_public_doors(path: Path) -> None:
    """First-party connectors are written as a stranger's would be."""
    (member,) = {each for each in MEMBERS if path.is_relative_to(each)}
    mine = {each.name for each in member.iterdir()}
    foreign = {name for name in imported(path) if name.startswith("latido") and name.split(".")[0] not in mine}

    assert set() == {name for name in foreign if any(part.startswith("_") for part in name.split("."))}
    assert {room(name) for name in foreign} <= {
        "schema",
        "connect",
        "plugins",
        "errors",
        "messages",
        "suggest",
        "testing",
        "hookimpl",
    }


def test_every_room_of_core_is_known() -> None:
    found = {path.name for path in CORE.iterdir() if path.is_dir() and (path / "__init__.py").exists()}

    assert set() == found - {*ROOMS, *EDGES, "testing"}


def _code_of(path: Path) -> str:
    """Return the code without its docstrings and comments, where an example may name a vendor."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
            node
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)
