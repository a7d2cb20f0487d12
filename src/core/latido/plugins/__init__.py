"""What others add to Latido, and how it is found."""

from latido.plugins._manager import Installed, LeftOut, Plugins, plugin_manager
from latido.plugins.hookspecs import hookimpl

__all__ = ["Installed", "LeftOut", "Plugins", "hookimpl", "plugin_manager"]
