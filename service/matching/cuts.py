"""A linear program over a finite list of sets, sharpened by cuts: of any three people, two sets cannot each hold two.

Subset-row cuts (Jepsen, Petersen, Spoorendonk & Pisinger 2008). Since every set is listed, they are found and priced
by looking at all of them.
"""

from dataclasses import dataclass, field

import numpy as np
from ortools.linear_solver import pywraplp

from service.matching.compiled import compiled
from service.matching.people import Flags, Real, Whole

FIRST = 12  # sets for each person that begin the program
JOINING = 4  # sets for each person that join it at once
AT_ONCE = 0.4  # cuts for each person that are made at once
EACH = 5  # of them, those that may name one person
MOST = 4  # cuts for each person in all
VIOLATED = 1e-3  # by how much a cut has to be violated
WATCHED = 100  # violated cuts for each person that are compared


@dataclass(frozen=True, eq=False)
class Listed:
    """Sets by row: members ascending, -1 after the last."""

    members: Whole  # (sets, largest)
    size: Whole
    value: Real

    def __len__(self) -> int:
        return len(self.value)

    def row(self, place: int) -> tuple[int, ...]:
        return tuple(self.members[place, : self.size[place]].tolist())

    def holds(self, person: int) -> Flags:
        """Which sets hold the person."""
        return np.asarray((self.members == person).any(axis=1))

    def some(self, rows: Whole) -> "Listed":
        return Listed(self.members[rows], self.size[rows], self.value[rows])


def listed(sets: list[Whole], values: list[Real]) -> Listed:
    """The sets of several sizes as one list."""
    width = max(kind.shape[1] for kind in sets)
    members = [np.pad(kind, ((0, 0), (0, width - kind.shape[1])), constant_values=-1) for kind in sets]
    size = [np.full(len(kind), kind.shape[1]) for kind in sets]
    return Listed(np.concatenate(members), np.concatenate(size), np.concatenate(values))


@compiled
def exceed(members: Whole, size: Whole, value: Real, cost: Real, threes: Whole, fines: Real, over: Real) -> None:
    """By how much each set exceeds what its people cost and the fines of the cuts it is in."""
    n = len(cost)
    start = np.zeros(n + 1, dtype=np.int64)
    for cut in range(len(threes)):
        for place in range(3):
            start[threes[cut, place] + 1] += 1
    for person in range(n):
        start[person + 1] += start[person]
    put = start.copy()
    named = np.zeros(start[n], dtype=np.int64)
    for cut in range(len(threes)):
        for place in range(3):
            named[put[threes[cut, place]]] = cut
            put[threes[cut, place]] += 1
    inside = np.zeros(len(threes), dtype=np.int64)
    for row in range(len(value)):
        rest = value[row]
        for place in range(size[row]):
            person = members[row, place]
            rest -= cost[person]
            for at in range(start[person], start[person + 1]):
                inside[named[at]] += 1
                if inside[named[at]] == 2:
                    rest -= fines[named[at]]
        for place in range(size[row]):
            person = members[row, place]
            for at in range(start[person], start[person + 1]):
                inside[named[at]] = 0
        over[row] = rest


@compiled
def crossed(members: Whole, size: Whole, share: Real, beside: Real, threes: Whole, by: Real) -> int:
    """Fills in threes of people of whom more than one set is taken that holds two of them; how many there are.

    `beside` (n, n) is left with how much is taken of the sets that hold both of two people.
    """
    n = len(beside)
    for row in range(len(size)):
        for first in range(size[row]):
            for second in range(first):
                one, other = members[row, first], members[row, second]
                beside[one, other] += share[row]
                beside[other, one] += share[row]
    count = 0
    for middle in range(n):
        known = np.flatnonzero(beside[middle])
        for first in range(len(known)):
            for second in range(first):
                one, other = known[second], known[first]
                if one < middle and beside[one, other] > 0.0:
                    continue  # the three were looked at from `one`
                weight = beside[middle, one] + beside[middle, other] + beside[one, other]
                if weight <= 1.0 + VIOLATED:
                    continue
                for row in range(len(size)):
                    inside = 0
                    for place in range(size[row]):
                        person = members[row, place]
                        if person in (middle, one, other):
                            inside += 1
                    if inside == 3:
                        weight -= 2.0 * share[row]
                if weight > 1.0 + VIOLATED and count < len(by):
                    threes[count, 0] = min(one, middle)
                    threes[count, 1] = max(one, min(middle, other))
                    threes[count, 2] = max(middle, other)
                    by[count] = weight
                    count += 1
    return count


@dataclass
class Sharper:
    """The program over the listed sets; `allowed` says which of them may be taken now."""

    n: int
    placed: int
    sets: Listed
    allowed: Flags = field(init=False)
    work: float = 0.0  # programs solved, and steps taken in them, in thousands

    def __post_init__(self) -> None:
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        everyone = self.placed == self.n
        self.rows = [self.solver.Constraint(1.0 if everyone else 0.0, 1.0) for _ in range(self.n)]
        self.count = self.solver.Constraint(float(self.placed), float(self.placed))
        self.objective = self.solver.Objective()
        self.objective.SetMaximization()
        self.dear = 10.0 * (1.0 + float(np.abs(self.sets.value).max(initial=1.0)))
        for row in self.rows:
            missing = self.solver.NumVar(0.0, 1.0, "")
            self.objective.SetCoefficient(missing, -self.dear)
            row.SetCoefficient(missing, 1.0)
            self.count.SetCoefficient(missing, 1.0)
        self.threes = np.zeros((0, 3), dtype=np.int64)
        self.inside = np.zeros((0, self.n), dtype=np.bool_)  # who is named by which cut
        self.cuts: list[pywraplp.Constraint] = []
        self.share: dict[int, pywraplp.Variable] = {}
        self.allowed = np.ones(len(self.sets), dtype=np.bool_)
        self.over = np.zeros(len(self.sets))

    def join(self, rows: Whole) -> None:
        """Columns for these sets."""
        for place in rows.tolist():
            if place not in self.share:
                members = self.sets.row(place)
                share = self.share[place] = self.solver.NumVar(0.0, self.solver.infinity(), "")
                self.objective.SetCoefficient(share, float(self.sets.value[place]))
                self.count.SetCoefficient(share, float(len(members)))
                for person in members:
                    self.rows[person].SetCoefficient(share, 1.0)
                for cut in np.flatnonzero(self.inside[:, members].sum(axis=1) >= 2).tolist():
                    self.cuts[cut].SetCoefficient(share, 1.0)

    def only(self, allowed: Flags) -> None:
        """From now on only these sets may be taken."""
        for place, share in self.share.items():
            if allowed[place] != self.allowed[place]:
                share.SetUb(self.solver.infinity() if allowed[place] else 0.0)
        self.allowed = allowed

    def bound(self) -> float:
        """What sets that are allowed can be worth at most, by the costs and fines the program ends with.

        The bound is computed from the costs over all sets, so it does not rest on the solver's word.
        """
        while True:
            if self.solver.Solve() != pywraplp.Solver.OPTIMAL:
                return float("inf")
            self.work += 1.0 + self.solver.iterations() / 1000.0
            cost = np.array([row.dual_value() for row in self.rows]) + self.count.dual_value()
            fines = np.maximum(np.array([cut.dual_value() for cut in self.cuts]), 0.0)
            exceed(self.sets.members, self.sets.size, self.sets.value, cost, self.threes, fines, self.over)
            self.over[~self.allowed] = -np.inf
            more = np.flatnonzero(self.over > 1e-6)
            more = more[np.argsort(-self.over[more], kind="stable")][: JOINING * self.n]
            fresh = np.array([place for place in more.tolist() if place not in self.share], dtype=np.int64)
            if not len(fresh):
                break
            self.join(fresh)
        beyond = max(0.0, float(self.over.max(initial=0.0))) * self.placed / max(1, int(self.sets.size.min(initial=1)))
        return float(np.sort(cost)[::-1][: self.placed].sum() + fines.sum() + beyond)

    def taken(self) -> dict[int, float]:
        """How much of each set is taken."""
        shares = {place: share.solution_value() for place, share in self.share.items()}
        return {place: share for place, share in sorted(shares.items()) if share > 1e-6 and self.allowed[place]}

    def cut(self, taken: dict[int, float]) -> int:
        """Adds the cuts that are violated most; how many."""
        rows = np.array(list(taken), dtype=np.int64)
        threes, weight = np.zeros((WATCHED * self.n, 3), dtype=np.int64), np.zeros(WATCHED * self.n)
        beside = np.zeros((self.n, self.n))
        count = crossed(
            self.sets.members[rows], self.sets.size[rows], np.array(list(taken.values())), beside, threes, weight
        )
        found, by = threes[:count], np.round(weight[:count], 6)
        named = np.zeros(self.n, dtype=np.int64)
        chosen: list[Whole] = []
        for place in np.lexsort((found[:, 2], found[:, 1], found[:, 0], -by)).tolist():
            if len(chosen) >= min(AT_ONCE * self.n, MOST * self.n - len(self.cuts)):
                break
            if (named[found[place]] < EACH).all():
                named[found[place]] += 1
                chosen.append(found[place])
        columns = np.array(list(self.share), dtype=np.int64)
        members = self.sets.members[columns]
        for three in chosen:
            row = self.solver.Constraint(-self.solver.infinity(), 1.0)
            self.cuts.append(row)
            for place in columns[np.isin(members, three).sum(axis=1) >= 2].tolist():
                row.SetCoefficient(self.share[place], 1.0)
            inside = np.zeros((1, self.n), dtype=np.bool_)
            inside[0, three] = True
            self.inside = np.concatenate([self.inside, inside])
        if chosen:
            self.threes = np.concatenate([self.threes, np.array(chosen)])
        return len(chosen)
