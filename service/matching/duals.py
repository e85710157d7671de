"""What each person costs at the best fractional answer: column generation, and the bound that follows from it.

The linear program over sets (Barnhart et al. 1998) places exactly as many people as the answer at hand. It is balanced
rather than solved, which gives each person a cost; sets worth more than their cost join it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from ortools.linear_solver import pywraplp

from service.matching.balance import MANY, Balance
from service.matching.branches import SLACK
from service.matching.chains import CHUNKS, Chains, Found
from service.matching.growing import grown, starting
from service.matching.hunting import hunted
from service.matching.people import Real
from service.matching.ranking import PER_PERSON, dearest

FEW, FEW_OF_MANY = 5, 10  # sets that join for each person after a quick look
WIDEST = 3_000  # people of whom every set is looked at, at most: more have no room for a second table
EVEN = 0.75  # of what a head is worth in the sets met: everybody's cost at first
FLOOR = 4.5e-4  # of the same: what sets may exceed their cost by per head and be passed over
HUNTED = 1.1e-3  # of the same: by how much per head sets worth hunting exceed their cost
NEARBY = 2  # looks that a look near a set costs for each person
PARTS = 8  # of the roots, between which the costs learn
SCARCE = 0.02  # sets for each person that join from one of these parts: fewer, and the others are not looked at
MOST = 40_000  # sets one part of the roots may find
NEW = 0.1  # new sets for each person in a turn: fewer are not worth another
THICK = 16  # sets for each person beyond which the balance is thinned out
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


def generate(
    chains: Chains,
    balance: Balance,
    rounds: int,
    stop: Callable[[], bool],
    told: Callable[[float], None] = lambda bound: None,
) -> Costs:
    """The costs with the best bound of at most `rounds` looks at all sets; the balance keeps every set that joined.

    Sets are hunted quickly while the balance cools and that finds enough; then all are looked at that exceed their cost
    by a floor per head, part by part at first. A bound comes only from having looked at everything. Among many people
    only the sets near those taken are hunted: of those grown from everywhere, most want the same few people.
    """
    hunt_while_cooling(chains, balance, stop)
    balance.costs()
    floor, last = FLOOR * balance.head, 0
    if balance.n > WIDEST or not look_in_parts(chains, balance, floor, stop):
        return Costs(balance.cost.copy(), balance.placed, proven=False)
    balance.settle()
    _, cost = balance.costs()
    best = Costs(cost, balance.placed, proven=False)
    for _ in range(rounds):
        if stop() or chains.looked + 1.5 * last > chains.may_look:
            break
        before = chains.looked
        found = chains.above(balance.cost, floor, most=MOST, may_look=left_of(chains))
        last = chains.looked - before
        if not found.complete:
            break
        seen = Costs(mended(balance.cost + floor, found, floor), balance.placed)
        if seen.bound < best.bound:
            best = seen
            told(best.bound)
        joined = join(balance, found, balance.cost, PER_PERSON)
        worth, _ = balance.costs()
        if joined <= balance.n // 20 or best.bound - worth <= NEAR * (1.0 + abs(worth)):
            break
        hunt(chains, balance, anew=True)
        balance.costs()
    if not best.proven:
        best.each = balance.cost.copy()
    return best


def hunt_while_cooling(chains: Chains, balance: Balance, stop: Callable[[], bool]) -> None:
    """Sets join that are quickly found, until it is cool and few are new."""
    if balance.n <= MANY:
        even = np.full(balance.n, EVEN * balance.head)
        first = grown(chains.table, chains.reach, even, chains.fit.sizes, -1e9)
        join(balance, Found(*first, complete=False), even, FEW)
    warm, dry = True, False
    while not stop() and chains.looked < chains.may_look:
        balance.costs()
        anew = dry
        dry = hunt(chains, balance, anew) <= NEW * balance.n
        if len(balance.pool) > THICK * balance.n:
            balance.thin(PER_PERSON)
        if anew and dry and not warm:
            break
        warm = balance.cool()


def look_in_parts(chains: Chains, balance: Balance, floor: float, stop: Callable[[], bool]) -> bool:
    """Every set is looked at once, some of the roots at a time, so that the costs learn from each; whether it could."""
    for part in range(PARTS):
        if stop() or chains.looked >= chains.may_look:
            return False
        found = chains.above(balance.cost, floor, most=MOST, may_look=left_of(chains), turn=(part, PARTS))
        joined = join(balance, found, balance.cost, PER_PERSON)
        balance.costs()
        if not found.within:
            return False
        if joined <= SCARCE * balance.n:  # what was hunted is nearly all there is
            break
        hunt(chains, balance, anew=False)
        balance.costs()
    return True


def left_of(chains: Chains) -> int:
    """The looks that are left to each part of the roots."""
    return max(1, int(min(chains.may_look - chains.looked, 1e15) / CHUNKS))


def hunt(chains: Chains, balance: Balance, anew: bool) -> int:
    """How many new sets join: near those taken, among few near those that joined last, and `anew` from everywhere."""
    cost, sizes, near = balance.cost, chains.fit.sizes, set(balance.shares())
    if balance.n <= MANY:  # among many more would join than are soon balanced
        near.update(balance.latest)
    found = Found(*hunted(chains.table, chains.reach, cost, near, sizes, HUNTED * balance.head, anew), complete=False)
    cells = balance.n * (NEARBY * len(near) + anew * starting(balance.n) * balance.n)
    chains.looked += int(chains.table.toil * cells) + balance.effort()
    before = len(balance.fresh)
    joined = join(balance, found, cost, FEW if balance.n <= MANY else FEW_OF_MANY)
    balance.latest = balance.fresh[before:]
    return joined


def join(balance: Balance, found: Found, cost: Real, each: int) -> int:
    """How many of the best sets found, so many for each person, are new to the balance."""
    return sum(balance.join(members, value) for members, value in dearest(found, cost, each))


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
