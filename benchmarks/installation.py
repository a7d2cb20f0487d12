"""What an installation of the core with one connector takes: `python benchmarks/installation.py`."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "site"
        pip = ["uv", "pip", "install", "--quiet", "--target", str(target)]
        members = [str(ROOT / "src/core"), str(ROOT / "src/connectors/zendesk")]
        subprocess.run([*pip, "--constraint", str(ROOT / "constraints.txt"), *members], check=True)
        size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file() and path.suffix != ".pyc")
        packages = len(list(target.glob("*.dist-info")))
        print(f"{size / 1e6:.0f} MB (aim 160), {packages} packages (aim 45)")


if __name__ == "__main__":
    main()
