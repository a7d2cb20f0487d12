"""The tutorial is done, step by step, as it stands on its page."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.distributions import described

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "tutorial" / "first-connector.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FAILS = re.compile(r"\s+# ends with (\d+)$")
LATIDO = """
import sys
from pathlib import Path
from latido.cli import main
from latido.plugins import plugin_manager
from tests.distributions import plugins_in

site, *arguments = sys.argv[1:]
sys.exit(main(arguments, installed=lambda: plugin_manager(plugins_in(Path(site)))))
"""
"""`latido` in an environment that has core and what was installed into a folder, and nothing else."""


@dataclass
class Reader:
    """Somebody who does what the page says."""

    folder: Path
    site: Path
    path: list[Path] = field(default_factory=lambda: [ROOT])
    said: str = ""

    def follow(self, kind: str, text: str) -> None:
        match kind:
            case "sh":
                self.said = "".join(self.command(line) for line in text.splitlines())
            case "diff":
                self.edit(text)
            case "text":
                assert [] == [line for line in text.splitlines() if line not in self.said], self.said
            case "python" if text.startswith("# latido_"):
                file, _line, excerpt = text.partition("\n")
                assert excerpt in (self.folder / file.removeprefix("# ")).read_text(encoding="utf-8")

    def command(self, line: str) -> str:
        """Do what a line of the shell says, and return what came of it."""
        expected = FAILS.search(line)
        match shlex.split(line, comments=True):
            case ["cd", folder]:
                self.folder /= folder
                return ""
            case ["pip", "install", *asked]:
                return self.install(asked)
            case ["latido", *arguments]:
                return self.run(["-c", LATIDO, str(self.site), *arguments], int(expected[1]) if expected else 0)
            case [tool, *arguments]:
                return self.run(["-m", tool, *arguments], 0)
        raise AssertionError(line)

    def install(self, asked: list[str]) -> str:
        """Do what an installer does for a project under work: its folder is looked through, its metadata are known.

        All that it needs is here already; nothing is fetched.
        """
        if asked != ["latido[testing]"]:
            assert ["-e", ".[dev]"] == asked
            told = tomllib.loads((self.folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
            entry_points = [f"{name} = {module}" for name, module in told["entry-points"]["latido"].items()]
            described(self.site, told["name"], entry_points, told["version"], told["dependencies"])
            self.path.append(self.folder)
        return ""

    def run(self, arguments: list[str], code: int) -> str:
        environ = {**os.environ, **self.environ}
        done = subprocess.run(
            [sys.executable, *arguments], cwd=self.folder, env=environ, capture_output=True, text=True, check=False
        )
        assert code == done.returncode, f"{arguments}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    @property
    def environ(self) -> dict[str, str]:
        """What is particular to this reader: modules are found where they were installed."""
        path = os.pathsep.join(map(str, self.path))
        return {"PYTHONPATH": path, "HOME": str(self.site), "MYPY_CACHE_DIR": str(ROOT / ".mypy_cache" / "tutorial")}

    def edit(self, text: str) -> None:
        """Change a file as a diff says, whose lines are found in it once."""
        first, *lines = text.splitlines()
        file = self.folder / first.removeprefix("--- ")
        before = "".join(f"{line[1:]}\n" for line in lines if line[0] in "- ")
        after = "".join(f"{line[1:]}\n" for line in lines if line[0] in "+ ")
        found = file.read_text(encoding="utf-8")
        assert 1 == found.count(before), text
        file.write_text(found.replace(before, after), encoding="utf-8")


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    (tmp_path / "desk").mkdir()
    (tmp_path / "site").mkdir()
    return Reader(tmp_path / "desk", tmp_path / "site")


def test_whoever_does_what_the_tutorial_says_has_a_connector(reader: Reader) -> None:
    for kind, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        reader.follow(kind, text)

    assert reader.folder.name == "latido-acme"
    assert "class Companies(AcmeStream):" in (reader.folder / "latido_acme" / "streams.py").read_text(encoding="utf-8")
