"""A new project folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from latido.config._complaints import validated
from latido.config._layers import Origin, Setting, spelling
from latido.config._project import FILE
from latido.config._references import secret_variable
from latido.config._sections import LatidoSettings
from latido.errors import ConfigurationError, UsageError
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from tomlkit.items import Table

    from latido.config._layers import Keys
    from latido.config._sections import DemoSettings
    from latido.messages import Message

_ = marker("latido")

IGNORED = (".env", ".latido/", "*.duckdb", "*.duckdb.wal")


@dataclass(frozen=True, slots=True)
class NewSource:
    """A source to be written: its settings, and its secrets, which go into `.env` where they are known."""

    name: str
    connector: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str | None] = field(default_factory=dict)

    def variable(self, key: str) -> str:
        """Return the name of the variable that holds the secret *key*."""
        return secret_variable(self.name, key)


@dataclass(frozen=True, slots=True)
class NewProject:
    """What a new latido.toml says. Comments are in *language*."""

    time_zone: str = "UTC"
    currency: str = "EUR"
    language: str = "en"
    sources: Sequence[NewSource] = ()
    demo: DemoSettings | None = None

    def check(self) -> None:
        """Raise ConfigurationError for a time zone or a currency that does not exist, and two sources of one name."""
        said = {"timezone": self.time_zone, "currency": self.currency, "language": self.language}
        written: dict[Keys, Setting] = {
            (key,): Setting(value, Origin("flag", f"--{key}")) for key, value in said.items()
        }
        validated(LatidoSettings, "latido", written)
        self._check_names()

    def _check_names(self) -> None:
        known: dict[str, NewSource] = {}
        for each in self.sources:
            if known.setdefault(spelling(each.name), each) is not each:
                raise ConfigurationError(
                    _("Two sources are called {name}.", name=each.name),
                    _("Give each a name of its own: --source one={kind} --source other={kind}", kind=each.connector),
                )

    @staticmethod
    def only_one(folder: Path) -> None:
        """Raise UsageError when there is a latido.toml already."""
        if (folder / FILE).exists():
            raise UsageError(
                _("{file} exists already.", file=str(folder / FILE)),
                _("To see what it says, run: latido check --config"),
            )

    def write(self, folder: Path) -> list[Path]:
        """Write latido.toml, `.env.example`, `.gitignore` and, with known secrets, `.env`; return what was written.

        Raises UsageError when there is a latido.toml already, ConfigurationError for what cannot be.
        """
        self.check()
        self.only_one(folder)
        folder.mkdir(parents=True, exist_ok=True)
        written = [folder / FILE, folder / ".env.example", folder / ".gitignore"]
        written[0].write_text(self._toml(), encoding="utf-8")
        written[1].write_text(_lines(f"{name}=" for name, _value in self._secrets()), encoding="utf-8")
        _add_lines(written[2], IGNORED)
        known = [f"{name}={value}" for name, value in self._secrets() if value is not None]
        return [*written, _private(folder / ".env", _lines(known))] if known else written

    def _secrets(self) -> list[tuple[str, str | None]]:
        return [(each.variable(key), value) for each in self.sources for key, value in each.secrets.items()]

    def _toml(self) -> str:
        import tomlkit

        document = tomlkit.document()
        document.add("latido", self._latido())
        if self.demo is not None:
            document.add("demo", self._demo(self.demo))
        sources = tomlkit.table(is_super_table=True)
        for each in self.sources:
            sources.add(each.name, self._source(each))
        if self.sources:
            document.add("sources", sources)
        return tomlkit.dumps(document)

    def _latido(self) -> Table:
        import tomlkit

        table = tomlkit.table()
        table.add("warehouse", "latido.duckdb")
        table.add("timezone", self._item(self.time_zone, _("Periods begin and end at midnight here.")))
        table.add("currency", self._item(self.currency, _("Figures of money are in this currency.")))
        table.add("language", self.language)
        if self.demo is not None:
            table.add("demo", self._item(True, _("Sources are sandboxes on this machine.")))
        return table

    def _demo(self, demo: DemoSettings) -> Table:
        import tomlkit

        table = tomlkit.table()
        table.add(tomlkit.comment(self._said(_("The imaginary business. The same three always make the same one."))))
        for name, value in demo.model_dump().items():
            table.add(name, value)
        return table

    def _source(self, source: NewSource) -> Table:
        import tomlkit

        table = tomlkit.table()
        table.add("connector", source.connector)
        for name, value in source.settings.items():
            table.add(name, self._item(value, None if value != "" else _("Fill this in.")))
        for name in source.secrets:
            reference = f"env:{source.variable(name)}"
            table.add(name, self._item(reference, _("Its value stands in .env or the environment.")))
        if self.demo is None:
            table.add(tomlkit.comment(f"start_date = 2023-01-01  # {self._said(_('Read nothing older.'))}"))
        return table

    def _item(self, value: Any, comment: Message | None) -> Any:
        import tomlkit

        item = tomlkit.item(value)
        return item if comment is None else item.comment(self._said(comment))

    def _said(self, message: Message) -> str:
        return message.render(self.language)


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _add_lines(file: Path, lines: Iterable[str]) -> None:
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    there = text.splitlines()
    separator = "\n" if text and not text.endswith("\n") else ""
    file.write_text(text + separator + _lines(line for line in lines if line not in there), encoding="utf-8")


def _private(file: Path, text: str) -> Path:
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")
    return file
