"""What each person costs at the best fractional answer: column generation, and the bound that follows from it.

The linear program over sets (Barnhart et al. 1998) places exactly as many people as the answer at hand. Its duals
give each person a cost; sets worth more than their cost join it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from ortools.linear_solver import pywraplp

from service.matching.branches import SLACK
from service.matching.chains import CHUNKS, Chains, Found
from service.matching.hunting import hunted, partners, swapped
from service.matching.master import Set
from service.matching.people import Real, Whole

PER_PERSON = 12  # sets that join the program for each person once all were looked at
FEW = 5  # and after a quick look
EVEN = 0.5  # of what a head is worth in the best set met: everybody's cost at first
FLOOR = 3e-4  # of the same: what sets may exceed their cost by per head and be passed over
HUNTED = 7e-4  # of the same: by how much per head sets worth hunting exceed their cost
SWAP, HUNT = 20, 6  # looks that a quick look costs for each set and person,
TAKE = 2e-3  # and the program for each set and two people
ANEW = 4  # rounds after which sets are hunted from everywhere again
MOST = 40_000  # sets one part of the roots may find
NEAR = 7e-4  # of the value: closer than this the bound is not worth another round


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
        self.seats: list[Set] = []
        self.seated = np.zeros(self.n, dtype=np.bool_)
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

    def seat(self, sets: Iterable[Set]) -> None:
        """These disjoint sets are settled: from now on only the others are chosen."""
        for members in sets:
            self.seats.append(members)
            self.seated[list(members)] = True
        settled = set(self.seats)
        for members, share in self.share.items():
            if members in settled:
                share.SetLb(1.0)
            elif share.ub() > 0.0 and self.seated[list(members)].any():
                share.SetUb(0.0)

    def costs(self) -> tuple[float, Real]:
        """The value of the program and what each person costs in it; as last known, should GLOP fail twice.

        GLOP starts from its last basis and sometimes loses its way there; a fresh start finds it again.
        """
        if self.solver.Solve() != pywraplp.Solver.OPTIMAL:
            self.open()
            for members, value in self.pool.items():
                self.write(members, value)
            self.charge()
            self.seat(())
            if self.solver.Solve() != pywraplp.Solver.OPTIMAL:
                return self.known
        each = np.array([row.dual_value() for row in self.rows])
        if self.count is not None:
            each += self.count.dual_value()
        self.known = float(self.objective.Value()), each
        return self.known

    def columns(self, cost: Real, sizes: Iterable[int]) -> tuple[list[Whole], list[Real]]:
        """Its sets per size, and by how much each exceeds its cost."""
        return columns(self.pool, cost, sizes)

    def shares(self) -> dict[Set, float]:
        """How much of each set the fractional answer takes, where more than nothing."""
        taken = {members: share.solution_value() for members, share in self.share.items()}
        return {members: share for members, share in taken.items() if share > 1e-6}


def columns(pool: Mapping[Set, float], cost: Real, sizes: Iterable[int]) -> tuple[list[Whole], list[Real]]:
    """The sets per size, and by how much each exceeds its cost."""
    sets, gains = [], []
    for size in sizes:
        mine = [members for members in pool if len(members) == size]
        kind = np.array(mine, dtype=np.int64).reshape(len(mine), size)
        sets.append(kind)
        gains.append(np.array([pool[members] for members in mine]) - cost[kind].sum(axis=1))
    return sets, gains


def slimmed(program: Program, cost: Real, each: int) -> Program:
    """A program of the sets that exceed these costs most, or fall short least, `each` for every person."""
    sets, gains = program.columns(cost, sorted({len(members) for members in program.pool}))
    slim = Program(program.n, program.placed)
    slim.begin(dearest(Found(sets, gains, complete=False), cost, each, most=len(program.pool)))
    return slim


def generate(
    chains: Chains,
    program: Program,
    rounds: int,
    stop: Callable[[], bool],
    told: Callable[[float], None] = lambda bound: None,
) -> Costs:
    """The costs with the best bound of at most `rounds` rounds; the program keeps every set that joined.

    Sets are hunted quickly while that finds enough, then all are looked at that exceed their cost by a floor per head.
    A bound comes only from having looked at everything.
    """
    head = max((abs(value) / len(members) for members, value in program.pool.items()), default=0.0) + 1e-9
    even = np.full(program.n, EVEN * head)
    join(program, Found(*hunted(chains.table, even, chains.fit.sizes, -1e9), complete=False), even, FEW)
    worth, cost = program.costs()
    quick, last = True, 0
    floor = FLOOR * head
    best = Costs(cost, program.placed, proven=False)
    for turn in range(rounds):
        if stop() or chains.looked + last > chains.may_look:
            break
        if quick:
            found = quickly(chains, program, cost, HUNTED * head, anew=turn % ANEW == 0)
        else:
            before = chains.looked
            left = max(1, int(min(chains.may_look - chains.looked, 1e15) / CHUNKS))
            if not best.proven and not chains.affords(cost, floor, left):
                break
            found = chains.above(cost, floor, most=MOST, may_look=left)
            last = chains.looked - before
        if found.complete:
            seen = Costs(mended(cost + floor, found, floor), program.placed)
            if seen.bound < best.bound:
                best = seen
                told(best.bound)
        if best.bound - worth <= NEAR * (1.0 + abs(worth)):
            break
        joined = join(program, found, cost, FEW if quick else PER_PERSON)
        if joined:
            worth, cost = program.costs()
        if quick:
            quick = joined > program.n // 20
        elif not found.complete:
            floor *= 2.0
            quick = joined > 0
        elif joined:
            quick = True
        else:
            break
    if not best.proven:
        best.each = cost
    return best


def quickly(chains: Chains, program: Program, cost: Real, need: float, anew: bool) -> Found:
    """Sets worth more than their cost by `need` per head: near those the program takes and, `anew`, from everywhere."""
    sizes, taken = chains.fit.sizes, sorted(program.shares())
    sets, gains = swapped(chains.table, cost, taken, sizes, need)
    chains.looked += SWAP * len(taken) * program.n + int(TAKE * len(program.pool) * program.n**2)
    if anew:
        more, over = hunted(chains.table, cost, sizes, need)
        chains.looked += HUNT * program.n * partners(program.n) * program.n
        sets = [np.concatenate(both) for both in zip(sets, more, strict=True)]
        gains = [np.concatenate(both) for both in zip(gains, over, strict=True)]
    return Found(sets, gains, complete=False)


def join(program: Program, found: Found, cost: Real, each: int) -> int:
    """How many of the best sets found, so many for each person, are new to the program."""
    return sum(program.join(members, value) for members, value in dearest(found, cost, each))


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


def dearest(found: Found, cost: Real, each: int = PER_PERSON, most: int = 3000) -> list[tuple[Set, float]]:
    """Of the sets found, `most` of each size, those that exceed their cost most, until each person has so many."""
    gains, rows, kinds = [], [], []
    for place, over in enumerate(found.gain):
        top = np.argsort(-over, kind="stable")[:most]
        gains.append(over[top])
        rows.append(top)
        kinds.append(np.full(len(top), place))
    gain, row, kind = np.concatenate(gains), np.concatenate(rows), np.concatenate(kinds)
    count = np.zeros(len(cost), dtype=np.int64)
    chosen = []
    for place in np.argsort(-gain, kind="stable").tolist():
        members = found.sets[kind[place]][row[place]]
        if count[members].min() < each:
            count[members] += 1
            chosen.append((tuple(members.tolist()), float(gain[place] + cost[members].sum())))
    return chosen
