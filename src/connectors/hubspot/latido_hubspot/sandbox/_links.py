"""Who belongs to whom: associations, in both directions, with their labels."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from latido_hubspot.sandbox._kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Label(NamedTuple):
    """One type of a link; HubSpot's own have ids that are the same everywhere."""

    type_id: int
    label: str | None = None
    category: str = "HUBSPOT_DEFINED"


_UNLABELLED = {
    ("contacts", "companies"): 279, ("companies", "contacts"): 280, ("deals", "contacts"): 3, ("contacts", "deals"): 4,
    ("deals", "companies"): 341, ("companies", "deals"): 342, ("contacts", "tickets"): 15, ("tickets", "contacts"): 16,
    ("deals", "line_items"): 19, ("line_items", "deals"): 20, ("companies", "tickets"): 340,
    ("tickets", "companies"): 339, ("contacts", "feedback_submissions"): 97, ("feedback_submissions", "contacts"): 98,
    ("tickets", "feedback_submissions"): 99, ("feedback_submissions", "tickets"): 100, ("companies", "emails"): 185,
    ("emails", "companies"): 186, ("contacts", "emails"): 197, ("emails", "contacts"): 198, ("deals", "emails"): 209,
    ("emails", "deals"): 210, ("tickets", "emails"): 223, ("emails", "tickets"): 224, ("leads", "contacts"): 578,
    ("contacts", "leads"): 579, ("leads", "companies"): 610, ("companies", "leads"): 611, ("carts", "contacts"): 586,
    ("contacts", "carts"): 587, ("carts", "companies"): 588, ("companies", "carts"): 589, ("carts", "orders"): 590,
    ("orders", "carts"): 592, ("orders", "contacts"): 507, ("contacts", "orders"): 508, ("orders", "companies"): 509,
    ("companies", "orders"): 510, ("subscriptions", "contacts"): 295, ("contacts", "subscriptions"): 296,
    ("subscriptions", "companies"): 297, ("companies", "subscriptions"): 298, ("subscriptions", "deals"): 299,
    ("deals", "subscriptions"): 300, ("subscriptions", "line_items"): 493, ("line_items", "subscriptions"): 494,
}  # fmt: skip
_PRIMARY = {
    ("contacts", "companies"): 1, ("companies", "contacts"): 2, ("deals", "companies"): 5, ("companies", "deals"): 6,
    ("companies", "tickets"): 25, ("tickets", "companies"): 26,
}  # fmt: skip


class Links:
    """Pairs of records by their numbers. A company may be the primary one; then the link has two types.

    `there` says whether a record is live: links to others are not shown, and come back with those.
    """

    def __init__(self, there: Callable[[str, int], bool]) -> None:
        self._there = there
        self._others: dict[tuple[str, str], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        self._secondary: set[tuple[str, int, str, int]] = set()

    def tie(self, kind: str, number: int, other: str, to: int | None, *, primary: bool = True) -> None:
        """Link record *number* of *kind* and record *to* of *other*; not the primary company, if so told."""
        if to is None:
            return
        self._others[kind, other][number].append(to)
        self._others[other, kind][to].append(number)
        if not primary and (kind, other) in _PRIMARY:
            self._secondary |= {(kind, number, other, to), (other, to, kind, number)}

    def untie(self, kind: str, number: int, other: str) -> None:
        """Forget every link of a record to *other*."""
        for to in self._others[kind, other].pop(number, []):
            self._others[other, kind][to].remove(number)

    def copy(self, kind: str, old: int, new: int) -> None:
        """Link record *new* with all that record *old* is linked with."""
        for (one, other), pairs in list(self._others.items()):
            for to in list(pairs.get(old, ())) if one == kind else ():
                self.tie(kind, new, other, to)

    def take_over(self, kind: str, old: int, new: int) -> None:
        """Give the links of record *old* to record *new*."""
        self.copy(kind, old, new)
        self.drop(kind, old)

    def drop(self, kind: str, number: int) -> None:
        """Forget every link of a record."""
        for one, other in list(self._others):
            if one == kind:
                self.untie(kind, number, other)

    def known(self, kind: str, other: str) -> bool:
        """Return whether the two types can be linked at all."""
        return (kind, other) in _UNLABELLED

    def of(self, kind: str, number: int, other: str) -> Sequence[int]:
        return [to for to in self._others[kind, other].get(number, ()) if self._there(other, to)]

    def labels(self, kind: str, number: int, other: str, to: int) -> list[Label]:
        """Return the types of a link; a primary company comes with the label and once more without."""
        plain = Label(_UNLABELLED[kind, other])
        primary = _PRIMARY.get((kind, other))
        if primary is None or (kind, number, other, to) in self._secondary:
            return [plain]
        return [Label(primary, "Primary"), plain]

    def named(self, kind: str, number: int, other: str) -> list[dict[str, str]]:
        """Return the links of a record as lists show them, each type of a link once."""
        one, two = KINDS[kind].singular, KINDS[other]
        return [
            {"id": str(two.identity(to)), "type": f"{one}_to_{two.singular}" + ("" if turn == 0 else "_unlabeled")}
            for to in self.of(kind, number, other)
            for turn, _ in enumerate(self.labels(kind, number, other, to))
        ]
