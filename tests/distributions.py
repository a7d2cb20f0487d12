"""Distributions as an installer leaves them, in a folder of a test's own."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def described(
    site: Path, name: str, entry_points: Sequence[str], version: str = "1.0", requires: Sequence[str] = ()
) -> None:
    """Write into *site* what an installer writes about a distribution."""
    folder = site / f"{name.replace('-', '_')}-{version}.dist-info"
    folder.mkdir(parents=True)
    needed = "".join(f"Requires-Dist: {each}\n" for each in requires)
    (folder / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n{needed}")
    (folder / "entry_points.txt").write_text("\n".join(["[latido]", *entry_points, ""]))


def plugins_in(site: Path) -> list[metadata.EntryPoint]:
    """Return the plugins of the distributions that are installed in *site*."""
    found = metadata.distributions(path=[str(site)])
    return [entry for each in found for entry in each.entry_points if entry.group == "latido"]
