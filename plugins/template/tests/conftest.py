"""The vendor's server, as the tests need it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from latido.connect import Runtime
from latido.testing import ManualClock, Served, World
from latido_template.connector import Template, TemplateSettings
from latido_template.sandbox import TemplateSandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

END = date(2026, 1, 1)


@pytest.fixture
def sandbox() -> Iterator[TemplateSandbox]:
    """Return a server that holds each bundled record once, at the noon after its world ended."""
    clock = ManualClock(datetime(2026, 1, 1, 12, tzinfo=UTC))
    sandbox = TemplateSandbox(World("tests", end=END, tickets=12), clock)
    with Served(sandbox):
        yield sandbox


@pytest.fixture
def connected(sandbox: TemplateSandbox) -> Iterator[Callable[..., Template]]:
    """Return what makes a connector that reads from the sandbox."""
    made: list[Template] = []

    def connect(**settings: Any) -> Template:
        said = TemplateSettings.model_validate({**sandbox.settings(), **settings})
        made.append(Template(said, Runtime("ours", clock=sandbox.clock)))
        return made[-1]

    yield connect
    for each in made:
        each.close()
