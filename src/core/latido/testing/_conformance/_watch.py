"""What a run reads and says, as it goes by."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from latido.sync import Observer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from latido.connect import Connector, Cursor, Page, Stream
    from latido.messages import Message


class Watch(Observer):
    """Keeps the pages of each stream and what is said; `on_page` is told how many pages were read by then."""

    def __init__(self) -> None:
        self.pages: dict[str, list[Page]] = defaultdict(list)
        self.warnings: list[str] = []
        self.on_page: Callable[[int], None] = lambda _pages: None

    def stream_started(self, source: str, stream: str, expected: int | None) -> None:
        del source, stream, expected
        self.on_page(0)

    def page_read(self, source: str, stream: str, fetched: int) -> None:
        del source, fetched
        self.on_page(len(self.pages[stream]))

    def warned(self, source: str, message: Message) -> None:
        del source
        self.warnings.append(str(message))

    @property
    def tables(self) -> set[str]:
        """The tables that the pages were about."""
        pages = [page for pages in self.pages.values() for page in pages]
        entities = {rows.entity for page in pages for rows in page.rows}
        return {each.table for each in entities.union(*({*page.deleted, *page.merged} for page in pages))}

    def follow(self, stream: Stream) -> None:
        """Keep the pages that *stream* yields from now on."""
        original = stream.pages

        def pages(cursor: Cursor) -> Iterator[Page]:
            for page in original(cursor):
                self.pages[stream.name].append(page)
                yield page

        vars(stream)["pages"] = pages


def watched(connector: type[Connector], watch: Watch) -> type[Connector]:
    """Return *connector* with all its streams followed by *watch*."""

    def streams(self: Any) -> Sequence[Stream]:
        found: Sequence[Stream] = connector.streams(self)
        for each in found:
            watch.follow(each)
        return found

    return type(connector.__name__, (connector,), {"streams": streams})
