"""Who is one with whom, decided by one rule after the other; the order of what is given does not matter."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from latido.identity._kinds import Rule

    Values = Mapping[str, Mapping[int, frozenset[str]]]


class Groups:
    """Numbers that were joined: each group is known by its smallest member."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}

    def root(self, member: int) -> int:
        """Return the smallest member of the group of *member*."""
        above = self._above
        root = member
        while (higher := above.get(root, root)) != root:
            root = higher
        while (higher := above.get(member, member)) != root:
            above[member], member = root, higher
        return root

    def join(self, one: int, other: int) -> None:
        one, other = self.root(one), self.root(other)
        if one != other:
            self._above[max(one, other)] = min(one, other)

    def joined(self) -> dict[int, int]:
        """Return the root of each number that is not its own."""
        return {member: self.root(member) for member in self._above}


def resolve(
    rules: Sequence[Rule],
    shared: Mapping[str, Iterable[Sequence[int]]],
    known: Mapping[str, Mapping[int, Collection[str]]],
    apart: Collection[int] = (),
) -> dict[int, int]:
    """Return the root of each record that was joined with a smaller one.

    *shared* has, by rule, the records that share one value after the other; *known* all values of those records for
    the rules that a weaker one may not contradict. Those *apart* stand with what was merged into them and what they are
    linked with: nothing else joins them.
    """
    groups, frozen = Groups(), set(apart)
    stronger: list[Rule] = []
    for rule in rules:
        if rule.decisive:
            _join_all(groups, shared.get(rule.name, ()))
            frozen |= _merged_with(groups, frozen, shared.get(rule.name, ())) if rule.name == "merged" else set()
        else:
            blocks = ([each for each in block if each not in frozen] for block in shared.get(rule.name, ()))
            _join_agreeing(groups, blocks, [_by_group(groups, known, each.name, frozen) for each in stronger])
            stronger.append(rule)
    return groups.joined()


def _join_all(groups: Groups, blocks: Iterable[Sequence[int]]) -> None:
    for first, *others in blocks:
        for other in others:
            groups.join(first, other)


def _merged_with(groups: Groups, apart: set[int], blocks: Iterable[Sequence[int]]) -> set[int]:
    roots = {groups.root(each) for each in apart}
    return {each for block in blocks for each in block if groups.root(each) in roots}


def _join_agreeing(
    groups: Groups, blocks: Iterable[Sequence[int]], known: Sequence[Mapping[int, frozenset[str]]]
) -> None:
    """Join what hangs together by *blocks*, unless any two of it contradict each other: then none of it."""
    proposals = Groups()
    members: set[int] = set()
    for block in blocks:
        roots = [groups.root(each) for each in block]
        members.update(roots)
        _join_all(proposals, [roots] if roots else [])
    together: defaultdict[int, list[int]] = defaultdict(list)
    for member in members:
        together[proposals.root(member)].append(member)
    for proposed in together.values():
        if not any(_contradict(proposed, values) for values in known):
            _join_all(groups, [proposed])


def _contradict(members: Sequence[int], values: Mapping[int, frozenset[str]]) -> bool:
    known = {found for member in members if (found := values.get(member))}
    return any(one.isdisjoint(other) for one, other in combinations(known, 2))


def _by_group(
    groups: Groups, known: Mapping[str, Mapping[int, Collection[str]]], rule: str, frozen: Collection[int]
) -> dict[int, frozenset[str]]:
    found: defaultdict[int, set[str]] = defaultdict(set)
    for member, values in known.get(rule, {}).items():
        if member not in frozen:
            found[groups.root(member)].update(values)
    return {member: frozenset(values) for member, values in found.items()}
