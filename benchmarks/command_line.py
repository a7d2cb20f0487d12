"""How long a person waits for the command line: `python benchmarks/command_line.py [PROJECT]`.

The median of seven runs each, with compiled modules, as an installation has them. With a synced project also `kpis`.
"""

from __future__ import annotations

import statistics
import sys
import tempfile

from measuring import LATIDO, cost

RUNS = 7


def main() -> None:
    print(f"--version  {median('--version'):.3f} s (aim 0.150)")
    print(f"--help     {median('--help'):.3f} s")
    for project in sys.argv[1:2]:
        print(f"kpis       {median('--project', project, 'kpis'):.3f} s (aim 1.200 on 100,000 tickets)")


def median(*arguments: str) -> float:
    """Return the median of the seconds that a command takes, after a first time that nobody counts."""
    with tempfile.TemporaryDirectory() as compiled:
        environment = {"PYTHONPYCACHEPREFIX": compiled, "PYTHONDONTWRITEBYTECODE": ""}
        cost([LATIDO, *arguments], environment)
        return statistics.median(cost([LATIDO, *arguments], environment).seconds for _run in range(RUNS))


if __name__ == "__main__":
    main()
