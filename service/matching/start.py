"""A first answer: greedy sets around the people hardest to place, then annealing by swaps and moves."""

import math
import random
from collections.abc import Callable, Iterable, Sequence

from service.matching.fits import Fit
from service.matching.wishes import Worth

Group = list[int]

SETTLING = 4  # swaps tried at the end for each proposal made before, at most


class Board:
    """The rules and wishes as plain whole numbers and lists: quick to ask about one small set."""

    def __init__(self, fit: Fit, worth: Worth) -> None:
        n = len(fit)
        self.n, self.fit = n, fit
        self.smallest, self.largest = min(fit.sizes, default=1), max(fit.sizes, default=0)
        self.sizes = frozenset(fit.sizes)
        self.allowed = [sum(1 << int(other) for other in row.nonzero()[0]) for row in fit.allowed]
        self.slots = [sum(int(word) << (64 * place) for place, word in enumerate(row)) for row in fit.slots]
        self.organisation = [int(number) for number in fit.organisation]
        self.common = fit.common
        help = worth.help.T.tolist()
        self.help = [[help[problem] for problem in worth.of[person]] for person in range(n)]
        self.together = worth.together.tolist()
        self.size = [worth.size(people) for people in range(n + 2)]

    def value(self, members: Sequence[int]) -> float:
        """What the set is worth, in plain sums; an empty set is worth nothing."""
        if not members:
            return 0.0
        total = self.size[len(members)]
        for place, member in enumerate(members):
            for column in self.help[member]:
                total += max([column[helper] for helper in members])
            row = self.together[member]
            for other in members[:place]:
                total += row[other]
        return total

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
        return slots < 0 or slots.bit_count() >= self.common


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


def greedy(board: Board, people: Iterable[int], chance: random.Random) -> list[Group]:
    """Sets grown one by one around whoever has the fewest possible partners left."""
    left = set(people)
    groups = []
    for size in groups_of(len(left), board.sizes, board.size.__getitem__):
        seeds = sorted(left, key=lambda person: (count_within(board.allowed[person], left), chance.random()))
        for seed in [seed for seed in seeds if board.may_sit([seed])][:5]:
            group = [seed]
            while len(group) < size:
                near = [person for person in sorted(left - set(group)) if board.may_sit([*group, person])]
                if not near:
                    break
                group.append(max(near, key=lambda person: (board.value([*group, person]) + chance.random(), person)))
            if len(group) in board.sizes:
                groups.append(sorted(group))
                left -= set(group)
                break
    return groups


def greedy_groups(board: Board, chance: random.Random, tries: int = 40) -> list[Group] | None:
    """The groups asked for, filled one person after another, the hardest first; None if every try got stuck."""
    bounds = board.fit.groups or ()
    most = min(board.n, sum(high for _, high in bounds))
    if sum(low for low, _ in bounds) > board.n:
        return None
    for _ in range(tries):
        groups: list[Group] = [[] for _ in bounds]
        order = sorted(range(board.n), key=lambda person: (board.allowed[person].bit_count(), chance.random()))
        for placed, person in enumerate(order[:most] if most == board.n else order):
            needed = sum(max(0, low - len(group)) for group, (low, _) in zip(groups, bounds, strict=True))
            only_short = needed >= board.n - placed
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


def count_within(mask: int, people: Iterable[int]) -> int:
    """How many of the people the mask holds."""
    return sum(mask >> person & 1 for person in people)


class Annealing:
    """Swaps and moves, accepted as in Kirkpatrick et al. (1983); every rule holds throughout.

    Nobody is put out for somebody who waited less, whatever that is worth.
    """

    def __init__(
        self,
        board: Board,
        groups: Iterable[Iterable[int]],
        people: Iterable[int],
        chance: random.Random,
        waited: Sequence[int] = (),
    ) -> None:
        self.board, self.chance = board, chance
        self.waited = waited or [0] * board.n
        self.bounds = board.fit.groups
        self.groups = [sorted(group) for group in groups]
        self.values = [board.value(group) for group in self.groups]
        placed = {person for group in self.groups for person in group}
        self.out = sorted(set(people) - placed)
        self.proposed = 0
        self.seen: dict[tuple[int, ...], float] = {
            tuple(group): value for group, value in zip(self.groups, self.values, strict=True)
        }

    def run(self, steps: int, warm: float, cool: float, stop: Callable[[], bool]) -> None:
        """`steps` proposals while the temperature falls from warm to cool, in points; ends at the best answer met."""
        if len(self.groups) + bool(self.out) < 2 or not self.groups:
            return
        self.proposed += steps
        best, kept = self.standing(), [list(group) for group in self.groups]
        for step in range(steps):
            if step % 2000 == 0 and stop():
                break
            heat = warm * (cool / warm) ** (step / steps)
            if self.propose(heat):
                now = self.standing() if step % 16 == 0 or heat < 2 * cool else best
                if now > best:
                    best, kept = now, [list(group) for group in self.groups]
        if self.standing() < best:
            self.restore(kept)

    def fits(self, group: int, people: int) -> bool:
        """Whether the group may have this many people."""
        if self.bounds is None:
            return people in self.board.sizes
        return self.bounds[group][0] <= people <= self.bounds[group][1]

    def standing(self) -> tuple[int, int, float]:
        """How many are out, the rounds they waited, both the fewer the better, and the value."""
        return -len(self.out), -sum([self.waited[person] for person in self.out]), sum(self.values)

    def restore(self, groups: list[Group]) -> None:
        everybody = [*self.out, *(person for group in self.groups for person in group)]
        self.groups = groups
        self.values = [self.board.value(group) for group in groups]
        placed = {person for group in groups for person in group}
        self.out = sorted(set(everybody) - placed)

    def propose(self, heat: float) -> bool:
        """One proposal; whether it was taken."""
        pick = self.chance.random
        one = int(pick() * len(self.groups))
        other = int(pick() * (len(self.groups) + (1 if self.out else 0)))
        if one == other:
            return False
        first = self.groups[one]
        second = self.groups[other] if other < len(self.groups) else self.out
        kind = pick()
        new_first, new_second = list(first), list(second)
        leaver = int(pick() * len(first))
        comer = int(pick() * len(second))
        if kind < 0.25 and other < len(self.groups):
            new_second.append(new_first.pop(leaver))
        elif kind < 0.4 and other == len(self.groups):
            new_first.append(new_second.pop(comer))
        else:
            new_first[leaver], new_second[comer] = new_second[comer], new_first[leaver]
        return self.accept(one, new_first, other, new_second, heat)

    def settle(self, stop: Callable[[], bool]) -> None:
        """Every swap of two people that helps, until none does or a few times as many were tried as in annealing."""
        before, tries = (-math.inf, 0, 0.0), SETTLING * self.proposed
        while (now := self.standing())[:2] > before[:2] or now[2] > before[2] + 1e-9:
            before = now
            for one in range(len(self.groups)):
                for other in range(one + 1, len(self.groups) + 1):
                    tries -= len(self.groups[one]) * len(self.row(other))
                    if tries < 0 or stop():
                        return
                    self.settle_two(one, other)

    def row(self, group: int) -> Group:
        """The members of the group; after the last, those who are out."""
        return self.groups[group] if group < len(self.groups) else self.out

    def settle_two(self, one: int, other: int) -> None:
        """Each swap between two groups, or a group and those out, that helps, tried once."""
        for leaver in range(len(self.groups[one])):
            for comer in range(len(self.row(other))):
                first, second = list(self.groups[one]), list(self.row(other))
                first[leaver], second[comer] = second[comer], first[leaver]
                self.accept(one, first, other, second, 1e-12)

    def accept(self, one: int, first: Group, other: int, second: Group, heat: float) -> bool:
        """Takes the proposal if the rules allow it and its loss, if any, is within the heat."""
        board = self.board
        inner = other < len(self.groups)
        if not self.fits(one, len(first)) or (inner and not self.fits(other, len(second))):
            return False
        if not board.may_sit(first) or (inner and not board.may_sit(second)):
            return False
        first_value = board.value(first)
        second_value = board.value(second) if inner else 0.0
        gain = first_value - self.values[one] + (second_value - self.values[other] if inner else 0.0)
        if not inner:
            before, after = (sum([self.waited[person] for person in each]) for each in (self.groups[one], first))
            if (more := (len(first) - len(self.groups[one]), after - before)) != (0, 0):
                gain = math.inf if more > (0, 0) else -math.inf
        if gain < 0 and self.chance.random() >= math.exp(gain / heat):
            return False
        self.groups[one], self.values[one] = first, first_value
        if inner:
            self.groups[other], self.values[other] = second, second_value
        else:
            self.out = second
        if heat < 20.0:
            self.seen[tuple(sorted(first))] = first_value
            if inner:
                self.seen[tuple(sorted(second))] = second_value
        return True
