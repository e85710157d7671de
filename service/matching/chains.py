"""All sets whose value exceeds what their members cost, found through chains of ever larger parts of them.

A set's value before its size penalty, v, is a best help for each problem (submodular in the helpers) plus a sum over
pairs. So for a random a-person part A of a set S of s people, E[v(A)] >= a(a-1)/(s(s-1)) v(S), and with a cost per
person c, E[v(A) - (a-1)/(s-1) c(A)] >= a(a-1)/(s(s-1)) (v(S) - c(S)). Hence a set worth more than its cost by some
margin has a chain pair < triple < ... < S in which every member passes its own threshold: growing only what passes
misses nothing. Help below nothing is counted as nothing while growing, which can only let more pass.

Most sets hold more than one person who can help with a problem, so parts are worth more than that and too many pass.
Therefore only the help beyond what a problem may expect is counted, and its owner costs as much less: a set is worth
no less that way, and far fewer parts pass.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from service.matching.branches import branches
from service.matching.candidates import Asked
from service.matching.fits import Fit, enough
from service.matching.parts import fit_of
from service.matching.people import Real, Whole
from service.matching.reach import Reach, read_reach
from service.matching.tables import Table, beyond, expected, problems_of, read_table, table_of, values_of
from service.matching.wishes import Worth

CORES = 2
CHUNKS = 16  # parts the roots are dealt into, whatever the number of cores
PROBED = 64  # parts of which one shows what all of them would take
ROOM = 400_000  # sets one part of the roots may find
EXPECTED = 20, 0.8  # of the twentieth best help with a problem, the share that it may expect


@dataclass(frozen=True, eq=False)
class Found:
    """Sets of one size each: members ascending, by how much each exceeds its cost, and whether all were found."""

    sets: list[Whole]  # per size: (sets, size)
    gain: list[Real]  # per size: (sets,)
    complete: bool
    within: bool = True  # no part of the roots took more looks or room than it may

    def __len__(self) -> int:
        return sum(map(len, self.gain))


class Chains:
    """The search, prepared for a round when it is first asked, and asked again with each round of costs."""

    def __init__(self, fit: Fit, worth: Worth | Table, usual: Real | None = None) -> None:
        self.fit, self.n = fit, len(fit)
        self.table = worth if isinstance(worth, Table) else read_table(fit, worth)
        if usual is not None:
            self.usual = usual
        self.looked = 0  # (part, candidate) cells looked at so far: the clock of this search, the same on every machine
        self.may_look: float = float("inf")

    def among(self, people: Whole) -> "Chains":
        """The search among a few of the people, numbered in their order."""
        usual = self.usual[problems_of(self.table, people)]
        return Chains(fit_of(self.fit, people.tolist()), table_of(self.table, people), usual)

    @cached_property
    def usual(self) -> Real:
        """(problems,) the help that each problem may expect."""
        return expected(self.table, *EXPECTED)

    @cached_property
    def grown(self) -> tuple[Table, Real]:
        """The help beyond that, and (n,) what each person's problems expect: as large as the table itself."""
        return beyond(self.table, self.usual)

    @cached_property
    def reach(self) -> Reach:
        """What people may add at most."""
        return read_reach(self.table, self.usual)

    @cached_property
    def company(self) -> Real:
        """(sizes, n) half of what a person is worth to so many others at most, beyond what is expected."""
        most = max((*self.fit.sizes, 2))
        best = np.sort(self.reach.meet, axis=1)[:, : -most - 1 : -1]
        found = np.zeros((most + 1, self.n))
        for others in range(1, most + 1):
            found[others] = best[:, :others].sum(axis=1) / 2.0
        return found

    def above(
        self,
        cost: Real,
        floor: float = 0.0,
        most: int = ROOM,
        lack: float | None = None,
        may_look: int = 1 << 62,
        turn: tuple[int, int] = (0, 1),
    ) -> Found:
        """Every feasible set S with value(S) - cost(S) > floor |S|, or > -lack if that is given.

        More than `most` sets from one part of the roots, or more than `may_look` looks in it, and not all are found.
        `turn` = (i, k) takes every k-th part of the roots only, from the i-th; of many people there are as many parts.
        """
        sizes = self.fit.sizes
        needs = [(-lack if lack is not None else floor * size) for size in sizes]
        step = min(max(CHUNKS, turn[1]), max(1, self.n // 8))
        (grown, expects), meet, company = self.grown, self.reach.meet, self.company
        found: list[tuple[Whole, Real]] = [(np.zeros((0, size), dtype=np.int64), np.zeros(0)) for size in sizes]
        work = [
            (place, first) for place in range(len(sizes)) if sizes[place] > 2 for first in range(turn[0], step, turn[1])
        ]

        def one(place_first: tuple[int, int]) -> tuple[Whole, Real, int, int]:
            place, first = place_first
            sets = np.empty((most, sizes[place]), dtype=np.int64)
            over = np.empty(most)
            asked = Asked(grown, self.table, cost - expects, cost, meet, company, sizes[place], needs[place])
            count, looks = branches(asked, first, step, sets, over, int(may_look / self.table.toil))
            kept = max(0, count)
            return sets[:kept].copy(), over[:kept].copy(), count, looks

        within = True
        parts: list[list[tuple[Whole, Real]]] = [[] for _ in sizes]
        probes = [each for each in work if each[1] == turn[0]]  # where one takes too much, the others are spared
        for some in (probes, [each for each in work if each[1] != turn[0]]):
            if some and within:
                with ThreadPoolExecutor(CORES if self.n > 60 else 1) as threads:
                    done = list(threads.map(one, some)) if self.n > 60 else [one(each) for each in some]
                for (place, _), (sets, over, count, looks) in zip(some, done, strict=True):
                    self.looked += int(looks * self.table.toil)
                    within = within and count >= 0
                    parts[place].append((sets, over))
        for place, size in enumerate(sizes):
            if size <= 2:
                parts[place].append(self.small(cost, size, needs[place]))
            sets = np.concatenate([found[place][0], *(each for each, _ in parts[place])])
            over = np.concatenate([found[place][1], *(each for _, each in parts[place])])
            order = np.lexsort(tuple(sets[:, column] for column in range(size - 1, -1, -1)))
            found[place] = (sets[order], over[order])
        return Found([sets for sets, _ in found], [over for _, over in found], within and turn[1] == 1, within)

    def takes(self, cost: Real, floor: float, looks: int) -> int | None:
        """About how many looks every set above the floor takes, by one part of the roots; None if more than so many."""
        before, parts = self.looked, min(PROBED, max(1, self.n // 8))
        one = self.above(cost, floor, may_look=max(1, looks // parts), turn=(0, parts))
        return (self.looked - before) * parts if one.within else None

    def small(self, cost: Real, size: int, need: float) -> tuple[Whole, Real]:
        """The sets of one or two people above the need."""
        table = self.table
        if size == 1:
            over = table.size[1] - cost
            one = np.flatnonzero((over > need) & enough(table.slots, table.common))
            return one[:, None], over[one]
        two = np.stack(np.nonzero(np.triu(table.allowed)), axis=1)
        points = np.empty(len(two))
        values_of(table, two, points)
        over = points - cost[two].sum(axis=1)
        return two[over > need], over[over > need]
