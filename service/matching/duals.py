"""What each person costs at the best fractional answer: column generation, and the bound that follows from it.

The linear program over sets (Barnhart et al. 1998) places exactly as many people as the answer at hand. Its duals
give each person a cost; sets worth more than their cost join it. Costs are smoothed between rounds (Wentges 1997).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from ortools.linear_solver import pywraplp

from service.matching.branches import SLACK
from service.matching.chains import CHUNKS, Chains, Found
from service.matching.hunting import hunted, partners
from service.matching.master import Set
from service.matching.people import Real, Whole

PER_PERSON = 12  # sets that join the program for each person in one round of pricing
FLOORS = (0.4, 0.05)  # points per head: what a set may exceed its cost by and still be passed over, first and last
MOST = 40_000  # sets one part of the roots may find
NEAR = 6e-4  # of the value: closer than this the bound is not worth another round


@dataclass
class Costs:
    """Costs (n,) under which, if proven, every feasible set is worth no more than its people."""

    each: Real
    placed: int
    proven: bool = True  # every feasible set was looked at

    @property
    def whole(self) -> float:
        """What that many people cost."""
        return float(np.sort(self.each)[::-1][: self.placed].sum())

    @property
    def bound(self) -> float:
        """What any answer that places as many can be worth at most: the dearest people's costs."""
        return float(np.sort(self.each)[::-1][: self.placed].sum()) if self.proven else float("inf")


@dataclass
class Program:
    """The restricted linear program: maximise value, everybody at most once, `placed` people in all."""

    n: int
    placed: int
    pool: dict[Set, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.known = 0.0, np.zeros(self.n)
        self.open()

    def open(self) -> None:
        """An empty program with a row for each person; `missing` stands in for whoever the sets cannot place."""
        self.share: dict[Set, pywraplp.Variable] = {}
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        all_placed = self.placed == self.n
        self.rows = [self.solver.Constraint(1.0 if all_placed else 0.0, 1.0) for _ in range(self.n)]
        self.count = None if all_placed else self.solver.Constraint(float(self.placed), float(self.placed))
        self.objective = self.solver.Objective()
        self.objective.SetMaximization()
        self.missing = [self.solver.NumVar(0.0, self.solver.infinity(), "") for _ in (self.rows if all_placed else [0])]

    def begin(self, sets: Iterable[tuple[Set, float]]) -> None:
        """The first sets; whoever they cannot place costs far more than any set is worth."""
        for members, value in sets:
            self.join(members, value)
        self.dear = 10.0 * (1.0 + max((abs(value) for value in self.pool.values()), default=1.0))
        self.charge()

    def charge(self) -> None:
        """What it costs that somebody is missing."""
        for row, missing in zip([self.count] if self.count is not None else self.rows, self.missing, strict=True):
            self.objective.SetCoefficient(missing, -self.dear)
            row.SetCoefficient(missing, 1.0)

    def join(self, members: Set, value: float) -> bool:
        """Whether the set is new to the program."""
        if members in self.pool:
            return False
        self.pool[members] = value
        self.write(members, value)
        return True

    def write(self, members: Set, value: float) -> None:
        """A column for the set."""
        share = self.share[members] = self.solver.NumVar(0.0, self.solver.infinity(), "")
        self.objective.SetCoefficient(share, value)
        for person in members:
            self.rows[person].SetCoefficient(share, 1.0)
        if self.count is not None:
            self.count.SetCoefficient(share, float(len(members)))

    def costs(self) -> tuple[float, Real]:
        """The value of the program and what each person costs in it; as last known, should GLOP fail twice.

        GLOP starts from its last basis and sometimes loses its way there; a fresh start finds it again.
        """
        if self.solver.Solve() != pywraplp.Solver.OPTIMAL:
            self.open()
            for members, value in self.pool.items():
                self.write(members, value)
            self.charge()
            if self.solver.Solve() != pywraplp.Solver.OPTIMAL:
                return self.known
        each = np.array([row.dual_value() for row in self.rows])
        if self.count is not None:
            each += self.count.dual_value()
        self.known = float(self.objective.Value()), each
        return self.known

    def columns(self, cost: Real, sizes: Iterable[int]) -> tuple[list[Whole], list[Real]]:
        """Its sets per size, and by how much each exceeds its cost."""
        sets, gains = [], []
        for size in sizes:
            mine = [members for members in self.pool if len(members) == size]
            kind = np.array(mine, dtype=np.int64).reshape(len(mine), size)
            sets.append(kind)
            gains.append(np.array([self.pool[members] for members in mine]) - cost[kind].sum(axis=1))
        return sets, gains

    def shares(self) -> dict[Set, float]:
        """How much of each set the fractional answer takes, where more than nothing."""
        taken = {members: share.solution_value() for members, share in self.share.items()}
        return {members: share for members, share in taken.items() if share > 1e-6}


def generate(
    chains: Chains,
    program: Program,
    rounds: int,
    stop: Callable[[], bool],
    told: Callable[[float], None] = lambda bound: None,
) -> Costs:
    """The costs with the best bound of at most `rounds` rounds; the program keeps every set that joined.

    Sets are hunted quickly while that finds enough, then all are looked at that exceed their cost by a floor per head,
    which falls. A bound comes only from having looked at everything.
    """
    worth, each = program.costs()
    if rounds > 1:
        for share in (0.8,):
            even = np.full(program.n, share * worth / max(1, program.placed))
            found = Found(*hunted(chains.table, even, chains.fit.sizes, -1e9), complete=False)
            for members, value in dearest(found, even):
                program.join(members, value)
        worth, each = program.costs()
    centre, smooth, hunting, floor = each, 0.0, True, FLOORS[0]
    best = Costs(each, program.placed, proven=False)
    for _ in range(rounds):
        if stop() or chains.looked > chains.may_look:
            break
        cost = smooth * centre + (1.0 - smooth) * each
        if hunting:
            found = Found(*hunted(chains.table, cost, chains.fit.sizes, 0.1), complete=False)
            chains.looked += program.n * program.n * partners(program.n) * max(chains.fit.sizes)
        else:
            left = max(1, int(min(chains.may_look - chains.looked, 1e15) / CHUNKS))
            if not best.proven and not chains.affords(cost, floor, left):
                break
            found = chains.above(cost, floor, most=MOST, may_look=left)
        if found.complete:
            seen = Costs(mended(cost + floor, found, floor), program.placed)
            if seen.bound < best.bound:
                best, centre = seen, cost
                told(best.bound)
        elif hunting:
            centre = cost
        if best.bound - worth <= NEAR * (1.0 + abs(worth)):
            break
        joined = sum(program.join(members, value) for members, value in dearest(found, cost))
        if joined:
            worth, each = program.costs()
        if hunting:
            hunting = joined > program.n // 20
            smooth = 0.5 if hunting else 0.0
        elif not found.complete:
            floor *= 2.0
            hunting = joined > 0
        else:
            if not joined and smooth == 0.0 and floor <= FLOORS[1]:
                break
            if joined < program.n // 3:
                floor = max(FLOORS[1], floor / 8.0)
            smooth = 0.2 if joined else 0.0
    if not best.proven:
        best.each = each
    return best


def mended(cost: Real, found: Found, floor: float) -> Real:
    """The costs raised, as little as can be in all, until no set found exceeds its own by more than the floor."""
    over = [gain - floor * sets.shape[1] for sets, gain in zip(found.sets, found.gain, strict=True)]
    found = Found(found.sets, over, found.complete)
    if sum(len(gain) for gain in found.gain) > 20_000:
        return cost + max(
            float((gain / sets.shape[1]).max(initial=0.0)) for sets, gain in zip(found.sets, found.gain, strict=True)
        )
    solver = pywraplp.Solver.CreateSolver("GLOP")
    raised = [solver.NumVar(0.0, solver.infinity(), "") for _ in cost]
    for sets, gains in zip(found.sets, found.gain, strict=True):
        for members, gain in zip(sets.tolist(), gains.tolist(), strict=True):
            row = solver.Constraint(gain, solver.infinity())
            for person in members:
                row.SetCoefficient(raised[person], 1.0)
    solver.Minimize(sum(raised))
    if solver.Solve() != pywraplp.Solver.OPTIMAL:
        return cost + max(float(gain.max(initial=0.0)) for gain in found.gain)
    more = np.maximum([person.solution_value() for person in raised], 0.0)
    short = [gain - more[sets].sum(axis=1) for sets, gain in zip(found.sets, found.gain, strict=True)]
    return cost + more + max(0.0, *(float(left.max(initial=0.0)) for left in short), SLACK)


def dearest(found: Found, cost: Real) -> list[tuple[Set, float]]:
    """Of the sets found those that exceed their cost most, until each person has `PER_PERSON` of them."""
    gains, rows, kinds = [], [], []
    for place, over in enumerate(found.gain):
        top = np.argsort(-over, kind="stable")[:3000]
        gains.append(over[top])
        rows.append(top)
        kinds.append(np.full(len(top), place))
    gain, row, kind = np.concatenate(gains), np.concatenate(rows), np.concatenate(kinds)
    count = np.zeros(len(cost), dtype=np.int64)
    chosen = []
    for place in np.argsort(-gain, kind="stable").tolist():
        members = found.sets[kind[place]][row[place]]
        if count[members].min() < PER_PERSON:
            count[members] += 1
            chosen.append((tuple(members.tolist()), float(gain[place] + cost[members].sum())))
    return chosen
