"""Pages that were rendered already: whoever asks for the same again gets them as they lie on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.testing import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from latido_hubspot.sandbox._book import Book


class Pages:
    """The pages of one type's list. Whatever is written to a record throws all of them away."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._forget()

    def page(self, key: Hashable, render: Callable[[], bytes]) -> bytes:
        """Return the page of *key*, rendered if it is not there."""
        if self._writes != self._book.writes:
            self._forget()
        if key in self._places:
            return self._shelf.piece(self._places[key])
        rendered = render()
        self._places[key] = len(self._places)
        self._shelf.append(rendered)
        self._shelf.seal()
        return rendered

    def _forget(self) -> None:
        self._writes = self._book.writes
        self._places: dict[Hashable, int] = {}
        self._shelf = Shelf()
