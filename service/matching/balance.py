"""What each person costs where good sets are shared out evenly: the linear program over sets, smoothed.

Each set is taken by exp((value - cost of its people) / heat), and costs are raised and lowered, one person after the
other, until everybody is taken once in all: the program with an entropy term (Fang & Tsao 1993), solved as Sinkhorn
(1967) balances a matrix. The cooler, the nearer to the program itself. The costs lie in the middle of all that would
do, where a vertex of the program jumps from one end to the other; so sets hunted with them are worth more, and among a
thousand people balancing takes a tenth of the time that solving does.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from service.matching.compiled import compiled
from service.matching.master import Set
from service.matching.people import Real, Whole
from service.matching.ranking import columns

WARM, COOL, COLD = 0.15, 0.006, 0.0006  # the heat first, after hunting, and last, of what a head is worth
FALL = 0.72  # and what is left of it after each turn
LEAST, MOST = -4.0, 20.0  # what somebody may cost, of the same: whoever costs least may be left out
TURNS = 4_000  # of balancing everybody, at most,
ANEW = 8  # times at most, until about as many are left out as may be
MANY = 1_000  # people; among more of them,
WARM_AMONG_MANY = 0.02  # it is cooler from the first, for they begin with a better answer;
EASED, EASE = 20, 0.2  # in so many turns at first costs are changed by this part only,
USUALLY = 0.004  # and it is enough that costs change by this part of the heat on average
NEARLY = 0.02  # unless nobody's cost changes by more than this part of the heat
CELLS = 5  # balanced in the time of one look
TAKEN = 0.02  # a set is taken if at least so much of it is


@dataclass
class Balance:
    """Sets with their value, taken in parts so that everybody is in one altogether; and those that are settled."""

    n: int
    placed: int  # people who are in one; whoever else costs least is left out
    pool: dict[Set, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.seats: list[Set] = []
        self.seated = np.zeros(self.n, dtype=np.bool_)
        self.fresh: list[Set] = []
        self.latest: list[Set] = []  # that joined when sets were hunted last
        self.sets: list[Set] = []
        self.rows = np.zeros((0, 1), dtype=np.int64)  # members, filled up with n
        self.values = np.zeros(0)
        self.work = 0  # cells balanced when it was last asked for costs
        self.head = 0.0

    def begin(self, sets: Iterable[tuple[Set, float]], cost: Real | None = None) -> None:
        """The first sets; if costs are known, as cool as it gets."""
        for members, value in sets:
            self.join(members, value)
        self.head = float(np.mean([abs(value) / len(members) for members, value in self.pool.items()] or 0.0)) + 1e-9
        warm = WARM if self.n <= MANY else WARM_AMONG_MANY
        self.heat = (warm if cost is None else COOL) * self.head
        self.cost = np.full(self.n, self.head) if cost is None else cost.copy()
        self.alone = float(self.cost.min()) if self.placed < self.n else -np.inf

    def join(self, members: Set, value: float) -> bool:
        """Whether the set is new."""
        if members in self.pool:
            return False
        self.pool[members] = value
        self.fresh.append(members)
        return True

    def seat(self, sets: Iterable[Set]) -> None:
        """These disjoint sets are settled: from now on only the others are chosen."""
        for members in sets:
            self.seats.append(members)
            self.seated[list(members)] = True

    def cool(self) -> bool:
        """A little cooler, if it is not as cool as it gets."""
        cooler = max(COOL * self.head, FALL * self.heat)
        warm, self.heat = cooler < self.heat, cooler
        return warm

    def settle(self) -> None:
        """As cold as it gets: the costs are nearly those of the program itself."""
        self.heat = COLD * self.head

    def costs(self, turns: int = TURNS) -> tuple[float, Real]:
        """What the sets are worth, each as much as it is taken, and what each person costs."""
        self.read()
        padded = np.append(self.seated, False)
        self.free = np.flatnonzero(~padded[self.rows].any(axis=1))
        rows = self.rows[self.free]
        place, column = np.nonzero(rows < self.n)
        who = rows[place, column]
        order = np.argsort(who, kind="stable")
        start = np.searchsorted(who[order], np.arange(self.n + 1))
        self.over = self.values[self.free] - np.append(self.cost, 0.0)[rows].sum(axis=1)
        low, high = LEAST * self.head, MOST * self.head
        which, nearly, self.work = place[order], NEARLY * self.heat, 0
        eased, usually = (EASED, USUALLY * self.heat) if self.n > MANY else (0, 0.0)
        terms = self.heat, low, high, turns, nearly, eased, usually
        for _ in range(ANEW if self.placed < self.n else 1):
            done = balance(start, which, self.over, self.cost, self.alone, *terms)
            self.work += done * len(order)
            if self.let_out():
                break
        taken = np.exp(np.minimum(self.over / self.heat, 0.0))
        return float(taken @ self.values[self.free]), self.cost.copy()

    def let_out(self) -> bool:
        """Whether about as many are left out as may be; if not, sitting alone is worth more or less from now on."""
        if self.placed == self.n:
            return True
        alone = np.exp(np.minimum((self.alone - self.cost[~self.seated]) / self.heat, 0.0)).sum()
        off = float(np.log((self.n - self.placed) / max(alone, 1e-9)))
        self.alone += self.heat * off
        return abs(off) < 0.1

    def read(self) -> None:
        """The sets that joined, as rows."""
        if not self.fresh:
            return
        wide = max(self.rows.shape[1], *map(len, self.fresh))
        rows = np.full((len(self.sets) + len(self.fresh), wide), self.n, dtype=np.int64)
        rows[: len(self.sets), : self.rows.shape[1]] = self.rows
        for at, members in enumerate(self.fresh, len(self.sets)):
            rows[at, : len(members)] = members
        self.rows = rows
        self.values = np.append(self.values, [self.pool[members] for members in self.fresh])
        self.sets += self.fresh
        self.fresh = []

    def shares(self) -> dict[Set, float]:
        """How much of each set is taken, of those that are taken most: half as many as there are people, and a few."""
        share = np.exp(np.minimum(self.over / self.heat, 0.0))
        most = np.argsort(-share, kind="stable")
        taken = (at for at in most.tolist() if share[at] >= TAKEN)
        return {self.sets[self.free[at]]: float(share[at]) for at in islice(taken, self.n // 2 + 50)}

    def effort(self) -> int:
        """What it took to ask for the costs, in looks."""
        return self.work // CELLS

    def columns(self, cost: Real, sizes: Iterable[int]) -> tuple[list[Whole], list[Real]]:
        """Its sets per size, and by how much each exceeds its cost."""
        return columns(self.pool, cost, sizes)

    def thin(self, each: int) -> None:
        """Only the sets that exceed their cost most, or fall short least, stay: `each` for every person."""
        count = np.zeros(self.n + 1, dtype=np.int64)
        kept = []
        for at in np.argsort(-self.over, kind="stable").tolist():
            members = self.rows[self.free[at]]
            if count[members[members < self.n]].min() < each:
                count[members] += 1
                kept.append(self.free[at])
        kept.sort()
        self.sets = [self.sets[at] for at in kept]
        self.rows, self.values = self.rows[kept], self.values[kept]
        self.pool = {members: self.pool[members] for members in (*self.sets, *self.fresh)}


@compiled
def balance(
    start: Whole,
    which: Whole,
    over: Real,
    cost: Real,
    alone: float,
    heat: float,
    low: float,
    high: float,
    turns: int,
    nearly: float,
    eased: int,
    usually: float,
) -> int:
    """Everybody's cost in turn so that their sets are taken once in all; how many turns that took.

    `which[start[i]:start[i + 1]]` are the sets of person i, `over` (sets,) by how much each exceeds its cost. Whoever
    is in some set may also be left out, which is worth `alone`. In the first `eased` turns costs change by a part only:
    else whoever comes first pays for what a whole set gained, and to share that out takes long. It is enough that
    nobody's changes by `nearly`, or everybody's by `usually` on average.
    """
    for turn in range(turns):
        most, total, heads = 0.0, 0.0, 0
        for person in range(len(cost)):
            first, last = start[person], start[person + 1]
            if first == last:
                continue
            top = alone - cost[person]
            for at in range(first, last):
                top = max(top, over[which[at]])
            taken = np.exp((alone - cost[person] - top) / heat)
            for at in range(first, last):
                below = (over[which[at]] - top) / heat
                if below > -30.0:
                    taken += np.exp(below)
            more = min(max(top + heat * np.log(taken), low - cost[person]), high - cost[person])
            total, heads, most = total + abs(more), heads + 1, max(most, abs(more))
            if turn < eased:
                more *= EASE
            cost[person] += more
            for at in range(first, last):
                over[which[at]] -= more
        if most < nearly or (turn >= eased and total < usually * heads):
            return turn + 1
    return turns
