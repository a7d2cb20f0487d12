"""From the template of a plugin to a plugin of one's own."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass
from importlib import metadata, resources
from typing import TYPE_CHECKING

from latido.errors import UsageError
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path

_ = marker("latido")

FOLDER = "plugin-template"
LEFT_BEHIND = {"__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".venv", "build", "dist"}
ONLY_THERE = "# only here"
"""How a line ends that no copy of the template has."""

PREFIX = "latido-"
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST = 24
"""Characters of a name: with more, lines that hold it would have to be broken."""


@dataclass(frozen=True, slots=True)
class Name:
    """A connector's name, and how the files of its plugin write it."""

    name: str

    @property
    def distribution(self) -> str:
        return f"{PREFIX}{self.name}"

    @property
    def package(self) -> str:
        return self.distribution.replace("-", "_")

    @property
    def title(self) -> str:
        return " ".join(part.capitalize() for part in self.name.split("-"))

    @property
    def class_name(self) -> str:
        return self.title.replace(" ", "")

    def written(self, file: str, text: str) -> str:
        """Return *text*, of a *file* of the template, with this name in place of the template's."""
        prose = self.class_name if file.endswith(".py") else self.title
        words = {
            "latido_template": self.package,
            "latido-template": self.distribution,
            "TEMPLATE": self.name.replace("-", "_").upper(),
            '"Template"': f'"{self.title}"',
            "Template": prose,
            "template": self.name,
        }
        return re.sub("|".join(words), lambda found: words[found[0]], text)


def checked(name: str, taken: Container[str]) -> Name:
    """Return the *name* of a new connector; raises UsageError for one that cannot be used, or that is *taken*."""
    plain = name.removeprefix(PREFIX)
    if not NAME.fullmatch(plain) or len(plain) > LONGEST:
        raise _unusable(name)
    if plain in taken:
        raise UsageError(
            _("There is a connector {name} already.", name=plain), _("See what is installed: latido plugins")
        )
    found = Name(plain)
    if keyword.iskeyword(found.class_name) or _is_used(found.class_name):
        raise UsageError(
            _("{name} means something else in a connector's code.", name=found.class_name),
            _("Choose another: latido plugins new {name}-crm", name=plain),
        )
    return found


def _unusable(name: str) -> UsageError:
    letters = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-0123456789")[:LONGEST].strip("-")
    return UsageError(
        _(
            "{name} cannot be a connector's name: small letters, digits and single hyphens, 24 at most.",
            name=repr(name),
        ),
        _("Try: latido plugins new {name}", name=letters or "acme"),
    )


def _is_used(word: str) -> bool:
    """Whether the template's modules say *word* themselves."""
    return any(re.search(rf"\b{word}\b", text) for file, text in _texts() if file.endswith(".py"))


def scaffold(name: Name, folder: Path) -> list[str]:
    """Write a plugin *name* into *folder* and return its files; raises UsageError where it cannot be."""
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise UsageError(
            _("{folder} is there already, and not empty.", folder=str(folder)),
            _("Choose another: latido plugins new {name} --folder DIR", name=name.name),
        )
    try:
        return sorted(_written(name, folder))
    except OSError as error:
        raise UsageError(
            _("{folder} cannot be written: {problem}", folder=str(folder), problem=error.strerror or str(error)),
            _("Choose another: latido plugins new {name} --folder DIR", name=name.name),
        ) from error


def _written(name: Name, folder: Path) -> Iterator[str]:
    for file, text in _texts():
        target = folder / name.written("", file)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_own(name, file, text), encoding="utf-8")
        yield str(target.relative_to(folder))


def _own(name: Name, file: str, text: str) -> str:
    """Return what *file* says in a project that lives alone."""
    kept = "".join(line for line in text.splitlines(keepends=True) if not line.rstrip().endswith(ONLY_THERE))
    major, minor, *_rest = metadata.version("latido").split(".")
    needed = f'dependencies = ["latido>={major}.{minor}"]'
    return name.written(file, kept).replace('dependencies = ["latido"]', needed)


def _texts() -> Iterator[tuple[str, str]]:
    """Yield the files of the template: where each is, and what it says."""
    yield from _below(resources.files("latido.cli") / FOLDER, "")


def _below(folder: Traversable, path: str) -> Iterator[tuple[str, str]]:
    for each in sorted(folder.iterdir(), key=lambda each: each.name):
        if each.is_dir() and each.name not in LEFT_BEHIND and not each.name.endswith(".egg-info"):
            yield from _below(each, f"{path}{each.name}/")
        elif each.is_file():
            yield f"{path}{each.name}", each.read_text(encoding="utf-8")
