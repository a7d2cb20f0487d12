"""The further companies of a person, and the further people of a deal: Bitrix24 tells them as lists of ids."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from latido.connect import Mapping, Page
from latido.schema import Association
from latido_bitrix24.reading import ItemStream
from latido_bitrix24.transforms import link

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latido.connect import Cursor, JsonObject
    from latido.schema import Record

LINKS = Mapping(
    Association,
    source_id="key",
    external_id="from",
    from_entity="from_entity",
    from_id="from_id",
    to_entity="to_entity",
    to_id="to_id",
    is_primary="primary",
)


class LinkedStream(ItemStream):
    """Items that may belong to several others. The main one stands in the item; where there are more, all are links."""

    main: ClassVar[str]
    """The field that holds the id of the main one."""
    several: ClassVar[str]
    """The field that holds the ids of all."""
    linked_to: ClassVar[type[Record]]

    @property
    def extra(self) -> tuple[str, ...]:  # type: ignore[override] # for others it is a constant
        return (self.several,)

    def page(self, records: Sequence[JsonObject], cursor: Cursor | None) -> Page:
        page = super().page(records, cursor)
        rows, rejected = self.rows(Association, [pair for each in records for pair in self._pairs(each)])
        is_first = cursor is not None and cursor.get("since") is None
        parents = [] if is_first else [self._name(each) for each in records]
        replaces: dict[type[Record], tuple[str, Sequence[str]]] = {Association: ("external_id", parents)}
        return replace(
            page, rows=(*page.rows, rows), replaces=replaces if parents else {}, rejected=(*page.rejected, *rejected)
        )

    def _pairs(self, record: JsonObject) -> Iterator[dict[str, Any]]:
        told, main = record.get(self.several), link(record.get(self.main))
        ids = [key for each in told if (key := link(each))] if isinstance(told, list) else []
        if set(ids) <= {main}:
            return
        name, there = self._name(record), self.linked_to.table
        for key in dict.fromkeys(ids):
            yield {
                "key": f"{name}:{there}:{key}", "from": name, "from_entity": self.entities[0].table,
                "from_id": str(record["id"]), "to_entity": there, "to_id": key, "primary": key == main,
            }  # fmt: skip

    def _name(self, record: JsonObject) -> str:
        """Return what the links of *record* have in common: ids alone are not unique among tables."""
        return f"{self.entities[0].table}:{record['id']}"
