"""A first answer for groups of given sizes, and the sizes of sets that place the most people."""

import random
from collections.abc import Callable, Iterable, Sequence

from service.matching.fits import Fit

Group = list[int]


class Board:
    """The rules as plain whole numbers: quick to ask whether a few people may sit together."""

    def __init__(self, fit: Fit) -> None:
        self.fit = fit
        self.allowed = [sum(1 << int(other) for other in row.nonzero()[0]) for row in fit.allowed]
        self.slots = [sum(int(word) << (64 * place) for place, word in enumerate(row)) for row in fit.slots]
        self.organisation = [int(number) for number in fit.organisation]

    def may_sit(self, members: Sequence[int]) -> bool:
        """Whether the set satisfies every rule but its size."""
        inside = 0
        slots = -1
        for member in members:
            if inside & ~self.allowed[member]:
                return False
            inside |= 1 << member
            slots &= self.slots[member]
        if self.fit.counts_organisations:
            from_each = [self.organisation[member] for member in members]
            if max(map(from_each.count, from_each), default=0) > self.fit.per_organisation:
                return False
        return slots < 0 or slots.bit_count() >= self.fit.common


def groups_of(people: int, sizes: Iterable[int], term: Callable[[int], float]) -> list[int]:
    """Sizes that place as many of the people as they can, and of those the ones whose terms come to most."""
    term_of = {size: term(size) for size in sizes}
    reach: dict[int, tuple[float, int]] = {0: (0.0, 0)}  # people -> best size terms, last size
    for count in range(1, people + 1):
        ways = [(reach[count - size][0] + points, size) for size, points in term_of.items() if count - size in reach]
        if ways:
            reach[count] = max(ways)
    left = max(reach)
    found = []
    while left:
        found.append(reach[left][1])
        left -= found[-1]
    return sorted(found, reverse=True)


def greedy_groups(
    board: Board, bounds: Sequence[tuple[int, int]], chance: random.Random, tries: int = 40
) -> list[Group] | None:
    """Groups within these bounds, filled one person after another, the hardest first; None if every try got stuck."""
    n = len(board.fit)
    most = min(n, sum(high for _, high in bounds))
    if sum(low for low, _ in bounds) > n:
        return None
    for _ in range(tries):
        groups: list[Group] = [[] for _ in bounds]
        order = sorted(range(n), key=lambda person: (board.allowed[person].bit_count(), chance.random()))
        for placed, person in enumerate(order[:most] if most == n else order):
            needed = sum(max(0, low - len(group)) for group, (low, _) in zip(groups, bounds, strict=True))
            only_short = needed >= n - placed
            options = [
                (len(group) >= low, len(group) / high, chance.random(), at)
                for at, (group, (low, high)) in enumerate(zip(groups, bounds, strict=True))
                if len(group) < high and not (only_short and len(group) >= low) and board.may_sit([*group, person])
            ]
            if options:
                groups[min(options)[3]].append(person)
        if all(low <= len(group) <= high for group, (low, high) in zip(groups, bounds, strict=True)):
            return groups
    return None
