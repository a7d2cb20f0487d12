"""What every page in docs/vendors promises, held against the connector that it describes.

Run this module to make the tables of fields in the pages again.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import latido_bitrix24.connector as bitrix24
import latido_google_analytics.connector as google_analytics
import latido_hubspot.connector as hubspot
import latido_salesforce.connector as salesforce
import latido_zendesk.connector as zendesk
from latido.connect import HttpSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latido.connect import Connector, Stream

FOLDER = Path(__file__).parents[2] / "docs" / "vendors"
TESTS = Path(__file__).parents[1]
ROOMS = ("connectors", "plugins")
"""Where in tests/ the tests of a connector may lie, in a folder of its name."""

TABLES = re.compile(r"(?<=<!-- fields -->\n).*?(?=<!-- /fields -->)", re.DOTALL)
PROMISES = "test_promises.py"
TRAP = re.compile(r"`(test_\w+\.py)::(test_\w+)`")


@dataclass(frozen=True)
class VendorPage:
    """The page of *connector*, which offers *streams*; its tests lie in tests/connectors/ or in tests/plugins/."""

    connector: type[Connector]
    streams: Sequence[type[Stream]]

    def __str__(self) -> str:
        return self.connector.name

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.connector.name}.md"

    @cached_property
    def text(self) -> str:
        return self.path.read_text()

    @property
    def traps(self) -> list[tuple[str, str]]:
        """The tests that the page names, each with its file."""
        return TRAP.findall(self.text)

    @property
    def tests(self) -> Path:
        """The folder of its tests: the name of a module has no hyphen."""
        name = self.connector.name.replace("-", "_")
        return next(TESTS / room / name for room in ROOMS if (TESTS / room / name).is_dir())

    def has(self, file: str, test: str) -> bool:
        """Whether there is that test: written in the file, or one of the promises that every connector keeps."""
        if file == PROMISES:
            room, name = self.tests.parts[-2:]
            module = import_module(f"tests.{room}.{name}.{file.removesuffix('.py')}")
            return any(hasattr(each, test) for each in vars(module).values() if isinstance(each, type))
        tree = ast.parse((self.tests / file).read_text())
        return test in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}

    def with_its_tables(self) -> str:
        """Return the page with a table per stream and entity: which column comes from which of the vendor's fields."""
        tables = "\n".join(self._tables()) + "\n"
        return TABLES.sub(lambda _found: tables, self.text)

    def write(self) -> None:
        """Make the tables again."""
        self.path.write_text(self.with_its_tables())

    def silent_on(self) -> list[str]:
        """Return the streams, settings and promises that cannot be kept which the page says nothing about."""
        ours = self.connector.Settings.model_fields.keys() - HttpSettings.model_fields.keys()
        return [
            *(each.name for each in self.streams if f"| `{each.name}`" not in self.text),
            *(name for name in sorted(ours) if f"`{name}`" not in self.text and f"\n{name} = " not in self.text),
            *(promise for promise in self.connector.undeliverable if f"\n| `{promise}` |" not in self.text),
        ]

    def _tables(self) -> Iterator[str]:
        for stream in self.streams:
            for mapping in stream.mappings:
                yield f"\n### {stream.name}: {mapping.entity.table}\n"
                yield "| column | from |\n|---|---|"
                for column in mapping.entity.columns():
                    if column in mapping.fields:
                        yield f"| {column} | `{mapping.fields[column].description}` |"
        yield ""


PAGES = (
    VendorPage(bitrix24.Bitrix24, bitrix24.STREAMS),
    VendorPage(google_analytics.GoogleAnalytics, google_analytics.STREAMS),
    VendorPage(hubspot.HubSpot, hubspot.STREAMS),
    VendorPage(salesforce.Salesforce, salesforce.STREAMS),
    VendorPage(zendesk.Zendesk, zendesk.STREAMS),
)

if __name__ == "__main__":
    for page in PAGES:
        page.write()
