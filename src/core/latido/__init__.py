"""Latido reads a company's CRMs and help desks, joins what they know of each customer, and computes its KPIs.

`hookimpl` marks a plugin's hooks; it is fetched when it is first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from latido.plugins import hookimpl

__all__ = ["hookimpl"]


def __getattr__(name: str) -> Any:
    if name == "hookimpl":
        from latido.plugins.hookspecs import hookimpl

        return hookimpl
    raise AttributeError(name)
