"""What others add to Latido, and how it is found."""

from latido.plugins._manager import LeftOut, Plugins, plugin_manager
from latido.plugins.hookspecs import hookimpl

__all__ = ["LeftOut", "Plugins", "hookimpl", "plugin_manager"]
