"""How wide the columns of a table are where there is little room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

GAP = 2
"""Characters between two columns."""


class Paper(Console):
    """Where tables are printed; a reader that has gone is nobody's mistake, as everywhere else."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def widths(
    titles: Sequence[str], rows: Sequence[Sequence[str]], width: int, *, spare: Collection[int], silent: Collection[str]
) -> Mapping[int, int] | None:
    """Return the columns to show and their widths; None where no table of *width* characters could be read.

    Where not all fit, those in *spare* are left out, and those that hold nothing but what is *silent*. Lines break
    between words only.
    """
    columns = {at: [title, *(row[at] for row in rows)] for at, title in enumerate(titles)}
    natural = {at: max(map(cell_len, texts)) for at, texts in columns.items()}
    if _whole(natural) <= width:
        return natural
    shown = {at: texts for at, texts in columns.items() if at not in spare and not set(texts[1:]) <= set(silent)}
    least = {at: max(cell_len(word) for text in texts for word in text.split() or [""]) for at, texts in shown.items()}
    room = width - _whole(least)
    return None if room < 0 else _grown(least, natural, room)


def _whole(parts: Mapping[int, int]) -> int:
    return sum(parts.values()) + GAP * max(0, len(parts) - 1)


def _grown(least: Mapping[int, int], natural: Mapping[int, int], room: int) -> dict[int, int]:
    """Share *room* out fairly: who needs little has all of it."""
    grown = dict(least)
    waiting = sorted(least, key=lambda at: natural[at] - least[at])
    while waiting:
        at = waiting.pop(0)
        more = min(natural[at] - least[at], room // (len(waiting) + 1))
        grown[at] += more
        room -= more
    return grown
