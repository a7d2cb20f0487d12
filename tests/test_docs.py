"""What is promised in prose is there."""

from __future__ import annotations

import inspect
import re
import tomllib
from pathlib import Path

import pytest

from latido.cli._reference import reference_page as commands_page
from latido.config._reference import reference_page as settings_page
from latido.plugins import hookspecs
from latido.schema import ENTITIES
from latido.schema._reference import reference_page

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/README.md")])
HOOKS = [name for name, value in vars(hookspecs).items() if name.startswith("latido_") and callable(value)]


def test_the_schema_page_is_the_schema() -> None:
    """Made again with: uv run python -m latido.schema > docs/reference/schema.md."""
    assert reference_page(ENTITIES) == (ROOT / "docs" / "reference" / "schema.md").read_text()


def test_the_settings_page_is_the_settings() -> None:
    """Made again with: uv run python -m latido.config > docs/reference/settings.md."""
    assert settings_page() == (ROOT / "docs" / "reference" / "settings.md").read_text()


def test_the_commands_page_is_the_commands() -> None:
    """Made again with: uv run python -m latido.cli > docs/reference/commands.md."""
    assert commands_page() == (ROOT / "docs" / "reference" / "commands.md").read_text()


def test_pip_and_uv_install_the_same_versions() -> None:
    pinned = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["uv"]["constraint-dependencies"]

    assert pinned == (ROOT / "constraints.txt").read_text().splitlines()
    assert [] == [line for line in pinned if not re.fullmatch(r"[a-z0-9-]+==[0-9][^ ]*", line)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())

    assert [] == [target for target in targets if not (page.parent / target).exists()]


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_documented_with_its_signature(hook: str) -> None:
    page = (ROOT / "docs" / "reference" / "hooks.md").read_text()

    assert f"{hook}{inspect.signature(getattr(hookspecs, hook))}".replace("'", "") in page


def test_the_readme_commands_exist() -> None:
    offered = {path.stem for path in ROOT.glob("src/core/latido/cli/commands/*.py")}
    named = set(re.findall(r"latido ([a-z]+)", (ROOT / "README.md").read_text()))

    assert set() == named - offered


def test_the_readme_names_the_test_command_that_ci_runs() -> None:
    assert "`uv run pytest -n auto`" in (ROOT / "README.md").read_text()
    assert "\nuv run pytest -n auto\n" in (ROOT / ".ci" / "run").read_text()
