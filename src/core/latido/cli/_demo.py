"""The imaginary vendors of `latido demo`, served on loopback."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from latido.errors import ConfigurationError
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.config import DemoSettings, Project
    from latido.plugins import Plugins
    from latido.testing import World

_ = marker("latido")


@contextmanager
def sandboxes(project: Project, plugins: Plugins) -> Iterator[dict[str, Any]]:
    """Have a sandbox for every source, served where it is a server; yield, by dotted key, what leads there."""
    from latido.testing import Sandbox, Served

    imagined = world(project.demo_world)
    addresses: dict[str, Any] = {}
    with ExitStack() as stack:
        for name, source in project.sources.items():
            vendor = plugins.connector(source.connector_name).sandbox(imagined)
            if isinstance(vendor, Sandbox):
                stack.enter_context(Served(vendor))
            if vendor is not None:
                vendor.settle(project.folder)
                addresses |= {f"sources.{name}.{key}": value for key, value in vendor.address().items()}
        yield addresses


def world(settings: DemoSettings) -> World:
    """Return the business that *settings* describe."""
    from latido.testing import World

    if settings.ends_on is None:
        raise ConfigurationError(
            _("latido.toml: [demo] says no ends_on."), _("Write the day on which its history ends, or run: latido demo")
        )
    return World(settings.seed, end=settings.ends_on, tickets=settings.tickets, traps=True)
