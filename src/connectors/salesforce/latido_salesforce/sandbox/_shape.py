"""What a query shows of each record: nested in JSON, flat in CSV."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, TypeAlias

from latido_salesforce.sandbox import _errors as errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from latido_salesforce.sandbox._fields import SObject
    from latido_salesforce.sandbox._org import Org
    from latido_salesforce.sandbox._soql import Query
    from latido_salesforce.sandbox._table import Table

Tree: TypeAlias = "dict[str, Tree | None]"
"""What is shown, by name: a field of the record's own (None), or some of a parent's."""

_NAMES = {"id", "name", "firstname", "lastname", "email", "username", "isactive", "usertype", "alias", "type", "title"}
"""What can be asked of a parent that may be one of several kinds."""
_KIND = -1
"""Stands for the place of a field that says what kind of record it is."""


class Selection:
    """The fields of one query, checked: every name is spelled as the describe call spells it."""

    def __init__(self, org: Org, query: Query, sobject: SObject) -> None:
        self._org = org
        self._query = query
        self.sobject = sobject
        self.paths: list[tuple[str, ...]] = []
        self.compound = False
        for path, at in query.fields:
            self._add(path, at)

    @property
    def tree(self) -> Tree:
        found: Tree = {}
        for path in self.paths:
            here = found
            for hop in path[:-1]:
                inner = here.setdefault(hop, {})
                here = inner if inner is not None else {}
            here[path[-1]] = None
        return found

    def _add(self, path: str, at: int) -> None:
        hops = path.split(".")
        if len(hops) > 1 and hops[0].lower() == self.sobject.name.lower():
            hops = hops[1:]
        spelled = tuple(self._spelled(self.sobject, hops, at))
        if spelled in self.paths:
            raise errors.Refused(400, "MALFORMED_QUERY", f"duplicate field selected: {path}")
        self.paths.append(spelled)

    def _spelled(self, sobject: SObject, hops: list[str], at: int) -> Iterable[str]:
        if len(hops) == 1:
            found = self._org.column(sobject, hops[0])
            if found is None:
                raise errors.no_column(self._query, at, hops[0], sobject.name)
            self.compound |= found[1].type == "address"
            return [found[1].name]
        relation = self._org.relation(sobject, hops[0])
        targets = [self._org.table(name) for name in relation[1].to] if relation is not None else []
        if relation is None or not any(targets):
            raise errors.no_relationship(self._query, at, hops[0])
        several = len(targets) > 1
        if several and hops[1].lower() not in _NAMES:
            raise errors.no_column(self._query, at, hops[1], "Name")
        if several and hops[1].lower() == "type":
            rest: Iterable[str] = ["Type"]
        else:
            rest = self._spelled(next(each.sobject for each in reversed(targets) if each), hops[1:], at)
        return [str(relation[1].relationship), *rest]


class JsonShape:
    """Writes records of one object as the REST API does: attributes first, then what was asked for."""

    def __init__(self, org: Org, sobject: SObject, tree: Tree, root: str) -> None:
        self._org = org
        self._root = root
        self._inner: dict[tuple[int, str], JsonShape] = {}
        slots: list[int | tuple[int, Tree]] = []
        written = [f'"attributes":{{"type":"{sobject.name}","url":"{root}/sobjects/{sobject.name}/%b"}}']
        for name, inner in tree.items():
            written.append(f'"{name}":%b')
            slots.append(self._slot(sobject, name, inner))
        self._template = ("{" + ",".join(written) + "}").encode()
        self._kind = f'"{sobject.name}"'.encode()
        self._slots = slots
        own = [each for each in slots if isinstance(each, int)]
        self._told: dict[tuple[int, bytes], bytes] = {}
        self._plain = own if len(own) == len(slots) and _KIND not in own else None

    def row(self, table: Table, number: int) -> bytes:
        values = table.json(number)
        identity = values[0][1:-1]
        if self._plain is not None:
            return self._template % (identity, *[values[place] for place in self._plain])
        return self._template % (identity, *[self._value(values, slot) for slot in self._slots])

    @staticmethod
    def _slot(sobject: SObject, name: str, inner: Tree | None) -> int | tuple[int, Tree]:
        if inner is not None:
            return sobject.by_relationship[name.lower()][0], inner
        return sobject.by_name[name.lower()][0] if name.lower() in sobject.by_name else _KIND

    def _value(self, values: list[bytes], slot: int | tuple[int, Tree]) -> bytes:
        if isinstance(slot, int):
            return self._kind if slot == _KIND else values[slot]
        place, reference = slot[0], values[slot[0]]
        if (place, reference) not in self._told:  # Many records have few parents.
            self._told[place, reference] = self._of_parent(place, reference, slot[1])
        return self._told[place, reference]

    def _of_parent(self, place: int, reference: bytes, inner: Tree) -> bytes:
        parent = self._org.parent(reference)
        if parent is None:
            return b"null"
        table, number = parent
        key = place, table.sobject.name
        if key not in self._inner:
            self._inner[key] = JsonShape(self._org, table.sobject, inner, self._root)
        return self._inner[key].row(table, number)


class CsvShape:
    """Writes records as the Bulk API does: everything between quotes, a parent's field under a dotted name."""

    def __init__(self, org: Org, sobject: SObject, paths: list[tuple[str, ...]]) -> None:
        self._org = org
        self.header = (",".join(f'"{".".join(path)}"' for path in paths) + "\n").encode()
        places = [sobject.by_name[path[0].lower()][0] for path in paths if len(path) == 1]
        self._own: Callable[[list[bytes]], tuple[bytes, ...]] | None = None
        if len(places) == len(paths):
            self._own = itemgetter(*places) if len(places) > 1 else lambda values: (values[places[0]],)
        self._paths = paths
        self._told: dict[tuple[bytes, tuple[str, ...]], bytes] = {}

    def row(self, table: Table, number: int) -> bytes:
        values = table.csv(number)
        shown = self._own(values) if self._own else [self._value(table, values, path) for path in self._paths]
        return b'"' + b'","'.join(shown) + b'"\n'

    def _value(self, table: Table, values: list[bytes], path: tuple[str, ...]) -> bytes:
        name = path[0].lower()
        if len(path) == 1:
            found = table.sobject.by_name.get(name)
            return table.sobject.name.encode() if found is None else values[found[0]]
        reference = values[table.sobject.by_relationship[name][0]]
        if (reference, path) not in self._told:  # Many records have few parents.
            self._told[reference, path] = self._of_parent(reference, path[1:])
        return self._told[reference, path]

    def _of_parent(self, reference: bytes, path: tuple[str, ...]) -> bytes:
        parent = self._org.parent(b'"%s"' % reference) if reference else None
        return b"" if parent is None else self._value(parent[0], parent[0].csv(parent[1]), path)
