"""Who watches a sync: the command line draws it, tests listen to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from latido.messages import Message
    from latido.sync._receipt import Receipt


class Observer:
    """Told what happens, from several threads; every method may be left as it is."""

    def stream_started(self, source: str, stream: str, expected: int | None) -> None:
        """Begin *stream*; the vendor counts *expected* records, if it was asked."""

    def page_read(self, source: str, stream: str, fetched: int) -> None:
        """Take note of one more page of *fetched* records."""

    def stream_ended(self, receipt: Receipt) -> None:
        """Take note of the account of a stream."""

    def warned(self, source: str, message: Message) -> None:
        """Tell the user something that is no error."""
